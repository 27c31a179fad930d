package ledger

import (
	"cmp"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

const (
	// shownRows is how many rows of a file a preview repeats.
	shownRows = 5
	// shownWrong is how many rows with something wrong a preview lists.
	shownWrong = 50
)

// ImportPreview is what would come of importing a file: how many rows there are, the
// first of them, what each member gave of each kind, and what is wrong.
type ImportPreview struct {
	Rows  int
	First []ImportRow
	// Bad counts the rows with something wrong; Wrong lists the first of them.
	Bad   int
	Wrong []ImportRow

	counts map[importKey]*ImportCount
}

type importKey struct{ member, kind string }

// ImportCount is what the good rows of a file hold of one kind for one member.
type ImportCount struct {
	Member   string
	Kind     string
	Rows     int
	Quantity decimal.Decimal
}

// Add counts a row that was checked.
func (p *ImportPreview) Add(row ImportRow) {
	p.Rows++
	if len(p.First) < shownRows {
		p.First = append(p.First, row)
	}
	if len(row.Wrong) > 0 {
		p.Bad++
		if len(p.Wrong) < shownWrong {
			p.Wrong = append(p.Wrong, row)
		}
		return
	}
	if p.counts == nil {
		p.counts = map[importKey]*ImportCount{}
	}
	key := importKey{row.Member, row.Kind}
	count := p.counts[key]
	if count == nil {
		count = &ImportCount{Member: row.Member, Kind: row.Kind}
		p.counts[key] = count
	}
	count.Rows++
	count.Quantity = count.Quantity.Add(row.Quantity)
}

// Counts returns what the good rows hold, by kind and member.
func (p *ImportPreview) Counts() []ImportCount {
	counts := make([]ImportCount, 0, len(p.counts))
	for count := range maps.Values(p.counts) {
		counts = append(counts, *count)
	}
	slices.SortFunc(counts, func(a, b ImportCount) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Member, b.Member))
	})
	return counts
}
