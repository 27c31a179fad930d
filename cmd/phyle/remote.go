package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/alecthomas/kong"

	"phyle/http/client"
	"phyle/ledger"
)

// tokenVariable holds the token for a server. It is no flag, for flags are seen by
// everybody on the machine and kept by shells.
const tokenVariable = "PHYLE_TOKEN"

// remotePatience bounds how long a person waits for one answer of a server, with all
// attempts.
const remotePatience = time.Minute

// remotely is a command that a server can be asked to do. Then no database is opened.
type remotely interface {
	runRemotely(ctx context.Context, s *session, to *client.Client) error
}

// apart are the commands that have nothing to do with books, wherever those are.
var apart = []string{
	"agreement check", "agreement templates", "completion", "health", "man", "version",
}

// runCommand does what was typed, here or on the server that was named.
func (s *session) runCommand(ctx context.Context, typed *kong.Context) error {
	name := typed.Command()
	if s.server == "" || slices.Contains(apart, withoutArguments(name)) {
		return typed.Run()
	}
	if s.home != "" {
		return refuse("Leave one of them out; PHYLE_SERVER counts as --server.",
			"The books are either in a home or on a server: --home and --server are not for one command.")
	}
	asked, can := typed.Selected().Target.Interface().(remotely)
	if !can {
		return refuse("Run it where the database is, without --server and PHYLE_SERVER.",
			"phyle %s needs the database, and a server does not hand that out.", withoutArguments(name))
	}
	to, err := s.remote()
	if err != nil {
		return err
	}
	return explainRemote(asked.runRemotely(ctx, s, to))
}

// withoutArguments returns the words of a command that kong shows with the names of
// its arguments.
func withoutArguments(command string) string {
	if i := strings.IndexAny(command, "<["); i >= 0 {
		command = command[:i]
	}
	return strings.TrimSpace(command)
}

// remote returns a client of the server that was named, with the token of the
// environment.
func (s *session) remote() (*client.Client, error) {
	token := os.Getenv(tokenVariable)
	if token == "" {
		return nil, refuse("Put the token of a member into it; phyle token create makes one where "+
			"the database is.", "There is no token for the server: %s is not set.", tokenVariable)
	}
	to, err := client.New(s.server, token,
		client.Patience(remotePatience), client.UserAgent("phyle/"+version()))
	if err != nil {
		return nil, &refusal{
			message: sentence(strings.TrimPrefix(err.Error(), "client: ")),
			hint:    "Look at --server or PHYLE_SERVER, and at " + tokenVariable + ".", cause: err,
		}
	}
	if isOverheard(s.server) {
		fmt.Fprintln(s.remarks, "warning: The token travels readably; use an https address.")
	}
	return to, nil
}

// isOverheard reports whether others may read what goes to the address.
func isOverheard(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "http" || parsed.Hostname() == "localhost" {
		return false
	}
	host := net.ParseIP(parsed.Hostname())
	return host == nil || !host.IsLoopback()
}

// remoteBooks are the books of one commons on a server.
type remoteBooks struct {
	client.Books
	commons client.Commons
}

// namedRemotely returns the books of the slug or, for "", of the only commons that
// the token reaches.
func namedRemotely(ctx context.Context, to *client.Client, slug string) (remoteBooks, error) {
	reached, err := to.ListCommons(ctx)
	if err != nil {
		return remoteBooks{}, err
	}
	var slugs []string
	for _, c := range reached.Data {
		if c.Slug == slug || slug == "" && len(reached.Data) == 1 {
			return remoteBooks{to.In(c.Slug), c}, nil
		}
		slugs = append(slugs, c.Slug)
	}
	switch {
	case len(slugs) == 0:
		return remoteBooks{}, refuse("Use the token of a member.", "This token reaches no commons.")
	case slug == "":
		return remoteBooks{}, refuse("Name one with --commons: "+strings.Join(slugs, ", ")+".",
			"This token reaches %d commons.", len(slugs))
	}
	return remoteBooks{}, refuse("It reaches "+strings.Join(slugs, ", ")+".",
		"This token reaches no commons %q.", slug)
}

// namedUnseen is namedRemotely for what those may still do who have left or are suspended,
// and do not see the commons: they have to name it. Nothing but its slug is known then.
func namedUnseen(ctx context.Context, to *client.Client, slug string) (remoteBooks, error) {
	books, err := namedRemotely(ctx, to, slug)
	if slug != "" && client.IsForbidden(err) {
		return remoteBooks{to.In(slug), client.Commons{Slug: slug}}, nil
	}
	return books, err
}

// today is the day that it is where the commons is.
func (b remoteBooks) today() ledger.Date {
	return ledger.Commons{TimeZone: b.commons.TimeZone}.Today(time.Now())
}

// unsure says what to do about an act to which no answer came.
func unsure(err error, hint string) error {
	var unanswered *client.Unanswered
	if !errors.As(err, &unanswered) {
		return err
	}
	if unanswered.Key != "" {
		hint += " Its Idempotency-Key was " + unanswered.Key + "."
	}
	return &refusal{message: printable(unanswered.Error()), hint: hint, cause: err}
}

// explainRemote gives the errors of the client the form of our own.
func explainRemote(err error) error {
	var ours *refusal
	var problem *client.Problem
	var unanswered *client.Unanswered
	var waits *client.Unconfirmed
	switch {
	case errors.As(err, &waits):
		return refuse("Another steward, treasurer or approver does it with their token: phyle change confirm "+
			printable(string(waits.Change.ID))+".", "Nothing is done yet: a second person has to confirm it.")
	case err == nil, errors.As(err, &ours):
		return err
	case errors.As(err, &problem):
		return explainProblem(problem)
	case errors.As(err, &unanswered):
		return unsure(err, "Check --server or PHYLE_SERVER, and that the server runs.")
	case errors.Is(err, client.ErrUnreadable):
		return &refusal{
			message: printable(sentence(strings.TrimPrefix(err.Error(), "client: "))),
			hint:    "Check that --server or PHYLE_SERVER is the address of a Phyle server.", cause: err,
		}
	}
	return err
}

// explainProblem returns the refusal of a server as the ledger would say it here.
func explainProblem(p *client.Problem) error {
	told := &ledger.Error{Code: p.Code, Message: printable(p.Detail)}
	for _, f := range p.Errors {
		told.Fields = append(told.Fields, ledger.FieldError{
			Pointer: printable(f.Pointer), Code: f.Code, Message: printable(f.Message),
		})
	}
	hint := hintForProblem(p)
	if p.RequestID != "" {
		hint += " The server knows this request as " + printable(p.RequestID) + "."
	}
	return &refusal{message: told.Message, hint: hint, cause: told}
}

// hintForProblem says what can be done about a refusal of a server.
func hintForProblem(p *client.Problem) string {
	switch {
	case p.Code == "":
		return "Check that --server or PHYLE_SERVER is the address of a Phyle server."
	case p.Code == "unauthenticated":
		return "Check " + tokenVariable + ", and that it is a token of this server."
	case p.Status >= 500 && p.Key != "":
		return "Look whether it was done; its Idempotency-Key was " + p.Key + "."
	case p.Status >= 500:
		return "Look at the log of the server."
	case len(p.Errors) > 0:
		return "Nothing was written; correct the command and run it again."
	}
	return "Nothing was written."
}

// printable keeps what a server says from steering the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
