package agreement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// Sentence says in plain English what one rule says, or what the agreement says of
// itself. Rule is the rule's id, Name its name and Pointer its place; Depth is in how
// many groups it stands. What is of no rule has no Rule.
type Sentence struct {
	Rule    string `json:"rule,omitempty"`
	Name    string `json:"name,omitempty"`
	Pointer string `json:"pointer"`
	Depth   int    `json:"depth"`
	Text    string `json:"text"`
}

// Sentences returns what the agreement says in sentences: how it divides, each rule
// in the order in which they run, where the rest goes and who gets odd cents. Two
// agreements have the same sentences only if they divide alike.
func (a Agreement) Sentences(names Names) []Sentence {
	sentences := []Sentence{{Text: said(a.opening())}}
	sentences = a.appendRules(sentences, names, a.Rules, "/rules", 0)
	return append(sentences,
		Sentence{Pointer: "/leftover", Text: said("What no rule gives " + a.Leftover.phrase(names))},
		Sentence{Pointer: "/rounding", Text: said(a.rounding())})
}

func (a Agreement) appendRules(
	sentences []Sentence, names Names, rules []Rule, pointer string, depth int,
) []Sentence {
	for i, rule := range rules {
		at := fmt.Sprintf("%s/%d", pointer, i)
		sentences = append(sentences, Sentence{
			Rule: rule.ID, Name: rule.Name, Pointer: at, Depth: depth,
			Text: said(capital(rule.sentence(names, depth))),
		})
		sentences = a.appendRules(sentences, names, rule.Give.Rules, at+"/give/rules", depth+1)
	}
	return sentences
}

// said ends a sentence. Words that were kept together may part now.
func said(text string) string { return strings.ReplaceAll(text, tie, " ") + "." }

func (a Agreement) opening() string {
	text := fmt.Sprintf("“%s” divides income in %s. Each rule takes its part of what the rules "+
		"before it left, never more, and what it cannot give stays left", a.Name, a.Currency)
	if slices.ContainsFunc(a.Rules, func(r Rule) bool { return r.Take.Form == TakePercentOfWhole }) {
		text += ". The whole is the income and what was carried over from before"
	}
	return text
}

func (l Leftover) phrase(names Names) string {
	if l.Fund == "" {
		return "is carried over and divided with the next income"
	}
	return "goes to " + l.to(names)
}

func (a Agreement) rounding() string {
	digits, _ := a.Currency.Digits()
	smallest := amount(ledger.Money{Amount: decimal.New(1, -digits), Currency: a.Currency})
	return fmt.Sprintf("Parts are rounded down to %s, and what that leaves goes, %[1]s each, %s",
		smallest, roundingPhrases[a.Rounding])
}

var roundingPhrases = map[ledger.Rounding]string{
	ledger.Remembered: "to those who are furthest below their exact parts of this and all " +
		"earlier times",
	ledger.LargestRemainder: "to those who are furthest below their exact part this time",
}

// amount writes money as people do, as one word.
func amount(m ledger.Money) string { return strings.ReplaceAll(m.Spoken(), " ", tie) }

func percent(d decimal.Decimal) string { return d.String() + tie + "%" }

// enumerated joins words as a sentence does: "a, b and c".
func enumerated(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// shownAll shows every code by a name, in the order of the codes.
func shownAll(codes []string, show func(string) string) []string {
	shown := make([]string, len(codes))
	for i, code := range codes {
		shown[i] = show(code)
	}
	return shown
}
