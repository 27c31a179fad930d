package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger/postgres"
	"phyle/schema"
)

// worst returns the states of all findings that are not fine, by what was looked at.
func worst(found findings) map[string]state {
	bad := map[string]state{}
	for _, f := range found {
		if f.State != fine {
			bad[f.Check] = f.State
		}
		if (f.State == fine) != (f.Do == "") || f.Is == "" {
			bad[f.Check+", without what to do"] = f.State
		}
	}
	return bad
}

func TestExamineAddress(t *testing.T) {
	for _, c := range []struct {
		address string
		want    map[string]state
	}{
		{"postgres:///phyle?host=/run/postgresql", nil},
		{"postgres://phyle@localhost/phyle?sslmode=disable", nil},
		{"postgres://phyle@[::1]/phyle", nil},
		{"postgres://phyle@db.example.org/phyle?sslmode=verify-full", nil},
		{"postgres://phyle@db.example.org/phyle", map[string]state{"connection": warning}},
		{"postgres://phyle@db.example.org/phyle?sslmode=require", map[string]state{"connection": warning}},
		{"postgres://phyle@db.example.org/phyle?sslmode=disable", map[string]state{"connection": problem}},
		{"postgres://phyle@192.0.2.7/phyle?sslmode=prefer", map[string]state{"connection": problem}},
		{"postgres://phyle@/phyle?host=db.example.org&sslmode=disable", map[string]state{"connection": problem}},
	} {
		t.Setenv(addressVariable, c.address)
		var found findings
		examineAddress(&found)
		if len(found) != 1 {
			t.Errorf("%s: %v", c.address, found)
		}
		if c.want == nil {
			c.want = map[string]state{}
		}
		if diff := cmp.Diff(c.want, worst(found)); diff != "" {
			t.Errorf("%s: %s", c.address, diff)
		}
	}
}

// healthy is a database that there is nothing to say about.
func healthy() postgres.Inspection {
	return postgres.Inspection{
		Version: "17.2", Number: 170_002, Login: "phyle", Role: "phyle_app", Schema: schema.Newest(),
		Recorded: time.Now(), Bytes: 10 << 20,
		Settings: map[string]string{
			"autovacuum": "on", "data_checksums": "on", "default_transaction_read_only": "off", "fsync": "on",
			"full_page_writes": "on", "ignore_checksum_failure": "off", "server_encoding": "UTF8",
			"session_replication_role": "origin", "synchronous_commit": "on", "zero_damaged_pages": "off",
		},
	}
}

func TestExamineDatabase(t *testing.T) {
	t.Parallel()
	set := func(name, value string) func(*postgres.Inspection) {
		return func(i *postgres.Inspection) { i.Settings[name] = value }
	}
	for _, c := range []struct {
		name   string
		change func(*postgres.Inspection)
		check  string
		want   state
	}{
		{"healthy", func(*postgres.Inspection) {}, "", fine},
		{"fsync", set("fsync", "off"), "setting fsync", problem},
		{"full pages", set("full_page_writes", "off"), "setting full_page_writes", problem},
		{"commit", set("synchronous_commit", "off"), "setting synchronous_commit", problem},
		{"commit is durable", set("synchronous_commit", "local"), "", fine},
		{"damage emptied", set("zero_damaged_pages", "on"), "setting zero_damaged_pages", problem},
		{"damage read", set("ignore_checksum_failure", "on"), "setting ignore_checksum_failure", problem},
		{"triggers", set("session_replication_role", "replica"), "setting session_replication_role", problem},
		{"read only", set("default_transaction_read_only", "on"), "setting default_transaction_read_only", problem},
		{"encoding", set("server_encoding", "SQL_ASCII"), "setting server_encoding", problem},
		{"checksums", set("data_checksums", "off"), "setting data_checksums", warning},
		{"vacuum", set("autovacuum", "off"), "setting autovacuum", warning},
		{"old server", func(i *postgres.Inspection) { i.Number = 140_010 }, "server", problem},
		{"no schema", func(i *postgres.Inspection) { i.Schema = 0 }, "schema", warning},
		{"older schema", func(i *postgres.Inspection) { i.Schema-- }, "schema", warning},
		{"newer schema", func(i *postgres.Inspection) { i.Schema++ }, "schema", problem},
		{"standby", func(i *postgres.Inspection) { i.Standby = true }, "standby", problem},
		{"other role", func(i *postgres.Inspection) { i.Role = "bob" }, "role", warning},
		{"superuser", func(i *postgres.Inspection) { i.Superuser = true }, "role", warning},
		{"trigger", func(i *postgres.Inspection) { i.Disabled = []string{"posting.x"} }, "triggers", problem},
		{"row security", func(i *postgres.Inspection) { i.Open = []string{"posting"} }, "isolation", problem},
		{"past row security", func(i *postgres.Inspection) { i.Unbound = true }, "isolation", warning},
		{"a bit ahead", func(i *postgres.Inspection) { i.Ahead = 3 * time.Second }, "clock", warning},
		{"behind", func(i *postgres.Inspection) { i.Ahead = -3 * time.Minute }, "clock", problem},
		{"slow answer", func(i *postgres.Inspection) { i.Ahead, i.Uncertain = 3*time.Second, 4*time.Second }, "", fine},
		{"set back", func(i *postgres.Inspection) { i.Recorded = time.Now().Add(time.Hour) }, "clock", problem},
		{"instance", func(i *postgres.Inspection) { i.InstanceTokens = 2 }, "instance tokens", warning},
		{"stale", func(i *postgres.Inspection) { i.Stale = []string{"riverside/di"} }, "stale tokens", warning},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			i := healthy()
			c.change(&i)
			var found findings
			examineVersions(&found, i)
			examineSettings(&found, i)
			examineRights(&found, i, true)
			examineIsolation(&found, i)
			examineClock(&found, i)
			examineTokens(&found, i)
			want := map[string]state{}
			if c.want != fine {
				want[c.check] = c.want
			}
			if diff := cmp.Diff(want, worst(found)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
