package agreement

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// day reads a date; "" is none.
func day(s string) (date ledger.Date) {
	if err := date.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return date
}

func TestReadings(t *testing.T) {
	a := must(t, withRules(
		`{id: new, take: {amount: "1.00"}, give: {members: {by: {contributions: {factors: `+
			`{work: "1", care: "2", play: "0"}, since: 2026-05-01, areas: [lab]}}}}}`,
		`{id: g, take: {amount: "1.00"}, give: {rules: [{id: last, take: rest, give: {members: `+
			`{by: {contributions: {factors: {work: "1"}, count: {last: "1 month"}}}}}}]}}`,
		`{id: fund, take: {amount: "1.00"}, give: {fund: a}}`,
		`{id: parties, take: {amount: "1.00"}, give: {members: {by: {shares: {bo: "2", ana: "1"}}, `+
			`among: {stages: [guest]}}}}`,
		`{id: equal, take: rest, give: {members: {by: equal, among: {roles: [steward]}}}}`))
	through := day("2026-10-31")
	usual := []ledger.Stage{ledger.Newcomer, ledger.FullPart}
	want := []Reading{
		{Rule: "new", By: ByContributions, Kinds: []string{"care", "work"}, Areas: []string{"lab"},
			Count: Count{Form: CountNew}, From: day("2026-05-01"), Through: through, Among: Among{Stages: usual}},
		{Rule: "last", By: ByContributions, Kinds: []string{"work"}, From: day("2026-10-01"), Through: through,
			Count: Count{Form: CountLast, Number: 1, Unit: "months"}, Among: Among{Stages: usual}},
		{Rule: "parties", By: ByShares, Kinds: []string{}, Through: through,
			Among:  Among{Stages: []ledger.Stage{ledger.Guest}},
			Shares: []Party{{"ana", decimals("1")[0]}, {"bo", decimals("2")[0]}}},
		{Rule: "equal", By: ByEqual, Kinds: []string{}, Through: through,
			Among: Among{Stages: usual, Roles: []ledger.Role{ledger.Steward}}},
	}
	same := cmp.Comparer(func(a, b ledger.Date) bool { return a == b })
	if diff := cmp.Diff(want, a.Readings(through), same); diff != "" {
		t.Error(diff)
	}
	for _, reading := range a.Readings(ledger.Date{}) {
		if !reading.From.IsZero() || !reading.Through.IsZero() {
			t.Errorf("with no day, %s reads from %s through %s", reading.Rule, reading.From, reading.Through)
		}
	}
}

func TestCountBack(t *testing.T) {
	for _, c := range []struct {
		count      Count
		from, want string
	}{
		{Count{Number: 3, Unit: "days"}, "2026-03-02", "2026-02-27"},
		{Count{Number: 2, Unit: "weeks"}, "2026-03-02", "2026-02-16"},
		{Count{Number: 1, Unit: "months"}, "2026-03-31", "2026-02-28"},
		{Count{Number: 1, Unit: "months"}, "2026-02-28", "2026-01-31"},
		{Count{Number: 1, Unit: "months"}, "2026-03-30", "2026-02-28"},
		{Count{Number: 3, Unit: "months"}, "2026-02-15", "2025-11-15"},
		{Count{Number: 1, Unit: "years"}, "2024-02-29", "2023-02-28"},
		{Count{Number: 4, Unit: "years"}, "2027-02-28", "2023-02-28"},
	} {
		if got := c.count.back(day(c.from)).String(); got != c.want {
			t.Errorf("%d %s before %s is %s, want %s", c.count.Number, c.count.Unit, c.from, got, c.want)
		}
	}
}

func TestAdmits(t *testing.T) {
	member, guest := StageFrom{Stage: ledger.FullPart}, StageFrom{Stage: ledger.Guest}
	promoted := []StageFrom{{day("2026-06-01"), ledger.FullPart}, {day("2026-01-01"), ledger.Guest}}
	steward := func(from, to string) []RoleDuring {
		return []RoleDuring{{Role: ledger.Treasurer}, {ledger.Steward, day(from), day(to)}}
	}
	roles := Among{Stages: []ledger.Stage{ledger.FullPart}, Roles: []ledger.Role{ledger.Steward}}
	for _, c := range []struct {
		name     string
		among    Among
		count    CountForm
		through  string
		standing Standing
		want     bool
		last     string
	}{
		{"member", Among{}, CountAll, "2026-10-31", Standing{Stages: []StageFrom{member}}, true, "2026-10-31"},
		{"guest", Among{}, CountNew, "2026-10-31", Standing{Stages: []StageFrom{guest}}, false, "2026-10-31"},
		{"no stage at all", Among{}, CountNew, "2026-10-31", Standing{}, false, "2026-10-31"},
		{"not yet promoted", Among{}, CountAll, "2026-05-31", Standing{Stages: promoted}, false, "2026-05-31"},
		{"promoted that day", Among{}, CountAll, "2026-06-01", Standing{Stages: promoted}, true, "2026-06-01"},
		{"joins that day", Among{}, CountAll, "2026-10-31",
			Standing{Joined: day("2026-10-31"), Stages: []StageFrom{member}}, true, "2026-10-31"},
		{"joins later", Among{}, CountNew, "2026-10-31",
			Standing{Joined: day("2026-11-01"), Stages: []StageFrom{member}}, false, "2026-10-31"},
		{"last day", Among{}, CountAll, "2026-10-31",
			Standing{Left: day("2026-10-31"), Stages: []StageFrom{member}}, true, "2026-10-31"},
		{"has left", Among{}, CountAll, "2026-10-31",
			Standing{Left: day("2026-10-30"), Stages: []StageFrom{member}}, false, "2026-10-31"},
		{"has left, new", Among{}, CountNew, "2026-10-31",
			Standing{Left: day("2026-10-30"), Stages: []StageFrom{member}}, true, "2026-10-30"},
		{"has left as a guest, new", Among{}, CountNew, "2026-10-31",
			Standing{Left: day("2026-05-30"), Stages: promoted}, false, "2026-05-30"},
		{"has left by a stage, new", Among{}, CountNew, "2026-10-31",
			Standing{Stages: []StageFrom{member, {day("2026-10-30"), ledger.Left}}}, true, "2026-10-29"},
		{"has left by a stage", Among{}, CountAll, "2026-10-31",
			Standing{Stages: []StageFrom{member, {day("2026-10-30"), ledger.Left}}}, false, "2026-10-31"},
		{"leaves by a stage later", Among{}, CountAll, "2026-10-29",
			Standing{Stages: []StageFrom{member, {day("2026-10-30"), ledger.Left}}}, true, "2026-10-29"},
		{"those who left", Among{Stages: []ledger.Stage{ledger.Left}}, CountAll, "2026-10-31",
			Standing{Left: day("2026-10-30"), Stages: []StageFrom{member}}, true, "2026-10-31"},
		{"steward", roles, CountAll, "2026-10-31",
			Standing{Stages: []StageFrom{member}, Roles: steward("2026-10-31", "2026-10-31")}, true, "2026-10-31"},
		{"steward before", roles, CountAll, "2026-10-31",
			Standing{Stages: []StageFrom{member}, Roles: steward("", "2026-10-30")}, false, "2026-10-31"},
		{"steward after", roles, CountAll, "2026-10-31",
			Standing{Stages: []StageFrom{member}, Roles: steward("2026-11-01", "")}, false, "2026-10-31"},
		{"steward and guest", roles, CountAll, "2026-10-31",
			Standing{Stages: []StageFrom{guest}, Roles: steward("", "")}, false, "2026-10-31"},
		{"steward on the last day", roles, CountNew, "2026-10-31", Standing{Left: day("2026-10-15"),
			Stages: []StageFrom{member}, Roles: steward("", "2026-10-15")}, true, "2026-10-15"},
		{"nothing is dated", roles, CountNew, "", Standing{Left: day("2026-10-15"), Joined: day("2026-10-15"),
			Stages: []StageFrom{member}, Roles: steward("2026-01-01", "2026-01-02")}, true, ""},
	} {
		if c.among.Stages == nil {
			c.among.Stages = []ledger.Stage{ledger.Newcomer, ledger.FullPart}
		}
		reading := Reading{Among: c.among, Count: Count{Form: c.count}, Through: day(c.through)}
		if got, last := reading.Admits(c.standing); got != c.want || last.String() != c.last {
			t.Errorf("%s: %v through %s, want %v through %s", c.name, got, last, c.want, c.last)
		}
	}
}
