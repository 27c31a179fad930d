package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// agreed is an agreement as commands show it, with the names of the API.
type agreed struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Status    string          `json:"status"`
	Area      string          `json:"area,omitempty"`
	CreatedBy string          `json:"created_by"`
	CreatedAt time.Time       `json:"created_at"`
	Proposal  *agreedProposal `json:"proposal,omitempty"`
	Decision  *agreedDecision `json:"decision,omitempty"`
	Adoption  *agreedAdoption `json:"adoption,omitempty"`
	Document  json.RawMessage `json:"document"`
	Votes     []agreedVote    `json:"votes,omitempty"`
}

type agreedProposal struct {
	NoticeUntil string            `json:"notice_until"`
	Note        string            `json:"note,omitempty"`
	ProposedBy  string            `json:"proposed_by"`
	ProposedAt  time.Time         `json:"proposed_at"`
	Vote        *agreedBallot     `json:"vote,omitempty"`
	Withdrawal  *agreedWithdrawal `json:"withdrawal,omitempty"`
}

type agreedBallot struct {
	Method        string    `json:"method"`
	QuorumPercent int       `json:"quorum_percent"`
	Eligible      int       `json:"eligible"`
	ClosesOn      string    `json:"closes_on"`
	ClosesAt      time.Time `json:"closes_at"`
}

type agreedWithdrawal struct {
	Reason      string    `json:"reason,omitempty"`
	WithdrawnBy string    `json:"withdrawn_by"`
	WithdrawnAt time.Time `json:"withdrawn_at"`
}

type agreedDecision struct {
	Outcome   string       `json:"outcome"`
	Reason    string       `json:"reason,omitempty"`
	Method    string       `json:"method"`
	Date      string       `json:"date"`
	Link      string       `json:"link,omitempty"`
	Note      string       `json:"note,omitempty"`
	Tally     *agreedTally `json:"tally,omitempty"`
	Votes     []agreedVote `json:"votes,omitempty"`
	DecidedBy string       `json:"decided_by"`
	DecidedAt time.Time    `json:"decided_at"`
}

type agreedTally struct {
	Eligible int `json:"eligible"`
	Voted    int `json:"voted"`
	Yes      int `json:"yes"`
	No       int `json:"no"`
	Abstain  int `json:"abstain"`
	Object   int `json:"object"`
}

type agreedAdoption struct {
	Version   int       `json:"version"`
	From      string    `json:"from"`
	AdoptedBy string    `json:"adopted_by"`
	AdoptedAt time.Time `json:"adopted_at"`
}

// agreedVote is a vote; what was voted elsewhere has neither number nor instant.
type agreedVote struct {
	Number   int        `json:"number,omitempty"`
	Member   string     `json:"member"`
	Vote     string     `json:"vote"`
	Reason   string     `json:"reason,omitempty"`
	CastAt   *time.Time `json:"cast_at,omitempty"`
	Standing bool       `json:"standing,omitempty"`
}

// likewise returns what a server sent as commands show it: the names are the same.
func likewise[View any](found any) (shown View, err error) {
	text, err := json.Marshal(found)
	if err != nil {
		return shown, err
	}
	return shown, json.Unmarshal(text, &shown)
}

// viewAgreed returns an agreement of the store as commands show it.
func viewAgreed(a postgres.Agreement) agreed {
	view := agreed{
		ID: a.ID.String(), Name: a.Name, Status: string(a.Status), Area: a.Area,
		CreatedBy: a.CreatedBy, CreatedAt: a.CreatedAt, Document: a.Document,
	}
	if p := a.Proposal; p != nil {
		view.Proposal = viewProposed(p)
	}
	if d := a.Decision; d != nil {
		view.Decision = viewDecided(d)
	}
	if a.Version > 0 {
		view.Adoption = &agreedAdoption{a.Version, a.From.String(), a.AdoptedBy, a.AdoptedAt}
	}
	return view
}

func viewProposed(p *ledger.Proposal) *agreedProposal {
	view := &agreedProposal{
		NoticeUntil: p.NoticeUntil.String(), Note: p.Note, ProposedBy: p.By, ProposedAt: p.At,
	}
	if b := p.Ballot; b != nil {
		view.Vote = &agreedBallot{b.Method, b.Quorum, b.Eligible, b.ClosesOn.String(), b.ClosesAt}
	}
	if w := p.Withdrawal; w != nil {
		view.Withdrawal = &agreedWithdrawal{w.Reason, w.By, w.At}
	}
	return view
}

func viewDecided(d *ledger.AgreementDecision) *agreedDecision {
	view := &agreedDecision{
		Outcome: string(d.Outcome), Reason: string(d.Reason), Method: d.Method, Date: d.Date.String(),
		Link: d.Link, Note: d.Note, DecidedBy: d.By, DecidedAt: d.At,
	}
	if t := d.Tally; t != nil {
		view.Tally = &agreedTally{t.Eligible, t.Voted(), t.Yes, t.No, t.Abstain, t.Object}
	}
	for _, v := range d.Votes {
		view.Votes = append(view.Votes,
			agreedVote{Member: v.Member, Vote: string(v.Choice), Reason: v.Reason})
	}
	return view
}

func viewVoted(v ledger.Vote) agreedVote {
	return agreedVote{v.Number, v.Member, string(v.Choice), v.Reason, &v.At, v.Standing}
}

// inWords says how far the agreement has come, in a sentence.
func (a agreed) inWords() string {
	switch {
	case a.Adoption != nil:
		return a.adoption() + "."
	case a.Decision != nil:
		return a.Decision.inWords() + "."
	case a.Proposal == nil:
		return "draft."
	case a.Proposal.Withdrawal != nil:
		return "withdrawn."
	case a.Proposal.Vote != nil:
		return a.Proposal.Vote.inWords() + "."
	}
	return "proposed; it is decided on " + a.Proposal.NoticeUntil + " at the earliest."
}

func (a agreed) adoption() string {
	version := fmt.Sprintf("version %d, ", a.Adoption.Version)
	switch ledger.AgreementStatus(a.Status) {
	case ledger.StatusSuperseded:
		return version + "superseded; it was adopted for " + a.Adoption.From
	case ledger.StatusInForce:
		return version + "in force since " + a.Adoption.From
	}
	return version + "in force from " + a.Adoption.From
}

func (b agreedBallot) inWords() string {
	return fmt.Sprintf("open for votes to the end of %s: by %s, quorum %d %% of %d",
		b.ClosesOn, words(b.Method), b.QuorumPercent, b.Eligible)
}

func (d agreedDecision) inWords() string {
	text := fmt.Sprintf("%s on %s by %s", d.Outcome, d.Date, words(d.Method))
	if d.Reason != "" {
		text += " for " + map[string]string{
			"no_quorum": "lack of a quorum", "objection": "an objection", "too_few_yes": "too few yes",
		}[d.Reason]
	}
	if t := d.Tally; t != nil {
		text += fmt.Sprintf("; %d of %d voted: %d yes, %d no, %d abstained, %d objected",
			t.Voted, t.Eligible, t.Yes, t.No, t.Abstain, t.Object)
	}
	return text
}

// words returns a word of the API as people write it.
func words(code string) string { return strings.ReplaceAll(code, "_", " ") }

// write shows all there is to know about the agreement but its rules.
func (a agreed) write(out io.Writer) error {
	text := &strings.Builder{}
	line := func(what, format string, args ...any) {
		fmt.Fprintf(text, "%-11s%s\n", what, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(text, "%s\n\n", printable(a.Name))
	line("id", "%s", a.ID)
	line("status", "%s", words(a.Status))
	if a.Area != "" {
		line("area", "%s", a.Area)
	}
	line("brought in", "by %s", a.CreatedBy)
	if p := a.Proposal; p != nil {
		line("proposed", "by %s, notice until %s%s", p.ProposedBy, p.NoticeUntil, noted(p.Note))
		if p.Vote != nil {
			line("vote", "%s", p.Vote.inWords())
		}
		if p.Withdrawal != nil {
			line("withdrawn", "by %s%s", p.Withdrawal.WithdrawnBy, noted(p.Withdrawal.Reason))
		}
	}
	if d := a.Decision; d != nil {
		line("decision", "%s%s", d.inWords(), noted(strings.TrimSpace(d.Note+" "+d.Link)))
	}
	if a.Adoption != nil {
		line("adoption", "%s, by %s", a.adoption(), a.Adoption.AdoptedBy)
	}
	a.writeVotes(text)
	_, err := io.WriteString(out, text.String())
	return err
}

// writeVotes lists the votes that were cast here in order, or those cast elsewhere.
func (a agreed) writeVotes(text *strings.Builder) {
	votes := a.Votes
	if len(votes) == 0 && a.Decision != nil {
		votes = a.Decision.Votes
	}
	if len(votes) > 0 {
		text.WriteString("\nvotes\n")
	}
	for _, v := range votes {
		counts := ""
		if v.Number > 0 && !v.Standing {
			counts = ", and has voted again since"
		}
		fmt.Fprintf(text, "  %s: %s%s%s\n", v.Member, v.Vote, counts, noted(v.Reason))
	}
}

// noted returns a remark to put behind a sentence, "" for none.
func noted(text string) string {
	if text == "" {
		return ""
	}
	return " (" + printable(strings.Join(strings.Fields(text), " ")) + ")"
}

// writeAgreements lists agreements, a line for each.
func writeAgreements(out io.Writer, all []agreed) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "There are no such agreements.")
		return err
	}
	var text strings.Builder
	for _, a := range all {
		from := ""
		if a.Adoption != nil {
			from = a.Adoption.From
		}
		fmt.Fprintf(&text, "%-30s  %-10s  %-10s  %s\n", a.ID, words(a.Status), from, printable(a.Name))
	}
	_, err := io.WriteString(out, text.String())
	return err
}
