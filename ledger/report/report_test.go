package report_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

var commons = ledger.Commons{Slug: "riverside", Name: "Riverside", Currency: "EUR", TimeZone: "Europe/Berlin"}

func eur(s string) ledger.Money {
	return ledger.Money{Amount: decimal.RequireFromString(s), Currency: "EUR"}
}

func day(s string) ledger.Date {
	d, err := ledger.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func line(key, opening, distributed, other, paid, owed string) ledger.PayoutLine {
	return ledger.PayoutLine{Key: key, Name: key, Opening: eur(opening), Distributed: eur(distributed),
		Other: eur(other), Paid: eur(paid), Owed: eur(owed)}
}

func october(by ledger.PayoutGrouping, books, booked string, lines ...ledger.PayoutLine) ledger.Payouts {
	p := ledger.Payouts{Commons: commons, From: day("2026-10-01"), To: day("2026-10-31"), By: by, Lines: lines,
		Books: eur(books), Booked: eur(booked)}
	p.AddUp()
	return p
}

// The figures are those of the October in the model.
func TestGolden(t *testing.T) {
	t.Parallel()
	members := []ledger.PayoutLine{
		line("ana", "0", "1276.40", "0", "200.00", "1076.40"),
		line("bo", "0", "1464.88", "0", "0", "1464.88"),
		line("cy", "0", "873.72", "0", "0", "873.72"),
	}
	accounts := []ledger.AccountBalance{
		{Account: ledger.AssetAccount("bank"), Balance: eur("4000")},
		{Account: ledger.UndistributedAccount(), Balance: eur("0")},
		{Account: ledger.FundAccount(ledger.FundRef{Code: "reserve"}), Balance: eur("-4000")},
	}
	balances := []ledger.MemberBalance{
		{Member: ledger.Member{Handle: "ana", Name: "Ana"}, Payable: eur("1076.40"), Capital: eur("0"),
			Claims: []ledger.ClaimBalance{{Kind: "materials", Outstanding: eur("20.5")}}},
		{Member: ledger.Member{Handle: "bo", Name: "Bo"}, Payable: eur("-12345678.90"), Capital: eur("100")},
	}
	cases := []struct {
		name  string
		write func(out *bytes.Buffer) error
	}{
		{"payouts-member.txt", func(out *bytes.Buffer) error {
			return report.PayoutsText(out, october(ledger.ByMember, "3415.00", "3615.00", members...))
		}},
		{"payouts-member.json", func(out *bytes.Buffer) error {
			return report.PayoutsTo(out, october(ledger.ByMember, "3415.00", "3615.00", members...))
		}},
		{"payouts-wrong.txt", func(out *bytes.Buffer) error {
			return report.PayoutsText(out, october(ledger.ByMember, "3415.01", "3615.00", members...))
		}},
		{"payouts-month.txt", func(out *bytes.Buffer) error {
			return report.PayoutsText(out, october(ledger.ByMonth, "150.00", "100.00",
				line("2026-09", "50.00", "60.00", "0", "10.00", "100.00"),
				line("2026-10", "100.00", "40.00", "10.00", "0", "150.00")))
		}},
		{"payouts-kind.txt", func(out *bytes.Buffer) error {
			return report.PayoutsText(out, october(ledger.ByKind, "0", "3615.00",
				line("", "0", "3315.00", "0", "0", "0"), line("materials", "0", "300.00", "0", "0", "0")))
		}},
		{"payouts-kind.json", func(out *bytes.Buffer) error {
			return report.PayoutsTo(out, october(ledger.ByKind, "0", "3315.00", line("", "0", "3315.00", "0", "0", "0")))
		}},
		{"payouts-empty.txt", func(out *bytes.Buffer) error {
			return report.PayoutsText(out, october(ledger.ByMember, "0", "0"))
		}},
		{"trial.txt", func(out *bytes.Buffer) error {
			return report.TrialText(out, commons, ledger.Date{}, accounts)
		}},
		{"trial.json", func(out *bytes.Buffer) error {
			return report.TrialTo(out, commons, day("2026-10-31"), accounts)
		}},
		{"trial-wrong.txt", func(out *bytes.Buffer) error {
			return report.TrialText(out, commons, day("2026-10-31"), accounts[:2])
		}},
		{"balances.txt", func(out *bytes.Buffer) error {
			return report.BalancesText(out, commons, ledger.Date{}, balances)
		}},
		{"balances.json", func(out *bytes.Buffer) error { return report.BalancesTo(out, balances) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := c.write(&out); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", c.name)
			if *update {
				if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
