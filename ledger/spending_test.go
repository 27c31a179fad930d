package ledger

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

var (
	testCommons = Commons{Slug: "riverside", Name: "Riverside", Currency: "EUR", TimeZone: "Europe/Berlin"}
	testNow     = time.Date(2026, time.November, 5, 9, 0, 0, 0, time.UTC)
)

func testMove(kind EntryKind, change func(m *Move)) Move {
	m := Move{Kind: kind, Amount: Money{decimal.New(1250, -2), "EUR"}, Date: NewDate(2026, time.October, 31)}
	change(&m)
	return m
}

// Each kind of move books what the table of accounts says: debit first.
func TestMoveEntry(t *testing.T) {
	t.Parallel()
	parties := Parties{
		Member: MemberRef{"m1", "ana"}, To: MemberRef{"m2", "bo"}, Fund: FundRef{"f1", "reserve"},
		ToFund: FundRef{"f2", "care"}, Claim: KindRef{"k1", "materials"},
	}
	for _, test := range []struct {
		name          string
		move          Move
		debit, credit string
	}{
		{"spending", testMove(SpendingEntry, func(m *Move) { m.Fund, m.Asset = "reserve", "bank" }),
			"equity:fund:reserve", "assets:bank"},
		{"tax", testMove(SpendingEntry, func(m *Move) { m.Tax, m.Asset = "vat", "bank" }),
			"liabilities:tax:vat", "assets:bank"},
		{"refund", testMove(RefundEntry, func(m *Move) { m.FromUndistributed, m.Asset = true, "bank" }),
			"equity:undistributed", "assets:bank"},
		{"between funds", testMove(TransferEntry, func(m *Move) { m.Fund, m.ToFund = "reserve", "care" }),
			"equity:fund:reserve", "equity:fund:care"},
		{"between assets", testMove(TransferEntry, func(m *Move) { m.Asset, m.ToAsset = "cash", "bank" }),
			"assets:bank", "assets:cash"},
		{"gift to a fund", testMove(GiftEntry, func(m *Move) { m.Member, m.ToFund = "ana", "care" }),
			"liabilities:payable:ana", "equity:fund:care"},
		{"gift to a member", testMove(GiftEntry, func(m *Move) { m.Member, m.To = "ana", "bo" }),
			"liabilities:payable:ana", "liabilities:payable:bo"},
		{"capital in", testMove(CapitalEntry, func(m *Move) { m.Member, m.Asset = "ana", "bank" }),
			"assets:bank", "equity:capital:ana"},
		{"capital out", testMove(CapitalEntry, func(m *Move) { m.Member, m.Redeem = "ana", true }),
			"equity:capital:ana", "liabilities:payable:ana"},
		{"advance", testMove(AdvanceEntry, func(m *Move) { m.Member, m.Asset = "ana", "bank" }),
			"liabilities:payable:ana", "assets:bank"},
		{"payment", testMove(PaymentEntry, func(m *Move) { m.Member, m.Asset = "ana", "bank" }),
			"liabilities:payable:ana", "assets:bank"},
		{"opening payable", testMove(OpeningEntry, func(m *Move) { m.Member = "ana" }),
			"equity:opening", "liabilities:payable:ana"},
		{"opening capital", testMove(OpeningEntry, func(m *Move) { m.Member, m.Capital = "ana", true }),
			"equity:opening", "equity:capital:ana"},
		{"opening claim", testMove(OpeningEntry, func(m *Move) { m.Member, m.ClaimKind = "ana", "materials" }),
			"memo:claims", "memo:claim:materials:ana"},
		{"opening fund", testMove(OpeningEntry, func(m *Move) { m.Fund = "reserve" }),
			"equity:opening", "equity:fund:reserve"},
		{"opening asset", testMove(OpeningEntry, func(m *Move) { m.Asset = "bank" }),
			"assets:bank", "equity:opening"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if err := test.move.Validate(testCommons, testNow); err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, p := range test.move.Entry(parties).Postings {
				got[p.Account.Name] = p.Amount.Figure()
			}
			want := map[string]string{test.debit: "12.50", test.credit: "-12.50"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Too few, too many and unequal sides are refused at their field.
func TestMoveRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		move    Move
		pointer string
	}{
		{"spending of nothing", testMove(SpendingEntry, func(m *Move) { m.Asset = "bank" }), "/fund"},
		{"spending of both", testMove(SpendingEntry, func(m *Move) { m.Fund, m.Tax = "reserve", "vat" }), "/fund"},
		{"transfer of both", testMove(TransferEntry, func(m *Move) {
			m.Fund, m.ToFund, m.Asset = "reserve", "care", "bank"
		}), "/fund"},
		{"transfer to itself", testMove(TransferEntry, func(m *Move) { m.Asset, m.ToAsset = "bank", "bank" }), "/to_fund"},
		{"gift to oneself", testMove(GiftEntry, func(m *Move) { m.Member, m.To = "ana", "ana" }), "/to"},
		{"gift of nobody", testMove(GiftEntry, func(m *Move) { m.To = "bo" }), "/member"},
		{"claim of nobody", testMove(OpeningEntry, func(m *Move) { m.Fund, m.ClaimKind = "reserve", "x" }), "/member"},
		{"unknown kind", testMove("magic", func(m *Move) {}), "/kind"},
		{"zero", testMove(PaymentEntry, func(m *Move) {
			m.Member, m.Amount.Amount = "ana", decimal.Zero
		}), "/amount/amount"},
		{"other currency", testMove(PaymentEntry, func(m *Move) {
			m.Member, m.Amount.Currency = "ana", "USD"
		}), "/amount/currency"},
		{"far ahead", testMove(PaymentEntry, func(m *Move) {
			m.Member, m.Date = "ana", NewDate(2062, time.May, 1)
		}), "/date"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := test.move.Validate(testCommons, testNow)
			refusal, ok := err.(*Error)
			if !ok || len(refusal.Fields) != 1 || refusal.Fields[0].Pointer != test.pointer {
				t.Errorf("got %v", err)
			}
		})
	}
}
