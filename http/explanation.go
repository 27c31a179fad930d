package http

import (
	"context"
	"io"
	"math/big"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

func explanationRoutes() []route {
	explain := readReport(explainDistribution)
	explain.formats = []string{textMedia}
	return []route{{
		method: "GET", path: distributionPath + "/explanations/{member}", id: "explainDistribution",
		operation: ledger.ReadBooks,
		summary:   "Explain why a member gets what they get in a distribution",
		about: "Of a draft too. The rules come as a tree, with those that gave nothing and why; " +
			"every fraction is exact, and the parts sum to the whole.",
		handler: explain,
	}}
}

type explanationQuery struct {
	Format reportFormat `json:"format,omitzero" enum:"json,text" doc:"How it is sent; json unless given."`
}

func explainDistribution(
	ctx context.Context, c *call, q explanationQuery,
) (*reported[report.ExplanationJSON], error) {
	id, err := idIn[ledger.DistributionID](c, "distribution")
	if err != nil {
		return nil, err
	}
	found, err := c.store.ExplainDistribution(ctx, c.caller, id, c.param("member"))
	if err != nil {
		return nil, err
	}
	shown := Explanation(found)
	return inFormat(q.Format, shown, writers{
		text: func(out io.Writer) error { return report.ExplanationText(out, shown) },
	})
}

// Explanation returns an explanation as the API shows it.
func Explanation(e postgres.Explanation) report.ExplanationJSON {
	who := e.Who
	shown := report.ExplanationJSON{
		Member: e.Member.Handle, Distribution: distributionRef(e.Distribution), Answer: e.Answer(who),
		Amount: report.Money(e.Amount), Kept: report.Money(e.Kept), Payable: report.Money(e.Payable),
		Agreement: governing(e.Agreement), Whole: report.Money(e.Whole), Carried: report.Money(e.Carried),
		Incomes: []report.DividedJSON{}, Rules: explainedRules(e, e.Rules, who),
		Uncounted: []report.UncountedJSON{}, UncountedCount: e.UncountedCount,
		Check: report.ExplanationCheck{
			OK: e.Agrees(), Line: e.CheckLine(who), Others: report.Money(e.Others), Funds: report.Money(e.Funds),
		},
	}
	for _, i := range e.Incomes {
		shown.Incomes = append(shown.Incomes, report.DividedJSON{
			ID: i.ID.String(), Date: i.Date.String(), Payer: i.Payer, Net: report.Money(i.Net),
		})
	}
	for _, u := range e.Uncounted {
		shown.Uncounted = append(shown.Uncounted, report.UncountedJSON{
			ID: u.ID.String(), Date: u.Date.String(), Kind: u.Kind, Area: u.Area,
			Quantity: u.Quantity.String(), Why: string(u.Why), Because: u.Why.Explanation(),
		})
	}
	if e.Comparison != nil {
		shown.Before = compared(*e.Comparison, *e.Before, who)
	}
	return shown
}

func governing(a postgres.Agreement) report.GoverningJSON {
	shown := report.GoverningJSON{
		ID: a.ID.String(), Name: a.Name, Version: a.Version, From: a.From.String(),
	}
	if a.Decision != nil {
		shown.Method, shown.DecidedOn = a.Decision.Method, a.Decision.Date.String()
		shown.Link = a.Decision.Link
	}
	return shown
}

func distributionRef(d ledger.Distribution) report.DistributionRef {
	ref := report.DistributionRef{
		ID: d.ID.String(), State: string(d.State), Through: d.Through.String(), Digest: d.Digest,
	}
	if d.State != ledger.Draft {
		ref.Number = d.Number
	}
	return ref
}

func explainedRules(
	e postgres.Explanation, rules []agreement.ExplainedRule, who string,
) []report.ExplainedRule {
	shown := []report.ExplainedRule{}
	for _, r := range rules {
		rule := report.ExplainedRule{
			Rule: r.Rule, Name: r.Name, Says: e.Says[r.Rule], Did: r.Did(), Why: string(r.Why),
			Took: report.Money(r.Took), Gave: report.Money(r.Gave), Back: report.Money(r.Back),
			Rules: explainedRules(e, r.Rules, who),
		}
		if r.Step != nil {
			rule.Part = partOf(e, r, who)
		}
		shown = append(shown, rule)
	}
	return shown
}

func partOf(e postgres.Explanation, r agreement.ExplainedRule, who string) *report.PartJSON {
	s := r.Step
	part := &report.PartJSON{
		Amount: report.Money(s.Amount), Kept: report.Money(s.Kept), Lines: r.Lines(who, e.Names),
		Weight: s.Weight.String(), TotalWeight: s.Total.String(), Bound: string(s.Bound),
		Divided: report.Money(r.Divided), Share: fraction(r.Share()), Exact: fraction(s.Exact),
		Down: report.Money(s.Down), Rounding: s.Balance.String(),
		Spare: report.SpareJSON{
			Units: s.Spare.Units, Candidates: s.Spare.Candidates, Rank: s.Spare.Rank, Got: s.Extra,
		},
		CountedCount: e.CountedCount[r.Rule],
	}
	if part.Lines == nil {
		part.Lines = []string{}
	}
	for _, t := range s.Terms {
		part.Terms = append(part.Terms, report.TermJSON{
			Kind: t.Kind, Weight: t.Weight.String(), Factor: t.Factor.String(),
		})
	}
	for _, c := range e.Counted[r.Rule] {
		counted := report.CountedJSON{
			ID: c.ID.String(), Date: c.Date.String(), Kind: c.Kind, Area: c.Area,
			Quantity: c.Quantity.String(), Rate: c.Rate.String(), Weight: c.Weight.String(),
			Acceptance: c.Number, AcceptedBy: c.AcceptedBy,
		}
		if faded := c.Faded.String(); faded != "1" {
			counted.Faded = faded
		}
		part.Counted = append(part.Counted, counted)
	}
	return part
}

func compared(
	c agreement.Comparison, before ledger.Distribution, who string,
) *report.ComparisonJSON {
	shown := &report.ComparisonJSON{
		Distribution: distributionRef(before), Amount: report.Money(c.Before), Sentence: c.Sentence(who),
		Pool: fraction(c.Pool), Part: fraction(c.Part), Rules: []report.RuleComparisonJSON{},
	}
	for _, r := range c.Rules {
		shown.Rules = append(shown.Rules, report.RuleComparisonJSON{
			Rule: r.Rule, Name: r.Name, Before: report.Money(r.Before), Now: report.Money(r.Now),
			Pool: fraction(r.Pool), Part: fraction(r.Part),
		})
	}
	return shown
}

// fraction shows an exact number, with six decimals to look at.
func fraction(r *big.Rat) report.FractionJSON {
	return report.Fraction(r, agreement.Expansion(r, 6))
}
