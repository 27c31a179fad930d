package main

import (
	"fmt"

	"phyle/ledger/report"
)

type rightsCommand struct {
	inJSON
}

// Help shows examples.
func (rightsCommand) Help() string {
	return `Every member has the rights under member, and the holders of a role those under it in
addition: yes; own, to what is their own; not own, to what they did not give, log, draft or
propose themselves; shown, to what is their own and to the rest where the commons shows it.
Under none is who has no token, under left who was a member once, under suspended what members
may of theirs while they are suspended, under instance who runs the machine. The scope is what a
token needs: person is for what people should do themselves.
What waits for a second person does so where the approval policy asks for approvals; roles,
that policy and erasures always do.

Examples:

    phyle rights
    phyle rights --json`
}

// Run writes the table.
func (c rightsCommand) Run(s *session) error {
	rows := report.Rights()
	if c.JSON {
		return writeJSON(s, rows)
	}
	if err := report.RightsText(s.out, rows); err != nil {
		return err
	}
	_, err := fmt.Fprint(s.remarks, "\nWhat the words mean: phyle rights --help\n")
	return err
}
