package report

import (
	"fmt"
	"io"
	"strings"

	"phyle/ledger"
)

// RehearsalJSON is a rehearsal as the API shows it.
type RehearsalJSON struct {
	Commons     string             `json:"commons" doc:"The slug of the commons."`
	Agreement   ledger.AgreementID `json:"agreement,omitempty" doc:"The draft, if it is kept."`
	Name        string             `json:"name" doc:"What the draft is called."`
	Area        string             `json:"area,omitempty" doc:"The area whose incomes it divides, if it is for one."`
	Currency    string             `json:"currency" doc:"A code of ISO 4217."`
	Months      int                `json:"months" doc:"How many months it goes back."`
	After       ledger.Date        `json:"after" doc:"The day after which the runs went through."`
	MonthEnds   bool               `json:"month_ends" doc:"Whether the runs are ends of months, for nothing was distributed."`
	Runs        []RehearsedRun     `json:"runs" doc:"The runs, the oldest first."`
	Totals      []RehearsedFor     `json:"totals" doc:"What everybody gets in all runs together."`
	Claims      []RehearsedFor     `json:"claims" doc:"What is promised after the last run."`
	Funds       []RehearsedFor     `json:"funds" doc:"What funds hold after the last run."`
	Check       RehearsalCheck     `json:"check" doc:"Whether the sums agree."`
	Notes       []string           `json:"notes" doc:"What is to be looked at twice."`
	Assumptions []string           `json:"assumptions" doc:"What the rehearsal takes for granted, in sentences."`
}

// RehearsedRun is a run that was replayed: the distribution that it replays, the
// agreement that was in force, and what both sides give.
type RehearsedRun struct {
	Distribution ledger.DistributionID `json:"distribution,omitempty" doc:"The distribution that it replays, if it is no end of a month."`
	Through      ledger.Date           `json:"through" doc:"The last day of the work that counts."`
	Agreement    ledger.AgreementID    `json:"agreement,omitempty" doc:"The agreement that was in force, if one was."`
	Version      int                   `json:"version,omitempty" doc:"Its version."`
	Incomes      []RehearsedIncome     `json:"incomes" doc:"What both sides divide."`
	Lines        []RehearsedFor        `json:"lines" doc:"What everybody gets."`
	InForce      RehearsedSide         `json:"in_force" doc:"The sums under what was in force."`
	Draft        RehearsedSide         `json:"draft" doc:"The sums under the draft."`
}

// RehearsedIncome is an income that both sides divide.
type RehearsedIncome struct {
	Income ledger.IncomeID `json:"income" doc:"The income."`
	Amount money           `json:"amount" doc:"Its net amount."`
}

// RehearsedFor is what a member or a fund gets or has on both sides.
type RehearsedFor struct {
	Member     string `json:"member,omitempty" doc:"The handle of the member."`
	Fund       string `json:"fund,omitempty" doc:"The code of the fund, if it is one instead."`
	Kind       string `json:"kind,omitempty" doc:"The kind of the claim, where it is about one."`
	InForce    money  `json:"in_force" doc:"Under what was in force."`
	Draft      money  `json:"draft" doc:"Under the draft."`
	Difference money  `json:"difference" doc:"By how much the draft is above that."`
}

// RehearsedSide is what one side divides and gives.
type RehearsedSide struct {
	CarriedIn  money `json:"carried_in" doc:"What was left before."`
	Incomes    money `json:"incomes" doc:"What came in."`
	Given      money `json:"given" doc:"What the rules give."`
	CarriedOut money `json:"carried_out" doc:"What is left after."`
	Whole      money `json:"whole" doc:"What there was to divide: what was left before and what came in."`
}

// RehearsalCheck says whether, on both sides, all that came in was given or carried on.
type RehearsalCheck struct {
	OK      bool          `json:"ok" doc:"Whether all sums agree."`
	InForce RehearsedSide `json:"in_force" doc:"The sums of all runs under what was in force."`
	Draft   RehearsedSide `json:"draft" doc:"The sums of all runs under the draft."`
}

// Rehearsal returns a rehearsal as the API shows it.
func Rehearsal(r ledger.Rehearsal) RehearsalJSON {
	sides := r.Sides()
	j := RehearsalJSON{
		Commons: r.Commons.Slug, Agreement: r.Agreement, Name: r.Name, Area: r.Area,
		Currency: string(r.Commons.Currency), Months: r.Months, After: r.After,
		MonthEnds: r.MonthEnds, Runs: []RehearsedRun{}, Totals: rehearsedLines(r.Totals),
		Claims: rehearsedLines(r.Claims), Funds: rehearsedLines(r.Funds),
		Check: RehearsalCheck{
			OK: r.Agrees(), InForce: rehearsedSide(sides.InForce), Draft: rehearsedSide(sides.Draft),
		},
		Notes: append([]string{}, r.Notes...), Assumptions: r.Assumptions(),
	}
	for _, run := range r.Runs {
		shown := RehearsedRun{
			Distribution: run.Posted, Through: run.Through,
			Agreement: run.InForce, Version: run.Version, Incomes: []RehearsedIncome{},
			Lines: rehearsedLines(run.Lines), InForce: rehearsedSide(run.Sides.InForce),
			Draft: rehearsedSide(run.Sides.Draft),
		}
		for _, i := range run.Incomes {
			shown.Incomes = append(shown.Incomes, RehearsedIncome{i.ID, moneyOf(i.Amount)})
		}
		j.Runs = append(j.Runs, shown)
	}
	return j
}

func rehearsedLines(lines []ledger.RehearsedLine) []RehearsedFor {
	shown := make([]RehearsedFor, len(lines))
	for i, l := range lines {
		shown[i] = RehearsedFor{
			Member: l.Member, Fund: l.Fund, Kind: l.Kind, InForce: moneyOf(l.InForce),
			Draft: moneyOf(l.Draft), Difference: moneyOf(l.Difference()),
		}
	}
	return shown
}

func rehearsedSide(s ledger.RehearsedSide) RehearsedSide {
	return RehearsedSide{
		CarriedIn: moneyOf(s.CarriedIn), Incomes: moneyOf(s.Incomes), Given: moneyOf(s.Given),
		CarriedOut: moneyOf(s.CarriedOut), Whole: moneyOf(s.CarriedIn.Plus(s.Incomes)),
	}
}

// RehearsalText writes what everybody would have got, with the check below it, what is
// to be looked at, and what the rehearsal assumes.
func RehearsalText(out io.Writer, r RehearsalJSON) error {
	runs := "1 run"
	if len(r.Runs) != 1 {
		runs = fmt.Sprintf("%d runs", len(r.Runs))
	}
	_, err := fmt.Fprintf(out, "%s: %q beside what was in force, %s since %s, in %s\n\n",
		r.Commons, cell(r.Name), runs, r.After, r.Currency)
	if err != nil {
		return err
	}
	lines := [][]string{{"to", "in force", "draft", "difference"}}
	for _, l := range r.Totals {
		lines = append(lines, l.cells(""))
	}
	before, now := r.Check.InForce, r.Check.Draft
	lines = append(lines,
		[]string{"carried on", before.CarriedOut.figure(), now.CarriedOut.figure()},
		[]string{"total", before.Whole.figure(), now.Whole.figure()})
	if err := table(out, 1, lines); err != nil {
		return err
	}
	if err := r.writeEnd(out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\nCheck: in force %s; draft %s %s\n",
		r.Check.InForce.sum(), r.Check.Draft.sum(), mark(r.Check.OK))
	if err != nil {
		return err
	}
	return r.writeSentences(out)
}

// cells are a line of the table; more is said of what the line is about.
func (l RehearsedFor) cells(more string) []string {
	name := l.Member
	switch {
	case l.Fund != "":
		name = "fund " + l.Fund
	case l.Kind != "":
		name += ", " + l.Kind
	}
	difference := l.Difference.figure()
	if strings.Trim(difference, "0.") != "" && !strings.HasPrefix(difference, "-") {
		difference = "+" + difference
	}
	return []string{cell(more + name), l.InForce.figure(), l.Draft.figure(), difference}
}

// figure returns the amount with its thousands in groups.
func (m money) figure() string { return ledger.Grouped(m.Amount) }

// writeEnd writes what funds hold and what is still promised after the last run.
func (r RehearsalJSON) writeEnd(out io.Writer) error {
	if len(r.Funds)+len(r.Claims) == 0 {
		return nil
	}
	lines := [][]string{{"after the last run", "in force", "draft", "difference"}}
	for _, l := range r.Funds {
		lines = append(lines, l.cells("in "))
	}
	for _, l := range r.Claims {
		lines = append(lines, l.cells("promised to "))
	}
	if _, err := fmt.Fprintln(out); err != nil {
		return err
	}
	return table(out, 1, lines)
}

// sum says that what came in is what was given and carried on.
func (s RehearsedSide) sum() string {
	return fmt.Sprintf("%s carried in + %s came in = %s given + %s carried on",
		s.CarriedIn.figure(), s.Incomes.figure(), s.Given.figure(), s.CarriedOut.figure())
}

func (r RehearsalJSON) writeSentences(out io.Writer) error {
	var text strings.Builder
	for _, part := range []struct {
		heading   string
		sentences []string
	}{
		{"Look at this", r.Notes}, {"This assumes", r.Assumptions},
	} {
		if len(part.sentences) == 0 {
			continue
		}
		fmt.Fprintf(&text, "\n%s:\n", part.heading)
		for _, sentence := range part.sentences {
			text.WriteString("- " + visible(sentence) + "\n")
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
}
