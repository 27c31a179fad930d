package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// written runs the program and returns what it writes.
func writtenBy(t *testing.T, arguments ...string) string {
	t.Helper()
	var out, remarks bytes.Buffer
	s := &session{in: strings.NewReader(""), out: &out, remarks: &remarks}
	if code := s.run(t.Context(), arguments); code != 0 || remarks.Len() > 0 {
		t.Fatalf("%v ended with %d: %s", arguments, code, &remarks)
	}
	return out.String()
}

// shell returns the path of a shell, and skips the test where there is none.
func shell(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("there is no %s here", name)
	}
	return path
}

// shellOutput runs a command of a shell in a directory with the file october.csv and the
// directory books.
func shellOutput(t *testing.T, path string, arguments ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "october.csv"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(directory, "books"), 0o700); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(ctx, path, arguments...)
	command.Dir = directory
	command.Env = append(os.Environ(), "HOME="+directory, "XDG_CONFIG_HOME="+directory, "TERM=dumb")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// completionCases are lines as they are typed up to the tab, as bash splits them, and
// what can follow.
var completionCases = []struct {
	line string
	want string
}{
	{"phyle rep", "report"},
	{"phyle report ", "payouts balances trial funds claims"},
	{"phyle report p", "payouts"},
	{"phyle report payouts --by ", "member month rule kind"},
	{"phyle report payouts --by = m", "member month"},
	{"phyle report payouts --by = ", "member month rule kind"},
	{"phyle report payouts --fr", "--from"},
	{"phyle report payouts --from 2026-01-01 --t", "--to"},
	{"phyle --home report im", "import"},
	{"phyle --home = report im", "import"},
	{"phyle --home b", "books"},
	{"phyle import ", "contributions undo list"},
	{"phyle import contributions oct", "october.csv"},
	{"phyle import contributions --by import october.csv --dec", "--decimal"},
	{"phyle import contributions --decimal ", "point comma"},
	{"phyle completion ", "bash zsh fish"},
	{"phyle version ", ""},
	{"phyle version --j", "--json"},
	{"phyle nonsense", ""},
}

// The script for bash completes as bash asks it to.
func TestBashCompletion(t *testing.T) {
	t.Parallel()
	bash := shell(t, "bash")
	script := writtenBy(t, "completion", "bash")
	registered := shellOutput(t, bash, "--norc", "-c", script+"\ncomplete -p phyle")
	if diff := cmp.Diff("complete -F _phyle phyle\n", registered); diff != "" {
		t.Error(diff)
	}
	// Only readline has options of its own for a completion that is running.
	var asked strings.Builder
	asked.WriteString(script + "\ncompopt() { :; }\n")
	for _, c := range completionCases {
		words := strings.Split(c.line, " ")
		for i := range words {
			words[i] = singleQuoted(words[i])
		}
		asked.WriteString("COMP_WORDS=(" + strings.Join(words, " ") + ")\n" +
			"COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_phyle\necho \"${COMPREPLY[*]}\"\n")
	}
	lines := strings.Split(shellOutput(t, bash, "--norc", "-c", asked.String()), "\n")
	for i, c := range completionCases {
		if diff := cmp.Diff(c.want, lines[i]); diff != "" {
			t.Errorf("%s: %s", c.line, diff)
		}
	}
}

// The script for fish completes as fish asks it to, with what each word means.
func TestFishCompletion(t *testing.T) {
	t.Parallel()
	fish := shell(t, "fish")
	path := filepath.Join(t.TempDir(), "phyle.fish")
	if err := os.WriteFile(path, []byte(writtenBy(t, "completion", "fish")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range completionCases {
		line := strings.ReplaceAll(c.line, " = ", "=")
		if strings.HasSuffix(line, "oct") || strings.HasSuffix(line, "--home b") {
			continue // fish has words of its own about files
		}
		var got []string
		out := shellOutput(t, fish, "--no-config", "-c", "source "+path+"; complete -C "+fishQuoted(line))
		for word := range strings.Lines(out) {
			word, _, _ = strings.Cut(strings.TrimSpace(word), "\t")
			_, value, found := strings.Cut(word, "=")
			if found {
				word = value
			}
			got = append(got, word)
		}
		want := map[string]bool{}
		for word := range strings.FieldsSeq(c.want) {
			want[word] = true
		}
		have := map[string]bool{}
		for _, word := range got {
			have[word] = true
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("%s: %s", c.line, diff)
		}
	}
}

// The script for zsh is read by zsh without a complaint, and is the one that is asked.
func TestZshCompletion(t *testing.T) {
	t.Parallel()
	zsh := shell(t, "zsh")
	path := filepath.Join(t.TempDir(), "_phyle")
	if err := os.WriteFile(path, []byte(writtenBy(t, "completion", "zsh")), 0o600); err != nil {
		t.Fatal(err)
	}
	out := shellOutput(t, zsh, "-f", "-c",
		"autoload -U compinit && compinit -D -u && source "+path+" && print -r -- $_comps[phyle]")
	if diff := cmp.Diff("_phyle\n", out); diff != "" {
		t.Error(diff)
	}
	// A terminal of its own, in which somebody types and asks for what can follow.
	for _, c := range []struct{ typed, want string }{
		{"phyle rep", "phyle report "},
		{"phyle report payouts --by mo", "phyle report payouts --by month "},
		{"phyle report payouts --by=mo", "phyle report payouts --by=month "},
		{"phyle --home report im", "phyle --home report import "},
		{"phyle import contributions oct", "phyle import contributions october.csv "},
	} {
		out := shellOutput(t, zsh, "-f", "-c", `
			zmodload zsh/zpty
			zpty z zsh -f -i
			zpty -w z 'PS1= ; autoload -U compinit && compinit -D -u; source `+path+`'
			zpty -w z 'show() { print -r -- "<<"\<"$BUFFER>>>"; }; zle -N show; bindkey "^X" show; bindkey "^I" complete-word'
			zpty -n -w z `+singleQuoted(c.typed)+`$'\t'$'\x18'
			zpty -r -m z line '*<<<*>>>*'
			print -r -- "$line"
			zpty -d z`)
		at := strings.LastIndex(out, "<<<")
		got, _, _ := strings.Cut(out[at+len("<<<"):], ">>>")
		if at < 0 || got != c.want {
			t.Errorf("%q becomes %q, want %q", c.typed, got, c.want)
		}
	}
}
