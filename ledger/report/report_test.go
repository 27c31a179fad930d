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

// fundsReport has a fund that reached its target, one on its way and one without.
func fundsReport(books string) ledger.FundsReport {
	fund := func(code, target, given, other, spent, holds string) ledger.FundLine {
		return ledger.FundLine{Code: code, Name: code, Target: eur(target), Given: eur(given),
			Other: eur(other), Spent: eur(spent), Holds: eur(holds)}
	}
	r := ledger.FundsReport{Commons: commons, Date: day("2026-12-31"), Books: eur(books), Lines: []ledger.FundLine{
		fund("care", "0", "500.00", "0", "0", "500.00"),
		fund("reserve", "10000.00", "9000.00", "-500.00", "1000.00", "7500.00"),
		fund("tools", "400.00", "500.00", "0", "0", "500.00"),
	}}
	r.AddUp()
	return r
}

// claimsReport has less cash than what is owed and promised.
func claimsReport(books string) ledger.ClaimsReport {
	r := ledger.ClaimsReport{
		Commons: commons, Date: day("2026-12-31"), Books: eur(books), Cash: eur("1000.00"), Owed: eur("1200.00"),
		Lines: []ledger.ClaimLine{
			{Kind: "love", Member: "bo", Name: "Bo", Promised: eur("300.00"), Paid: eur("0"),
				Outstanding: eur("300.00"), Oldest: day("2026-12-30"), Days: 1},
			{Kind: "materials", Member: "ana", Name: "Ana", Promised: eur("140.50"), Paid: eur("120.00"),
				Outstanding: eur("20.50"), Oldest: day("2026-02-01"), Days: 333},
		},
	}
	r.AddUp()
	return r
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
	owed := ledger.BalancesReport{Commons: commons, Lines: balances, Books: ledger.MemberSums{
		Payable: eur("-12344602.50"), Capital: eur("100"), Promised: eur("20.50")}}
	owed.AddUp()
	funds, claims := fundsReport("8500.00"), claimsReport("320.50")
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
		{"trial-none.txt", func(out *bytes.Buffer) error {
			return report.TrialText(out, commons, day("1999-12-31"), nil)
		}},
		{"trial.json", func(out *bytes.Buffer) error {
			return report.TrialTo(out, commons, day("2026-10-31"), accounts)
		}},
		{"trial-wrong.txt", func(out *bytes.Buffer) error {
			return report.TrialText(out, commons, day("2026-10-31"), accounts[:2])
		}},
		{"balances.txt", func(out *bytes.Buffer) error {
			return report.BalancesText(out, owed)
		}},
		{"balances.json", func(out *bytes.Buffer) error { return report.BalancesTo(out, owed) }},
		{"balances.csv", func(out *bytes.Buffer) error { return report.BalancesCSV(out, owed) }},
		{"payouts-member.csv", func(out *bytes.Buffer) error {
			return report.PayoutsCSV(out, october(ledger.ByMember, "3415.00", "3615.00", members...))
		}},
		{"payouts-kind.csv", func(out *bytes.Buffer) error {
			return report.PayoutsCSV(out, october(ledger.ByKind, "0", "3615.00",
				line("", "0", "3315.00", "0", "0", "0"), line("materials", "0", "300.00", "0", "0", "0")))
		}},
		{"trial.csv", func(out *bytes.Buffer) error { return report.TrialCSV(out, commons, accounts) }},
		{"funds.txt", func(out *bytes.Buffer) error { return report.FundsText(out, funds) }},
		{"funds-wrong.txt", func(out *bytes.Buffer) error {
			return report.FundsText(out, fundsReport("8500.01"))
		}},
		{"funds-none.txt", func(out *bytes.Buffer) error {
			none := ledger.FundsReport{Commons: commons, Books: eur("0")}
			none.AddUp()
			return report.FundsText(out, none)
		}},
		{"funds.json", func(out *bytes.Buffer) error { return report.FundsTo(out, funds) }},
		{"funds.csv", func(out *bytes.Buffer) error { return report.FundsCSV(out, funds) }},
		{"claims.txt", func(out *bytes.Buffer) error { return report.ClaimsText(out, claims) }},
		{"claims-wrong.txt", func(out *bytes.Buffer) error {
			return report.ClaimsText(out, claimsReport("320.49"))
		}},
		{"claims-none.txt", func(out *bytes.Buffer) error {
			none := ledger.ClaimsReport{Commons: commons, Books: eur("0"), Cash: eur("12.00"), Owed: eur("5.00")}
			none.AddUp()
			return report.ClaimsText(out, none)
		}},
		{"claims.json", func(out *bytes.Buffer) error { return report.ClaimsTo(out, claims) }},
		{"claims.csv", func(out *bytes.Buffer) error { return report.ClaimsCSV(out, claims) }},
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
