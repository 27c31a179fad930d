package main

import (
	"fmt"
	"strings"
)

// bashCompletion returns the script for bash, which splits words at "=" too.
func bashCompletion(all []completed) string {
	var out strings.Builder
	out.WriteString(`# bash completion for phyle
_phyle() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    local at=phyle word skip= flag= i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        [[ $word == "=" ]] && continue
        if [[ $skip ]]; then skip=; continue; fi
`)
	out.WriteString(walk(all))
	out.WriteString(`    done
    if [[ $current == "=" ]]; then flag=$before current=
    elif [[ $before == "=" ]]; then flag=${COMP_WORDS[COMP_CWORD-2]}
    elif [[ $skip ]]; then flag=$before
    fi
    case "$at" in
`)
	for _, c := range all {
		fmt.Fprintf(&out, "    %s)\n        case \"$flag\" in\n", singleQuoted(c.path))
		var words []string
		for _, flag := range c.flags {
			words = append(words, flag.names...)
			if flag.takes {
				fmt.Fprintf(&out, "        %s) %s return ;;\n", strings.Join(flag.names, "|"),
					bashValues(flag))
			}
		}
		out.WriteString("        esac\n")
		fmt.Fprintf(&out, "        if [[ $current == -* ]]; then\n"+
			"            COMPREPLY=($(compgen -W %s -- \"$current\"))\n",
			singleQuoted(strings.Join(words, " ")))
		if others := bashArguments(c); others != "" {
			fmt.Fprintf(&out, "        else\n            %s\n", others)
		}
		out.WriteString("        fi ;;\n")
	}
	out.WriteString("    esac\n}\ncomplete -F _phyle phyle\n")
	return out.String()
}

func bashValues(flag completedFlag) string {
	switch {
	case flag.directories:
		return `compopt -o filenames; COMPREPLY=($(compgen -d -- "$current"));`
	case len(flag.values) > 0:
		return fmt.Sprintf(`COMPREPLY=($(compgen -W %s -- "$current"));`,
			singleQuoted(strings.Join(flag.values, " ")))
	}
	return ""
}

// bashArguments completes what is no flag: commands, words or files.
func bashArguments(c completed) string {
	words := c.values
	for _, command := range c.commands {
		words = append(words, command.word)
	}
	switch {
	case c.files:
		return `compopt -o filenames; COMPREPLY=($(compgen -f -- "$current"))`
	case len(words) > 0:
		return fmt.Sprintf(`COMPREPLY=($(compgen -W %s -- "$current"))`,
			singleQuoted(strings.Join(words, " ")))
	}
	return ""
}

// zshCompletion returns the script for zsh, which shows beside each word what it
// means.
func zshCompletion(all []completed) string {
	var out strings.Builder
	out.WriteString(`#compdef phyle
# zsh completion for phyle
_phyle() {
    local current=$words[CURRENT] at=phyle word skip= flag= i
    local -a found
    for ((i = 2; i < CURRENT; i++)); do
        word=$words[i]
        if [[ -n $skip ]]; then skip=; continue; fi
`)
	out.WriteString(walk(all))
	out.WriteString(`    done
    if [[ -n $skip ]]; then flag=$words[CURRENT-1]
    elif [[ $current == --*=* ]]; then flag=${current%%=*}; compset -P '*='
    fi
    case "$at" in
`)
	for _, c := range all {
		fmt.Fprintf(&out, "    %s)\n        case \"$flag\" in\n", singleQuoted(c.path))
		var flags []described
		for _, flag := range c.flags {
			for _, name := range flag.names {
				flags = append(flags, described{name, flag.help})
			}
			if flag.takes {
				fmt.Fprintf(&out, "        %s) %s return ;;\n",
					strings.Join(flag.names, "|"), zshValues(flag))
			}
		}
		out.WriteString("        esac\n        if [[ $current == -* ]]; then\n")
		fmt.Fprintf(&out, "            found=(%s)\n            _describe flag found\n", zshWords(flags))
		if others := zshArguments(c); others != "" {
			fmt.Fprintf(&out, "        else\n            %s\n", others)
		}
		out.WriteString("        fi ;;\n")
	}
	out.WriteString(`    esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _phyle "$@"; else compdef _phyle phyle; fi
`)
	return out.String()
}

func zshValues(flag completedFlag) string {
	switch {
	case flag.directories:
		return "_files -/;"
	case len(flag.values) > 0:
		return "compadd -- " + strings.Join(flag.values, " ") + ";"
	}
	return ""
}

func zshArguments(c completed) string {
	switch {
	case c.files:
		return "_files"
	case len(c.values) > 0:
		return "compadd -- " + strings.Join(c.values, " ")
	case len(c.commands) > 0:
		return fmt.Sprintf("found=(%s)\n            _describe command found", zshWords(c.commands))
	}
	return ""
}

// zshWords returns words with their meanings, as _describe reads them.
func zshWords(words []described) string {
	var all []string
	for _, w := range words {
		word := strings.ReplaceAll(w.word, ":", `\:`)
		all = append(all, singleQuoted(word+":"+strings.ReplaceAll(w.help, ":", `\:`)))
	}
	return strings.Join(all, " ")
}

// fishCompletion returns the script for fish. Its function __phyle_at says whether
// the words so far lead to a command.
func fishCompletion(all []completed) string {
	var out strings.Builder
	out.WriteString(`# fish completion for phyle
function __phyle_at
    set -l at phyle
    set -l skip
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            set skip
            continue
        end
        switch "$at $word"
`)
	for _, c := range all[1:] {
		fmt.Fprintf(&out, "            case %s\n                set at \"$at $word\"\n",
			fishQuoted(c.path))
	}
	fmt.Fprintf(&out, `            case '*'
                if contains -- $word %s
                    set skip 1
                end
        end
    end
`, strings.Join(takingFlags(all), " "))
	out.WriteString("    test \"$at\" = \"$argv[1]\"\nend\ncomplete -c phyle -f\n")
	for _, c := range all {
		at := fmt.Sprintf("complete -c phyle -n %s", fishQuoted("__phyle_at "+fishQuoted(c.path)))
		for _, command := range c.commands {
			fmt.Fprintf(&out, "%s -a %s -d %s\n", at, command.word, fishQuoted(command.help))
		}
		if len(c.values) > 0 {
			fmt.Fprintf(&out, "%s -a %s\n", at, fishQuoted(strings.Join(c.values, " ")))
		}
		if c.files {
			fmt.Fprintf(&out, "%s -F\n", at)
		}
		for _, flag := range c.flags {
			fmt.Fprintf(&out, "%s%s -d %s\n", at, fishFlag(flag), fishQuoted(flag.help))
		}
	}
	return out.String()
}

func fishFlag(flag completedFlag) string {
	var out strings.Builder
	for _, name := range flag.names {
		if long, isLong := strings.CutPrefix(name, "--"); isLong {
			out.WriteString(" -l " + long)
		} else {
			out.WriteString(" -s " + strings.TrimPrefix(name, "-"))
		}
	}
	switch {
	case !flag.takes:
	case flag.directories:
		out.WriteString(" -x -a '(__fish_complete_directories)'")
	case len(flag.values) > 0:
		out.WriteString(" -x -a " + fishQuoted(strings.Join(flag.values, " ")))
	default:
		out.WriteString(" -x")
	}
	return out.String()
}

// fishQuoted returns a text in single quotes, in which fish knows \\ and \'.
func fishQuoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
