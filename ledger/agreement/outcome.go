package agreement

import (
	"cmp"
	"maps"
	"slices"

	"phyle/ledger"
)

// Outcome is what an example came to, in the shape of an Expectation; amounts of
// zero are left out.
type Outcome struct {
	Payable map[string]string            `json:"payable"`
	Capital map[string]string            `json:"capital"`
	Funds   map[string]string            `json:"funds"`
	Claims  map[string]map[string]string `json:"claims"`
	Left    string                       `json:"left,omitempty"`
}

// outcome says what a distribution came to, once it is posted.
func (b *books) outcome(result Result) Outcome {
	payable, capital := map[string]ledger.Money{}, map[string]ledger.Money{}
	funds := map[string]ledger.Money{}
	add := func(to map[string]ledger.Money, name string, amount ledger.Money) {
		to[name] = orZero(to[name], b.agreement.Currency).Plus(orZero(amount, b.agreement.Currency))
	}
	for _, allocation := range result.Allocations() {
		if allocation.Member == 0 {
			add(funds, allocation.Fund, allocation.Amount)
			continue
		}
		name := b.members[allocation.Member-1].Handle
		add(payable, name, allocation.Payable())
		add(capital, name, allocation.Kept)
	}
	got := Outcome{
		Payable: figures(payable), Capital: figures(capital), Funds: figures(funds),
		Claims: map[string]map[string]string{}, Left: figure(result.Carried),
	}
	for kind, amounts := range b.claims {
		if outstanding := figures(amounts); len(outstanding) > 0 {
			got.Claims[kind] = outstanding
		}
	}
	return got
}

// figures writes the amounts that are not zero.
func figures(amounts map[string]ledger.Money) map[string]string {
	written := map[string]string{}
	for name, amount := range amounts {
		if !amount.IsZero() {
			written[name] = amount.Figure()
		}
	}
	return written
}

// figure writes an amount, and nothing for zero.
func figure(amount ledger.Money) string {
	if amount.IsZero() {
		return ""
	}
	return amount.Figure()
}

// Difference is a figure that an example expected otherwise.
type Difference struct{ What, Expected, Got string }

// differences lists, in order, where the outcome is not as expected.
func (x *Expectation) differences(got Outcome, currency ledger.Currency) []Difference {
	d := differ{zero: ledger.Zero(currency).Figure()}
	for _, part := range []struct {
		what     string
		expected map[string]ledger.Money
		got      map[string]string
	}{
		{"payable", x.Payable, got.Payable},
		{"capital", x.Capital, got.Capital},
		{"fund", x.Funds, got.Funds},
	} {
		if part.expected != nil {
			d.compareAll(part.what, part.expected, part.got)
		}
	}
	if x.Claims != nil {
		for _, kind := range union(x.Claims, got.Claims) {
			d.compareAll("claim "+kind, x.Claims[kind], got.Claims[kind])
		}
	}
	if x.Left != nil {
		d.compare("left", figure(*x.Left), got.Left)
	}
	return d.found
}

// differ collects differences.
type differ struct {
	zero  string
	found []Difference
}

func (d *differ) compareAll(what string, expected map[string]ledger.Money, got map[string]string) {
	figures := figures(expected)
	for _, name := range union(figures, got) {
		d.compare(what+" "+name, figures[name], got[name])
	}
}

func (d *differ) compare(what, expected, got string) {
	if expected != got {
		d.found = append(d.found, Difference{
			What: what, Expected: cmp.Or(expected, d.zero), Got: cmp.Or(got, d.zero),
		})
	}
}

// union returns the keys of both maps in order.
func union[S, T any](a map[string]S, b map[string]T) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}
