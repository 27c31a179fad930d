package main

import (
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help shows examples.
func (completionCommand) Help() string {
	return `Writes a script by which the shell completes commands, flags and their values.

Examples:

    phyle completion bash > ~/.local/share/bash-completion/completions/phyle
    phyle completion zsh > "${fpath[1]}/_phyle"
    phyle completion fish > ~/.config/fish/completions/phyle.fish`
}

// Run writes the script.
func (c completionCommand) Run(k *kong.Context, s *session) error {
	write := map[string]func([]completed) string{
		"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion,
	}[c.Shell]
	_, err := io.WriteString(s.out, write(completions(k.Model.Node)))
	return err
}

// completed is what can follow a command.
type completed struct {
	path     string // as it is typed: "phyle report payouts"
	commands []described
	flags    []completedFlag
	// values are what an argument may be; files says that it is a file.
	values []string
	files  bool
}

// described is a word and what it means.
type described struct{ word, help string }

// completedFlag is a flag: its names with their dashes, and what may follow it.
type completedFlag struct {
	names       []string
	help        string
	takes       bool
	values      []string
	directories bool
}

// completions lists every command of the program, the program itself first.
func completions(node *kong.Node) []completed {
	c := completed{path: fullName(node)}
	for _, group := range node.AllFlags(true) {
		for _, flag := range group {
			c.flags = append(c.flags, completionOf(flag))
		}
	}
	for _, argument := range node.Positional {
		c.values = append(c.values, enumOf(argument)...)
		c.files = c.files || argument.Name == "file"
	}
	var below []completed
	for _, child := range node.Children {
		if child.Type == kong.CommandNode && !child.Hidden {
			c.commands = append(c.commands, described{child.Name, child.Help})
			below = append(below, completions(child)...)
		}
	}
	return append([]completed{c}, below...)
}

// fullName returns a command as it is typed.
func fullName(node *kong.Node) string {
	if node.Parent == nil {
		return node.Name
	}
	return fullName(node.Parent) + " " + node.Name
}

func completionOf(flag *kong.Flag) completedFlag {
	c := completedFlag{
		names: []string{"--" + flag.Name}, help: flag.Help, takes: !flag.IsBool() && !flag.IsCounter(),
		values: enumOf(flag.Value), directories: flag.PlaceHolder == "DIR",
	}
	if flag.Short != 0 {
		c.names = append(c.names, "-"+string(flag.Short))
	}
	return c
}

// enumOf lists what a value may be, if that is a matter of few words.
func enumOf(value *kong.Value) (words []string) {
	for _, word := range value.EnumSlice() {
		if word != "" {
			words = append(words, word)
		}
	}
	return words
}

// singleQuoted returns a text in the quotes in which no shell looks for anything.
func singleQuoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// walk is the part that bash and zsh have in common: it follows the words from the
// second to the last but one, past flags and their values, to the command.
func walk(all []completed) string {
	var out strings.Builder
	out.WriteString("        case \"$at $word\" in\n")
	for _, c := range all[1:] {
		out.WriteString("        " + singleQuoted(c.path) + ") at=\"$at $word\" ;;\n")
	}
	out.WriteString("        *)\n            case \"$word\" in\n")
	out.WriteString("            " + strings.Join(takingFlags(all), "|") + ") skip=1 ;;\n")
	out.WriteString("            esac ;;\n        esac\n")
	return out.String()
}

// takingFlags lists every flag that takes a value, once.
func takingFlags(all []completed) (names []string) {
	seen := map[string]bool{}
	for _, c := range all {
		for _, flag := range c.flags {
			for _, name := range flag.names {
				if flag.takes && !seen[name] {
					seen[name] = true
					names = append(names, name)
				}
			}
		}
	}
	return names
}
