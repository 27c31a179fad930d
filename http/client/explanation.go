// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
)

// ReportDistributionRef is part of ReportComparison, among others.
type ReportDistributionRef struct {
	ID      ReportDistributionRefID `json:"id"`
	State   string                  `json:"state"`
	Through Date                    `json:"through"`
	Digest  string                  `json:"digest"`
	Number  int64                   `json:"number,omitzero"`
}

// ReportGoverning is part of ReportExplanation.
type ReportGoverning struct {
	ID        ReportGoverningID `json:"id"`
	Name      string            `json:"name"`
	DecidedOn string            `json:"decided_on,omitzero"`
	From      Date              `json:"from,omitzero"`
	Link      string            `json:"link,omitzero"`
	Method    string            `json:"method,omitzero"`
	Version   int64             `json:"version,omitzero"`
}

// ReportDivided is part of ReportExplanation.
type ReportDivided struct {
	ID    ReportDividedID `json:"id"`
	Date  Date            `json:"date"`
	Payer string          `json:"payer"`
	Net   Money           `json:"net"`
}

// ReportFraction is part of ReportComparison, among others.
type ReportFraction struct {
	Numerator   string `json:"numerator"`
	Denominator string `json:"denominator"`
	Decimal     string `json:"decimal"`
}

// ReportSpare is part of ReportPart.
type ReportSpare struct {
	Units      int64 `json:"units"`
	Candidates int64 `json:"candidates"`
	Rank       int64 `json:"rank"`
	Got        bool  `json:"got"`
}

// ReportCounted is part of ReportPart.
type ReportCounted struct {
	ID         ReportCountedID `json:"id"`
	Date       Date            `json:"date"`
	Kind       string          `json:"kind"`
	Quantity   Number          `json:"quantity"`
	Rate       Number          `json:"rate"`
	Weight     Number          `json:"weight"`
	Acceptance int64           `json:"acceptance"`
	AcceptedBy string          `json:"accepted_by"`
	Area       string          `json:"area,omitzero"`
	Faded      string          `json:"faded,omitzero"`
}

// ReportTerm is part of ReportPart.
type ReportTerm struct {
	Weight Number `json:"weight"`
	Factor string `json:"factor"`
	Kind   string `json:"kind,omitzero"`
}

// ReportPart is part of ReportExplainedRule.
type ReportPart struct {
	Amount         Money           `json:"amount"`
	Kept           Money           `json:"kept"`
	Lines          []string        `json:"lines"`
	Weight         Number          `json:"weight"`
	TotalWeight    Number          `json:"total_weight"`
	Divided        Money           `json:"divided"`
	Share          ReportFraction  `json:"share"`
	Exact          ReportFraction  `json:"exact"`
	Down           Money           `json:"down"`
	RoundingBefore string          `json:"rounding_before"`
	Spare          ReportSpare     `json:"spare"`
	CountedCount   int64           `json:"counted_count"`
	Bound          string          `json:"bound,omitzero"`
	Counted        []ReportCounted `json:"counted,omitzero"`
	Terms          []ReportTerm    `json:"terms,omitzero"`
}

// ReportExplainedRule is part of ReportExplainedRule, among others.
type ReportExplainedRule struct {
	Rule  string                `json:"rule"`
	Name  string                `json:"name"`
	Says  string                `json:"says"`
	Did   string                `json:"did"`
	Took  Money                 `json:"took"`
	Gave  Money                 `json:"gave"`
	Back  Money                 `json:"back"`
	Part  *ReportPart           `json:"part,omitzero"`
	Rules []ReportExplainedRule `json:"rules,omitzero"`
	Why   string                `json:"why,omitzero"`
}

// ReportUncounted is part of ReportExplanation.
type ReportUncounted struct {
	ID       ReportUncountedID `json:"id"`
	Date     Date              `json:"date"`
	Kind     string            `json:"kind"`
	Quantity Number            `json:"quantity"`
	Why      string            `json:"why"`
	Because  string            `json:"because"`
	Area     string            `json:"area,omitzero"`
}

// ReportExplanationCheck is part of ReportExplanation.
type ReportExplanationCheck struct {
	OK     bool   `json:"ok"`
	Line   string `json:"line"`
	Others Money  `json:"others"`
	Funds  Money  `json:"funds"`
}

// ReportRuleComparison is part of ReportComparison.
type ReportRuleComparison struct {
	Rule   string         `json:"rule"`
	Name   string         `json:"name"`
	Before Money          `json:"before"`
	Now    Money          `json:"now"`
	Pool   ReportFraction `json:"pool"`
	Part   ReportFraction `json:"part"`
}

// ReportComparison is part of ReportExplanation.
type ReportComparison struct {
	Distribution ReportDistributionRef  `json:"distribution"`
	Amount       Money                  `json:"amount"`
	Sentence     string                 `json:"sentence"`
	Pool         ReportFraction         `json:"pool"`
	Part         ReportFraction         `json:"part"`
	Rules        []ReportRuleComparison `json:"rules"`
}

// ReportExplanation is what ExplainDistribution answers.
type ReportExplanation struct {
	Member         string                 `json:"member"`
	Distribution   ReportDistributionRef  `json:"distribution"`
	Answer         string                 `json:"answer"`
	Amount         Money                  `json:"amount"`
	Kept           Money                  `json:"kept"`
	Payable        Money                  `json:"payable"`
	Agreement      ReportGoverning        `json:"agreement"`
	Whole          Money                  `json:"whole"`
	Carried        Money                  `json:"carried"`
	Incomes        []ReportDivided        `json:"incomes"`
	Rules          []ReportExplainedRule  `json:"rules"`
	Uncounted      []ReportUncounted      `json:"uncounted"`
	UncountedCount int64                  `json:"uncounted_count"`
	Check          ReportExplanationCheck `json:"check"`
	Before         *ReportComparison      `json:"before,omitzero"`
}

// ExplainDistribution: explain why a member gets what they get in a distribution. Of a draft
// too. The rules come as a tree, with those that gave nothing and why; every fraction is exact,
// and the parts sum to the whole.
func (b Books) ExplainDistribution(
	ctx context.Context, distribution DistributionID, member string, options ...CallOption,
) (ReportExplanation, error) {
	return do[ReportExplanation](ctx, b.client, call{
		operation: "explainDistribution", method: "GET",
		path:    []string{"commons", b.commons, "distributions", string(distribution), "explanations", member},
		formats: map[string]string{"text": "text/plain"},
		status:  200,
	}, options)
}
