package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// refusal is what a command itself has to say when it does not do as asked.
type refusal struct {
	message string
	hint    string
	cause   error
}

// Error returns the sentence.
func (r *refusal) Error() string { return r.message }

// Hint returns what can be done about it.
func (r *refusal) Hint() string { return r.hint }

// Unwrap returns what lies behind it, if anything.
func (r *refusal) Unwrap() error { return r.cause }

// refuse returns a refusal with a formatted sentence.
func refuse(hint, format string, args ...any) error {
	return &refusal{message: fmt.Sprintf(format, args...), hint: hint}
}

// complain says what went wrong and what can be done, and returns the exit code.
func complain(ctx context.Context, remarks io.Writer, err error) int {
	if ctx.Err() != nil {
		fmt.Fprintln(remarks, "error: Interrupted before it was done: "+withoutAddress(err.Error()))
		fmt.Fprintln(remarks, "hint: Run it again; what is in the books is whole.")
		return exitInterrupted
	}
	var usage *kong.ParseError
	if errors.As(err, &usage) {
		fmt.Fprintln(remarks, "error: "+sentence(err.Error()))
		fmt.Fprintf(remarks, "hint: See %s --help.\n", commandPath(usage))
		return exitUsage
	}
	message, hint, fields := explain(err)
	for line := range strings.SplitSeq(withoutAddress(message), "\n") {
		fmt.Fprintln(remarks, "error: "+line)
	}
	for _, field := range fields {
		fmt.Fprintf(remarks, "  %s: %s\n", place(field.Pointer), field.Message)
	}
	fmt.Fprintln(remarks, "hint: "+withoutAddress(hint))
	return exitRefused
}

// explain takes an error apart into its sentence, the hint and the wrong fields.
func explain(err error) (message, hint string, fields []ledger.FieldError) {
	var hinted interface{ Hint() string }
	hasHint := errors.As(err, &hinted) && hinted.Hint() != ""
	if hasHint {
		hint = hinted.Hint()
	}
	var refused *ledger.Error
	if !errors.As(err, &refused) {
		if hasHint {
			return err.Error(), hint, nil
		}
		hint = "If it happens again it may be a defect: report it with this line."
		return sentence(err.Error()), hint, nil
	}
	if !hasHint {
		hint = hintFor(refused)
	}
	return refused.Message, hint, refused.Fields
}

// hintFor says what can be done about a refusal of the ledger, whose sentence says
// it already in most cases.
func hintFor(refused *ledger.Error) string {
	switch refused.Kind {
	case ledger.Unavailable:
		return "Look at the database, and try again."
	case ledger.NotFound:
		return "Check the spelling; phyle report balances lists the members of a commons."
	case ledger.Invalid:
		return "Nothing was written; correct the command and run it again."
	}
	return "Nothing was written."
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return s
	}
	if first := s[0]; 'a' <= first && first <= 'z' {
		s = string(first-'a'+'A') + s[1:]
	}
	if !strings.ContainsAny(s[len(s)-1:], ".?!") {
		s += "."
	}
	return s
}

func commandPath(usage *kong.ParseError) string {
	if usage.Context != nil {
		if node := usage.Context.Selected(); node != nil {
			return node.FullPath()
		}
	}
	return "phyle"
}

// places says how fields of the ledger are typed here.
var places = map[string]string{
	"/amount/amount":        "AMOUNT",
	"/rule":                 "RULE",
	"/slug":                 "SLUG",
	"/handle":               "HANDLE",
	"/stage":                "--stage",
	"/joined_on":            "--joined",
	"/advance_limit/amount": "--advance-limit",
	"/first_member/handle":  "--first-member",
	"/first_member/name":    "--first-name",
	"/vote":                 "VOTE",
	"/vote/closes_on":       "--closes",
	"/vote/method":          "--vote",
	"/vote/quorum_percent":  "--quorum",
}

// place says where a command takes what a pointer names: a flag, an argument, or a
// place in an agreement file.
func place(pointer string) string {
	if typed, found := places[pointer]; found {
		return typed
	}
	pointer = strings.TrimPrefix(pointer, "/decision")
	root, _, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	switch {
	case slices.Contains([]string{"rules", "leftover", "kinds", "examples", "rounding"}, root):
		return agreement.Place(pointer)
	case strings.HasPrefix(pointer, "/roles/"):
		return "--role"
	case strings.HasPrefix(pointer, "/votes/"):
		return "--voted"
	}
	return "--" + strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "_", "-")
}
