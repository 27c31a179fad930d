package http

import (
	"time"

	"phyle/ledger"
)

// closed shows members nothing of each other.
var closed = ledger.Visibility{Contributions: ledger.ToOfficers, Books: ledger.ToOfficers}

// visibilities returns those that matter for who may ask for the route.
func visibilities(r route) []ledger.Visibility {
	if row, _ := r.operation.Right(); row.Member == ledger.Shown {
		return []ledger.Visibility{ledger.Open, closed}
	}
	return []ledger.Visibility{ledger.Open}
}

// show has the commons show its members no more of each other than that.
func (m *matrix) show(shown ledger.Visibility) {
	m.t.Helper()
	if m.shown = shown; shown != ledger.Open {
		m.closeBooks()
	}
}

// closeBooks has the commons show its members nothing of each other.
func (a *api) closeBooks() {
	a.t.Helper()
	commons := "/v1/commons/" + a.slug
	tag := a.send("GET", commons, "").Header().Get("ETag")
	a.send("PATCH", commons, `{"visibility":{"contributions":"officers","books":"officers"}}`,
		matchHeader, tag).want(200)
}

// tomorrow lets the day pass on which the roles end that were given until today.
func (m *matrix) tomorrow() {
	m.t.Helper()
	held := func() (all []any) {
		for _, who := range insiders {
			if len(who.was) > 0 {
				all = append(all, m.send("GET", "members/"+who.handle, "").want(200)["roles"].([]any)...)
			}
		}
		return all
	}
	before := held()
	m.until(m.store.Now().Add(24 * time.Hour))
	if after := held(); len(before) != 1 || len(after) != 0 {
		m.t.Errorf("held on the last day: %v, and after it: %v", before, after)
	}
}
