package ledger

// The bounds of a rehearsal: how many months it goes back, and how many runs it replays.
const (
	RehearsalMonths     = 12
	MostRehearsalMonths = 36
	MostRehearsalRuns   = 36
)

// Rehearsal replays past runs twice, under the agreements that were in force and under
// a draft, from the same books on. Nothing of it is kept.
type Rehearsal struct {
	Commons Commons
	// Agreement is the draft, if it is kept; Name is what it is called.
	Agreement AgreementID
	Name      string
	Area      string
	Months    int
	// After is the day after which the runs went through.
	After Date
	// MonthEnds says that nothing was posted since, so the runs are ends of months.
	MonthEnds bool
	// Shortened says that there were more runs than are replayed: the last ones are.
	Shortened bool
	Runs      []RehearsedRun
	// Totals are the lines of all runs together.
	Totals []RehearsedLine
	// Claims and Funds are what is outstanding and held after the last run.
	Claims []RehearsedLine
	Funds  []RehearsedLine
	// Starts are rules of the draft that were not in force when the first run began.
	Starts []RuleStart
	// Fresh are rules of the draft by takes, or that catch up, and were not in force in
	// some run.
	Fresh []string
	// Notes say what is to be looked at twice.
	Notes []string
}

// RuleStart says from which day a rule counts new contributions; the zero Date is from
// the first one on.
type RuleStart struct {
	Rule string
	From Date
}

// RehearsedRun is one run: what both sides divide, and what they give. Posted names the
// distribution that it replays, if it replays one.
type RehearsedRun struct {
	Posted  DistributionID
	Through Date
	Incomes []DividedIncome
	// InForce is the agreement that was in force, Version its version; 0 for none.
	InForce AgreementID
	Version int
	Lines   []RehearsedLine
	Sides   Sides
}

// Sides are the sums of both sides of a rehearsal.
type Sides struct{ InForce, Draft RehearsedSide }

// RehearsedSide is what one side divides and gives. CarriedIn + Incomes = Given +
// CarriedOut.
type RehearsedSide struct{ CarriedIn, Incomes, Given, CarriedOut Money }

// RehearsedLine is what a member or a fund gets or has on both sides; for claims of the
// Kind.
type RehearsedLine struct {
	Member  string
	Fund    string
	Kind    string
	InForce Money
	Draft   Money
}

// Difference returns by how much the draft gives more.
func (l RehearsedLine) Difference() Money { return l.Draft.Minus(l.InForce) }

// Sides returns the sums of all runs: carried into the first one and out of the last.
func (r Rehearsal) Sides() Sides {
	return Sides{
		InForce: r.sum(func(s Sides) RehearsedSide { return s.InForce }),
		Draft:   r.sum(func(s Sides) RehearsedSide { return s.Draft }),
	}
}

func (r Rehearsal) sum(of func(Sides) RehearsedSide) RehearsedSide {
	zero := Zero(r.Commons.Currency)
	sum := RehearsedSide{CarriedIn: zero, Incomes: zero, Given: zero, CarriedOut: zero}
	for i, run := range r.Runs {
		side := of(run.Sides)
		if i == 0 {
			sum.CarriedIn = side.CarriedIn
		}
		sum.Incomes, sum.Given = sum.Incomes.Plus(side.Incomes), sum.Given.Plus(side.Given)
		sum.CarriedOut = side.CarriedOut
	}
	return sum
}

// Agrees reports whether what came in is what was given and carried on.
func (s RehearsedSide) Agrees() bool {
	return s.CarriedIn.Plus(s.Incomes).Equal(s.Given.Plus(s.CarriedOut))
}

// Agrees reports whether on both sides, in every run and in all of them together, what
// came in is what was given and carried on, and what was given is the sum of the lines.
func (r Rehearsal) Agrees() bool {
	for i, run := range r.Runs {
		if !agree(run.Lines, run.Sides, r.Commons.Currency) {
			return false
		}
		if i > 0 && !follows(r.Runs[i-1].Sides, run.Sides) {
			return false
		}
	}
	return agree(r.Totals, r.Sides(), r.Commons.Currency)
}

func agree(lines []RehearsedLine, sides Sides, currency Currency) bool {
	inForce, draft := Zero(currency), Zero(currency)
	for _, l := range lines {
		inForce, draft = inForce.Plus(l.InForce), draft.Plus(l.Draft)
	}
	return sides.InForce.Agrees() && sides.Draft.Agrees() &&
		inForce.Equal(sides.InForce.Given) && draft.Equal(sides.Draft.Given)
}

// follows reports whether a run goes on with what the one before carried.
func follows(before, now Sides) bool {
	return before.InForce.CarriedOut.Equal(now.InForce.CarriedIn) &&
		before.Draft.CarriedOut.Equal(now.Draft.CarriedIn)
}
