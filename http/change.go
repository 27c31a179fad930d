package http

import (
	"context"
	"time"

	"phyle/ledger"
)

const (
	changesPath = inCommons + "/changes"
	changePath  = changesPath + "/{change}"
)

func changeRoutes() []route {
	return []route{
		{
			method: "POST", path: changesPath, id: "proposeChange",
			operation: ledger.ProposePolicy,
			summary:   "Ask for another approval policy",
			about: "It waits until a second person confirms it; where nobody else could, it takes effect " +
				"at once, marked unchecked. Roles are asked for at their member.",
			made: "changes/{}", status: 201, handler: write(proposeChange, viewChange),
		},
		{
			method: "GET", path: changesPath, id: "listChanges",
			operation: ledger.ReadMembers,
			summary:   "List changes to roles and to the approval policy, erasures, and acts that waited, newest first",
			handler:   read(listChanges),
		},
		{
			method: "GET", path: changePath, id: "getChange",
			operation: ledger.ReadMembers,
			summary:   "Show a change and how it ended", handler: read(getChange),
		},
		{
			method: "POST", path: changePath + "/confirm", id: "confirmChange",
			operation: ledger.ConfirmChange,
			summary:   "Put a change into effect, as the second person",
			about: "That may stewards, treasurers and approvers do, but not who asked for it, would get a " +
				"role by it or is the only one whom it pays, and approvers not for erasures. An act is done " +
				"now, as it was asked for, by who asked for it, with the rights that they have now.",
			handler: confirming(write(confirmChange, viewChange)),
		},
		{
			method: "POST", path: changePath + "/withdraw", id: "withdrawChange",
			operation: ledger.WithdrawChange,
			summary:   "Take a change back before it is confirmed",
			about:     "That may do who asked for it, and stewards, treasurers and approvers.",
			handler:   write(withdrawChange, viewChange),
		},
	}
}

type changeBody struct {
	Approvals int           `json:"approvals" minimum:"0" maximum:"9" doc:"How many other members must approve a distribution." example:"1"`
	Above     *ledger.Money `json:"above,omitzero" doc:"Only once more than this is given, counted with what was posted in the thirty days before; 0 unless given."`
}

func proposeChange(ctx context.Context, c *call, in changeBody) (ledger.Change, error) {
	above, err := inCurrency(in.Above, "/above", c.caller.Commons.Currency)
	if err != nil {
		return ledger.Change{}, err
	}
	return c.store.ProposePolicy(ctx, c.act,
		ledger.ApprovalPolicy{Count: in.Approvals, Above: above})
}

type changeQuery struct {
	paging
	State ledger.ChangeState `json:"state,omitzero" enum:"waiting,confirmed,unchecked,withdrawn" doc:"Only in this state."`
}

func listChanges(ctx context.Context, c *call, q changeQuery) (page[changeView], error) {
	from, err := after[ledger.ChangeID](c, q.paging)
	if err != nil {
		return page[changeView]{}, err
	}
	found, err := c.store.Changes(ctx, c.caller, q.State, from, q.size()+1)
	if err != nil {
		return page[changeView]{}, err
	}
	return newPage(c, q.paging, found, viewChange,
		func(c ledger.Change) ledger.ChangeID { return c.ID })
}

func getChange(ctx context.Context, c *call, _ none) (changeView, error) {
	id, err := idIn[ledger.ChangeID](c, "change")
	if err != nil {
		return changeView{}, err
	}
	found, err := c.store.Change(ctx, c.caller, id)
	return viewChange(c, found), err
}

func confirmChange(ctx context.Context, c *call, _ none) (ledger.Change, error) {
	id, err := idIn[ledger.ChangeID](c, "change")
	if err != nil {
		return ledger.Change{}, err
	}
	return c.store.ConfirmChange(ctx, c.act, id)
}

func withdrawChange(ctx context.Context, c *call, _ none) (ledger.Change, error) {
	id, err := idIn[ledger.ChangeID](c, "change")
	if err != nil {
		return ledger.Change{}, err
	}
	return c.store.WithdrawChange(ctx, c.act, id)
}

type changeView struct {
	ID         ledger.ChangeID    `json:"id" doc:"Its id."`
	Type       ledger.ChangeType  `json:"type" doc:"What it is about: approval_policy, role, erasure or act."`
	State      ledger.ChangeState `json:"state" doc:"Waiting, confirmed, unchecked or withdrawn. Unchecked took effect at once, because nobody else could confirm it."`
	Policy     *policyView        `json:"policy,omitzero" doc:"The approval policy that it asks for."`
	Grant      *grantView         `json:"grant,omitzero" doc:"The role that it gives or takes."`
	Erasure    *erasureView       `json:"erasure,omitzero" doc:"Whose personal data it erases."`
	Act        *actView           `json:"act,omitzero" doc:"The act that it asks for."`
	Made       string             `json:"made,omitzero" doc:"The path of what came of the act."`
	ProposedBy string             `json:"proposed_by,omitzero" doc:"The handle of who asked for it; none if it was done at the machine, or in founding."`
	ProposedAt time.Time          `json:"proposed_at" doc:"When."`
	DecidedBy  string             `json:"decided_by,omitzero" doc:"The handle of who confirmed it or took it back."`
	DecidedAt  time.Time          `json:"decided_at,omitzero" doc:"When it took effect or was taken back."`
}

type grantView struct {
	Member string      `json:"member" doc:"The handle of the member."`
	Role   ledger.Role `json:"role" doc:"The role."`
	Held   bool        `json:"held" doc:"Whether they have it from then on."`
	From   ledger.Date `json:"from,omitzero" doc:"From which day on; none if from the beginning."`
	Until  ledger.Date `json:"until,omitzero" doc:"The last day on which they have it; none if it has no end."`
	Reason string      `json:"reason,omitzero" doc:"Why whoever runs the machine asks for it, after notice to all."`
}

func (v changeView) resource() string { return v.ID.String() }

func viewChange(c *call, change ledger.Change) changeView {
	view := changeView{
		ID: change.ID, Type: change.Type, State: change.State, ProposedBy: change.ProposedBy.Handle,
		ProposedAt: change.ProposedAt, DecidedBy: change.DecidedBy.Handle, DecidedAt: change.DecidedAt,
	}
	switch change.Type {
	case ledger.PolicyChange:
		policy := viewPolicy(change.Policy, c.caller.Commons.Currency)
		view.Policy = &policy
	case ledger.EraseChange:
		view.Erasure = &erasureView{Member: change.Member.Handle, KeepReason: change.Reason}
	case ledger.ActChange:
		view.Act, view.Made = viewAct(change.Act), change.Made
	case ledger.GrantChange:
		view.Grant = &grantView{
			Member: change.Member.Handle, Role: change.Role, Held: change.Held,
			From: viewFirst(change.From), Until: change.Until,
			Reason: change.Reason,
		}
	}
	return view
}
