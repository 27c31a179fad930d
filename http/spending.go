package http

import (
	"context"

	"phyle/ledger"
)

func spendingRoutes() []route {
	return []route{
		moveRoute("spendings", "recordSpending", "Record money that the commons pays out of a fund",
			spendingBody.move),
		moveRoute("refunds", "recordRefund", "Record money paid back to who had paid it",
			refundBody.move),
		moveRoute("transfers", "recordTransfer", "Record money moved between funds or between assets",
			transferBody.move),
		moveRoute("gifts", "recordGift", "Give part of what one is owed to a fund or a member",
			giftBody.move),
		moveRoute("capital", "recordCapital", "Record a member's capital paid in or redeemed",
			capitalBody.move),
		moveRoute("advances", "recordAdvance", "Record money paid to a member before it is owed",
			advanceBody.move),
		moveRoute("payments", "recordPayment", "Record money paid to a member by hand", paymentBody.move),
		moveRoute("openings", "recordOpening", "Record what was there before the books began",
			openingBody.move),
	}
}

// moveRoute is the row of one way to move money, each booked as one entry.
func moveRoute[Body any](
	collection, id, summary string, move func(Body, *call) ledger.Move,
) route {
	operation := ledger.MoveMoney
	if collection == "gifts" {
		operation = ledger.GiveGift
	}
	return route{
		method: "POST", path: inCommons + "/" + collection, id: id, summary: summary,
		operation: operation, money: true, made: "entries/{}", status: 201,
		handler: write(func(ctx context.Context, c *call, in Body) ([]ledger.Entry, error) {
			return c.store.MoveMoney(ctx, c.act, []ledger.Move{move(in, c)})
		}, first(viewEntry)),
	}
}

// MoveBody is what every move of money says.
type MoveBody struct {
	Amount      ledger.Money `json:"amount" doc:"How much."`
	Date        ledger.Date  `json:"date" doc:"The day on which it happened." example:"2026-10-31"`
	Memo        string       `json:"memo,omitzero" maxLength:"2000" doc:"What it is about." example:"October"`
	Document    string       `json:"document,omitzero" maxLength:"2000" doc:"A link to its document." example:"https://example.org/7"`
	ExternalRef string       `json:"external_ref,omitzero" doc:"Its name elsewhere; unique." example:"payment-7"`
}

func (b MoveBody) as(kind ledger.EntryKind) ledger.Move {
	return ledger.Move{
		Kind: kind, Amount: b.Amount, Date: b.Date, Memo: b.Memo, Document: b.Document,
		ExternalRef: b.ExternalRef,
	}
}

type spendingBody struct {
	MoveBody
	Fund  string `json:"fund,omitzero" maxLength:"32" doc:"The code of the fund that pays; else tax." example:"reserve"`
	Tax   string `json:"tax,omitzero" maxLength:"32" doc:"The name of collected tax that is passed on; else fund."`
	Payee string `json:"payee,omitzero" doc:"Who is paid." example:"Mill"`
	Asset string `json:"asset,omitzero" maxLength:"32" doc:"Where the money was; bank unless given." example:"bank"`
}

func (b spendingBody) move(*call) ledger.Move {
	m := b.as(ledger.SpendingEntry)
	m.Fund, m.Tax, m.Payee, m.Asset = b.Fund, b.Tax, b.Payee, orBank(b.Asset)
	return m
}

type refundBody struct {
	MoveBody
	Fund          string `json:"fund,omitzero" maxLength:"32" doc:"The code of the fund that pays." example:"reserve"`
	Undistributed bool   `json:"undistributed,omitzero" doc:"Whether what is not divided yet pays instead." example:"false"`
	Payee         string `json:"payee,omitzero" doc:"Who is paid back." example:"City"`
	Asset         string `json:"asset,omitzero" maxLength:"32" doc:"Where the money was; bank unless given." example:"bank"`
}

func (b refundBody) move(*call) ledger.Move {
	m := b.as(ledger.RefundEntry)
	m.Fund, m.FromUndistributed = b.Fund, b.Undistributed
	m.Payee, m.Asset = b.Payee, orBank(b.Asset)
	return m
}

type transferBody struct {
	MoveBody
	Fund    string `json:"fund,omitzero" maxLength:"32" doc:"The code of the fund that gives." example:"reserve"`
	ToFund  string `json:"to_fund,omitzero" maxLength:"32" doc:"The code of the fund that receives." example:"care"`
	Asset   string `json:"asset,omitzero" maxLength:"32" doc:"The asset that gives, for assets."`
	ToAsset string `json:"to_asset,omitzero" maxLength:"32" doc:"The asset that receives, for assets."`
}

func (b transferBody) move(*call) ledger.Move {
	m := b.as(ledger.TransferEntry)
	m.Fund, m.ToFund, m.Asset, m.ToAsset = b.Fund, b.ToFund, b.Asset, b.ToAsset
	return m
}

type giftBody struct {
	MoveBody
	Member string `json:"member,omitzero" maxLength:"32" doc:"Who gives, by handle or id; the caller unless given." example:"ana"`
	To     string `json:"to,omitzero" maxLength:"32" doc:"The member who receives; else to_fund."`
	ToFund string `json:"to_fund,omitzero" maxLength:"32" doc:"The fund that receives; else to." example:"reserve"`
}

func (b giftBody) move(c *call) ledger.Move {
	m := b.as(ledger.GiftEntry)
	m.Member, m.To, m.ToFund = b.Member, b.To, b.ToFund
	if m.Member == "" {
		m.Member = c.caller.Handle
	}
	return m
}

type capitalBody struct {
	MoveBody
	Member string `json:"member" maxLength:"32" doc:"Whose capital, by handle or id." example:"ana"`
	Redeem bool   `json:"redeem,omitzero" doc:"Whether it becomes owed to them, instead of being paid in." example:"false"`
	Asset  string `json:"asset,omitzero" maxLength:"32" doc:"Where it arrives; bank unless given." example:"bank"`
}

func (b capitalBody) move(*call) ledger.Move {
	m := b.as(ledger.CapitalEntry)
	m.Member, m.Redeem, m.Asset = b.Member, b.Redeem, orBank(b.Asset)
	return m
}

type paymentBody struct {
	MoveBody
	Member string `json:"member" maxLength:"32" doc:"Who is paid, by handle or id." example:"ana"`
	Asset  string `json:"asset,omitzero" maxLength:"32" doc:"Where the money was; bank unless given." example:"bank"`
}

func (b paymentBody) move(*call) ledger.Move {
	m := b.as(ledger.PaymentEntry)
	m.Member, m.Asset = b.Member, orBank(b.Asset)
	return m
}

type advanceBody paymentBody

func (b advanceBody) move(c *call) ledger.Move {
	m := paymentBody(b).move(c)
	m.Kind = ledger.AdvanceEntry
	return m
}

type openingBody struct {
	MoveBody
	Member    string `json:"member,omitzero" maxLength:"32" doc:"Whose payable, capital or claim."`
	Capital   bool   `json:"capital,omitzero" doc:"Whether it is the member's capital." example:"false"`
	ClaimKind string `json:"claim_kind,omitzero" maxLength:"32" doc:"The kind of the member's claim."`
	Fund      string `json:"fund,omitzero" maxLength:"32" doc:"The fund that holds it."`
	Asset     string `json:"asset,omitzero" maxLength:"32" doc:"The asset that holds it." example:"bank"`
}

func (b openingBody) move(*call) ledger.Move {
	m := b.as(ledger.OpeningEntry)
	m.Member, m.Capital, m.ClaimKind = b.Member, b.Capital, b.ClaimKind
	m.Fund, m.Asset = b.Fund, b.Asset
	return m
}
