package main

import (
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// open brings what was there before the books began.
func (t *yearStory) open(on ledger.Date) {
	opening := func(amount string, m ledger.Move) ledger.Move {
		m.Kind, m.Amount, m.Date = ledger.OpeningEntry, eur(amount), on
		m.Memo = "from the books on paper"
		return m
	}
	moves := []ledger.Move{
		opening("4200.00", ledger.Move{Asset: "bank"}),
		opening("2400.00", ledger.Move{Fund: "reserve"}),
		opening("900.00", ledger.Move{Fund: "house"}),
		opening("100.00", ledger.Move{Member: "ines"}),
		opening("64.00", ledger.Move{Member: "jonas", ClaimKind: "materials"}),
	}
	for _, handle := range handles[:8] {
		moves = append(moves, opening("100.00", ledger.Move{Member: handle, Capital: true}))
	}
	t.move("openings", t.as("ines"), moves...)
}

// spending is money that a fund pays to somebody outside.
func spending(fund, amount, on, payee, memo string) ledger.Move {
	return ledger.Move{
		Kind: ledger.SpendingEntry, Fund: fund, Amount: eur(amount), Date: day(on), Payee: payee,
		Memo: memo, Asset: "bank",
	}
}

// spendings are those that do not come every month.
func spendings() []ledger.Move {
	return []ledger.Move{
		spending("house", "15.00", "2025-12-30", "Cooperative Bank", "fees of the quarter"),
		spending("reserve", "320.00", "2026-01-12", "Mutual Insurance", "insurance for the year"),
		spending("reserve", "680.00", "2026-02-16", "Laser Supplies", "tube for the laser cutter"),
		spending("care", "75.00", "2026-02-20", "Toy Library", "games for the children's room"),
		spending("house", "15.00", "2026-03-30", "Cooperative Bank", "fees of the quarter"),
		spending("care", "190.00", "2026-04-24", "Red Cross", "first-aid course"),
		spending("house", "15.00", "2026-06-30", "Cooperative Bank", "fees of the quarter"),
		spending("reserve", "540.00", "2026-07-09", "Trailer Makers", "trailer for the cargo bike"),
		spending("care", "120.00", "2026-08-14", "Forest school", "day out with the children"),
		spending("tools", "389.00", "2026-09-08", "Machine Market", "bandsaw, second-hand"),
		spending("house", "15.00", "2026-09-30", "Cooperative Bank", "fees of the quarter"),
	}
}

// passedOn is the tax collected in a quarter, on its way to the tax office.
func passedOn(from, to month, on string) ledger.Move {
	return ledger.Move{
		Kind: ledger.SpendingEntry, Tax: "vat", Amount: collectedIn(from, to), Date: day(on),
		Payee: "Tax office", Memo: "value added tax of the quarter", Asset: "bank",
	}
}

// others are moves of other kinds.
func others() []ledger.Move {
	m := theYear()
	return []ledger.Move{
		passedOn(m[0], m[1], "2026-01-10"), passedOn(m[2], m[4], "2026-04-10"),
		passedOn(m[5], m[7], "2026-07-10"), passedOn(m[8], m[10], "2026-10-10"),
		{
			Kind: ledger.CapitalEntry, Member: "yuki", Amount: eur("100.00"), Date: day("2026-04-07"),
			Asset: "bank", Memo: "share paid in",
		},
		{
			Kind: ledger.CapitalEntry, Member: "tomas", Amount: eur("100.00"), Date: day("2026-06-08"),
			Redeem: true, Memo: "share given back on leaving",
		},
		{
			Kind: ledger.RefundEntry, Fund: "reserve", Amount: eur("59.50"), Date: day("2026-05-22"),
			Asset: "bank", Payee: "School on the hill", Memo: "one weather kit came back",
		},
		{
			Kind: ledger.TransferEntry, Fund: "reserve", ToFund: "care", Amount: eur("300.00"),
			Date: day("2026-08-03"), Memo: "decided on 1 August: more for the care fund",
		},
	}
}

// monthly are the moves of every month: rent, light, paper for the children, and
// what the till took, carried to the bank.
func monthly(m month) []ledger.Move {
	third, last := m.day(3).String(), m.last()
	moves := []ledger.Move{
		spending("house", "780.00", third, "House on the mill race", "rent"),
		spending("house", "84.50", third, "Green Current", "electricity and internet"),
	}
	if m.year == 2026 {
		moves = append(moves,
			spending("care", "45.00", m.day(15).String(), "Paper shop", "paint and paper"))
	}
	for _, i := range incomesIn(m) {
		if i.Asset == "till" {
			moves = append(moves, ledger.Move{
				Kind: ledger.TransferEntry, Asset: "till", ToAsset: "bank", Amount: i.Amount, Date: last,
				Memo: "till carried to the bank",
			})
		}
	}
	return moves
}

// movesIn returns the moves of the month, by kind.
func movesIn(m month) []ledger.Move {
	found := monthly(m)
	for _, move := range append(spendings(), others()...) {
		if !move.Date.Before(m.day(1)) && !move.Date.After(m.last()) {
			found = append(found, move)
		}
	}
	return found
}

// give has members give away a part of what they are owed.
func (t *yearStory) give(m month) {
	t.at(m.at(4, 18))
	give := func(from, amount, memo string, to ledger.Move) {
		to.Kind, to.Member, to.Amount = ledger.GiftEntry, from, eur(amount)
		to.Date, to.Memo = m.day(4), memo
		t.move("gift-"+m.key()+from, t.as(from), to)
	}
	switch {
	case m.is(2025, time.December):
		give("pia", "40.00", "for the winter party", ledger.Move{ToFund: "care"})
	case m.is(2026, time.March):
		give("jonas", "75.00", "thank you for the nights", ledger.Move{To: "noor"})
	case m.is(2026, time.May):
		give("tomas", "50.00", "on leaving", ledger.Move{ToFund: "tools"})
	case m.is(2026, time.June):
		give("leila", "60.00", "for designs that we all use", ledger.Move{To: "open-bench"})
	case m.is(2026, time.September):
		give("ines", "60.00", "towards the bandsaw", ledger.Move{ToFund: "tools"})
	}
}

// leastPayment is below which a payable waits for the next month.
var leastPayment = eur("20.00")

// pay pays every member what is owed to them. Open Bench is paid each half-year.
func (t *yearStory) pay(m month) {
	t.at(m.at(5, 11))
	once(t.story, "payments-"+m.key(), t.as("ines"), func(act *postgres.Act) ([]ledger.Entry, error) {
		balances, err := t.Balances(t.ctx, t.as("ines"), postgres.BalanceQuery{}, 0, everyone)
		if err != nil {
			return nil, err
		}
		var moves []ledger.Move
		for _, b := range balances {
			waits := b.Member.Handle == "open-bench" && m.month != time.April && m.month != time.October
			if waits || b.Payable.Minus(leastPayment).Sign() < 0 {
				continue
			}
			moves = append(moves, ledger.Move{
				Kind: ledger.PaymentEntry, Member: b.Member.Handle, Amount: b.Payable, Date: m.day(5),
				Asset: "bank", Memo: "what was owed at the end of the month before",
			})
		}
		return t.MoveMoney(t.ctx, act, moves)
	}, unnamed)
}

// advance pays Marta before anything is distributed.
func (t *yearStory) advance(m month) {
	t.at(m.at(12, 9))
	t.move("advance", t.as("ines"), ledger.Move{
		Kind: ledger.AdvanceEntry, Member: "marta", Amount: eur("300.00"), Date: m.day(12),
		Asset: "bank", Memo: "for a deposit; her next share makes up for it",
	})
}

// closing closes the days through the end of the month before.
func (t *yearStory) closing(m month, note string) {
	t.at(m.at(13, 20))
	once(t.story, "closing-"+m.key(), t.as("ines"), func(act *postgres.Act) (postgres.Period, error) {
		return t.ClosePeriod(t.ctx, act, m.day(0), note)
	}, unnamed)
}
