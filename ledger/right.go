package ledger

import "slices"

// Operation is something a caller asks to do, as far as rights go.
type Operation string

// The operations.
const (
	ReadBooks           Operation = "read_books"
	ManageMembers       Operation = "manage_members"
	ManageSettings      Operation = "manage_settings"
	LogContribution     Operation = "log_contribution"
	ReviewContribution  Operation = "review_contribution"
	WithdrawOwn         Operation = "withdraw_contribution"
	UndoImport          Operation = "undo_import"
	RecordIncome        Operation = "record_income"
	ProposeAgreement    Operation = "propose_agreement"
	WithdrawProposal    Operation = "withdraw_proposal"
	VoteOnAgreement     Operation = "vote_on_agreement"
	DecideAgreement     Operation = "decide_agreement"
	AdoptAgreement      Operation = "adopt_agreement"
	PreviewDistribution Operation = "preview_distribution"
	ApproveDistribution Operation = "approve_distribution"
	PostDistribution    Operation = "post_distribution"
	ReverseDistribution Operation = "reverse_distribution"
	MoveMoney           Operation = "move_money"
	GiveGift            Operation = "give_gift"
	SetTake             Operation = "set_take"
	OpenReceived        Operation = "open_received"
	ClosePeriod         Operation = "close_period"
	MakeToken           Operation = "make_token"
	ProposePolicy       Operation = "propose_policy"
	ConfirmChange       Operation = "confirm_change"
	WithdrawChange      Operation = "withdraw_change"
	RevokeToken         Operation = "revoke_token"
	ReadAudit           Operation = "read_audit"
	// CreateCommons takes a token of the instance, and no role.
	CreateCommons Operation = "create_commons"
)

// right says who may do an operation: everybody in the commons, holders of a
// role, and whether anybody may do it to what is their own.
type right struct {
	everybody bool
	roles     []Role
	own       bool
}

// rights is the only source of who may do what. What is not in it, nobody may.
var rights = map[Operation]right{
	ReadBooks:           {everybody: true},
	ManageMembers:       {roles: []Role{Steward}},
	ManageSettings:      {roles: []Role{Steward, Treasurer}},
	LogContribution:     {roles: []Role{Steward}, own: true},
	ReviewContribution:  {roles: []Role{Steward}},
	WithdrawOwn:         {own: true},
	UndoImport:          {roles: []Role{Steward}, own: true},
	RecordIncome:        {roles: []Role{Treasurer}},
	ProposeAgreement:    {everybody: true},
	WithdrawProposal:    {roles: []Role{Steward}, own: true},
	VoteOnAgreement:     {everybody: true}, // of those who were members when it was opened
	DecideAgreement:     {roles: []Role{Steward, Treasurer}},
	AdoptAgreement:      {roles: []Role{Steward, Treasurer}},
	PreviewDistribution: {roles: []Role{Steward, Treasurer, Auditor}},
	ApproveDistribution: {roles: []Role{Treasurer, Approver}},
	PostDistribution:    {roles: []Role{Treasurer}},
	ReverseDistribution: {roles: []Role{Treasurer}},
	MoveMoney:           {roles: []Role{Treasurer}},
	GiveGift:            {own: true},
	SetTake:             {own: true},
	OpenReceived:        {roles: []Role{Treasurer}},
	ClosePeriod:         {roles: []Role{Treasurer}},
	MakeToken:           {own: true},
	ProposePolicy:       {roles: []Role{Steward, Treasurer}},
	ConfirmChange:       {roles: []Role{Steward, Treasurer, Approver}},
	WithdrawChange:      {roles: []Role{Steward, Treasurer, Approver}, own: true},
	RevokeToken:         {own: true},
	ReadAudit:           {roles: []Role{Steward, Treasurer, Auditor}, own: true},
}

// Roles returns the roles that may do the operation.
func (o Operation) Roles() []Role { return slices.Clone(rights[o].roles) }

// Allows returns nil if a member with the roles may do the operation; own says
// that its object is the member's own. Else it returns a Forbidden error naming
// the roles that may.
func (o Operation) Allows(roles []Role, own bool) error {
	r := rights[o]
	if r.everybody || r.own && own {
		return nil
	}
	for _, role := range roles {
		if slices.Contains(r.roles, role) {
			return nil
		}
	}
	if len(r.roles) == 0 {
		return Errorf(Forbidden, "forbidden", "Only the member concerned may do this.")
	}
	names := string(r.roles[0])
	for _, role := range r.roles[1:] {
		names += " or " + string(role)
	}
	return Errorf(Forbidden, "forbidden", "This needs the role %s; ask somebody who holds it.", names)
}
