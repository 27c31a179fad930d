// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"time"
)

// ReportBalancesQuery says what ReportBalances shows.
type ReportBalancesQuery struct {
	// At the end of this day; now unless given.
	Date Date `json:"date"`
	// As it was recorded at this instant.
	AsRecordedAt time.Time `json:"as_recorded_at"`
}

// ReportClaim is part of ReportBalanceLine.
type ReportClaim struct {
	Kind        string `json:"kind"`
	Outstanding Money  `json:"outstanding"`
}

// ReportBalanceLine is part of ReportBalances.
type ReportBalanceLine struct {
	Member   string        `json:"member"`
	Name     string        `json:"name"`
	Payable  Money         `json:"payable"`
	Capital  Money         `json:"capital"`
	Promised Money         `json:"promised"`
	Claims   []ReportClaim `json:"claims"`
}

// ReportBalanceSums is part of ReportBalances.
type ReportBalanceSums struct {
	Payable  Money `json:"payable"`
	Capital  Money `json:"capital"`
	Promised Money `json:"promised"`
}

// ReportBalancesCheck is part of ReportBalances.
type ReportBalancesCheck struct {
	OK              bool  `json:"ok"`
	Payables        Money `json:"payables"`
	CapitalAccounts Money `json:"capital_accounts"`
	Memorandum      Money `json:"memorandum"`
}

// ReportBalances is what ReportBalances answers.
type ReportBalances struct {
	Commons string              `json:"commons"`
	Lines   []ReportBalanceLine `json:"lines"`
	Total   ReportBalanceSums   `json:"total"`
	Check   ReportBalancesCheck `json:"check"`
	Date    Date                `json:"date,omitzero"`
}

// ReportBalances: report what is owed and promised to all members.
func (b Books) ReportBalances(
	ctx context.Context, query ReportBalancesQuery, options ...CallOption,
) (ReportBalances, error) {
	return do[ReportBalances](ctx, b.client, call{
		operation: "reportBalances", method: "GET",
		path:    []string{"commons", b.commons, "reports", "balances"},
		query:   query,
		formats: map[string]string{"csv": "text/csv", "text": "text/plain"},
		status:  200,
	}, options)
}

// ReportClaimsQuery says what ReportClaims shows.
type ReportClaimsQuery struct {
	// At the end of this day; now unless given.
	Date Date `json:"date"`
	// As it was recorded at this instant.
	AsRecordedAt time.Time `json:"as_recorded_at"`
}

// ReportClaimLine is part of ReportClaims.
type ReportClaimLine struct {
	Kind        string `json:"kind"`
	Promised    Money  `json:"promised"`
	Paid        Money  `json:"paid"`
	Outstanding Money  `json:"outstanding"`
	Days        *int64 `json:"days,omitzero"`
	Member      string `json:"member,omitzero"`
	Name        string `json:"name,omitzero"`
	Oldest      string `json:"oldest,omitzero"`
}

// ReportClaimsCover is part of ReportClaims.
type ReportClaimsCover struct {
	Cash    Money  `json:"cash"`
	Owed    Money  `json:"owed"`
	Left    Money  `json:"left"`
	Percent string `json:"percent,omitzero"`
}

// ReportClaimsCheck is part of ReportClaims.
type ReportClaimsCheck struct {
	OK         bool  `json:"ok"`
	Memorandum Money `json:"memorandum"`
}

// ReportClaims is what ReportClaims answers.
type ReportClaims struct {
	Commons string            `json:"commons"`
	Lines   []ReportClaimLine `json:"lines"`
	Total   ReportClaimLine   `json:"total"`
	Cover   ReportClaimsCover `json:"cover"`
	Check   ReportClaimsCheck `json:"check"`
	Date    Date              `json:"date,omitzero"`
}

// ReportClaims: report what is promised, how old it is, and whether there is cash for it.
func (b Books) ReportClaims(
	ctx context.Context, query ReportClaimsQuery, options ...CallOption,
) (ReportClaims, error) {
	return do[ReportClaims](ctx, b.client, call{
		operation: "reportClaims", method: "GET",
		path:    []string{"commons", b.commons, "reports", "claims"},
		query:   query,
		formats: map[string]string{"csv": "text/csv", "text": "text/plain"},
		status:  200,
	}, options)
}

// ReportFundsQuery says what ReportFunds shows.
type ReportFundsQuery struct {
	// At the end of this day; now unless given.
	Date Date `json:"date"`
	// As it was recorded at this instant.
	AsRecordedAt time.Time `json:"as_recorded_at"`
}

// ReportFund is part of ReportFunds.
type ReportFund struct {
	Fund   string `json:"fund"`
	Name   string `json:"name"`
	Given  Money  `json:"given"`
	Other  Money  `json:"other"`
	Spent  Money  `json:"spent"`
	Holds  Money  `json:"holds"`
	Target *Money `json:"target,omitzero"`
}

// ReportHeldCheck is part of ReportFunds.
type ReportHeldCheck struct {
	OK           bool  `json:"ok"`
	FundAccounts Money `json:"fund_accounts"`
}

// ReportFunds is what ReportFunds answers.
type ReportFunds struct {
	Commons string          `json:"commons"`
	Lines   []ReportFund    `json:"lines"`
	Total   ReportFund      `json:"total"`
	Check   ReportHeldCheck `json:"check"`
	Date    Date            `json:"date,omitzero"`
}

// ReportFunds: report what every fund got, spent and holds.
func (b Books) ReportFunds(
	ctx context.Context, query ReportFundsQuery, options ...CallOption,
) (ReportFunds, error) {
	return do[ReportFunds](ctx, b.client, call{
		operation: "reportFunds", method: "GET",
		path:    []string{"commons", b.commons, "reports", "funds"},
		query:   query,
		formats: map[string]string{"csv": "text/csv", "text": "text/plain"},
		status:  200,
	}, options)
}

// ReportPayoutsQuery says what ReportPayouts shows.
type ReportPayoutsQuery struct {
	// The first day. Needed.
	From Date `json:"from"`
	// The last day. Needed.
	To Date `json:"to"`
	// What a line is; member unless given. One of: member, month, rule, kind.
	By string `json:"by"`
}

// ReportPayout is part of ReportPayouts.
type ReportPayout struct {
	Key         string `json:"key"`
	Name        string `json:"name"`
	Distributed Money  `json:"distributed"`
	Other       *Money `json:"other,omitzero"`
	Owed        *Money `json:"owed,omitzero"`
	OwedBefore  *Money `json:"owed_before,omitzero"`
	Paid        *Money `json:"paid,omitzero"`
}

// ReportPayoutsCheck is part of ReportPayouts.
type ReportPayoutsCheck struct {
	OK                 bool   `json:"ok"`
	JournalDistributed Money  `json:"journal_distributed"`
	PayablesOwed       *Money `json:"payables_owed,omitzero"`
}

// ReportPayouts is what ReportPayouts answers.
type ReportPayouts struct {
	Commons string             `json:"commons"`
	From    Date               `json:"from"`
	To      Date               `json:"to"`
	By      string             `json:"by"`
	Lines   []ReportPayout     `json:"lines"`
	Total   ReportPayout       `json:"total"`
	Check   ReportPayoutsCheck `json:"check"`
}

// ReportPayouts: report what was distributed, paid and is owed between two days.
func (b Books) ReportPayouts(
	ctx context.Context, query ReportPayoutsQuery, options ...CallOption,
) (ReportPayouts, error) {
	return do[ReportPayouts](ctx, b.client, call{
		operation: "reportPayouts", method: "GET",
		path:    []string{"commons", b.commons, "reports", "payouts"},
		query:   query,
		formats: map[string]string{"csv": "text/csv", "text": "text/plain"},
		status:  200,
	}, options)
}

// ReportTrialQuery says what ReportTrial shows.
type ReportTrialQuery struct {
	// At the end of this day; now unless given.
	Date Date `json:"date"`
	// As it was recorded at this instant.
	AsRecordedAt time.Time `json:"as_recorded_at"`
}

// ReportTrialAccount is part of ReportTrial.
type ReportTrialAccount struct {
	Name    string `json:"name"`
	Class   string `json:"class"`
	Balance Money  `json:"balance"`
}

// ReportTrial is what ReportTrial answers.
type ReportTrial struct {
	Commons  string               `json:"commons"`
	Accounts []ReportTrialAccount `json:"accounts"`
	Debits   Money                `json:"debits"`
	Credits  Money                `json:"credits"`
	OK       bool                 `json:"ok"`
	Date     Date                 `json:"date,omitzero"`
}

// ReportTrial: report the balances of all accounts, which sum to zero.
func (b Books) ReportTrial(
	ctx context.Context, query ReportTrialQuery, options ...CallOption,
) (ReportTrial, error) {
	return do[ReportTrial](ctx, b.client, call{
		operation: "reportTrial", method: "GET",
		path:    []string{"commons", b.commons, "reports", "trial"},
		query:   query,
		formats: map[string]string{"csv": "text/csv", "text": "text/plain"},
		status:  200,
	}, options)
}
