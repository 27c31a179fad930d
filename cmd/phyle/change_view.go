package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"phyle/http/client"
	"phyle/ledger"
)

// changed is a change as commands show it, with the names of the API.
type changed struct {
	ID         string          `json:"id"`
	Type       string          `json:"type"`
	State      string          `json:"state"`
	Policy     *changedPolicy  `json:"policy,omitempty"`
	Grant      *changedGrant   `json:"grant,omitempty"`
	Erasure    *changedErasure `json:"erasure,omitempty"`
	Act        *changedAct     `json:"act,omitempty"`
	Made       string          `json:"made,omitempty"`
	ProposedBy string          `json:"proposed_by,omitempty"`
	ProposedAt time.Time       `json:"proposed_at"`
	DecidedBy  string          `json:"decided_by,omitempty"`
	DecidedAt  time.Time       `json:"decided_at,omitzero"`
}

type changedPolicy struct {
	Approvals int          `json:"approvals"`
	Above     changedMoney `json:"above"`
}

type changedMoney struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

type changedGrant struct {
	Member string `json:"member"`
	Role   string `json:"role"`
	Held   bool   `json:"held"`
	From   string `json:"from,omitempty"`
	Until  string `json:"until,omitempty"`
	Reason string `json:"reason,omitempty"`
}

type changedErasure struct {
	Member     string `json:"member"`
	KeepReason string `json:"keep_reason,omitempty"`
}

// changedAct is what somebody asked to do, as they sent it.
type changedAct struct {
	Operation string          `json:"operation"`
	Method    string          `json:"method"`
	Path      string          `json:"path"`
	Body      json.RawMessage `json:"body,omitempty"`
	IfMatch   string          `json:"if_match,omitempty"`
}

// viewChanged returns a change of the store as commands show it.
func viewChanged(c ledger.Change, currency ledger.Currency) changed {
	view := changed{
		ID: c.ID.String(), Type: string(c.Type), State: string(c.State),
		ProposedBy: c.ProposedBy.Handle, ProposedAt: c.ProposedAt,
		DecidedBy: c.DecidedBy.Handle, DecidedAt: c.DecidedAt,
	}
	switch c.Type {
	case ledger.PolicyChange:
		view.Policy = &changedPolicy{c.Policy.Count, figured(c.Policy.Above, currency)}
	case ledger.EraseChange:
		view.Erasure = &changedErasure{c.Member.Handle, c.Reason}
	case ledger.ActChange:
		view.Act, view.Made = &changedAct{
			string(c.Act.Operation), c.Act.Method, c.Act.Path, json.RawMessage(c.Act.Body), c.Act.Match,
		}, c.Made
	case ledger.GrantChange:
		view.Grant = &changedGrant{
			Member: c.Member.Handle, Role: string(c.Role), Held: c.Held, Until: c.Until.String(),
			Reason: c.Reason,
		}
		if c.From != ledger.Beginning {
			view.Grant.From = c.From.String()
		}
	}
	return view
}

// changedThere returns a change of a server as commands show it.
func changedThere(c client.Change) (changed, error) {
	view, err := likewise[changed](c)
	if err == nil && c.Policy != nil {
		above := c.Policy.Above
		view.Policy.Above = figured(above.Amount, ledger.Currency(above.Currency))
	}
	return view, err
}

func figured(amount decimal.Decimal, currency ledger.Currency) changedMoney {
	return changedMoney{ledger.Money{Amount: amount, Currency: currency}.Figure(), string(currency)}
}

// inWords says in a sentence what was asked for and how it ended.
func (c changed) inWords() string { return printable(c.asked() + " – " + c.outcome()) }

// asked says who asks for what.
func (c changed) asked() string {
	proposes := cmp.Or(c.ProposedBy, "somebody at the machine or in founding") + " proposes: "
	by := strings.TrimSuffix(proposes, " proposes: ")
	switch {
	case c.Policy != nil:
		return proposes + c.Policy.inWords()
	case c.Grant != nil:
		return proposes + c.Grant.inWords()
	case c.Erasure != nil:
		return by + " asks for the personal data of " + c.Erasure.Member + " to be erased"
	case c.Act != nil:
		return by + " asks to do: " + c.Act.inWords()
	}
	return by + " asks for: " + words(c.Type)
}

// outcome says how far the change has come.
func (c changed) outcome() string {
	switch ledger.ChangeState(c.State) {
	case ledger.ChangeWaiting:
		return "waiting for a second person"
	case ledger.ChangeUnchecked:
		return "in effect since " + dayOf(c.DecidedAt) + ", unchecked"
	}
	return fmt.Sprintf("%s by %s on %s", words(c.State), c.DecidedBy, dayOf(c.DecidedAt))
}

func dayOf(at time.Time) string { return at.UTC().Format(time.DateOnly) }

func (p changedPolicy) inWords() string {
	if p.Approvals == 0 {
		return "nobody else has to approve distributions"
	}
	others := fmt.Sprintf("%d other members approve", p.Approvals)
	if p.Approvals == 1 {
		others = "another member approves"
	}
	if strings.Trim(p.Above.Amount, "0.") == "" {
		return others + " every distribution"
	}
	return fmt.Sprintf("%s a distribution once more than %s is given in thirty days", others,
		ledger.Currency(p.Above.Currency).Spoken(p.Above.Amount))
}

func (g changedGrant) inWords() string {
	text := g.Member + " becomes " + g.Role
	if !g.Held {
		text = g.Member + " is " + g.Role + " no more"
	}
	if g.From != "" {
		text += " from " + g.From
	}
	if g.Until != "" {
		text += " through " + g.Until
	}
	return text
}

func (a changedAct) inWords() string {
	return strings.TrimSpace(a.Method + " " + a.Path + " " + string(a.Body))
}

// write shows all there is to know about the change.
func (c changed) write(out io.Writer) error {
	text := &strings.Builder{}
	line := func(what, value string) {
		if value != "" {
			fmt.Fprintf(text, "%-9s%s\n", what, printable(value))
		}
	}
	text.WriteString(folded("", c.inWords()) + "\n")
	line("id", c.ID)
	line("about", words(c.Type))
	line("state", c.State)
	line("asked", c.ProposedAt.UTC().Format("2006-01-02 15:04 UTC"))
	if !c.DecidedAt.IsZero() {
		line("decided", c.DecidedAt.UTC().Format("2006-01-02 15:04 UTC"))
	}
	if c.Grant != nil {
		line("reason", c.Grant.Reason)
	}
	if c.Erasure != nil {
		line("kept", c.Erasure.KeepReason)
	}
	if c.Act != nil {
		line("right", words(c.Act.Operation))
	}
	line("made", c.Made)
	_, err := io.WriteString(out, text.String())
	return err
}

// longestRemark is how many characters of a sentence a list shows.
const longestRemark = 200

// writeChanges lists changes, a sentence each.
func writeChanges(out io.Writer, all []changed) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "There are no such changes.")
		return err
	}
	var text strings.Builder
	for _, c := range all {
		asked := []rune(c.asked())
		if len(asked) > longestRemark {
			asked = append(asked[:longestRemark], '…')
		}
		fmt.Fprintf(&text, "%-30s  %s  %s\n", c.ID, dayOf(c.ProposedAt),
			printable(string(asked)+" – "+c.outcome()))
	}
	_, err := io.WriteString(out, text.String())
	return err
}
