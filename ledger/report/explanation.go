package report

import (
	"fmt"
	"io"
	"math/big"
	"strings"

	"phyle/ledger"
)

// ExplanationJSON is why a member got what they got in a distribution, as the API shows
// it: the answer, the rules as a tree with the member's steps, what was counted and what
// was not, the comparison with the distribution before, and the check.
type ExplanationJSON struct {
	Member         string           `json:"member"`
	Distribution   DistributionRef  `json:"distribution"`
	Answer         string           `json:"answer"`
	Amount         money            `json:"amount"`
	Kept           money            `json:"kept"`
	Payable        money            `json:"payable"`
	Agreement      GoverningJSON    `json:"agreement"`
	Whole          money            `json:"whole"`
	Carried        money            `json:"carried"`
	Incomes        []DividedJSON    `json:"incomes"`
	Rules          []ExplainedRule  `json:"rules"`
	Uncounted      []UncountedJSON  `json:"uncounted"`
	UncountedCount int              `json:"uncounted_count"`
	Before         *ComparisonJSON  `json:"before,omitempty"`
	Check          ExplanationCheck `json:"check"`
}

// DistributionRef names a distribution.
type DistributionRef struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Number  int64  `json:"number,omitempty"`
	Through string `json:"through"`
	Digest  string `json:"digest"`
}

// GoverningJSON is the version of the agreement that governed, and its decision.
type GoverningJSON struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Version   int    `json:"version,omitempty"`
	From      string `json:"from,omitempty"`
	Method    string `json:"method,omitempty"`
	DecidedOn string `json:"decided_on,omitempty"`
	Link      string `json:"link,omitempty"`
}

// DividedJSON is an income that was divided.
type DividedJSON struct {
	ID    string `json:"id"`
	Date  string `json:"date"`
	Payer string `json:"payer"`
	Net   money  `json:"net"`
}

// FractionJSON is an exact number; Decimal is it for people, with an ellipsis where it
// goes on.
type FractionJSON struct {
	Numerator   string `json:"numerator"`
	Denominator string `json:"denominator"`
	Decimal     string `json:"decimal"`
}

// Fraction shows an exact number with so many decimals.
func Fraction(r *big.Rat, decimal string) FractionJSON {
	return FractionJSON{Numerator: r.Num().String(), Denominator: r.Denom().String(), Decimal: decimal}
}

// ExplainedRule is what one rule says and did, and the member's part of it.
type ExplainedRule struct {
	Rule  string          `json:"rule"`
	Name  string          `json:"name"`
	Says  string          `json:"says"`
	Did   string          `json:"did"`
	Why   string          `json:"why,omitempty"`
	Took  money           `json:"took"`
	Gave  money           `json:"gave"`
	Back  money           `json:"back"`
	Part  *PartJSON       `json:"part,omitempty"`
	Rules []ExplainedRule `json:"rules,omitempty"`
}

// PartJSON is how a rule came to a member's part. Share is the part of what the rule
// divided, Exact that in money, Down the same rounded down; Spare is who got what
// rounding down left over.
type PartJSON struct {
	Amount       money         `json:"amount"`
	Kept         money         `json:"kept"`
	Lines        []string      `json:"lines"`
	Terms        []TermJSON    `json:"terms,omitempty"`
	Weight       string        `json:"weight"`
	TotalWeight  string        `json:"total_weight"`
	Bound        string        `json:"bound,omitempty"`
	Divided      money         `json:"divided"`
	Share        FractionJSON  `json:"share"`
	Exact        FractionJSON  `json:"exact"`
	Down         money         `json:"down"`
	Rounding     string        `json:"rounding_before"`
	Spare        SpareJSON     `json:"spare"`
	Counted      []CountedJSON `json:"counted,omitempty"`
	CountedCount int           `json:"counted_count"`
}

// TermJSON is a weight and what it was multiplied with.
type TermJSON struct {
	Kind   string `json:"kind,omitempty"`
	Weight string `json:"weight"`
	Factor string `json:"factor"`
}

// SpareJSON says how many minor units rounding down left over, for how many candidates;
// rank is the member's place in line, none if their share has no fraction.
type SpareJSON struct {
	Units      int  `json:"units"`
	Candidates int  `json:"candidates"`
	Rank       int  `json:"rank"`
	Got        bool `json:"got"`
}

// CountedJSON is a contribution that a rule counts.
type CountedJSON struct {
	ID         string `json:"id"`
	Date       string `json:"date"`
	Kind       string `json:"kind"`
	Area       string `json:"area,omitempty"`
	Quantity   string `json:"quantity"`
	Rate       string `json:"rate"`
	Weight     string `json:"weight"`
	Faded      string `json:"faded,omitempty"`
	Acceptance int64  `json:"acceptance"`
	AcceptedBy string `json:"accepted_by"`
}

// UncountedJSON is a contribution that no rule counts, and why.
type UncountedJSON struct {
	ID       string `json:"id"`
	Date     string `json:"date"`
	Kind     string `json:"kind"`
	Area     string `json:"area,omitempty"`
	Quantity string `json:"quantity"`
	Why      string `json:"why"`
	Because  string `json:"because"`
}

// ComparisonJSON compares with the distribution before: pool + part is the change, to
// the last digit.
type ComparisonJSON struct {
	Distribution DistributionRef      `json:"distribution"`
	Amount       money                `json:"amount"`
	Sentence     string               `json:"sentence"`
	Pool         FractionJSON         `json:"pool"`
	Part         FractionJSON         `json:"part"`
	Rules        []RuleComparisonJSON `json:"rules"`
}

// RuleComparisonJSON is the same for one rule.
type RuleComparisonJSON struct {
	Rule   string       `json:"rule"`
	Name   string       `json:"name"`
	Before money        `json:"before"`
	Now    money        `json:"now"`
	Pool   FractionJSON `json:"pool"`
	Part   FractionJSON `json:"part"`
}

// ExplanationCheck says that what everybody got sums to what there was.
type ExplanationCheck struct {
	OK     bool   `json:"ok"`
	Line   string `json:"line"`
	Others money  `json:"others"`
	Funds  money  `json:"funds"`
}

// Money returns an amount as the API shows it.
func Money(m ledger.Money) money { return moneyOf(m) }

// ExplanationText writes an explanation for people.
func ExplanationText(out io.Writer, e ExplanationJSON) error {
	w := &explanationWriter{}
	w.line("%s", e.Answer)
	w.line("")
	w.whole(e)
	w.rules(e.Rules, "", "")
	w.uncounted(e)
	if e.Before != nil {
		w.line("Compared with distribution %d, through %s", e.Before.Distribution.Number,
			e.Before.Distribution.Through)
		w.line("  %s", e.Before.Sentence)
		w.line("")
	}
	w.line("Check: %s", e.Check.Line)
	_, err := io.WriteString(out, w.text.String())
	return err
}

type explanationWriter struct{ text strings.Builder }

func (w *explanationWriter) line(format string, args ...any) {
	fmt.Fprintf(&w.text, format+"\n", args...)
}

// whole writes what there was to divide and by which agreement.
func (w *explanationWriter) whole(e ExplanationJSON) {
	about := "“" + e.Agreement.Name + "”"
	if e.Agreement.Version > 0 {
		about += fmt.Sprintf(", adopted as version %d from %s", e.Agreement.Version, e.Agreement.From)
	}
	if e.Agreement.DecidedOn != "" {
		about += fmt.Sprintf(", decided on %s by %s", e.Agreement.DecidedOn,
			strings.ReplaceAll(e.Agreement.Method, "_", " "))
	}
	w.line("What was divided, through %s, by %s", e.Distribution.Through, about)
	lines := [][]string{}
	for _, income := range e.Incomes {
		lines = append(lines, []string{" ", income.Date, income.Payer, income.ID, income.Net.Amount})
	}
	lines = append(lines, []string{" ", "together", "with what was carried", "", e.Whole.Amount})
	if err := table(&w.text, 4, lines); err != nil {
		panic(err) // a builder takes all
	}
	w.line("")
}

// rules writes rules as a numbered tree.
func (w *explanationWriter) rules(rules []ExplainedRule, number, indent string) {
	for i, rule := range rules {
		at := fmt.Sprintf("%s%d.", number, i+1)
		w.line("%s%s %s", indent, at, rule.Name)
		inner := indent + "   "
		if rule.Says != "" {
			w.line("%s%s", inner, rule.Says)
		}
		w.line("%s%s", inner, rule.Did)
		if rule.Part != nil {
			w.part(rule.Part, inner)
		}
		w.rules(rule.Rules, at, inner)
		if indent == "" {
			w.line("")
		}
	}
}

// listed is how many contributions of a rule are written; the rest are counted.
const listed = 10

func (w *explanationWriter) part(part *PartJSON, indent string) {
	for _, line := range part.Lines {
		w.line("%s%s", indent, line)
	}
	if len(part.Counted) == 0 {
		return
	}
	w.line("%sCounted:", indent)
	for _, c := range part.Counted[:min(listed, len(part.Counted))] {
		faded := ""
		if c.Faded != "" {
			faded = " × " + c.Faded
		}
		w.line("%s  %s  %s %s × %s%s, accepted by %s  %s", indent, c.Date, c.Quantity, c.Kind, c.Rate, faded,
			c.AcceptedBy, c.ID)
	}
	if more := part.CountedCount - listed; more > 0 {
		w.line("%s  and %d more", indent, more)
	}
}

func (w *explanationWriter) uncounted(e ExplanationJSON) {
	if len(e.Uncounted) == 0 {
		return
	}
	w.line("Not counted")
	for _, u := range e.Uncounted[:min(listed, len(e.Uncounted))] {
		w.line("  %s  %s %s: %s  %s", u.Date, u.Quantity, u.Kind, u.Because, u.ID)
	}
	if more := e.UncountedCount - listed; more > 0 {
		w.line("  and %d more", more)
	}
	w.line("")
}
