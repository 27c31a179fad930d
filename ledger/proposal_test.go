package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

func day(t *testing.T, s string) ledger.Date {
	t.Helper()
	if s == "" {
		return ledger.Date{}
	}
	d, err := ledger.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A day ends when the clocks of the commons say so, in nights that have no midnight,
// or two.
func TestEndOf(t *testing.T) {
	for _, c := range []struct{ name, zone, day, want string }{
		{"UTC", "UTC", "2026-11-20", "2026-11-21T00:00:00Z"},
		{"winter in Berlin", "Europe/Berlin", "2026-11-20", "2026-11-20T23:00:00Z"},
		{"clocks go forward in Berlin", "Europe/Berlin", "2026-03-29", "2026-03-29T22:00:00Z"},
		{"clocks go back in Berlin", "Europe/Berlin", "2026-10-25", "2026-10-25T23:00:00Z"},
		{"furthest ahead", "Pacific/Kiritimati", "2026-11-20", "2026-11-20T10:00:00Z"},
		{"furthest behind", "Etc/GMT+12", "2026-11-20", "2026-11-21T12:00:00Z"},
		{"no midnight in Beirut", "Asia/Beirut", "2024-03-30", "2024-03-30T22:00:00Z"},
		{"midnight twice in Havana", "America/Havana", "2025-11-01", "2025-11-02T04:00:00Z"},
		{"half an hour in Lord Howe", "Australia/Lord_Howe", "2026-04-05", "2026-04-05T13:30:00Z"},
		{"a day that Samoa left out", "Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			commons := ledger.Commons{TimeZone: c.zone}
			end := commons.EndOf(day(t, c.day))
			if diff := cmp.Diff(c.want, end.Format(time.RFC3339)); diff != "" {
				t.Error(diff)
			}
			if last := commons.Today(end.Add(-time.Nanosecond)); last != day(t, c.day) {
				t.Errorf("just before it is %s", last)
			}
			if next := commons.Today(end); !next.After(day(t, c.day)) {
				t.Errorf("then it is %s", next)
			}
		})
	}
}

func TestNewProposal(t *testing.T) {
	// In Auckland it is the 6th already.
	now := time.Date(2026, time.November, 5, 12, 0, 0, 0, time.UTC)
	commons := ledger.Commons{TimeZone: "Pacific/Auckland"}
	for _, c := range []struct {
		name, notice, note, method string
		quorum                     int
		closes, want               string
	}{
		{name: "notice until today", notice: "2026-11-06"},
		{name: "notice until yesterday", notice: "2026-11-05", want: "invalid_date /notice_until"},
		{name: "no notice", want: "required /notice_until"},
		{name: "notice for years", notice: "2029-01-01", want: "invalid_date /notice_until"},
		{name: "a long note", notice: "2026-11-06", note: strings.Repeat("a", 2001), want: "too_long /note"},
		{name: "a vote", notice: "2026-11-06", method: "consent", closes: "2026-11-06"},
		{name: "a vote that takes a while", notice: "2026-11-20", method: "two_thirds", quorum: 100, closes: "2026-12-24"},
		{
			name: "a vote that closes too early", notice: "2026-11-20", method: "majority", closes: "2026-11-19",
			want: "invalid_date /vote/closes_on",
		},
		{
			name: "a vote that is wrong in all", notice: "2026-11-20", method: "consensus", quorum: 101,
			want: "required /vote/closes_on /vote/method /vote/quorum_percent",
		},
		{
			name: "a quorum below nothing", notice: "2026-11-20", method: "consent", quorum: -1, closes: "2026-11-20",
			want: "out_of_range /vote/quorum_percent",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := ledger.NewProposal{NoticeUntil: day(t, c.notice), Note: c.note}
			if c.method != "" {
				p.Ballot = &ledger.NewBallot{Method: c.method, Quorum: c.quorum, ClosesOn: day(t, c.closes)}
			}
			if diff := cmp.Diff(c.want, codeOf(t, p.Validate(commons, now))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRecordedDecision(t *testing.T) {
	now := time.Date(2026, time.November, 5, 12, 0, 0, 0, time.UTC)
	commons := ledger.Commons{TimeZone: "Europe/Berlin"}
	good := ledger.RecordedDecision{
		Method: "consensus", Date: day(t, "2026-11-05"), Outcome: ledger.OutcomeRejected,
		Votes: []ledger.RecordedVote{{Member: "ana", Choice: ledger.VoteObject, Reason: "harm"}},
	}
	for _, c := range []struct {
		name   string
		change func(*ledger.RecordedDecision)
		want   string
	}{
		{"as it is", func(*ledger.RecordedDecision) {}, ""},
		{"another method", func(d *ledger.RecordedDecision) { d.Method = "dice" }, "unknown_method /method"},
		{"tomorrow", func(d *ledger.RecordedDecision) { d.Date = d.Date.AddDays(1) }, "invalid_date /date"},
		{"no day", func(d *ledger.RecordedDecision) { d.Date = ledger.Date{} }, "required /date"},
		{"no outcome", func(d *ledger.RecordedDecision) { d.Outcome = "" }, "unknown_value /outcome"},
		{"a link that is none", func(d *ledger.RecordedDecision) { d.Link = "\x00" }, "invalid_text /link"},
		{"a vote that is none", func(d *ledger.RecordedDecision) {
			d.Votes = append(d.Votes, ledger.RecordedVote{Member: "bo", Choice: "perhaps"})
		}, "unknown_value /votes/1/vote"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := good
			c.change(&d)
			if diff := cmp.Diff(c.want, codeOf(t, d.Validate(commons, now))); diff != "" {
				t.Error(diff)
			}
		})
	}
	adoption := ledger.NewAdoption{From: day(t, "2026-12-01"), Decision: &good}
	if diff := cmp.Diff("unknown_value /decision/outcome", codeOf(t, adoption.Validate(commons, now))); diff != "" {
		t.Errorf("adopting what was rejected: %s", diff)
	}
}
