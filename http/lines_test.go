package http

import (
	"fmt"
	"strings"
	"testing"
)

// TestLines sends ten thousand contributions as lines, and lines that are wrong.
func TestLines(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.send("POST", "members", `{"handle":"ana","name":"Ana"}`).want(201)
	a.send("POST", "kinds", `{"code":"parts","name":"Parts","unit":"item","reviews":0}`).want(201)
	var text strings.Builder
	for i := range mostBulk {
		fmt.Fprintf(&text, `{"member":"ana","kind":"parts","quantity":"1","date":"2026-10-05","note":"part %d"}`+"\n", i)
	}
	logged := a.send("POST", "contributions/bulk", text.String(), "Content-Type", linesMedia).want(200)
	if n := len(logged["data"].([]any)); n != mostBulk {
		t.Errorf("%d results", n)
	}
	a.send("POST", "contributions/bulk", text.String()+text.String()[:90], "Content-Type", linesMedia).
		wantProblem(422, "too_many_items")
	good := `{"member":"ana","kind":"parts","quantity":"1","date":"2026-10-05"}`
	for _, test := range []struct {
		name, body, code, part string
		status                 int
	}{
		{"nothing", "\n \n", "malformed_json", "no line", 400},
		{"cut line", good + "\n" + good[:20], "malformed_json", "Line 2", 400},
		{"list", "[" + good + "]", "malformed_json", "Line 1", 400},
		{"two on a line", good + good, "malformed_json", "Line 1", 400},
		{"unknown field", good + "\n\n" + `{"id":"x",` + good[1:], "unknown_field", `"/contributions/1/id"`, 422},
		{"unknown member", good + "\n" + strings.Replace(good, "ana", "zo", 1), "unknown_member",
			`"/contributions/1/member"`, 422},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := a.send("POST", "contributions/bulk", test.body, "Content-Type", linesMedia)
			answer.wantProblem(test.status, test.code)
			if !strings.Contains(answer.Body.String(), test.part) {
				t.Errorf("%s does not say %s", answer.Body, test.part)
			}
		})
	}
}
