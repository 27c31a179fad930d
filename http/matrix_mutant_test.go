package http

import (
	"slices"
	"testing"

	"phyle/ledger"
)

// mutant is a row of the matrix in which one cell is another.
type mutant struct {
	cell string
	row  ledger.Right
}

// mutants returns the row with each of its cells changed in every way.
func mutants(row ledger.Right) (all []mutant) {
	cells := map[string]func(*ledger.Right) *ledger.Rule{
		"anonymous": func(r *ledger.Right) *ledger.Rule { return &r.Anonymous },
		"left":      func(r *ledger.Right) *ledger.Rule { return &r.Left },
		"suspended": func(r *ledger.Right) *ledger.Rule { return &r.Suspended },
		"member":    func(r *ledger.Right) *ledger.Rule { return &r.Member },
		"steward":   func(r *ledger.Right) *ledger.Rule { return &r.Steward },
		"treasurer": func(r *ledger.Right) *ledger.Rule { return &r.Treasurer },
		"auditor":   func(r *ledger.Right) *ledger.Rule { return &r.Auditor },
		"approver":  func(r *ledger.Right) *ledger.Rule { return &r.Approver },
		"instance":  func(r *ledger.Right) *ledger.Rule { return &r.Instance },
	}
	for name, cell := range cells {
		for _, rule := range ledger.Rules {
			changed := row
			*cell(&changed) = rule
			if changed != row {
				all = append(all, mutant{name + " " + string(rule), changed})
			}
		}
	}
	changed := row
	changed.Hidden = !row.Hidden
	all = append(all, mutant{"hidden", changed})
	changed = row
	if changed.Scope = ledger.InPerson; row.Scope == ledger.InPerson {
		changed.Scope = "ledger:read"
	}
	return append(all, mutant{"scope", changed})
}

// matters reports whether somebody would be answered otherwise by the changed row.
func matters(row, changed ledger.Right) bool {
	outsiders := []actor{
		{outside: "unauthenticated"}, {outside: "not_found", roles: ledger.Roles}, {outside: "instance"},
	}
	for _, r := range routes() {
		if r.operation != row.Operation || r.undocumented {
			continue
		}
		for _, by := range slices.Concat(insiders, outsiders) {
			if by.name == "wrong scope" {
				by.without = row.Scope
			}
			for _, own := range objects(r) {
				if own && !hasOwn(r, by) {
					continue
				}
				for _, shown := range visibilities(r) {
					a := asked{route: r, by: by, own: own, shown: shown}
					if a.want(row) != a.want(changed) {
						return true
					}
				}
			}
		}
	}
	return false
}

// mutate holds that every change of a cell that matters to anybody is contradicted by an
// answer.
func mutate(t *testing.T, answers []asked) {
	t.Helper()
	killed, same := 0, 0
	for _, row := range sampled() {
		for _, m := range mutants(row) {
			wrong := slices.ContainsFunc(answers, func(a asked) bool {
				return a.operation == row.Operation && a.got != a.want(m.row)
			})
			switch {
			case wrong:
				killed++
			case matters(row, m.row):
				t.Errorf("%s: nothing is wrong with %s", row.Operation, m.cell)
			default:
				same++
			}
		}
	}
	t.Logf("%d changes of the matrix are found, %d change nothing", killed, same)
	if killed < 100 || killed < 400 && !testing.Short() {
		t.Errorf("only %d changes were found", killed)
	}
}
