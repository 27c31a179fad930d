package report

import (
	"cmp"
	"io"

	"phyle/ledger"
)

// RightJSON is a row of the matrix of rights, for programs.
type RightJSON struct {
	Operation ledger.Operation `json:"operation"`
	About     string           `json:"about"`
	Scope     ledger.Scope     `json:"scope"`
	Anonymous string           `json:"anonymous"`
	Left      string           `json:"left"`
	Suspended string           `json:"suspended"`
	Member    string           `json:"member"`
	Steward   string           `json:"steward"`
	Treasurer string           `json:"treasurer"`
	Auditor   string           `json:"auditor"`
	Approver  string           `json:"approver"`
	Instance  string           `json:"instance"`
	Second    ledger.Second    `json:"second,omitempty"`
}

// Rights returns the matrix of rights, row by row.
func Rights() []RightJSON {
	var rows []RightJSON
	for _, r := range ledger.Rights() {
		rows = append(rows, RightJSON{
			Operation: r.Operation, About: r.About, Scope: r.Scope,
			Anonymous: ruled(r.Anonymous), Left: ruled(r.Left),
			Suspended: ruled(r.Suspended), Member: ruled(r.Member),
			Steward: ruled(r.Steward), Treasurer: ruled(r.Treasurer), Auditor: ruled(r.Auditor),
			Approver: ruled(r.Approver), Instance: ruled(r.Instance), Second: r.Second,
		})
	}
	return rows
}

// ruled is a rule in a word.
func ruled(r ledger.Rule) string {
	if r == ledger.No {
		return "no"
	}
	return string(r)
}

// RightsText writes the matrix of rights, with a dash for whoever may not.
func RightsText(out io.Writer, rows []RightJSON) error {
	lines := [][]string{{
		"operation", "none", "left", "suspended", "member", "steward", "treasurer", "auditor", "approver",
		"instance", "scope", "second person",
	}}
	for _, r := range rows {
		line := []string{string(r.Operation)}
		for _, rule := range []string{
			r.Anonymous, r.Left, r.Suspended, r.Member, r.Steward, r.Treasurer, r.Auditor,
			r.Approver, r.Instance,
		} {
			if rule == "no" {
				rule = "-"
			}
			line = append(line, rule)
		}
		lines = append(lines, append(line, cmp.Or(string(r.Scope), "-"), cmp.Or(string(r.Second), "-")))
	}
	return table(out, len(lines[0]), lines)
}
