package http

import "time"

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
