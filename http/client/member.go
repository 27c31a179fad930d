// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
	"time"
)

// Term is part of Member.
type Term struct {
	// The role.
	Role string `json:"role"`
	// The first day; none if from the beginning.
	From Date `json:"from,omitzero"`
	// The last day; none if it has no end.
	Until Date `json:"until,omitzero"`
}

// Member is what ListMembers answers, among others.
type Member struct {
	// Their id.
	ID MemberID `json:"id"`
	// Their name in addresses.
	Handle string `json:"handle"`
	// Their name.
	Name string `json:"name"`
	// Their place in the order of joining.
	JoinNumber int64 `json:"join_number"`
	// How far they are today.
	Stage string `json:"stage"`
	// What they may do today.
	Roles []string `json:"roles"`
	// Since when they have these roles, and until when.
	Terms []Term `json:"terms"`
	// Whether they are an organization.
	Organization bool `json:"organization"`
	// When their personal data were erased.
	ErasedAt time.Time `json:"erased_at,omitzero"`
	// Their first day; none if they were there from the beginning.
	JoinedOn Date `json:"joined_on,omitzero"`
	// Since when they are suspended.
	SuspendedAt time.Time `json:"suspended_at,omitzero"`
	// The changes to their roles, or to erase them, that wait for a second person.
	Waiting []string `json:"waiting,omitzero"`
	// Why the name could pass for another's.
	Warning string `json:"warning,omitzero"`
}

// ListMembers: list the members in the order in which they joined.
func (b Books) ListMembers(
	ctx context.Context, query PageQuery, options ...CallOption,
) (Page[Member], error) {
	return do[Page[Member]](ctx, b.client, call{
		operation: "listMembers", method: "GET",
		path:   []string{"commons", b.commons, "members"},
		query:  query,
		status: 200,
	}, options)
}

// AllMembers goes through what ListMembers shows, page after page from the query's cursor on,
// and ends with the first error.
func (b Books) AllMembers(
	ctx context.Context, query PageQuery, options ...CallOption,
) iter.Seq2[Member, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Member], error) {
		query := query
		query.Cursor = cursor
		return b.ListMembers(ctx, query, options...)
	})
}

// MemberRequest is what AddMember sends.
type MemberRequest struct {
	// Their name in addresses.
	Handle string `json:"handle"`
	// Their name.
	Name string `json:"name"`
	// Their first day; unless given today, or the beginning while nothing is distributed.
	JoinedOn Date `json:"joined_on,omitzero"`
	// Whether they are an organization.
	Organization bool `json:"organization,omitzero"`
	// What they may do, once a second person confirms it where one could. One of: steward,
	// treasurer, auditor, approver.
	Roles []string `json:"roles,omitzero"`
	// The last day of these roles, which then begin today or on the first day, whichever is later;
	// none unless given. Auditors need one.
	RolesUntil Date `json:"roles_until,omitzero"`
	// How far they are; member unless given. One of: guest, newcomer, member.
	Stage string `json:"stage,omitzero"`
}

// AddMember: add a member.
func (b Books) AddMember(
	ctx context.Context, body MemberRequest, options ...CallOption,
) (Member, error) {
	return do[Member](ctx, b.client, call{
		operation: "addMember", method: "POST",
		path:   []string{"commons", b.commons, "members"},
		keyed:  true,
		body:   body,
		status: 201,
	}, options)
}

// GetMember: show a member.
func (b Books) GetMember(
	ctx context.Context, member string, options ...CallOption,
) (Member, error) {
	return do[Member](ctx, b.client, call{
		operation: "getMember", method: "GET",
		path:   []string{"commons", b.commons, "members", member},
		status: 200,
	}, options)
}

// GetBalanceQuery says what GetBalance shows.
type GetBalanceQuery struct {
	// At the end of this day; now unless given.
	Date Date `json:"date"`
	// As it was recorded at this instant.
	AsRecordedAt time.Time `json:"as_recorded_at"`
}

// GetBalance: show what is owed and promised to a member.
func (b Books) GetBalance(
	ctx context.Context, member string, query GetBalanceQuery, options ...CallOption,
) (Balance, error) {
	return do[Balance](ctx, b.client, call{
		operation: "getBalance", method: "GET",
		path:   []string{"commons", b.commons, "members", member, "balance"},
		query:  query,
		status: 200,
	}, options)
}

// OwnData is what GetOwnData answers.
type OwnData struct {
	// The slug of the commons.
	Commons string `json:"commons"`
	// When the document was made.
	MadeAt time.Time `json:"made_at"`
	// Handle, name, and how they are known.
	Member map[string]string `json:"member"`
	// How far they were from which day on.
	Stages []map[string]string `json:"stages"`
	// Which roles they got or gave back, from which day on.
	Roles []map[string]string `json:"roles"`
	// When they were suspended, why, and when that ended.
	Suspensions []map[string]string `json:"suspensions"`
	// Rates for them alone.
	Rates []map[string]string `json:"rates"`
	// Keys that they sign in with, by the browser that made them.
	Passkeys []map[string]string `json:"passkeys"`
	// Browsers that they are or were signed in with.
	Sessions []map[string]string `json:"sessions"`
	// Codes that were mailed lately, without the codes.
	Codes []map[string]string `json:"codes"`
	// Invitations for them, and those that they made.
	Invitations []map[string]string `json:"invitations"`
	// Their tokens, without the secrets.
	Tokens []map[string]string `json:"tokens"`
	// What they gave, with what became of it; those that they took back or shared with others,
	// too.
	Contributions []map[string]string `json:"contributions"`
	// What was decided about their contributions, and what they decided.
	Decisions []map[string]string `json:"decisions"`
	// Files that they imported.
	Imports []map[string]string `json:"imports"`
	// Files that they took back.
	ImportUndos []map[string]string `json:"import_undos"`
	// Agreements that they wrote.
	Agreements []map[string]string `json:"agreements"`
	// What they put before the group.
	Proposals []map[string]string `json:"proposals"`
	// Proposals that they took back.
	Withdrawals []map[string]string `json:"withdrawals"`
	// How they voted, every time.
	Votes []map[string]string `json:"votes"`
	// How they voted elsewhere, as it was recorded.
	RecordedVotes []map[string]string `json:"recorded_votes"`
	// Distributions that they approved.
	Approvals []map[string]string `json:"approvals"`
	// Changes that are about them, or that they proposed or decided.
	Changes []map[string]string `json:"changes"`
	// What they said they take, every time.
	Takes []map[string]string `json:"takes"`
	// What rules gave them before the books began.
	Received []map[string]string `json:"received"`
	// What distributions gave them, rule by rule.
	Allocations []map[string]string `json:"allocations"`
	// What rounding gave or took, by distribution.
	Roundings []map[string]string `json:"roundings"`
	// What they are owed, by account.
	Accounts []map[string]string `json:"accounts"`
	// What came to and went from what they are owed.
	Lines []map[string]string `json:"lines"`
	// Idempotency keys of their requests.
	Keys []map[string]string `json:"keys"`
	// Their rows of the audit trail.
	Acts []map[string]string `json:"acts"`
	// The address and what else is kept of the person who signs in, if somebody does.
	Person map[string]string `json:"person,omitzero"`
}

// GetOwnData: download everything that is kept about oneself. It is the caller's own, also
// after they have left. Every value is a text, and what is empty is left out. Others are in it
// by their handles. No secrets are in it, nor what only checks them, nor answers that are kept
// under idempotency keys. It is sent as it is read: a document that was cut short is no JSON.
func (b Books) GetOwnData(
	ctx context.Context, member string, options ...CallOption,
) (OwnData, error) {
	return do[OwnData](ctx, b.client, call{
		operation: "getOwnData", method: "GET",
		path:   []string{"commons", b.commons, "members", member, "data"},
		status: 200,
	}, options)
}

// EraseRequest is what EraseMember sends.
type EraseRequest struct {
	// Why what is open stays open; stewards and treasurers alone may give one.
	KeepReason string `json:"keep_reason,omitzero"`
}

// EraseMember: ask for a member's personal data to be erased. The member has left, and may ask
// for themself; stewards and treasurers may for others. It waits as a change until a second
// person, a steward or treasurer, confirms it; where nobody else could, it takes effect at
// once, marked unchecked. Then a pseudonym takes the place of handle and name, what they wrote
// and the answers kept under idempotency keys are gone, and their tokens have ended. Amounts
// stay. Nothing may be open, unless a steward or treasurer says why it stays.
func (b Books) EraseMember(
	ctx context.Context, member string, body EraseRequest, options ...CallOption,
) (Change, error) {
	return do[Change](ctx, b.client, call{
		operation: "eraseMember", method: "POST",
		path:   []string{"commons", b.commons, "members", member, "erase"},
		keyed:  true,
		body:   body,
		status: 202,
	}, options)
}

// RevokeInvitation: take back the open invitation of a member.
func (b Books) RevokeInvitation(ctx context.Context, member string, options ...CallOption) error {
	_, err := do[nothing](ctx, b.client, call{
		operation: "revokeInvitation", method: "DELETE",
		path:   []string{"commons", b.commons, "members", member, "invite"},
		keyed:  true,
		status: 204,
	}, options)
	return err
}

// Invited is what InviteMember answers.
type Invited struct {
	// What to give to the person; shown here only.
	Link string `json:"link"`
	// Until when it is good.
	ExpiresAt time.Time `json:"expires_at"`
}

// InviteMember: make a link by which somebody becomes the person of a member. It is shown here
// only, is good once and for 7 days, and ends the one made before. Opening it uses nothing up.
// Nothing is kept to answer with again.
func (b Books) InviteMember(
	ctx context.Context, member string, options ...CallOption,
) (Invited, error) {
	return do[Invited](ctx, b.client, call{
		operation: "inviteMember", method: "POST",
		path:   []string{"commons", b.commons, "members", member, "invite"},
		status: 200,
	}, options)
}

// LeaveRequest is what LeaveCommons sends.
type LeaveRequest struct {
	// The first day without them; today unless given.
	From Date `json:"from,omitzero"`
}

// LeaveCommons: leave the commons. What is owed stays owed. From that day on the member's
// tokens do nothing here any more, and their roles are gone.
func (b Books) LeaveCommons(
	ctx context.Context, member string, body LeaveRequest, options ...CallOption,
) (Member, error) {
	return do[Member](ctx, b.client, call{
		operation: "leaveCommons", method: "POST",
		path:   []string{"commons", b.commons, "members", member, "leave"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// RoleRequest is what ChangeRole sends.
type RoleRequest struct {
	// The role. One of: steward, treasurer, auditor, approver.
	Role string `json:"role"`
	// Whether they have it from then on.
	Held bool `json:"held"`
	// From which day on; today unless given.
	From Date `json:"from,omitzero"`
	// The last day on which they have it; none unless given. Auditors need one.
	Until Date `json:"until,omitzero"`
}

// ChangeRole: give a member a role from a day on, or take it. It waits until a second person
// confirms it, as one of the member's waiting changes; where nobody else could, it takes effect
// at once, marked unchecked. With until the role ends by itself, after that day by the calendar
// of the commons. Auditors always have such a day, at most two years (731 days) after the
// first.
func (b Books) ChangeRole(
	ctx context.Context, member string, body RoleRequest, options ...CallOption,
) (Member, error) {
	return do[Member](ctx, b.client, call{
		operation: "changeRole", method: "POST",
		path:   []string{"commons", b.commons, "members", member, "roles"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// StageRequest is what ChangeStage sends.
type StageRequest struct {
	// The new stage. One of: guest, newcomer, member, left.
	Stage string `json:"stage"`
	// From which day on; today unless given.
	From Date `json:"from,omitzero"`
}

// ChangeStage: put a member into a stage from a day on. The stage left means that the day
// before was their last. Who holds roles is not made to leave: the roles are taken first, by
// two people.
func (b Books) ChangeStage(
	ctx context.Context, member string, body StageRequest, options ...CallOption,
) (Member, error) {
	return do[Member](ctx, b.client, call{
		operation: "changeStage", method: "POST",
		path:   []string{"commons", b.commons, "members", member, "stages"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// GetStatementQuery says what GetStatement shows.
type GetStatementQuery struct {
	// How many items to send; 50 unless given.
	Limit int64 `json:"limit"`
	// The next_cursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
	// Only dated this day or later.
	From Date `json:"from"`
	// Only dated this day or earlier.
	To Date `json:"to"`
}

// Statement is what GetStatement answers.
type Statement struct {
	// The member's handle.
	Member string `json:"member"`
	// What they were owed before the first line.
	Opening Money `json:"opening"`
	Page[Line]
}

// GetStatement: list what came to and went from what a member is owed.
func (b Books) GetStatement(
	ctx context.Context, member string, query GetStatementQuery, options ...CallOption,
) (Statement, error) {
	return do[Statement](ctx, b.client, call{
		operation: "getStatement", method: "GET",
		path:   []string{"commons", b.commons, "members", member, "statement"},
		query:  query,
		status: 200,
	}, options)
}

// AllStatement goes through what GetStatement shows, page after page from the query's cursor
// on, and ends with the first error.
func (b Books) AllStatement(
	ctx context.Context, member string, query GetStatementQuery, options ...CallOption,
) iter.Seq2[Line, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Line], error) {
		query := query
		query.Cursor = cursor
		page, err := b.GetStatement(ctx, member, query, options...)
		return page.Page, err
	})
}

// ReadmitMember: end the suspension of a member. From then on they may again what members may.
// Roles do not come back by it.
func (b Books) ReadmitMember(
	ctx context.Context, member string, options ...CallOption,
) (Member, error) {
	return do[Member](ctx, b.client, call{
		operation: "readmitMember", method: "DELETE",
		path:   []string{"commons", b.commons, "members", member, "suspension"},
		keyed:  true,
		status: 200,
	}, options)
}

// SuspensionRequest is what SuspendMember sends.
type SuspensionRequest struct {
	// Why; the member reads it.
	Reason string `json:"reason"`
}

// SuspendMember: suspend a member. It takes their part away at once, also from sessions and
// tokens that are open, and touches no books: what they gave counts, and what they are owed
// stays theirs and can be paid. They can still sign in, read what is kept about them, and the
// reason with it, leave, and ask to be erased. Who holds a role is not suspended: the role is
// taken first, by two people.
func (b Books) SuspendMember(
	ctx context.Context, member string, body SuspensionRequest, options ...CallOption,
) (Member, error) {
	return do[Member](ctx, b.client, call{
		operation: "suspendMember", method: "POST",
		path:   []string{"commons", b.commons, "members", member, "suspension"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}
