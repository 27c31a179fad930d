// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

// AccountID is the id of an account.
type AccountID string

// AgreementID is the id of an agreement.
type AgreementID string

// AreaID is the id of an area.
type AreaID string

// ChangeID is the id of a change.
type ChangeID string

// CommonsID is the id of a commons.
type CommonsID string

// ContributionID is the id of a contribution.
type ContributionID string

// DistributionID is the id of a distribution.
type DistributionID string

// EntryID is the id of an entry.
type EntryID string

// FundID is the id of a fund.
type FundID string

// GroupID is the id of a group.
type GroupID string

// IncomeID is the id of an income.
type IncomeID string

// KindID is the id of a kind.
type KindID string

// MemberID is the id of a member.
type MemberID string

// PeriodID is the id of a period.
type PeriodID string

// RateID is the id of a rate.
type RateID string

// ReportCountedID is the id of a report counted.
type ReportCountedID string

// ReportDistributionRefID is the id of a report distribution ref.
type ReportDistributionRefID string

// ReportDividedID is the id of a report divided.
type ReportDividedID string

// ReportGoverningID is the id of a report governing.
type ReportGoverningID string

// ReportUncountedID is the id of a report uncounted.
type ReportUncountedID string

// RequestID is the id of a request.
type RequestID string

// SubjectID is the id of a subject.
type SubjectID string

// TokenID is the id of a token.
type TokenID string
