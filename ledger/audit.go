package ledger

import (
	"slices"
	"time"
)

// AuditOutcome says what came of an act.
type AuditOutcome string

// The outcomes.
const (
	ActDone    AuditOutcome = "done"
	ActRefused AuditOutcome = "refused"
)

// Facts are what a thing was or became, by name: ids, figures, dates, codes and states.
// Nothing in them was written about persons, so that erasing a person leaves them.
type Facts map[string]string

// AuditRow says who did what, or was refused it, when and from where. Numbers follow
// each other from 1 without a gap.
type AuditRow struct {
	Number int64
	// At is when it happened, and RecordedAt when it was written down.
	At         time.Time
	RecordedAt time.Time
	// By is empty for who is at the machine itself, or has a token of the instance.
	By        MemberRef
	Token     TokenID
	Operation Operation
	Outcome   AuditOutcome
	// Code is why it was refused.
	Code string
	// Type is what happened first. Subject and Last are the first and the last of what
	// it happened to, or was to happen to.
	Type    EventType
	Subject string
	Last    string
	// Count is how many events the act made, or how many refusals the row stands for.
	Count      int64
	FirstEvent int64
	LastEvent  int64
	// Before and After are of an act on a single thing.
	Before    Facts
	After     Facts
	RequestID string
	// Address is the network that the request came from, or "local".
	Address string
}

// refusalsKept are the operations that move money or decide about it.
var refusalsKept = []Operation{
	ReviewContribution, ReverseContribution, RecordIncome, ReverseIncome, DecideAgreement,
	AdoptAgreement, ApproveDistribution, PostDistribution, ReverseDistribution, GiveRole, ProposePolicy,
	ConfirmChange, MoveMoney, GiveGift, SetTake, OpenReceived, ReverseEntry, ClosePeriod,
}

// KeepsRefusals reports whether the audit trail tells of acts of the operation that
// were refused, beside those that were done.
func (o Operation) KeepsRefusals() bool { return slices.Contains(refusalsKept, o) }

// KeepsRefusal reports whether the audit trail tells of the refusal: one that judges
// the act, not one of a request that could not be read or answered.
func (e *Error) KeepsRefusal() bool {
	return e.Kind == Forbidden || e.Kind == Conflict || e.Kind == Invalid
}
