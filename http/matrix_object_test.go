package http

import (
	"fmt"
	"slices"
	"strings"

	"phyle/ledger"
)

// hasOwn reports whether the actor can ask for the route about what is their own.
// Outsiders have nothing, and who has left is themself still but makes nothing any more.
func hasOwn(r route, who actor) bool {
	return len(objects(r)) == 1 || who.outside == "" && (!who.left || r.id == "eraseMember" ||
		r.id == "getOwnData")
}

// objects says about whose things the route can be asked: others' and one's own.
func objects(r route) []bool {
	row, _ := r.operation.Right()
	switch {
	case r.id == "createToken" || r.id == "setTake":
		return []bool{true}
	case r.id == "logSharedContribution":
		return []bool{false}
	case row.Member == ledger.Shown && slices.Contains(ownReads, r.id):
		return []bool{false, true}
	}
	for _, rule := range []ledger.Rule{row.Member, row.Steward, row.Treasurer, row.Auditor, row.Approver} {
		if rule == ledger.Own || rule == ledger.NotOwn {
			return []bool{false, true}
		}
	}
	return []bool{false}
}

// ownReads are the routes that show what is one's own, and what is not.
var ownReads = []string{
	"listContributions", "getContribution", "getBalance", "getStatement", "explainDistribution",
}

// object returns path and body of a request about what is the actor's own, or is not.
func (m *matrix) object(who actor, own bool) (path, body string) {
	m.t.Helper()
	path, body = m.path, m.o.body
	if own && who.suspended { // what they made before is their own still
		m.readmit(who.handle)
		defer m.suspend(who.handle)
	}
	insteadOf := func(name, id string) { path = strings.ReplaceAll(path, m.names[name], id) }
	switch m.o.id {
	case "rotateToken", "revokeToken":
		owner := "bo"
		if own {
			owner = who.handle
		}
		insteadOf("token", m.as(owner).newestToken())
	case "leaveCommons":
		who := who
		if !own {
			who.handle = "bo"
		}
		insteadOf("member", who.handle)
	case "listTokens":
		if !own {
			path += "?all=true"
		}
	case "listAudit", "listContributions":
		if !own {
			path += "?member=bo"
		}
	case "recordGift":
		if !own {
			body = fiveEuro + `,"member":"bo","to_fund":"pot"}`
		}
	}
	if !own {
		return path, body
	}
	switch m.o.id {
	case "logContribution", "logContributions":
		body = strings.ReplaceAll(body, `"bo"`, fmt.Sprintf("%q", who.handle))
	case "acceptContributions", "acceptContribution", "declineContribution", "withdrawContribution":
		id := m.contribution(who.full, who.handle)
		insteadOf("contribution", id)
		body = strings.ReplaceAll(body, m.names["contribution"], id)
	case "withdrawAgreement":
		insteadOf("agreement", who.full.proposed())
	case "getContribution":
		insteadOf("contribution", m.contribution(who.full, who.handle))
	case "eraseMember", "getOwnData", "getBalance", "getStatement", "explainDistribution":
		insteadOf("member", who.handle)
	case "confirmChange", "withdrawChange":
		insteadOf("change", m.lent(who, who.full.waiting))
	case "approveDistribution":
		insteadOf("distribution", m.lent(who, func() (id string) {
			id, digest := who.full.drafted()
			body = fmt.Sprintf(`{"digest":%q}`, digest)
			return id
		}))
	}
	return path, body
}
