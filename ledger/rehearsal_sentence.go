package ledger

import (
	"fmt"
	"strings"
)

// Assumptions says in sentences what the rehearsal takes for granted.
func (r Rehearsal) Assumptions() []string {
	assumed := []string{r.whichRuns()}
	if r.Shortened {
		assumed = append(assumed, fmt.Sprintf("There were more; the last %d are replayed.", len(r.Runs)))
	}
	assumed = append(assumed,
		"Both sides begin with the books as they were right before the first run. From then on each "+
			"keeps its own claims, funds, rounding, sums received, contributions covered and money carried.",
		"Nobody behaves differently: the same incomes came in, the same contributions were given and "+
			"accepted, and members had the stages and roles that they really had.",
		"Whatever else happened to claims and funds is the same on both sides: spendings, gifts, "+
			"refunds, transfers, openings, and "+r.beside()+".")
	assumed = append(assumed, r.whichAgreements()...)
	for _, s := range r.Starts {
		assumed = append(assumed, s.sentence())
	}
	if len(r.Fresh) > 0 {
		assumed = append(assumed, "What members take of a rule that was not in force, and what it gave "+
			"before the books began, is read as it stands now: "+strings.Join(r.Fresh, ", ")+".")
	}
	return assumed
}

// whichRuns says what is replayed.
func (r Rehearsal) whichRuns() string {
	first, last := r.Runs[0].Through, r.Runs[len(r.Runs)-1].Through
	switch {
	case r.MonthEnds:
		return fmt.Sprintf("Nothing was distributed through a day after %s, so each run is the end of a "+
			"month, or today, and divides the incomes that came in since the run before and wait to be "+
			"divided. It counts what is accepted by now and was given up to its day.", r.After)
	case len(r.Runs) == 1:
		return fmt.Sprintf("It replays the distribution through %s, with the incomes, the last day and "+
			"the contributions that it really had.", first)
	}
	return fmt.Sprintf("It replays the %d distributions through %s to %s that stand, each with the "+
		"incomes, the last day and the contributions that it really had.", len(r.Runs), first, last)
}

// beside names the distributions that are not replayed.
func (r Rehearsal) beside() string {
	if r.Area != "" {
		return "what was divided outside the area " + r.Area
	}
	return "what areas divided under agreements of their own"
}

// whichAgreements says what the draft is compared with.
func (r Rehearsal) whichAgreements() []string {
	var none []string
	versions := map[AgreementID]bool{}
	for _, run := range r.Runs {
		if run.InForce == "" {
			none = append(none, run.Through.String())
		} else {
			versions[run.InForce] = true
		}
	}
	var said []string
	switch {
	case len(versions) > 1 && r.MonthEnds:
		said = append(said, "Each run is compared with the version that was in force on its day.")
	case len(versions) > 1:
		said = append(said, "Each run is compared with the version that divided it.")
	}
	if len(none) > 0 {
		what := "No agreement"
		if r.Area != "" {
			what += " of the area's own"
		}
		said = append(said, what+" was in force on "+strings.Join(none, ", ")+
			", so that side gives nothing then and carries all that comes in.")
	}
	return said
}

func (s RuleStart) sentence() string {
	if s.From.IsZero() {
		return fmt.Sprintf("The rule %s was not in force: it counts new contributions from the first "+
			"one on.", s.Rule)
	}
	return fmt.Sprintf("The rule %s was not in force when the first run began: it counts new "+
		"contributions from %s on.", s.Rule, s.From)
}
