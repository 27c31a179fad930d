package http

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// proposed opens a vote by consent on a new agreement and returns its id.
func (a *api) proposed() string {
	a.t.Helper()
	made := a.send("POST", "agreements", exampleAgreement).want(201)
	id := made["id"].(string)
	a.send("POST", "agreements/"+id+"/propose", `{"notice_until":"2026-11-02",
		"vote":{"method":"consent","quorum_percent":50,"closes_on":"2026-11-03"}}`).want(200)
	return id
}

// voters is a commons with two members beside the founder, who may vote, and a guest.
func voters(t *testing.T) (founder, ana, bo, gus *api) {
	t.Helper()
	founder = newAPI(t)
	for _, member := range []string{
		`{"handle":"ana","name":"Ana"}`, `{"handle":"bo","name":"Bo"}`,
		`{"handle":"gus","name":"Gus","stage":"guest"}`,
	} {
		founder.send("POST", "members", member).want(201)
	}
	return founder, founder.as("ana"), founder.as("bo"), founder.as("gus")
}

// until sets the clock of the API.
func (a *api) until(at time.Time) { a.store.SetClock(func() time.Time { return at }) }

// TestVote takes an agreement through a vote, with an objection that is withdrawn.
func TestVote(t *testing.T) {
	t.Parallel()
	founder, ana, bo, gus := voters(t)
	id := founder.proposed()
	path := "agreements/" + id
	found := gus.send("GET", path, "").want(200)
	vote := found["proposal"].(map[string]any)["vote"]
	want := any(map[string]any{"method": "consent", "quorum_percent": 50.0, "eligible": 3.0,
		"closes_on": "2026-11-03", "closes_at": "2026-11-03T23:00:00Z"})
	if diff := cmp.Diff(want, vote); diff != "" || found["status"] != "voting" {
		t.Errorf("it is %v: %s", found["status"], diff)
	}
	gus.send("POST", path+"/votes", `{"vote":"yes"}`).wantProblem(403, "may_not_vote")
	problem := bo.send("POST", path+"/votes", `{"vote":"object"}`)
	problem.wantProblem(422, "required")
	if !strings.Contains(problem.Body.String(), `"/reason"`) {
		t.Errorf("%s does not name the reason", problem.Body)
	}
	cast := bo.send("POST", path+"/votes", `{"vote":"object","reason":"too soon"}`).want(200)
	wantCast := map[string]any{"number": 1.0, "member": "bo", "vote": "object", "reason": "too soon",
		"cast_at": "2026-11-01T10:00:00Z", "standing": true}
	if diff := cmp.Diff(wantCast, cast); diff != "" {
		t.Error(diff)
	}
	ana.send("POST", path+"/votes", `{"vote":"yes"}`).want(200)
	bo.send("POST", path+"/votes", `{"vote":"abstain","reason":"then in spring"}`).want(200)
	if diff := cmp.Diff([]string{"bo object", "ana yes *", "bo abstain *"}, gus.votes(path)); diff != "" {
		t.Error(diff)
	}
	founder.send("POST", path+"/decide", ``).wantProblem(409, "vote_open")
	founder.send("POST", path+"/adopt", `{"from":"2026-12-01"}`).wantProblem(409, "not_decided")
	ana.send("POST", path+"/decide", ``).wantProblem(403, "forbidden")
	founder.until(time.Date(2026, 11, 3, 23, 0, 0, 0, time.UTC))
	bo.send("POST", path+"/votes", `{"vote":"no"}`).wantProblem(409, "vote_closed")
	founder.send("POST", path+"/decide", `{"method":"consent","date":"2026-11-03","outcome":"rejected"}`).
		wantProblem(409, "decided_by_vote")
	decided := founder.send("POST", path+"/decide", `{}`).want(200)
	wantDecision := any(map[string]any{"outcome": "accepted", "method": "consent", "date": "2026-11-03",
		"decided_by": "founder", "decided_at": "2026-11-03T23:00:00Z", "tally": map[string]any{
			"eligible": 3.0, "voted": 2.0, "yes": 1.0, "no": 0.0, "abstain": 1.0, "object": 0.0,
		}})
	if diff := cmp.Diff(wantDecision, decided["decision"]); diff != "" || decided["status"] != "accepted" {
		t.Errorf("it is %v: %s", decided["status"], diff)
	}
	adopted := founder.send("POST", path+"/adopt", `{"from":"2026-12-01"}`).want(200)
	if adopted["status"] != "adopted" {
		t.Errorf("it is %v", adopted["status"])
	}
	founder.send("POST", path+"/withdraw", ``).wantProblem(409, "already_decided")
}

// votes lists who said what, page by page; a star is for what counts.
func (a *api) votes(path string) (said []string) {
	a.t.Helper()
	for cursor := ""; ; {
		page := a.send("GET", path+"/votes?limit=2"+cursor, "").want(200)
		for _, one := range page["data"].([]any) {
			v := one.(map[string]any)
			line := v["member"].(string) + " " + v["vote"].(string)
			if v["standing"] == true {
				line += " *"
			}
			said = append(said, line)
		}
		next, more := page["next_cursor"].(string)
		if !more {
			return said
		}
		cursor = "&cursor=" + next
	}
}

// TestAgreementStatuses lists agreements by how far they have come.
func TestAgreementStatuses(t *testing.T) {
	t.Parallel()
	founder, ana, _, _ := voters(t)
	draft := founder.send("POST", "agreements", exampleAgreement).want(201)
	if draft["status"] != "draft" {
		t.Errorf("it is %v", draft["status"])
	}
	proposed := ana.send("POST", "agreements", exampleAgreement).want(201)["id"].(string)
	ana.send("POST", "agreements/"+proposed+"/propose", `{"notice_until":"2026-10-31"}`).
		wantProblem(422, "invalid_date")
	ana.send("POST", "agreements/"+proposed+"/propose", `{"notice_until":"2026-11-20"}`).want(200)
	ana.send("POST", "agreements/"+proposed+"/propose", `{"notice_until":"2026-11-20"}`).
		wantProblem(409, "already_proposed")
	founder.send("POST", "agreements/"+proposed+"/decide",
		`{"method":"consent","date":"2026-11-01","outcome":"accepted"}`).wantProblem(409, "notice_not_over")
	founder.send("POST", "agreements/"+proposed+"/decide", ``).wantProblem(422, "required")
	voting := founder.proposed()
	withdrawn := founder.proposed()
	ana.send("POST", "agreements/"+withdrawn+"/withdraw", ``).wantProblem(403, "forbidden")
	founder.send("POST", "agreements/"+withdrawn+"/withdraw", `{"reason":"not now"}`).want(200)
	adopt := func(from, decided string) string {
		id := founder.send("POST", "agreements", exampleAgreement).want(201)["id"].(string)
		founder.send("POST", "agreements/"+id+"/adopt", `{"from":"`+from+`","decision":{"method":"other",
			"date":"`+decided+`","votes":[{"member":"ana","vote":"yes","reason":"fair"}]}}`).want(200)
		return id
	}
	superseded, inForce := adopt("2026-01-01", "2025-12-20"), adopt("2026-02-01", "2025-12-20")
	adopted := adopt("2026-12-01", "2026-11-01")
	rejected := founder.send("POST", "agreements", exampleAgreement).want(201)["id"].(string)
	founder.send("POST", "agreements/"+rejected+"/decide",
		`{"method":"other","date":"2026-11-01","outcome":"rejected"}`).want(200)
	founder.send("POST", "agreements/"+rejected+"/adopt", `{"from":"2026-12-01"}`).
		wantProblem(409, "agreement_rejected")
	accepted := founder.send("POST", "agreements", exampleAgreement).want(201)["id"].(string)
	founder.send("POST", "agreements/"+accepted+"/decide",
		`{"method":"other","date":"2026-11-01","outcome":"accepted"}`).want(200)
	want := map[string]string{
		"draft": draft["id"].(string), "proposed": proposed, "voting": voting, "withdrawn": withdrawn,
		"rejected": rejected, "accepted": accepted, "adopted": adopted, "in_force": inForce,
		"superseded": superseded,
	}
	got := map[string]string{}
	for status := range want {
		for _, one := range ana.send("GET", "agreements?status="+status, "").want(200)["data"].([]any) {
			found := one.(map[string]any)
			got[found["status"].(string)] += found["id"].(string)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	ana.send("GET", "agreements?status=done", "").wantProblem(400, "invalid_parameter")
	found := ana.send("GET", "agreements/"+adopted, "").want(200)["decision"].(map[string]any)
	votes := any([]any{map[string]any{"member": "ana", "vote": "yes", "reason": "fair"}})
	if diff := cmp.Diff(votes, found["votes"]); diff != "" {
		t.Error(diff)
	}
}

// TestWrongVotesOfDecision points into what was sent, also below a decision.
func TestWrongVotesOfDecision(t *testing.T) {
	t.Parallel()
	founder, _, _, _ := voters(t)
	id := founder.send("POST", "agreements", exampleAgreement).want(201)["id"].(string)
	votes := `"votes":[{"member":"ana","vote":"yes"},{"member":"nobody","vote":"no"}]`
	for _, test := range []struct{ path, body, pointer string }{
		{"/decide", `{"method":"other","date":"2026-11-01","outcome":"accepted",` + votes + `}`, `"/votes/1/member"`},
		{"/adopt", `{"from":"2026-12-01","decision":{"method":"other","date":"2026-11-01",` + votes + `}}`,
			`"/decision/votes/1/member"`},
	} {
		problem := founder.send("POST", "agreements/"+id+test.path, test.body)
		problem.wantProblem(422, "unknown_member")
		if !strings.Contains(problem.Body.String(), test.pointer) {
			t.Errorf("%s does not name %s", problem.Body, test.pointer)
		}
	}
}
