package main

import (
	"strings"
	"testing"
)

// tooManyLines is a file that is one line too long.
var tooManyLines = "package ledger\n" + strings.Repeat("\n", longestSource)

// method is a file of the store with one method.
func method(body string) string {
	return "package postgres\n\nfunc (s *Store) A() { " + body + " }"
}

// importing is a file that imports a package.
func importing(folder, name string) string { return "package " + folder + `; import _ "` + name + `"` }

// strangers are files, each with what a check has to say of it: nothing for "".
var strangers = []struct{ name, check, path, text, want string }{
	{
		"clock in the rules", "imports", "ledger/a.go",
		`package ledger; import "time"; var now = time.Now()`, "may not use time.Now",
	},
	{
		"no clock", "imports", "ledger/a.go",
		`package ledger; import "time"; var day = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)`, "",
	},
	{
		"context in the rules", "imports", "ledger/a.go", importing("ledger", "context"),
		"may not import context",
	},
	{
		"files in the rules", "imports", "ledger/agreement/a.go", importing("agreement", "os"),
		"may not import os",
	},
	{
		"chance in the rules", "imports", "ledger/a.go", importing("ledger", "math/rand/v2"),
		"may not import math/rand/v2",
	},
	{
		"outward arrow", "imports", "ledger/a.go", importing("ledger", "phyle/ledger/postgres"),
		"may not import phyle/ledger/postgres",
	},
	{
		"pages in the store", "imports", "ledger/postgres/a.go", importing("postgres", "net/http"),
		"may not import net/http",
	},
	{
		"SQL in the API", "imports", "http/a.go", importing("http", "database/sql"),
		"may not import database/sql",
	},
	{
		"SQL in a command", "imports", "cmd/phyle/a.go", importing("main", "database/sql"),
		"may not import database/sql",
	},
	{
		"test helper in a program", "imports", "cmd/phyle/a.go",
		importing("main", "phyle/ledger/postgres/postgrestest"), "postgrestest",
	},
	{
		"test helper in a test", "imports", "http/a_test.go",
		importing("http", "phyle/ledger/postgres/postgrestest"), "",
	},
	{
		"new dependency", "imports", "ledger/report/a.go", importing("report", "example.org/table"),
		"may not import example.org/table",
	},
	{"new folder", "imports", "utilities/a.go", "package utilities", "not in the table"},

	{"long file", "length", "ledger/a.go", tooManyLines, "501 lines"},
	{"long test", "length", "ledger/a_test.go", tooManyLines, ""},

	{
		"bare function", "comments", "ledger/a.go", "package ledger\n\nfunc Bare() {}",
		"Bare has no comment",
	},
	{
		"bare method", "comments", "ledger/a.go", "package ledger\n\nfunc (m *Money) Bare() {}",
		"Bare has no comment",
	},
	{
		"bare type", "comments", "ledger/a.go", "package ledger\n\ntype Bare int",
		"Bare has no comment",
	},
	{
		"bare constant", "comments", "ledger/a.go",
		"package ledger\n\nconst (\n\ta = 1\n\tBare = 2\n)", "Bare has no comment",
	},
	{
		"bare after a gap", "comments", "ledger/a.go",
		"package ledger\n\nconst (\n\t// A is.\n\tA = 1\n\n\tBare = 2\n)", "Bare has no comment",
	},
	{
		"commented", "comments", "ledger/a.go",
		"package ledger\n\n// Both are.\nconst (\n\tOne = 1\n\tTwo = 2\n)\n\nfunc bare() {}", "",
	},

	{
		"note", "todo", "ledger/a.go", "package ledger\n\n// TODO: later",
		"a TODO without an issue",
	},
	{"note in SQL", "todo", "schema/a.sql", "SELECT 1; -- FIXME", "a TODO without an issue"},
	{"note with an issue", "todo", "ledger/a.go", "package ledger\n\n// TODO(#12): later", ""},

	{
		"write", "writes", "ledger/postgres/a.go",
		method("s.db.ExecContext(nil, `UPDATE token SET label = ''`)"),
		"ExecContext is called outside a transaction",
	},
	{
		"write that returns", "writes", "ledger/postgres/a.go",
		method("s.db.GetContext(nil, nil, `\n\tinsert into token`)"), "a statement that writes",
	},
	{
		"statement elsewhere", "writes", "ledger/postgres/a.go",
		method("s.db.GetContext(nil, nil, statement)"), "not in sight",
	},
	{
		"prepared", "writes", "ledger/postgres/a.go", method("s.db.PreparexContext(nil, `SELECT 1`)"),
		"PreparexContext is called outside",
	},
	{
		"second way to begin", "writes", "ledger/postgres/a.go", method("s.db.BeginTxx(nil, nil)"),
		"begins outside within",
	},
	{"handed on", "writes", "ledger/postgres/a.go", method("insert(s.db)"), "handed on"},
	{"read", "writes", "ledger/postgres/a.go", method("s.db.GetContext(nil, nil, `SELECT 1`)"), ""},
	{
		"write inside", "writes", "ledger/postgres/a.go",
		method("tx.ExecContext(nil, `DELETE FROM token`)"), "",
	},
}

// TestArchitectureFails shows that each check finds what it is for.
func TestArchitectureFails(t *testing.T) {
	t.Parallel()
	for _, c := range strangers {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(checks[c.check](parse(t, c.path, []byte(c.text))), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
