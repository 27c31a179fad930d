package main

import (
	"fmt"
	"slices"
	"strings"

	"phyle/ledger/postgres"
	"phyle/schema"
)

// demand is a setting that a guarantee rests on.
type demand struct {
	setting string
	good    []string
	state   state
	risk    string
}

// demands are looked at in this order.
var demands = []demand{
	{"fsync", []string{"on"}, problem, "after a power cut the books can be damaged for good"},
	{"full_page_writes", []string{"on"}, problem,
		"after a power cut pages can be half old and half new"},
	{"synchronous_commit", []string{"on", "local", "remote_write", "remote_apply"}, problem,
		"what was acknowledged just before a crash can be lost"},
	{"zero_damaged_pages", []string{"off"}, problem,
		"damaged pages are emptied instead of reported"},
	{"ignore_checksum_failure", []string{"off"}, problem,
		"damaged pages are read as if they were whole"},
	{"session_replication_role", []string{"origin"}, problem,
		"the triggers that guard the books are off"},
	{"default_transaction_read_only", []string{"off"}, problem, "nothing can be written"},
	{"server_encoding", []string{"UTF8"}, problem, "not every name can be kept"},
	{"data_checksums", []string{"on"}, warning, "damage by the disk goes unnoticed"},
	{"autovacuum", []string{"on"}, warning, "the database grows and slows down"},
}

// remedies say what to do about settings that are not set like the others.
var remedies = map[string]string{
	"data_checksums":  "Stop the server, run pg_checksums --enable on its data, and start it.",
	"server_encoding": "Make a database with ENCODING 'UTF8' and move the books into it.",
}

func examineSettings(found *findings, i postgres.Inspection) {
	weak := false
	for _, d := range demands {
		value := i.Settings[d.setting]
		if slices.Contains(d.good, value) {
			continue
		}
		weak = true
		do := remedies[d.setting]
		if do == "" {
			do = fmt.Sprintf("Set %s = %s: see ALTER SYSTEM, ALTER DATABASE and ALTER ROLE of "+
				"PostgreSQL.", d.setting, d.good[0])
		}
		found.add("setting "+d.setting, d.state, do, "%s is %s: %s.", d.setting, value, d.risk)
	}
	if i.Standby {
		weak = true
		found.add("standby", problem, "Name the primary server in the address.",
			"The server only follows another one: nothing can be written.")
	}
	if !weak {
		found.ok("settings", "The settings keep what was acknowledged, and notice damage.")
	}
}

// examineRights looks at what the program may do to the books beyond its work. The
// private server is its own, so that signing in as the superuser there is no news.
func examineRights(found *findings, i postgres.Inspection, given bool) {
	switch {
	case i.Role != "phyle_app":
		found.add("role", warning, "Let an administrator run: CREATE ROLE phyle_owner NOLOGIN; "+
			"CREATE ROLE phyle_app NOLOGIN; GRANT phyle_owner, phyle_app TO the user in the "+
			"address; then run phyle migrate.",
			"The program acts as %s, not as phyle_app: triggers guard what is in the books, "+
				"rights do not.", i.Role)
	case i.Superuser && given:
		found.add("role", warning,
			"Sign in as a user of its own that is a member of phyle_owner and phyle_app, and "+
				"nothing else.",
			"The program signs in as %s, who may do everything, and acts as phyle_app by its own "+
				"choice.", i.Login)
	default:
		found.ok("role", "The program acts as phyle_app, which cannot change what is in the books.")
	}
	if len(i.Disabled) > 0 {
		found.add("triggers", problem,
			"Find out who switched them off and why; then ALTER TABLE … ENABLE TRIGGER, and run "+
				"phyle verify.",
			"Triggers that guard the books are off: %s.", strings.Join(i.Disabled, ", "))
	}
}

// examineIsolation looks at the second net that keeps one commons' rows from another.
func examineIsolation(found *findings, i postgres.Inspection) {
	switch {
	case i.Schema != schema.Newest():
		return // whose tables were not looked at
	case i.Unbound:
		found.add("isolation", warning,
			"Let the user in the address be neither a superuser nor BYPASSRLS, or let it act as "+
				"phyle_app.",
			"The program acts as %s, who reads past row-level security: the commons are kept "+
				"apart by the program's statements alone.", i.Role)
	case len(i.Open) > 0:
		found.add("isolation", problem,
			"Find out who switched it off and why; then ALTER TABLE … ENABLE ROW LEVEL SECURITY, "+
				"FORCE ROW LEVEL SECURITY.",
			"Row-level security is off, so that a mistake could show the rows of one commons to "+
				"another: %s.", strings.Join(i.Open, ", "))
	default:
		found.ok("isolation", "The database keeps the commons apart.")
	}
}

// examineTokens looks for tokens that nobody may need any more.
func examineTokens(found *findings, i postgres.Inspection) {
	if i.InstanceTokens > 0 {
		found.add("instance tokens", warning,
			"Keep it only while commons are founded over the API; phyle commons create needs none.",
			"There are tokens of the instance: %d. Whoever has one can found commons.",
			i.InstanceTokens)
	}
	if len(i.Stale) > 0 {
		found.add("stale tokens", warning, "Delete them: see DELETE …/tokens in the API.",
			"Members who have left still have tokens: %s.", strings.Join(i.Stale, ", "))
	}
}
