package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/lib/pq"

	"phyle/ledger"
)

// constraints says what each constraint means to a caller. A constraint that is
// not here guards our own invariants: breaking it is our defect.
var constraints = map[string]*ledger.Error{
	"commons_slug_taken": ledger.Errorf(ledger.Conflict, "slug_taken",
		"A commons of that slug exists already; choose another."),
	"member_handle_taken": ledger.Errorf(ledger.Conflict, "handle_taken",
		"A member of that handle exists already; choose another."),
	"area_code_taken": ledger.Errorf(ledger.Conflict, "code_taken",
		"An area of that code exists already; choose another."),
	"kind_code_taken": ledger.Errorf(ledger.Conflict, "code_taken",
		"A kind of that code exists already; choose another."),
	"fund_code_taken": ledger.Errorf(ledger.Conflict, "code_taken",
		"A fund of that code exists already; choose another."),
	"contribution_external_ref_taken": ledger.Errorf(ledger.Conflict, "external_ref_taken",
		"A contribution of that external reference exists already."),
	"import_file_taken": ledger.Errorf(ledger.Conflict, "already_imported",
		"This file was imported already; undo that import first if it is to be imported again."),
	"import_undone_once": ledger.Errorf(ledger.Conflict, "already_undone",
		"That import is undone already."),
	"income_external_ref_taken": ledger.Errorf(ledger.Conflict, "external_ref_taken",
		"An income of that external reference exists already."),
	"entry_external_ref_taken": ledger.Errorf(ledger.Conflict, "external_ref_taken",
		"An entry of that external reference exists already."),
	"contribution_reversed_once": ledger.Errorf(ledger.Conflict, "already_reversed",
		"That contribution is reversed already."),
	"contribution_approved_once": ledger.Errorf(ledger.Conflict, "already_approved",
		"You have accepted this contribution already; another member must do so too."),
	"contribution_moves": ledger.Errorf(ledger.Conflict, "contribution_changed",
		"Somebody else has just decided on this contribution; look at it again."),
	"approval_given_once": ledger.Errorf(ledger.Conflict, "already_approved",
		"You have approved this distribution already; another member must do so too."),
	"entry_reversed_once": ledger.Errorf(ledger.Conflict, "already_reversed",
		"That entry is reversed already."),
	"income_reversed_once": ledger.Errorf(ledger.Conflict, "already_reversed",
		"That income is reversed already."),
	"income_distributed_once": ledger.Errorf(ledger.Conflict, "income_already_distributed",
		"Another distribution has divided one of these incomes already."),
	"distribution_reversed_once": ledger.Errorf(ledger.Conflict, "already_reversed",
		"That distribution is reversed already."),
	"received_opening_once": ledger.Errorf(ledger.Conflict, "received_already_opened",
		"What this rule gave the member before is recorded already."),
	"agreement_adopted_once": ledger.Errorf(ledger.Conflict, "already_adopted",
		"That agreement is adopted already."),
	"passkey_known": ledger.Errorf(ledger.Conflict, "passkey_known",
		"That passkey is kept here already."),
	"person_email_taken": ledger.Errorf(ledger.Conflict, "email_taken",
		"Somebody signs in with that address already. If that is you, sign in first."),
	"person_member_pkey": errMemberJoined,
	"person_member_once": ledger.Errorf(ledger.Conflict, "already_in_commons",
		"You are a member of this commons already; go on as who you are there."),
	"erasure_once": ledger.Errorf(ledger.Conflict, "member_erased",
		"That member is erased already."),
	"member_erased": ledger.Errorf(ledger.Conflict, "member_erased",
		"That member's personal data are erased, so nothing is added to them; who comes back joins anew."),
	"permanent": ledger.Errorf(ledger.Conflict, "entry_is_permanent",
		"What is in the books stays; reverse it instead."),
}

// errMemberJoined refuses to invite anybody to be a member who has a person.
var errMemberJoined = ledger.Errorf(ledger.Conflict, "member_joined",
	"Somebody is this member already and signs in by themself.")

// errInputsChanged refuses to post a draft that the books have overtaken.
var errInputsChanged = ledger.Errorf(ledger.Conflict, "inputs_changed",
	"What the rules read has changed since this was looked at, or the digest is another's; "+
		"draft it again and look at the new figures.")

// balances says what it means that an account of the role would go below zero.
var balances = map[string]*ledger.Error{
	"undistributed_not_below_zero": ledger.Errorf(ledger.Conflict, "exceeds_undistributed",
		"There is less undistributed money than that."),
	"fund_not_below_zero": ledger.Errorf(ledger.Conflict, "exceeds_fund",
		"The fund holds less than that."),
	"capital_not_below_zero": ledger.Errorf(ledger.Conflict, "exceeds_capital",
		"The member's capital is less than that."),
	"payable_not_below_zero": ledger.Errorf(ledger.Conflict, "exceeds_payable",
		"The commons owes the member less than that."),
	"in_transit_not_below_zero": ledger.Errorf(ledger.Conflict, "exceeds_in_transit",
		"There is less money on its way than that."),
}

// takenBack says what it means instead where a reversal would take it there.
var takenBack = map[string]*ledger.Error{
	"fund_not_below_zero": ledger.Errorf(ledger.Conflict, "fund_spent",
		"Money that it set aside is spent already, so it cannot be taken back."),
	"capital_not_below_zero": ledger.Errorf(ledger.Conflict, "capital_redeemed",
		"Capital that it brought is redeemed already, so it cannot be taken back."),
}

// translate turns what the database reports into what the caller can act on, in
// this one place. Errors that are our own fault stay as they are.
func translate(err error) error {
	var report *pq.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &report):
		return translateReport(report)
	case errors.Is(err, context.DeadlineExceeded):
		return ledger.Errorf(ledger.Unavailable, "timeout", "That took too long; try again.")
	case lost(err):
		return ledger.Errorf(ledger.Unavailable, "database_unavailable",
			"The database cannot be reached; try again in a moment.")
	}
	return err
}

func translateReport(report *pq.Error) error {
	if known, found := constraints[report.Constraint]; found {
		return known
	}
	if known, found := balances[report.Constraint]; found {
		return belowZero(known, report)
	}
	if report.Constraint == "period_closed" {
		date, through, _ := strings.Cut(report.Detail, " ")
		return ledger.Errorf(ledger.Conflict, "period_closed",
			"%s lies in a period that is closed through %s; take a later date.", date, through)
	}
	switch code := string(report.Code); {
	case code == "22021" || code == "22003" || code == "22P02" ||
		code == "22007" || code == "22008":
		return ledger.Errorf(ledger.Invalid, "invalid_value",
			"A value cannot be kept as it is written; check text, numbers and dates.")
	case code == "55P03" || code == "40001" || code == "40P01":
		return ledger.Errorf(ledger.Unavailable, "busy", "The books are busy; try again in a moment.")
	case code == "57014":
		return ledger.Errorf(ledger.Unavailable, "timeout", "That took too long; try again.")
	case code == "53100":
		return ledger.Errorf(ledger.Unavailable, "storage_full",
			"The disk of the database is full; nothing was written.")
	case code[:2] == "08" || code[:2] == "53" || code[:3] == "57P":
		return ledger.Errorf(ledger.Unavailable, "database_unavailable",
			"The database cannot be reached; try again in a moment.")
	}
	// Its detail stays out: that shows whole rows, and this is logged.
	return fmt.Errorf("database: %w (constraint %s, table %s, column %s)",
		report, report.Constraint, report.Table, report.Column)
}

// belowZero names the account and what is missing.
func belowZero(known *ledger.Error, report *pq.Error) error {
	refusal := *known
	if gone, found := takenBack[report.Constraint]; found && report.Column == "reversal" {
		refusal = *gone
	}
	if report.Column == "advance" && report.Constraint == "payable_not_below_zero" {
		refusal.Message = "That is more than the commons owes the member and its limit for advances."
	}
	refusal.Message += fmt.Sprintf(" %s is short of %s.", report.Table, report.Detail)
	return refusal.With("account", report.Table).With("shortfall", report.Detail)
}

// repeatable reports whether the transaction may run again as it is: others were
// in the way, or the connection was lost before its COMMIT was sent, or it has a
// key that tells whether it took effect.
func repeatable(err error) bool {
	var report *pq.Error
	if errors.As(err, &report) {
		return report.Code == "40001" || report.Code == "40P01" ||
			report.Code == "57P01" || report.Code == "57P02"
	}
	var commit commitError
	return lost(err) && !errors.As(err, &commit)
}

func lost(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded)
}

// commitError is a COMMIT that failed, or whose answer was lost: without a key
// nobody can tell which.
type commitError struct{ error }

// Unwrap returns what the database or the network reported.
func (c commitError) Unwrap() error { return c.error }

func isNotFound(err error) bool {
	var refusal *ledger.Error
	return errors.As(err, &refusal) && refusal.Kind == ledger.NotFound
}

// notFound turns "no row" into a NotFound error about the noun.
func notFound(err error, noun string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ledger.Errorf(ledger.NotFound, "not_found", "There is no such %s here.", noun)
	}
	return err
}
