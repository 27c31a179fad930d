package http

// waiting asks for another approval policy, and returns the change, which waits for
// somebody else.
func (a *api) waiting() string {
	a.t.Helper()
	made := a.send("POST", "changes", `{"approvals":1}`).want(201)
	if made["state"] != "waiting" {
		a.t.Fatalf("the change is %v", made)
	}
	return made["id"].(string)
}

// drafted drafts a distribution of what is open.
func (a *api) drafted() (id, digest string) {
	a.t.Helper()
	made := a.send("POST", "distributions", `{"through":"2026-10-31"}`).want(201)
	return made["id"].(string), made["digest"].(string)
}
