// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
	"time"
)

// AdvanceRequest is what RecordAdvance sends.
type AdvanceRequest struct {
	// Who is paid, by handle or id.
	Member string `json:"member"`
	// How much.
	Amount Money `json:"amount"`
	// The day on which it happened.
	Date Date `json:"date"`
	// Where the money was; bank unless given.
	Asset string `json:"asset,omitzero"`
	// A link to its document.
	Document string `json:"document,omitzero"`
	// Its name elsewhere; unique.
	ExternalRef string `json:"external_ref,omitzero"`
	// What it is about.
	Memo string `json:"memo,omitzero"`
}

// RecordAdvance: record money paid to a member before it is owed. Where the approval policy
// asks for approvals, it waits until a second person confirms it, or is marked unchecked if
// nobody could: above its limit, counted with what else was moved by hand in the thirty days
// before, and where it pays to you.
func (b Books) RecordAdvance(
	ctx context.Context, body AdvanceRequest, options ...CallOption,
) (Entry, error) {
	return do[Entry](ctx, b.client, call{
		operation: "recordAdvance", method: "POST",
		path:   []string{"commons", b.commons, "advances"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}

// CapitalRequest is what RecordCapital sends.
type CapitalRequest struct {
	// Whose capital, by handle or id.
	Member string `json:"member"`
	// How much.
	Amount Money `json:"amount"`
	// The day on which it happened.
	Date Date `json:"date"`
	// Where it arrives; bank unless given.
	Asset string `json:"asset,omitzero"`
	// A link to its document.
	Document string `json:"document,omitzero"`
	// Its name elsewhere; unique.
	ExternalRef string `json:"external_ref,omitzero"`
	// What it is about.
	Memo string `json:"memo,omitzero"`
	// Whether it becomes owed to them, instead of being paid in.
	Redeem bool `json:"redeem,omitzero"`
}

// RecordCapital: record a member's capital paid in or redeemed. Where the approval policy asks
// for approvals, it waits until a second person confirms it, or is marked unchecked if nobody
// could: above its limit, counted with what else was moved by hand in the thirty days before,
// and where it pays to you.
func (b Books) RecordCapital(
	ctx context.Context, body CapitalRequest, options ...CallOption,
) (Entry, error) {
	return do[Entry](ctx, b.client, call{
		operation: "recordCapital", method: "POST",
		path:   []string{"commons", b.commons, "capital"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}

// GiftRequest is what RecordGift sends.
type GiftRequest struct {
	// How much.
	Amount Money `json:"amount"`
	// The day on which it happened.
	Date Date `json:"date"`
	// A link to its document.
	Document string `json:"document,omitzero"`
	// Its name elsewhere; unique.
	ExternalRef string `json:"external_ref,omitzero"`
	// Who gives, by handle or id; the caller unless given.
	Member string `json:"member,omitzero"`
	// What it is about.
	Memo string `json:"memo,omitzero"`
	// The member who receives; else to_fund.
	To string `json:"to,omitzero"`
	// The fund that receives; else to.
	ToFund string `json:"to_fund,omitzero"`
}

// RecordGift: give part of what one is owed to a fund or a member.
func (b Books) RecordGift(
	ctx context.Context, body GiftRequest, options ...CallOption,
) (Entry, error) {
	return do[Entry](ctx, b.client, call{
		operation: "recordGift", method: "POST",
		path:   []string{"commons", b.commons, "gifts"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
	}, options)
}

// OpeningRequest is what RecordOpening sends.
type OpeningRequest struct {
	// How much.
	Amount Money `json:"amount"`
	// The day on which it happened.
	Date Date `json:"date"`
	// The asset that holds it.
	Asset string `json:"asset,omitzero"`
	// Whether it is the member's capital.
	Capital bool `json:"capital,omitzero"`
	// The kind of the member's claim.
	ClaimKind string `json:"claim_kind,omitzero"`
	// A link to its document.
	Document string `json:"document,omitzero"`
	// Its name elsewhere; unique.
	ExternalRef string `json:"external_ref,omitzero"`
	// The fund that holds it.
	Fund string `json:"fund,omitzero"`
	// Whose payable, capital or claim.
	Member string `json:"member,omitzero"`
	// What it is about.
	Memo string `json:"memo,omitzero"`
}

// RecordOpening: record what was there before the books began. Where the approval policy asks
// for approvals, it waits until a second person confirms it, or is marked unchecked if nobody
// could: above its limit, counted with what else was moved by hand in the thirty days before,
// and where it pays to you.
func (b Books) RecordOpening(
	ctx context.Context, body OpeningRequest, options ...CallOption,
) (Entry, error) {
	return do[Entry](ctx, b.client, call{
		operation: "recordOpening", method: "POST",
		path:   []string{"commons", b.commons, "openings"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}

// Received is what ListReceived answers, among others.
type Received struct {
	// The id of the rule.
	Rule string `json:"rule"`
	// The handle of the member who got it.
	Member string `json:"member"`
	// How much, in all.
	Amount Money `json:"amount"`
	// The handle of who recorded it.
	RecordedBy string `json:"recorded_by"`
	// When.
	RecordedAt time.Time `json:"recorded_at"`
	// The area whose agreement has the rule, if it is for one.
	Area string `json:"area,omitzero"`
}

// ListReceived: list what rules gave before the books were opened here.
func (b Books) ListReceived(
	ctx context.Context, query PageQuery, options ...CallOption,
) (Page[Received], error) {
	return do[Page[Received]](ctx, b.client, call{
		operation: "listReceived", method: "GET",
		path:   []string{"commons", b.commons, "openings", "received"},
		query:  query,
		status: 200,
	}, options)
}

// AllReceived goes through what ListReceived shows, page after page from the query's cursor on,
// and ends with the first error.
func (b Books) AllReceived(
	ctx context.Context, query PageQuery, options ...CallOption,
) iter.Seq2[Received, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Received], error) {
		query := query
		query.Cursor = cursor
		return b.ListReceived(ctx, query, options...)
	})
}

// ReceivedRequest is what OpenReceived sends.
type ReceivedRequest struct {
	// The id of the rule, which catches up.
	Rule string `json:"rule"`
	// Who got it, by handle or id.
	Member string `json:"member"`
	// How much, in all.
	Amount Money `json:"amount"`
	// The area whose agreement has the rule, if it is for one.
	Area string `json:"area,omitzero"`
}

// OpenReceived: record what a rule gave a member before the books were opened here. Rules that
// catch up count it with what they have given since. It is recorded once for each rule and
// member, moves no money, and counts in distributions drafted from now on.
func (b Books) OpenReceived(
	ctx context.Context, body ReceivedRequest, options ...CallOption,
) (Received, error) {
	return do[Received](ctx, b.client, call{
		operation: "openReceived", method: "POST",
		path:   []string{"commons", b.commons, "openings", "received"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
	}, options)
}

// PaymentRequest is what RecordPayment sends.
type PaymentRequest struct {
	// Who is paid, by handle or id.
	Member string `json:"member"`
	// How much.
	Amount Money `json:"amount"`
	// The day on which it happened.
	Date Date `json:"date"`
	// Where the money was; bank unless given.
	Asset string `json:"asset,omitzero"`
	// A link to its document.
	Document string `json:"document,omitzero"`
	// Its name elsewhere; unique.
	ExternalRef string `json:"external_ref,omitzero"`
	// What it is about.
	Memo string `json:"memo,omitzero"`
}

// RecordPayment: record money paid to a member by hand. Where the approval policy asks for
// approvals, it waits until a second person confirms it, or is marked unchecked if nobody
// could: above its limit, counted with what else was moved by hand in the thirty days before,
// and where it pays to you.
func (b Books) RecordPayment(
	ctx context.Context, body PaymentRequest, options ...CallOption,
) (Entry, error) {
	return do[Entry](ctx, b.client, call{
		operation: "recordPayment", method: "POST",
		path:   []string{"commons", b.commons, "payments"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}

// RefundRequest is what RecordRefund sends.
type RefundRequest struct {
	// How much.
	Amount Money `json:"amount"`
	// The day on which it happened.
	Date Date `json:"date"`
	// Where the money was; bank unless given.
	Asset string `json:"asset,omitzero"`
	// A link to its document.
	Document string `json:"document,omitzero"`
	// Its name elsewhere; unique.
	ExternalRef string `json:"external_ref,omitzero"`
	// The code of the fund that pays.
	Fund string `json:"fund,omitzero"`
	// What it is about.
	Memo string `json:"memo,omitzero"`
	// Who is paid back.
	Payee string `json:"payee,omitzero"`
	// Whether what is not divided yet pays instead.
	Undistributed bool `json:"undistributed,omitzero"`
}

// RecordRefund: record money paid back to who had paid it. Where the approval policy asks for
// approvals, it waits until a second person confirms it, or is marked unchecked if nobody
// could: above its limit, counted with what else was moved by hand in the thirty days before,
// and where it pays to you.
func (b Books) RecordRefund(
	ctx context.Context, body RefundRequest, options ...CallOption,
) (Entry, error) {
	return do[Entry](ctx, b.client, call{
		operation: "recordRefund", method: "POST",
		path:   []string{"commons", b.commons, "refunds"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}

// SpendingRequest is what RecordSpending sends.
type SpendingRequest struct {
	// How much.
	Amount Money `json:"amount"`
	// The day on which it happened.
	Date Date `json:"date"`
	// Where the money was; bank unless given.
	Asset string `json:"asset,omitzero"`
	// A link to its document.
	Document string `json:"document,omitzero"`
	// Its name elsewhere; unique.
	ExternalRef string `json:"external_ref,omitzero"`
	// The code of the fund that pays; else tax.
	Fund string `json:"fund,omitzero"`
	// What it is about.
	Memo string `json:"memo,omitzero"`
	// Who is paid.
	Payee string `json:"payee,omitzero"`
	// The name of collected tax that is passed on; else fund.
	Tax string `json:"tax,omitzero"`
}

// RecordSpending: record money that the commons pays out of a fund. Where the approval policy
// asks for approvals, it waits until a second person confirms it, or is marked unchecked if
// nobody could: above its limit, counted with what else was moved by hand in the thirty days
// before, and where it pays to you.
func (b Books) RecordSpending(
	ctx context.Context, body SpendingRequest, options ...CallOption,
) (Entry, error) {
	return do[Entry](ctx, b.client, call{
		operation: "recordSpending", method: "POST",
		path:   []string{"commons", b.commons, "spendings"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}

// TransferRequest is what RecordTransfer sends.
type TransferRequest struct {
	// How much.
	Amount Money `json:"amount"`
	// The day on which it happened.
	Date Date `json:"date"`
	// The asset that gives, for assets.
	Asset string `json:"asset,omitzero"`
	// A link to its document.
	Document string `json:"document,omitzero"`
	// Its name elsewhere; unique.
	ExternalRef string `json:"external_ref,omitzero"`
	// The code of the fund that gives.
	Fund string `json:"fund,omitzero"`
	// What it is about.
	Memo string `json:"memo,omitzero"`
	// The asset that receives, for assets.
	ToAsset string `json:"to_asset,omitzero"`
	// The code of the fund that receives.
	ToFund string `json:"to_fund,omitzero"`
}

// RecordTransfer: record money moved between funds or between assets. Where the approval policy
// asks for approvals, it waits until a second person confirms it, or is marked unchecked if
// nobody could: above its limit, counted with what else was moved by hand in the thirty days
// before, and where it pays to you.
func (b Books) RecordTransfer(
	ctx context.Context, body TransferRequest, options ...CallOption,
) (Entry, error) {
	return do[Entry](ctx, b.client, call{
		operation: "recordTransfer", method: "POST",
		path:   []string{"commons", b.commons, "transfers"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}
