package ledger

import (
	"slices"
	"strings"
)

// Operation is something a caller asks to do, as far as rights go.
type Operation string

// The operations.
const (
	ReadDocuments        Operation = "read_documents"
	SignIn               Operation = "sign_in"
	SetUp                Operation = "set_up"
	AcceptInvitation     Operation = "accept_invitation"
	KeepAccount          Operation = "keep_account"
	CreateCommons        Operation = "create_commons"
	ReadCommons          Operation = "read_commons"
	ReadMembers          Operation = "read_members"
	ReadContributions    Operation = "read_contributions"
	ReadAgreements       Operation = "read_agreements"
	ReadBooks            Operation = "read_books"
	ManageMembers        Operation = "manage_members"
	LeaveCommons         Operation = "leave_commons"
	GiveRole             Operation = "give_role"
	ManageSettings       Operation = "manage_settings"
	LogContribution      Operation = "log_contribution"
	WithdrawContribution Operation = "withdraw_contribution"
	QuestionContribution Operation = "question_contribution"
	ReviewContribution   Operation = "review_contribution"
	ReverseContribution  Operation = "reverse_contribution"
	UndoImport           Operation = "undo_import"
	RecordIncome         Operation = "record_income"
	ReverseIncome        Operation = "reverse_income"
	ProposeAgreement     Operation = "propose_agreement"
	WithdrawProposal     Operation = "withdraw_proposal"
	VoteOnAgreement      Operation = "vote_on_agreement"
	DecideAgreement      Operation = "decide_agreement"
	AdoptAgreement       Operation = "adopt_agreement"
	PreviewDistribution  Operation = "preview_distribution"
	ApproveDistribution  Operation = "approve_distribution"
	PostDistribution     Operation = "post_distribution"
	ReverseDistribution  Operation = "reverse_distribution"
	MoveMoney            Operation = "move_money"
	GiveGift             Operation = "give_gift"
	SetTake              Operation = "set_take"
	OpenReceived         Operation = "open_received"
	ReverseEntry         Operation = "reverse_entry"
	ClosePeriod          Operation = "close_period"
	MakeToken            Operation = "make_token"
	ListTokens           Operation = "list_tokens"
	RevokeToken          Operation = "revoke_token"
	ProposePolicy        Operation = "propose_policy"
	ConfirmChange        Operation = "confirm_change"
	WithdrawChange       Operation = "withdraw_change"
	EraseMember          Operation = "erase_member"
	ReadAudit            Operation = "read_audit"
	ReadOwnData          Operation = "read_own_data"
)

// Rule says whether a role may do an operation.
type Rule string

// The rules. The zero Rule refuses.
const (
	No     Rule = ""
	Yes    Rule = "yes"
	Own    Rule = "own"     // to what is their own, and to nothing else
	NotOwn Rule = "not own" // to anything but what they gave, logged, drafted or proposed themselves
	Shown  Rule = "shown"   // to what is their own, and to the rest if the commons shows it to members
)

// Rules lists every rule.
var Rules = []Rule{No, Yes, Own, NotOwn, Shown}

// Second says when an act waits until a second person confirms it: one of those who
// confirm changes, who neither asked for it nor is the only one that it pays. It is done
// at once where nobody is, and but for roles, policies and erasures where the approval
// policy asks for no approvals.
type Second string

// When acts wait. The zero Second never does.
const (
	Alone   Second = ""
	Always  Second = "always"
	Unvoted Second = "unless voted on here"
	// AboveLimit is once that of the approval policy is passed by what one person alone
	// moved in ApprovalDays, and for what is paid to the one who asks.
	AboveLimit Second = "above the limit"
)

// Right is one row of the matrix: who may do an operation, and with which scope a
// token may. Every member has what stands under Member, and the holders of a role
// what stands under it in addition.
type Right struct {
	Operation Operation
	// About says what the operation is, to people.
	About string
	// Anonymous is for those without a token, and Instance for whoever runs the
	// machine: neither has a part in any commons. Left is for members who have left, and
	// Suspended bounds what members may while they are suspended: who is both may what
	// both say.
	Anonymous, Left, Suspended, Member, Steward, Treasurer, Auditor, Approver, Instance Rule
	// Scope is the scope that a token needs, "" where no token is asked for.
	Scope Scope
	// Second says when somebody else has to confirm it.
	Second Second
	// Hidden says that who may not do it to a thing may not know of the thing either.
	Hidden bool
}

// rights is the only source of who may do what. What is not in it, nobody may. Rows
// of the scope InPerson ask for somebody who has just signed in; for members who cannot
// sign in, a token that holds this scope serves.
var rights = []Right{
	{
		Operation: ReadDocuments, About: "Read what is the same for everybody: templates and schemas",
		Anonymous: Yes, Left: Yes, Suspended: Yes, Member: Yes, Instance: Yes,
	},
	{
		Operation: SignIn, About: "Sign in, and recover access",
		Anonymous: Yes, Left: Yes, Suspended: Yes, Member: Yes, Instance: Yes,
	},
	{
		Operation: SetUp, About: "Found the first commons, by the link that the server prints",
		Anonymous: Yes, Left: Yes, Suspended: Yes, Member: Yes, Instance: Yes,
	},
	{
		Operation: AcceptInvitation, About: "Accept an invitation, by its link",
		Anonymous: Yes, Left: Yes, Suspended: Yes, Member: Yes, Instance: Yes,
	},
	{
		Operation: KeepAccount, About: "See one's commons and sessions, set a password, add passkeys",
		Left: Own, Suspended: Own, Member: Own, Scope: InPerson,
	},
	{Operation: CreateCommons, About: "Found a commons", Instance: Yes, Scope: OfInstance},
	{
		Operation: ReadCommons, About: "See the commons, its kinds, rates, areas and funds",
		Member: Yes, Scope: "public:read",
	},
	{
		Operation: ReadMembers, About: "See the names, stages and roles of members",
		Member: Yes, Scope: "members:read",
	},
	{
		Operation: ReadContributions, About: "See contributions",
		Member: Shown, Steward: Yes, Treasurer: Yes, Auditor: Yes, Approver: Yes,
		Scope: "contributions:read",
	},
	{
		Operation: ReadAgreements,
		About:     "See agreements, how they were decided, and what was divided in total",
		Member:    Yes, Scope: "ledger:read",
	},
	{
		Operation: ReadBooks, About: "See the journal, balances, what was given to whom, and reports",
		Member: Shown, Steward: Yes, Treasurer: Yes, Auditor: Yes, Approver: Yes, Scope: "ledger:read",
	},
	{
		Operation: ManageMembers,
		About:     "Add members, invite people to be them, say how far they are, suspend them",
		Steward:   Yes, Scope: "members:manage",
	},
	{
		Operation: LeaveCommons, About: "Leave the commons",
		Suspended: Own, Member: Own, Scope: InPerson,
	},
	{
		Operation: GiveRole, About: "Propose to give a role, or to take it",
		Steward: Yes, Treasurer: Yes, Scope: InPerson, Second: Always,
	},
	{
		Operation: ManageSettings, About: "Change the commons, its kinds, rates, areas and funds",
		Steward: Yes, Treasurer: Yes, Scope: InPerson, Second: Always,
	},
	{
		Operation: LogContribution, About: "Log a contribution",
		Member: Own, Steward: Yes, Scope: "contributions:write",
	},
	{
		Operation: WithdrawContribution, About: "Withdraw a contribution before it is accepted",
		Member: Own, Scope: "contributions:write",
	},
	{
		Operation: QuestionContribution, About: "Question a contribution",
		Steward: Yes, Treasurer: Yes, Auditor: Yes, Scope: "disputes:write",
	},
	{
		Operation: ReviewContribution, About: "Accept or decline a contribution",
		Steward: NotOwn, Scope: "contributions:review",
	},
	{
		Operation: ReverseContribution, About: "Take an accepted contribution back",
		Steward: Yes, Scope: "contributions:review",
	},
	{
		Operation: UndoImport, About: "Take back what was imported from a file",
		Member: Own, Steward: Yes, Scope: "contributions:write",
	},
	{Operation: RecordIncome, About: "Record income", Treasurer: Yes, Scope: "income:write"},
	{Operation: ReverseIncome, About: "Reverse income", Treasurer: Yes, Scope: InPerson, Second: AboveLimit},
	{
		Operation: ProposeAgreement, About: "Write and propose an agreement",
		Member: Yes, Scope: "agreements:write",
	},
	{
		Operation: WithdrawProposal, About: "Withdraw a proposed agreement",
		Member: Own, Steward: Yes, Scope: "agreements:write",
	},
	{
		// Of those who were members when the vote was opened.
		Operation: VoteOnAgreement, About: "Vote on an agreement",
		Left: Yes, Member: Yes, Scope: InPerson,
	},
	{
		Operation: DecideAgreement, About: "Record what was decided about an agreement",
		Steward: Yes, Treasurer: Yes, Scope: InPerson,
	},
	{
		Operation: AdoptAgreement, About: "Put an agreement in force",
		Steward: Yes, Treasurer: Yes, Scope: InPerson, Second: Unvoted,
	},
	{
		Operation: PreviewDistribution, About: "Preview a distribution, draft it, throw the draft away",
		Steward: Yes, Treasurer: Yes, Auditor: Yes, Scope: "distributions:prepare",
	},
	{
		Operation: ApproveDistribution, About: "Approve a distribution that somebody else drafted",
		Treasurer: NotOwn, Approver: NotOwn, Scope: InPerson,
	},
	{
		Operation: PostDistribution, About: "Post a distribution",
		Treasurer: Yes, Scope: "distributions:post",
	},
	{
		Operation: ReverseDistribution, About: "Reverse a distribution",
		Treasurer: Yes, Scope: InPerson, Second: Always,
	},
	{
		Operation: MoveMoney,
		About:     "Record spending, transfers, refunds, advances, payments and capital",
		Treasurer: Yes, Scope: "money:write", Second: AboveLimit,
	},
	{
		Operation: GiveGift, About: "Give away from what is owed to you",
		Member: Own, Scope: "gifts:write",
	},
	{Operation: SetTake, About: "Say what you take", Member: Own, Scope: "gifts:write"},
	{
		Operation: OpenReceived, About: "Say what rules gave before the books began",
		Treasurer: Yes, Scope: "money:write",
	},
	{Operation: ReverseEntry, About: "Reverse an entry", Treasurer: Yes, Scope: InPerson, Second: AboveLimit},
	{Operation: ClosePeriod, About: "Close a period", Treasurer: Yes, Scope: InPerson},
	{
		Operation: MakeToken, About: "Make a token, or a new secret for one",
		Member: Own, Scope: InPerson, Hidden: true,
	},
	{
		Operation: ListTokens, About: "See tokens: without their secrets",
		Member: Own, Steward: Yes, Treasurer: Yes, Auditor: Yes, Scope: InPerson,
	},
	{
		Operation: RevokeToken, About: "End a token",
		Member: Own, Steward: Yes, Treasurer: Yes, Scope: InPerson, Hidden: true,
	},
	{
		Operation: ProposePolicy, About: "Propose how many approve a distribution",
		Steward: Yes, Treasurer: Yes, Scope: InPerson, Second: Always,
	},
	{
		// An erasure is confirmed by stewards and treasurers alone.
		Operation: ConfirmChange,
		About:     "Confirm what somebody else proposed for roles, the policy, or an erasure",
		Steward:   NotOwn, Treasurer: NotOwn, Approver: NotOwn, Scope: InPerson,
	},
	{
		Operation: WithdrawChange, About: "Take such a change back before it is confirmed",
		Member: Own, Steward: Yes, Treasurer: Yes, Approver: Yes, Scope: InPerson,
	},
	{
		Operation: EraseMember, About: "Ask for somebody's personal data to be erased",
		Left: Own, Suspended: Own, Member: Own, Steward: Yes, Treasurer: Yes, Scope: InPerson,
		Second: Always,
	},
	{
		Operation: ReadAudit, About: "See who did what, and who was refused it",
		Suspended: Own, Member: Own, Steward: Yes, Treasurer: Yes, Auditor: Yes,
		Scope: "audit:read",
	},
	{
		Operation: ReadOwnData, About: "Read everything that is kept about oneself",
		Left: Own, Suspended: Own, Member: Own, Scope: "self:read",
	},
}

// Rights returns the matrix, row by row.
func Rights() []Right { return slices.Clone(rights) }

// Waits reports whether the operation is kept as it was asked for until a second person
// confirms it. Roles, policies and erasures are changes from the first.
func (r Right) Waits() bool {
	own := []Operation{GiveRole, ProposePolicy, EraseMember}
	return r.Second != Alone && !slices.Contains(own, r.Operation)
}

// Right returns the row of the operation, and whether there is one.
func (o Operation) Right() (Right, bool) {
	i := slices.IndexFunc(rights, func(r Right) bool { return r.Operation == o })
	if i < 0 {
		return Right{Operation: o}, false
	}
	return rights[i], true
}

// Of returns the rule for holders of the role, beside the one for every member.
func (r Right) Of(role Role) Rule {
	switch role {
	case Steward:
		return r.Steward
	case Treasurer:
		return r.Treasurer
	case Auditor:
		return r.Auditor
	case Approver:
		return r.Approver
	}
	return No
}

// Lets reports whether the rule lets somebody do it to what is their own, or is not. A
// rule Shown that no commons has filled in shows what is their own.
func (r Rule) Lets(own bool) bool {
	return r == Yes || (r == Own || r == Shown) && own || r == NotOwn && !own
}

// In returns the row as it is in a commons of the visibility: a rule Shown is filled in.
func (r Right) In(v Visibility) Right {
	if r.Member == Shown {
		if r.Member = Own; v.shows(r.Operation) {
			r.Member = Yes
		}
	}
	return r
}

// Lets reports whether a member with the roles may do the operation; own says that
// its object is the member's own.
func (r Right) Lets(roles []Role, own bool) bool {
	return r.Member.Lets(own) || slices.ContainsFunc(roles, func(role Role) bool {
		return r.Of(role).Lets(own)
	})
}

// ownRefused is what somebody is told who could do it to anything but their own: one
// refusal for every operation with a rule NotOwn.
var ownRefused = map[Operation]*Error{
	ReviewContribution: Errorf(Forbidden, "self_acceptance",
		"You gave or logged this yourself; somebody else with your role decides on it."),
	ApproveDistribution: Errorf(Forbidden, "self_approval",
		"You have drafted this, so somebody else has to approve it."),
	ConfirmChange: Errorf(Forbidden, "self_confirmation",
		"You have proposed this change, so somebody else has to confirm it."),
}

// Roles returns the roles whose holders may do the operation to what is their own, or is
// not.
func (o Operation) Roles(own bool) (roles []Role) {
	r, _ := o.Right()
	for _, role := range Roles {
		if r.Of(role).Lets(own) {
			roles = append(roles, role)
		}
	}
	return roles
}

// Allows returns nil if a member with the roles may do the operation, in a commons that
// shows members nothing of each other; own says that its object is the member's own.
// Else it returns a Forbidden error naming the roles that may.
func (o Operation) Allows(roles []Role, own bool) error {
	r, _ := o.Right()
	return r.Allows(roles, own)
}

// Allows is Operation.Allows by the row.
func (r Right) Allows(roles []Role, own bool) error {
	o := r.Operation
	if r.Lets(roles, own) {
		return nil
	}
	if refusal := ownRefused[o]; own && refusal != nil && r.Lets(roles, false) {
		return refusal
	}
	var names []string
	for _, role := range o.Roles(own) {
		names = append(names, string(role))
	}
	if len(names) == 0 {
		return Errorf(Forbidden, "forbidden", "Only the member concerned may do this.")
	}
	return Errorf(Forbidden, "forbidden", "This needs the role %s; ask somebody who holds it.",
		strings.Join(names, " or "))
}
