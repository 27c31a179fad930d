package http

import (
	"context"

	"phyle/ledger"
)

func suspensionRoutes() []route {
	const path = inCommons + "/members/{member}/suspension"
	return []route{
		{
			method: "POST", path: path, id: "suspendMember",
			operation: ledger.ManageMembers,
			summary:   "Suspend a member",
			about: "It takes their part away at once, also from sessions and tokens that are open, and " +
				"touches no books: what they gave counts, and what they are owed stays theirs and can be " +
				"paid. They can still sign in, read what is kept about them, and the reason with it, " +
				"leave, and ask to be erased. Who holds a role is not suspended: the role is taken " +
				"first, by two people.",
			handler: write(suspendMember, first(viewMember)),
		},
		{
			method: "DELETE", path: path, id: "readmitMember",
			operation: ledger.ManageMembers,
			summary:   "End the suspension of a member",
			about:     "From then on they may again what members may. Roles do not come back by it.",
			handler:   write(readmitMember, first(viewMember)),
		},
	}
}

// suspendedPage is what somebody sees of a commons in which they are suspended.
type suspendedPage struct {
	Commons    ledger.Commons
	Suspension ledger.Suspension
}

// Since says when the suspension began.
func (p suspendedPage) Since() string { return inUTC(p.Suspension.Since) }

type suspensionBody struct {
	Reason string `json:"reason" maxLength:"2000" doc:"Why; the member reads it." example:"until we have talked"`
}

func suspendMember(ctx context.Context, c *call, in suspensionBody) ([]ledger.Member, error) {
	return c.store.Suspend(ctx, c.act, ledger.Suspension{
		Member: c.param("member"), Reason: in.Reason,
	})
}

func readmitMember(ctx context.Context, c *call, _ none) ([]ledger.Member, error) {
	return c.store.Readmit(ctx, c.act, c.param("member"))
}
