// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
)

// RehearseDocumentQuery says what RehearseDocument shows.
type RehearseDocumentQuery struct {
	// The area whose incomes it divides; else all others.
	Area string `json:"area"`
	// How many months back; 12 unless given.
	Months int64 `json:"months"`
}

// ReportRehearsedIncome is part of ReportRehearsedRun.
type ReportRehearsedIncome struct {
	// The income.
	Income IncomeID `json:"income"`
	// Its net amount.
	Amount Money `json:"amount"`
}

// ReportRehearsedFor is part of ReportRehearsal, among others.
type ReportRehearsedFor struct {
	// Under what was in force.
	InForce Money `json:"in_force"`
	// Under the draft.
	Draft Money `json:"draft"`
	// By how much the draft is above that.
	Difference Money `json:"difference"`
	// The code of the fund, if it is one instead.
	Fund string `json:"fund,omitzero"`
	// The kind of the claim, where it is about one.
	Kind string `json:"kind,omitzero"`
	// The handle of the member.
	Member string `json:"member,omitzero"`
}

// ReportRehearsedSide is part of ReportRehearsalCheck, among others.
type ReportRehearsedSide struct {
	// What was left before.
	CarriedIn Money `json:"carried_in"`
	// What came in.
	Incomes Money `json:"incomes"`
	// What the rules give.
	Given Money `json:"given"`
	// What is left after.
	CarriedOut Money `json:"carried_out"`
	// What there was to divide: what was left before and what came in.
	Whole Money `json:"whole"`
}

// ReportRehearsedRun is part of ReportRehearsal.
type ReportRehearsedRun struct {
	// The last day of the work that counts.
	Through Date `json:"through"`
	// What both sides divide.
	Incomes []ReportRehearsedIncome `json:"incomes"`
	// What everybody gets.
	Lines []ReportRehearsedFor `json:"lines"`
	// The sums under what was in force.
	InForce ReportRehearsedSide `json:"in_force"`
	// The sums under the draft.
	Draft ReportRehearsedSide `json:"draft"`
	// The agreement that was in force, if one was.
	Agreement AgreementID `json:"agreement,omitzero"`
	// The distribution that it replays, if it is no end of a month.
	Distribution DistributionID `json:"distribution,omitzero"`
	// Its version.
	Version int64 `json:"version,omitzero"`
}

// ReportRehearsalCheck is part of ReportRehearsal.
type ReportRehearsalCheck struct {
	// Whether all sums agree.
	OK bool `json:"ok"`
	// The sums of all runs under what was in force.
	InForce ReportRehearsedSide `json:"in_force"`
	// The sums of all runs under the draft.
	Draft ReportRehearsedSide `json:"draft"`
}

// ReportRehearsal is what RehearseDocument answers, among others.
type ReportRehearsal struct {
	// The slug of the commons.
	Commons string `json:"commons"`
	// What the draft is called.
	Name string `json:"name"`
	// A code of ISO 4217.
	Currency string `json:"currency"`
	// How many months it goes back.
	Months int64 `json:"months"`
	// The day after which the runs went through.
	After Date `json:"after"`
	// Whether the runs are ends of months, for nothing was distributed.
	MonthEnds bool `json:"month_ends"`
	// The runs, the oldest first.
	Runs []ReportRehearsedRun `json:"runs"`
	// What everybody gets in all runs together.
	Totals []ReportRehearsedFor `json:"totals"`
	// What is promised after the last run.
	Claims []ReportRehearsedFor `json:"claims"`
	// What funds hold after the last run.
	Funds []ReportRehearsedFor `json:"funds"`
	// Whether the sums agree.
	Check ReportRehearsalCheck `json:"check"`
	// What is to be looked at twice.
	Notes []string `json:"notes"`
	// What the rehearsal takes for granted, in sentences.
	Assumptions []string `json:"assumptions"`
	// The draft, if it is kept.
	Agreement AgreementID `json:"agreement,omitzero"`
	// The area whose incomes it divides, if it is for one.
	Area string `json:"area,omitzero"`
}

// RehearseDocument: replay the last months under an agreement that is not kept, and keep
// nothing. It replays the distributions of the last months with the incomes and contributions
// that they had, under the draft and under what was in force, each from the same books on.
// Where nothing was distributed the runs are ends of months. The answer says what it assumes.
func (b Books) RehearseDocument(
	ctx context.Context, query RehearseDocumentQuery, body Document, options ...CallOption,
) (ReportRehearsal, error) {
	return do[ReportRehearsal](ctx, b.client, call{
		operation: "rehearseDocument", method: "POST",
		path:   []string{"commons", b.commons, "agreements", "rehearse"},
		query:  query,
		body:   body,
		status: 200,
	}, options)
}

// RehearsalRequest is what RehearseAgreement sends.
type RehearsalRequest struct {
	// How many months back; 12 unless given.
	Months int64 `json:"months,omitzero"`
}

// RehearseAgreement: replay the last months under an agreement, and keep nothing. It replays
// the distributions of the last months with the incomes and contributions that they had, under
// the draft and under what was in force, each from the same books on. Where nothing was
// distributed the runs are ends of months. The answer says what it assumes.
func (b Books) RehearseAgreement(
	ctx context.Context, agreement AgreementID, body RehearsalRequest, options ...CallOption,
) (ReportRehearsal, error) {
	return do[ReportRehearsal](ctx, b.client, call{
		operation: "rehearseAgreement", method: "POST",
		path:   []string{"commons", b.commons, "agreements", string(agreement), "rehearse"},
		body:   body,
		status: 200,
	}, options)
}
