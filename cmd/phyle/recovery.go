package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"phyle/http"
	"phyle/ledger"
	"phyle/ledger/postgres"
)

// mailPatience bounds how long one letter may take.
const mailPatience = 30 * time.Second

type memberRecoverCommand struct {
	inJSON
	mailFlags
	Handle  string      `arg:"" help:"Which member gets the role, such as bo."`
	Role    ledger.Role `default:"treasurer" placeholder:"ROLE" help:"treasurer or steward; treasurer unless given."`
	Reason  string      `required:"" placeholder:"TEXT" help:"Why; everybody reads it."`
	Commons string      `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
	URL     string      `env:"PHYLE_URL" default:"http://127.0.0.1:8080" placeholder:"URL" help:"Where people reach it, as they are told; http://127.0.0.1:8080 unless given."`
}

// Help shows examples.
func (memberRecoverCommand) Help() string {
	return `Gives a member an office where nobody can be reached who holds it. Run it twice: the first
time it gives notice to every member, by mail where there is a mail server and the member signs in
with an address. Three days later, the second time, it gives the role. In between a steward,
treasurer or approver can take the change back, or confirm it at once. The audit trail tells of it.

Examples:

    phyle member recover bo --reason "Ana cannot be found since May"
    phyle member recover bo --role steward --reason "All stewards have left" --smtp smtp://mail.example.org:587 \
        --mail-from phyle@example.org`
}

// recovered is how far a recovery has come, for programs.
type recovered struct {
	Commons string   `json:"commons"`
	Change  string   `json:"change"`
	Member  string   `json:"member"`
	Role    string   `json:"role"`
	State   string   `json:"state"`
	Ends    string   `json:"notice_ends"`
	Told    []string `json:"told"`
	NotTold []string `json:"not_told"`
}

// Run gives notice, or the role.
func (c memberRecoverCommand) Run(ctx context.Context, s *session) error {
	mail, err := c.mail()
	if err != nil {
		return err
	}
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		found, err := b.RecoverOffice(ctx, &postgres.Act{By: by},
			ledger.Recovery{Member: c.Handle, Role: c.Role, Reason: c.Reason})
		if err != nil {
			return err
		}
		view := recovered{
			Commons: by.Commons.Slug, Change: found.Change.ID.String(), Member: found.Change.Member.Handle,
			Role: string(c.Role), State: string(found.Change.State),
			Ends: found.Change.NoticeEnds().Format(time.RFC3339), Told: []string{}, NotTold: []string{},
		}
		c.giveNotice(ctx, s, mail, found, &view)
		return c.show(s, view)
	})
}

// giveNotice tells everybody who has an address, and notes who was not told. What was
// asked for stands, whoever could be told.
func (c memberRecoverCommand) giveNotice(
	ctx context.Context, s *session, mail http.Mail, found postgres.Recovered, view *recovered,
) {
	text := fmt.Sprintf("Whoever runs the machine of Phyle asks that %s becomes %s of the commons %s:\n\n"+
		"    %s\n\nIt can take effect from %s on. Until then every steward, treasurer and\n"+
		"approver can take the change back, or confirm it at once:\n\n    %s/commons/%s/changes/%s\n",
		view.Member, view.Role, view.Commons, c.Reason, view.Ends,
		strings.TrimSuffix(c.URL, "/"), view.Commons, view.Change)
	for _, member := range found.Told {
		err := errors.New("there is no address, or no mail server")
		if member.Email != "" && c.SMTP != "" {
			err = func() error {
				ctx, stop := context.WithTimeout(ctx, mailPatience)
				defer stop()
				return mail.Send(ctx, member.Email, "A role is to be given in "+view.Commons, text)
			}()
			if err != nil {
				fmt.Fprintf(s.remarks, "warning: No mail went to %s: %v.\n", member.Handle, err)
			}
		}
		if err != nil {
			view.NotTold = append(view.NotTold, member.Handle)
		} else {
			view.Told = append(view.Told, member.Handle)
		}
	}
}

func (c memberRecoverCommand) show(s *session, view recovered) error {
	if c.JSON {
		return writeJSON(s, view)
	}
	if view.State != string(ledger.ChangeWaiting) {
		_, err := fmt.Fprintf(s.out, "%s is %s of %s now.\n", view.Member, view.Role, view.Commons)
		return err
	}
	_, err := fmt.Fprintf(s.out, "%s becomes %s of %s if nobody takes the change %s back: run this again\n"+
		"after %s.\n", view.Member, view.Role, view.Commons, view.Change, view.Ends)
	if err == nil && len(view.Told) > 0 {
		_, err = fmt.Fprintf(s.out, "Told by mail: %s.\n", strings.Join(view.Told, ", "))
	}
	if err == nil && len(view.NotTold) > 0 {
		_, err = fmt.Fprintf(s.out, "Tell these yourself, and today: %s.\n", strings.Join(view.NotTold, ", "))
	}
	return err
}
