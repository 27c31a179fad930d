package ledger

import "time"

// EventType says what happened, as a noun and a verb: "contribution.accepted".
type EventType string

// The types of events. A contribution that needs no review is accepted as it is
// logged, which is one event.
const (
	CommonsCreated         EventType = "commons.created"
	CommonsChanged         EventType = "commons.changed"
	MemberAdded            EventType = "member.added"
	MemberChanged          EventType = "member.changed"
	KindAdded              EventType = "kind.added"
	AreaAdded              EventType = "area.added"
	FundAdded              EventType = "fund.added"
	RateAdded              EventType = "rate.added"
	ContributionLogged     EventType = "contribution.logged"
	ContributionAccepted   EventType = "contribution.accepted"
	ContributionApproved   EventType = "contribution.approved"
	ContributionQuestioned EventType = "contribution.questioned"
	ContributionDeclined   EventType = "contribution.declined"
	ContributionWithdrawn  EventType = "contribution.withdrawn"
	ContributionReversed   EventType = "contribution.reversed"
	IncomeRecorded         EventType = "income.recorded"
	IncomeReversed         EventType = "income.reversed"
	AgreementCreated       EventType = "agreement.created"
	AgreementProposed      EventType = "agreement.proposed"
	AgreementWithdrawn     EventType = "agreement.withdrawn"
	AgreementVoted         EventType = "agreement.voted"
	AgreementAccepted      EventType = "agreement.accepted"
	AgreementRejected      EventType = "agreement.rejected"
	AgreementAdopted       EventType = "agreement.adopted"
	DistributionDrafted    EventType = "distribution.drafted"
	DistributionDiscarded  EventType = "distribution.discarded"
	DistributionApproved   EventType = "distribution.approved"
	DistributionPosted     EventType = "distribution.posted"
	DistributionReversed   EventType = "distribution.reversed"
	TakeSet                EventType = "take.set"
	ReceivedOpened         EventType = "received.opened"
	EntryRecorded          EventType = "entry.recorded"
	EntryReversed          EventType = "entry.reversed"
	PeriodClosed           EventType = "period.closed"
	ChangeProposed         EventType = "change.proposed"
	ChangeMade             EventType = "change.confirmed"
	ChangeNotChecked       EventType = "change.unchecked"
	ChangeTakenBack        EventType = "change.withdrawn"
	MemberErased           EventType = "member.erased"
	MemberSuspended        EventType = "member.suspended"
	MemberReadmitted       EventType = "member.readmitted"
)

// Event is something that happened. Numbers follow each other from 1 without a
// gap in the order of commits. Subject is the id of what it happened to.
type Event struct {
	Number     int64
	Type       EventType
	Subject    string
	By         string
	RecordedAt time.Time
}
