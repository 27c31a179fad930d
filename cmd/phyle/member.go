package main

import (
	"context"
	"fmt"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
)

type memberCommand struct {
	Add     memberAddCommand     `cmd:"" help:"Add a member to a commons."`
	Invite  memberInviteCommand  `cmd:"" help:"Make a link by which a person signs in as a member."`
	Recover memberRecoverCommand `cmd:"" help:"Give an office where nobody can be reached who holds it."`
	Data    memberDataCommand    `cmd:"" help:"Write everything that is kept about a member."`
	Suspend memberSuspendCommand `cmd:"" help:"Take a member's part away for a while."`
	Readmit memberReadmitCommand `cmd:"" help:"End the suspension of a member."`
	Leave   memberLeaveCommand   `cmd:"" help:"Leave a commons."`
	Erase   memberEraseCommand   `cmd:"" help:"Ask for the personal data of who has left to be erased."`
}

type memberAddCommand struct {
	inJSON
	Handle       string        `arg:"" help:"Their name in addresses, such as ana."`
	Commons      string        `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
	Name         string        `required:"" placeholder:"NAME" help:"Their name."`
	Stage        ledger.Stage  `default:"member" placeholder:"STAGE" help:"guest, newcomer or member; member unless given."`
	Role         []ledger.Role `placeholder:"ROLE" help:"steward, treasurer, auditor or approver; may be given several times."`
	RolesUntil   ledger.Date   `placeholder:"DATE" help:"The last day of the roles; they have none unless given, and auditors need one."`
	Organization bool          `help:"The member is an organization."`
	Joined       ledger.Date   `placeholder:"DATE" help:"When they joined; from the beginning, or today once money has been distributed."`
}

// Help shows examples.
func (memberAddCommand) Help() string {
	return `Roles wait until a steward, treasurer or approver confirms them, as soon as there is one.

With --roles-until the roles begin today, or on the day of joining if that is later, and
end by themselves after the day that is named.

Examples:

    phyle member add bo --name Bo --role steward
    phyle member add di --name Di --role auditor --roles-until 2027-06-30
    phyle member add cy --commons riverside --name Cy --stage newcomer --joined 2026-10-01`
}

// added is a new member, for programs.
type added struct {
	Commons    string `json:"commons"`
	Handle     string `json:"handle"`
	ID         string `json:"id"`
	JoinNumber int64  `json:"join_number"`
	JoinedOn   string `json:"joined_on"`
	// Waiting are the changes by which roles wait for a second person.
	Waiting []string `json:"waiting,omitempty"`
}

// Run adds the member.
func (c memberAddCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		members, err := b.EnrolMembers(ctx, &postgres.Act{By: by}, []ledger.NewMember{{
			Handle: c.Handle, Name: c.Name, Organization: c.Organization, JoinedOn: c.Joined,
			Stage: c.Stage, Roles: c.Role, RolesUntil: c.RolesUntil,
		}})
		if err != nil {
			return err
		}
		m := members[0]
		return c.show(s, added{
			by.Commons.Slug, m.Handle, m.ID.String(), m.JoinNumber, m.JoinedOn.String(), spelled(m.Waiting),
		})
	})
}

// runRemotely adds the member on a server.
func (c memberAddCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	request := client.MemberRequest{
		Handle: c.Handle, Name: c.Name, Organization: c.Organization, Stage: string(c.Stage),
		JoinedOn: client.Date(c.Joined.String()), RolesUntil: client.Date(c.RolesUntil.String()),
	}
	for _, role := range c.Role {
		request.Roles = append(request.Roles, string(role))
	}
	m, err := books.AddMember(ctx, request)
	if err != nil {
		return unsure(err, "Run it again: a handle is given once, and if the member was added it "+
			"says that the handle exists.")
	}
	var waiting []string
	for _, id := range m.Waiting {
		waiting = append(waiting, string(id))
	}
	return c.show(s, added{
		books.commons.Slug, m.Handle, string(m.ID), m.JoinNumber, string(m.JoinedOn), waiting,
	})
}

// spelled returns ids as they are shown.
func spelled[I fmt.Stringer](ids []I) (texts []string) {
	for _, id := range ids {
		texts = append(texts, id.String())
	}
	return texts
}

// show writes who was added.
func (c memberAddCommand) show(s *session, m added) error {
	if c.JSON {
		return writeJSON(s, m)
	}
	_, err := fmt.Fprintf(s.out, "%s is member %d of %s.\n", m.Handle, m.JoinNumber, m.Commons)
	if err == nil && len(m.Waiting) > 0 {
		_, err = fmt.Fprintf(s.remarks, "Their roles wait until a steward, treasurer or approver confirms "+
			"them, with --server and their token:\n")
	}
	for _, id := range m.Waiting {
		if err == nil {
			_, err = fmt.Fprintf(s.remarks, "    phyle change confirm %s\n", id)
		}
	}
	return err
}

type memberLeaveCommand struct {
	byPerson
	Handle string      `arg:"" help:"Who leaves: whose token it is."`
	From   ledger.Date `placeholder:"DATE" help:"The first day without them; today unless given."`
}

// Help shows examples.
func (memberLeaveCommand) Help() string {
	return `Everybody leaves for themselves: on a server, with their token. What is owed stays owed.
From that day on the token does nothing here any more, and roles are gone. Who is suspended names
the commons.

Examples:

    phyle member leave bo --server https://phyle.example.org
    phyle member leave bo --from 2026-12-01 --server https://phyle.example.org`
}

// departed is a member who leaves, for programs.
type departed struct {
	Commons string `json:"commons"`
	Handle  string `json:"handle"`
	From    string `json:"from,omitempty"`
}

func (c memberLeaveCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedUnseen(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	if c.From.IsZero() && books.commons.TimeZone != "" {
		c.From = books.today()
	}
	from := c.From.String()
	m, err := books.LeaveCommons(ctx, c.Handle, client.LeaveRequest{From: client.Date(from)})
	if err != nil {
		return unsure(err, "Look at your membership, and run it again if need be.")
	}
	if c.JSON {
		return writeJSON(s, departed{books.commons.Slug, m.Handle, from})
	}
	if from != "" {
		from = " from " + from
	}
	_, err = fmt.Fprintf(s.out, "%s is a member of %s no more%s. What is owed stays owed.\n",
		m.Handle, books.commons.Slug, from)
	return err
}
