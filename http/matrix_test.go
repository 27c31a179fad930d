package http

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// actor is somebody who asks, with what the matrix has to know of them.
type actor struct {
	*api
	full         *api // with a token for everything
	name, handle string
	roles        []ledger.Role
	left         bool
	suspended    bool
	// outside says how they are refused whatever the operation, "" for who has a part
	// in the commons.
	outside string
	// was are the roles that they held until yesterday.
	was []ledger.Role
	// without is the scope that their token lacks.
	without ledger.Scope
}

// insiders are those who join the commons.
var insiders = []actor{
	{name: "member", handle: "mia"},
	{name: "steward", handle: "stu", roles: []ledger.Role{ledger.Steward}},
	{name: "treasurer", handle: "tess", roles: []ledger.Role{ledger.Treasurer}},
	{name: "auditor", handle: "aud", roles: []ledger.Role{ledger.Auditor}},
	{name: "auditor whose time is over", handle: "una", was: []ledger.Role{ledger.Auditor}},
	{name: "approver", handle: "art", roles: []ledger.Role{ledger.Approver}},
	{name: "left", handle: "gil", left: true, roles: ledger.Roles},
	{name: "suspended member", handle: "ida", suspended: true},
	{name: "wrong scope", handle: "sam", roles: ledger.Roles},
	{name: "ended", handle: "eve", outside: "token_expired"},
	{name: "revoked", handle: "rex", outside: "unauthenticated"},
}

// asked is one request to an operation, and how it ended.
type asked struct {
	operation ledger.Operation
	route     route
	by        actor
	own       bool
	// shown is what the commons shows its members of each other.
	shown ledger.Visibility
	got   string
}

// want returns how the row has a request end: "ok", or the code of the refusal.
func (a asked) want(row ledger.Right) string {
	row = row.In(a.shown)
	inCommons := a.route.access == membersOnly
	switch {
	case a.by.outside == "instance" && row.Instance == ledger.Yes,
		(a.by.outside == "unauthenticated" || a.by.outside == "token_expired") &&
			row.Anonymous == ledger.Yes,
		a.by.left && row.Left.Lets(a.own):
		return "ok"
	case a.by.outside == "instance" && !inCommons:
		return "forbidden"
	case a.by.outside == "instance", a.by.outside == "not_found" && inCommons:
		return "not_found"
	case a.by.outside != "" && a.by.outside != "not_found":
		return a.by.outside
	case a.route.access == instanceOnly:
		return "forbidden"
	case a.by.left:
		return "member_left"
	case a.by.suspended && !row.Suspended.Lets(a.own):
		return "member_suspended"
	case a.by.without != "" && a.by.without == row.Scope:
		return "scope_missing"
	case row.Lets(a.by.roles, a.own):
		return "ok"
	case a.own && row.Lets(a.by.roles, false):
		return ownRefusals[row.Operation]
	case row.Hidden, a.route.id == "getContribution":
		return "not_found"
	}
	return "forbidden"
}

// ownRefusals are the codes by which somebody is refused what they may do to all but
// their own.
var ownRefusals = map[ledger.Operation]string{
	ledger.ReviewContribution: "self_acceptance", ledger.ApproveDistribution: "self_approval",
	ledger.ConfirmChange: "self_confirmation",
}

// refusals are the codes by which rights are refused.
var refusals = []string{
	"forbidden", "member_left", "member_suspended", "not_found", "scope_missing", "self_acceptance", "self_approval",
	"self_confirmation", "token_expired", "unauthenticated",
}

// sampled returns the rows of the matrix that are tried: with -short, every third.
func sampled() (rows []ledger.Right) {
	for i, row := range ledger.Rights() {
		if !testing.Short() || i%3 == 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// TestMatrix sends every operation as every sort of caller, about what is theirs, what is
// not, what is elsewhere or nowhere, before it is done and after, and holds the answers to
// the matrix of rights; what is refused writes nothing. Then it changes every cell in
// turn, and holds that some answer would be wrong.
func TestMatrix(t *testing.T) {
	t.Parallel()
	rows := map[string]route{}
	for _, r := range routes() {
		rows[r.id] = r
	}
	var mutex sync.Mutex
	var all []asked
	sent := 0
	t.Run("routes", func(t *testing.T) {
		for _, o := range cases(t) {
			isRow := func(row ledger.Right) bool { return row.Operation == rows[o.id].operation }
			if !slices.ContainsFunc(sampled(), isRow) {
				continue
			}
			for _, shown := range visibilities(rows[o.id]) {
				t.Run(o.id, func(t *testing.T) {
					t.Parallel()
					m := newMatrix(t, o, rows[o.id])
					m.show(shown)
					answers := m.ask()
					mutex.Lock()
					defer mutex.Unlock()
					all, sent = append(all, answers...), sent+m.sent
				})
			}
		}
	})
	if !t.Failed() {
		t.Logf("%d requests", sent)
		mutate(t, all)
	}
}

// matrix is a commons with somebody of every sort, and one operation to ask for.
type matrix struct {
	*fixture
	o      operationCase
	route  route
	path   string
	actors []actor
	// missing names what is nowhere, and foreign what is in another commons.
	missing, foreign map[string]string
	shown            ledger.Visibility
	sent             int
}

func newMatrix(t *testing.T, o operationCase, r route) *matrix {
	m := &matrix{fixture: newFixture(t), o: o, route: r}
	for _, who := range insiders {
		m.confirm(m.send("POST", "members", m.joining(who)).want(201))
		who.api = m.as(who.handle)
		who.full = who.api
		m.actors = append(m.actors, who)
	}
	anonymous, stranger, instance := *m.api, *m.stranger, *m.instance
	anonymous.token, stranger.slug, instance.slug = "", m.slug, m.slug
	m.tomorrow()
	m.actors = append(m.actors,
		actor{api: &anonymous, name: "anonymous", outside: "unauthenticated"},
		actor{api: &stranger, name: "stranger", outside: "not_found", roles: ledger.Roles},
		actor{api: &instance, name: "instance", outside: "instance"})
	m.path = m.prepare(&m.o)
	m.restrict()
	m.missing, m.foreign = map[string]string{}, map[string]string{}
	for name, id := range m.names {
		if name == "commons" {
			continue
		}
		m.missing[name] = "nowhere"
		if isID.MatchString(id) {
			m.missing[name] = madeUp(id)
		}
	}
	theirs := fixture{api: m.stranger}
	m.foreign["member"], m.foreign["token"] = theirs.memberID("founder"), theirs.newest("tokens")
	m.foreign["change"] = theirs.newest("changes")
	return m
}

// joining is the body by which somebody becomes a member.
func (m *matrix) joining(who actor) string {
	joins := map[string]any{"handle": who.handle, "name": who.name, "stage": "member"}
	switch {
	case len(who.was) > 0:
		joins["roles"], joins["roles_until"] = who.was, "2026-11-01"
	case len(who.roles) > 0:
		joins["roles"], joins["roles_until"] = who.roles, "2027-10-31"
	}
	body, err := json.Marshal(joins)
	if err != nil {
		m.t.Fatal(err)
	}
	return string(body)
}

// confirm has a second person confirm what waits of the member's roles.
func (m *matrix) confirm(member map[string]any) {
	m.t.Helper()
	waiting, _ := member["waiting"].([]any)
	for _, change := range waiting {
		m.as("ana").send("POST", "changes/"+change.(string)+"/confirm", "").want(200)
	}
}

// lent calls do while the actor is a treasurer, and returns what it returns: what they
// made then is their own ever after.
func (m *matrix) lent(who actor, do func() string) string {
	m.t.Helper()
	if slices.Contains(who.roles, ledger.Treasurer) {
		return do()
	}
	path := "members/" + who.handle + "/roles"
	m.confirm(m.send("POST", path, `{"role":"treasurer","held":true}`).want(200))
	made := do()
	m.confirm(m.send("POST", path, `{"role":"treasurer","held":false}`).want(200))
	return made
}

// restrict takes from the actors what they are not to have.
func (m *matrix) restrict() {
	m.t.Helper()
	row, _ := m.route.operation.Right()
	for i := range m.actors {
		who := &m.actors[i]
		switch who.name {
		case "left":
			who.full.send("POST", "members/gil/leave", `{"from":"2026-11-01"}`).want(200)
		case "suspended member":
			m.suspend(who.handle)
		case "wrong scope":
			who.without = row.Scope
			who.api = who.withScopes(slices.DeleteFunc(ledger.Scopes(), func(s ledger.Scope) bool {
				return s == row.Scope
			})...)
		case "ended":
			who.rotated(who.newestToken())
		case "revoked":
			m.send("DELETE", "tokens/"+who.newestToken(), "").want(204)
		}
	}
}

// rotated ends the token by making a new secret for it.
func (a *api) rotated(token string) {
	a.t.Helper()
	a.send("POST", "tokens/"+token+"/rotate", "").want(200)
}

// request is one request that is to be sent, and how it is to end.
type request struct {
	asked
	path, body string
	want       string
}

// ask sends what is to be refused and what is about things that are not there, looks
// whether something was written, and then sends the rest. After that the thing is in
// another state, where who was refused is refused still.
func (m *matrix) ask() (answers []asked) {
	granted, refused := m.requests()
	all := slices.Concat(granted, refused)
	m.unwritten(func() {
		for i := range refused {
			m.send1(&refused[i])
		}
		for _, r := range all {
			m.sendAstray(r)
		}
	})
	for i := range granted {
		m.send1(&granted[i])
	}
	for _, r := range slices.Concat(granted, refused) {
		answers = append(answers, r.asked)
	}
	if len(granted) == 0 {
		return answers
	}
	m.try(granted[0], "") // whatever comes of it
	m.unwritten(func() {
		for _, r := range refused {
			if got := m.try(r, dryRun); got != r.want && got != "not_found" && !m.gone(got) {
				m.t.Errorf("%s, own %v, too late: got %s, want %s", r.by.name, r.own, got, r.want)
			}
		}
	})
	for _, r := range granted {
		got := m.try(r, dryRun)
		if got != "ok" && got != "not_found" && !m.gone(got) {
			m.t.Errorf("%s, own %v, too late: got %s", r.by.name, r.own, got)
		}
	}
	return answers
}

// gone reports whether what was done before is why the actor has no part any more.
func (m *matrix) gone(got string) bool {
	return m.o.id == "leaveCommons" && got == "member_left" ||
		m.o.id == "revokeToken" && got == "unauthenticated"
}

// requests makes the things that are asked about, and returns what is to be granted and
// what is to be refused.
func (m *matrix) requests() (granted, refused []request) {
	row, _ := m.route.operation.Right()
	for _, who := range m.actors {
		for _, own := range objects(m.route) {
			if own && !hasOwn(m.route, who) {
				continue
			}
			r := request{asked: asked{
				operation: row.Operation, route: m.route, by: who, own: own, shown: m.shown,
			}}
			r.path, r.body = m.object(who, own)
			if r.want = r.asked.want(row); r.want == "ok" {
				granted = append(granted, r)
			} else {
				refused = append(refused, r)
			}
		}
	}
	return granted, refused
}

// unwritten fails if what is done writes anything.
func (m *matrix) unwritten(do func()) {
	m.t.Helper()
	before := m.snapshot()
	do()
	if diff := cmp.Diff(before, m.snapshot()); diff != "" {
		m.t.Errorf("what was refused has written:\n%s", diff)
	}
}

func (m *matrix) send1(r *request) {
	m.t.Helper()
	if r.got = m.try(*r, dryRun); r.got != r.want {
		m.t.Errorf("%s, own %v: got %s, want %s", r.by.name, r.own, r.got, r.want)
	}
}

// sendAstray sends the request about things that are not in the commons: nowhere, or in
// another one. Who could do it learns that they are not there, and others no more.
func (m *matrix) sendAstray(r request) {
	m.t.Helper()
	for _, names := range []map[string]string{m.missing, m.foreign} {
		r.path = m.route.path
		for name, id := range names {
			r.path = strings.ReplaceAll(r.path, "{"+name+"}", id)
		}
		r.path = inBraces.ReplaceAllStringFunc(r.path, func(name string) string {
			return m.names[strings.Trim(name, "{}")]
		})
		if "/v1"+r.path == m.pathOf(m.o) {
			continue // it names nothing but the commons
		}
		r.path = "/v1" + r.path
		got := m.try(r, dryRun)
		if got != "not_found" && (got != r.want || r.want == "ok") {
			m.t.Errorf("%s at %s: got %s, want %s", r.by.name, r.path, got, r.want)
		}
	}
}

// dryRun is what acts on money are tried with first.
const dryRun = "&dry_run=true"

// try asks and returns how it ended. What needs a tag is sent with one that is out of
// date; how it is run is said to acts on money alone.
func (m *matrix) try(r request, run string) string {
	m.t.Helper()
	by, path := r.by, r.path
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	path += separator + strings.TrimPrefix(m.o.query, "&")
	if m.o.keyRequired {
		path += run
	}
	headers := []string{}
	if m.o.matched {
		headers = append(headers, matchHeader, `"another"`)
	}
	if by.token == "" {
		headers = append(headers, "Authorization", "")
	}
	m.sent++
	answer := by.send(m.o.method, path, r.body, headers...)
	var problem struct{ Code string }
	if answer.Code >= 400 {
		if err := json.Unmarshal(answer.Body.Bytes(), &problem); err != nil {
			m.t.Fatalf("%v in %s", err, answer.Body)
		}
	}
	switch {
	case answer.Code >= 500:
		return answer.Body.String()
	case slices.Contains(refusals, problem.Code):
		return problem.Code
	}
	return "ok"
}
