package http

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every report can be had for programs, for people and for spreadsheets.
func TestReportFormats(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, step := range [][2]string{
		{"members", `{"handle":"ana","name":"=Ana"}`},
		{"kinds", `{"code":"cash","name":"Cash","unit":"EUR","becomes":"claim","reviews":0}`},
		{"funds", `{"code":"pot","name":"Pot","target":{"amount":"10.00","currency":"EUR"}}`},
		{"contributions", `{"member":"ana","kind":"cash","quantity":"4.50","date":"2026-10-02"}`},
		{"incomes", incomeOf("20.00", "2026-10-10")},
		{"openings", opening("fund", "pot", "3")},
	} {
		a.send("POST", step[0], step[1]).want(201)
	}
	for _, c := range []struct{ report, field, text, csv string }{
		{"payouts?from=2026-01-01&to=2026-12-31", "check", "Nothing was distributed",
			"member,name,owed_before,distributed,other,paid,owed,currency\r\n"},
		{"balances?date=2030-01-01", "check", "Check: owed = payables 0.00",
			"ana,'=Ana,0.00,0.00,4.50,EUR\r\n"},
		{"trial?date=2030-01-01", "debits", "Check: debits 27.50 = credits 27.50 ✓",
			"assets:bank,asset,20.00,EUR\r\n"},
		{"funds?date=2030-01-01", "check", "holds = fund accounts 3.00 ✓",
			"pot,Pot,0.00,3.00,0.00,3.00,10.00,EUR\r\n"},
		{"claims?date=2030-01-01", "cover", "Cover: cash 20.00 is 444 % of what is promised",
			"cash,ana,'=Ana,4.50,0.00,4.50,"},
	} {
		path := "reports/" + c.report
		if view := a.send("GET", path, "").want(200); view[c.field] == nil {
			t.Errorf("%s: %v has no %s", c.report, view, c.field)
		}
		for format, want := range map[string]string{"text": c.text, "csv": c.csv} {
			answer := a.send("GET", path+"&format="+format, "")
			media := map[string]string{"text": textMedia, "csv": csvMedia}[format]
			if diff := cmp.Diff(media, answer.Header().Get("Content-Type")); diff != "" {
				t.Errorf("%s as %s: %s", c.report, format, diff)
			}
			if body := answer.Body.String(); answer.Code != 200 || !strings.Contains(body, want) {
				t.Errorf("%s as %s: %d, and no %q in\n%s", c.report, format, answer.Code, want, body)
			}
			tag := answer.Header().Get("ETag")
			again := a.send("GET", path+"&format="+format, "", "If-None-Match", tag)
			if again.Code != 304 || tag == "" || again.Body.Len() > 0 {
				t.Errorf("%s as %s: %d with the tag %q", c.report, format, again.Code, tag)
			}
		}
		a.send("GET", path+"&format=pdf", "").wantProblem(400, "invalid_parameter")
	}
}
