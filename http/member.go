package http

import (
	"context"
	"time"

	"phyle/ledger"
)

func memberRoutes() []route {
	return []route{
		{
			method: "POST", path: inCommons + "/members", id: "addMember", summary: "Add a member",
			operation: ledger.ManageMembers,
			made:      "members/{}", status: 201, handler: write(addMember, first(viewMember)),
		},
		{
			method: "GET", path: inCommons + "/members", id: "listMembers",
			operation: ledger.ReadMembers,
			summary:   "List the members in the order in which they joined", handler: read(listMembers),
		},
		{
			method: "GET", path: inCommons + "/members/{member}", id: "getMember",
			operation: ledger.ReadMembers,
			summary:   "Show a member", handler: read(getMember),
		},
		{
			method: "POST", path: inCommons + "/members/{member}/stages", id: "changeStage",
			operation: ledger.ManageMembers,
			summary:   "Put a member into a stage from a day on",
			about: "The stage left means that the day before was their last. Who holds roles is not made to " +
				"leave: the roles are taken first, by two people.",
			handler: write(changeStage, first(viewMember)),
		},
		{
			method: "POST", path: inCommons + "/members/{member}/leave", id: "leaveCommons",
			operation: ledger.LeaveCommons,
			summary:   "Leave the commons",
			about: "What is owed stays owed. From that day on the member's tokens do nothing here any more, " +
				"and their roles are gone.",
			handler: write(leaveCommons, first(viewMember)),
		},
		{
			method: "POST", path: inCommons + "/members/{member}/roles", id: "changeRole",
			operation: ledger.GiveRole,
			summary:   "Give a member a role from a day on, or take it",
			about: "It waits until a second person confirms it, as one of the member's waiting changes; " +
				"where nobody else could, it takes effect at once, marked unchecked. With until the role " +
				"ends by itself, after that day by the calendar of the commons. Auditors always have such a " +
				"day, at most two years (731 days) after the first.",
			handler: write(changeRole, first(viewMember)),
		},
	}
}

type memberBody struct {
	Handle       string        `json:"handle" maxLength:"32" doc:"Their name in addresses." example:"bo"`
	Name         string        `json:"name" doc:"Their name." example:"Bo"`
	Stage        ledger.Stage  `json:"stage,omitzero" enum:"guest,newcomer,member" doc:"How far they are; member unless given." example:"member"`
	Roles        []ledger.Role `json:"roles,omitzero" maxItems:"4" enum:"steward,treasurer,auditor,approver" doc:"What they may do, once a second person confirms it where one could."`
	RolesUntil   ledger.Date   `json:"roles_until,omitzero" doc:"The last day of these roles, which then begin today or on the first day, whichever is later; none unless given. Auditors need one."`
	Organization bool          `json:"organization,omitzero" doc:"Whether they are an organization." example:"false"`
	JoinedOn     ledger.Date   `json:"joined_on,omitzero" doc:"Their first day; unless given today, or the beginning while nothing is distributed."`
}

func addMember(ctx context.Context, c *call, in memberBody) ([]ledger.Member, error) {
	if in.Stage == "" {
		in.Stage = ledger.FullPart
	}
	return c.store.AddMembers(ctx, c.act, []ledger.NewMember{{
		Handle: in.Handle, Name: in.Name, Organization: in.Organization,
		JoinedOn: in.JoinedOn, Stage: in.Stage, Roles: in.Roles, RolesUntil: in.RolesUntil,
	}})
}

type stageBody struct {
	Stage ledger.Stage `json:"stage" enum:"guest,newcomer,member,left" doc:"The new stage." example:"member"`
	From  ledger.Date  `json:"from,omitzero" doc:"From which day on; today unless given."`
}

func changeStage(ctx context.Context, c *call, in stageBody) ([]ledger.Member, error) {
	return c.store.ChangeStages(ctx, c.act, []ledger.StageChange{{
		Member: c.param("member"), Stage: in.Stage, From: in.From,
	}})
}

type leaveBody struct {
	From ledger.Date `json:"from,omitzero" doc:"The first day without them; today unless given."`
}

func leaveCommons(ctx context.Context, c *call, in leaveBody) ([]ledger.Member, error) {
	return c.store.Leave(ctx, c.act, c.param("member"), in.From)
}

type roleBody struct {
	Role  ledger.Role `json:"role" enum:"steward,treasurer,auditor,approver" doc:"The role." example:"steward"`
	Held  bool        `json:"held" doc:"Whether they have it from then on." example:"true"`
	From  ledger.Date `json:"from,omitzero" doc:"From which day on; today unless given."`
	Until ledger.Date `json:"until,omitzero" doc:"The last day on which they have it; none unless given. Auditors need one." example:"2027-06-30"`
}

func changeRole(ctx context.Context, c *call, in roleBody) ([]ledger.Member, error) {
	return c.store.ChangeRoles(ctx, c.act, []ledger.RoleChange{{
		Member: c.param("member"), Role: in.Role, Held: in.Held, From: in.From, Until: in.Until,
	}})
}

type memberView struct {
	ID           ledger.MemberID   `json:"id" doc:"Their id."`
	Handle       string            `json:"handle" doc:"Their name in addresses."`
	Name         string            `json:"name" doc:"Their name."`
	JoinNumber   int64             `json:"join_number" doc:"Their place in the order of joining."`
	JoinedOn     ledger.Date       `json:"joined_on,omitzero" doc:"Their first day; none if they were there from the beginning."`
	Stage        ledger.Stage      `json:"stage" doc:"How far they are today."`
	Roles        []ledger.Role     `json:"roles" doc:"What they may do today."`
	Terms        []termView        `json:"terms" doc:"Since when they have these roles, and until when."`
	Waiting      []ledger.ChangeID `json:"waiting,omitzero" doc:"The changes to their roles, or to erase them, that wait for a second person."`
	SuspendedAt  time.Time         `json:"suspended_at,omitzero" doc:"Since when they are suspended."`
	ErasedAt     time.Time         `json:"erased_at,omitzero" doc:"When their personal data were erased."`
	Organization bool              `json:"organization" doc:"Whether they are an organization."`
	Warning      string            `json:"warning,omitzero" doc:"Why the name could pass for another's."`
}

type termView struct {
	Role  ledger.Role `json:"role" doc:"The role."`
	From  ledger.Date `json:"from,omitzero" doc:"The first day; none if from the beginning."`
	Until ledger.Date `json:"until,omitzero" doc:"The last day; none if it has no end."`
}

func (v memberView) resource() string { return v.Handle }

// viewFirst shows a first day, and none for the beginning.
func viewFirst(day ledger.Date) ledger.Date {
	if day == ledger.Beginning {
		return ledger.Date{}
	}
	return day
}

func viewTerm(_ *call, t ledger.Term) termView {
	return termView{Role: t.Role, From: viewFirst(t.From), Until: t.Until}
}

func viewMember(c *call, m ledger.Member) memberView {
	return memberView{
		ID: m.ID, Handle: m.Handle, Name: m.Name, JoinNumber: m.JoinNumber,
		JoinedOn: viewFirst(m.JoinedOn), Stage: m.Stage, Roles: m.Roles,
		Terms: viewEach(c, m.Terms, viewTerm), Waiting: m.Waiting,
		SuspendedAt: m.SuspendedAt, ErasedAt: m.ErasedAt, Organization: m.Organization,
		Warning: ledger.NameWarning(m.Name),
	}
}

type pageQuery struct{ paging }

func listMembers(ctx context.Context, c *call, q pageQuery) (page[memberView], error) {
	from, err := after[int64](c, q.paging)
	if err != nil {
		return page[memberView]{}, err
	}
	found, err := c.store.Members(ctx, c.caller, from, q.size()+1)
	if err != nil {
		return page[memberView]{}, err
	}
	return newPage(c, q.paging, found, viewMember,
		func(m ledger.Member) int64 { return m.JoinNumber })
}

func getMember(ctx context.Context, c *call, _ none) (memberView, error) {
	member, err := c.store.Member(ctx, c.caller, c.param("member"))
	return viewMember(c, member), err
}
