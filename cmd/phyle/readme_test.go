package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestReadme runs the session of the README, and compares what it shows last.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	session := fenced(t, string(text), "session")
	shows := fenced(t, string(text), "shows")
	for _, part := range []string{"curl -sS", "phyle commons create", "phyle report payouts"} {
		if !strings.Contains(session, part) {
			t.Errorf("the session of the README has no %q", part)
		}
	}
	script := strings.Join([]string{
		`start serve '(?P<ADDRESS>127\.0\.0\.1:\d+), ' phyle serve --listen 127.0.0.1:0`,
		`address session.sh`,
		`exec sh -eu session.sh`,
		`stdout '"id":"dst_'`,
		`stdout '"payable":\{"amount":"2362\.50"'`,
		`cp stdout session.out`,
		`ends session.out shows.txt`,
		`phyle verify`,
		`stdout '^riverside: 2 entries'`,
		`end serve`,
		`-- session.sh --`, strings.ReplaceAll(session, "go run ./cmd/phyle ", "phyle "),
		`-- shows.txt --`, shows,
	}, "\n")
	file := filepath.Join(t.TempDir(), "readme.txt")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files: []string{file}, Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": start, "end": end, "address": address, "ends": ends,
		},
	})
}

// fenced returns the block that follows a mark in a document.
func fenced(t *testing.T, text, mark string) string {
	t.Helper()
	fence := regexp.MustCompile("(?s)<!-- " + mark + " -->\n```[a-z]*\n(.*?)```")
	block := fence.FindStringSubmatch(text)
	if block == nil {
		t.Fatalf("no block is marked %s", mark)
	}
	return block[1]
}

// address puts where the program really answers in place of the usual address.
func address(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.ReplaceAll(ts.ReadFile(args[0]), "127.0.0.1:8080", ts.Getenv("ADDRESS"))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// ends compares the end of one text with another.
func ends(ts *testscript.TestScript, _ bool, args []string) {
	text, end := ts.ReadFile(args[0]), ts.ReadFile(args[1])
	if !strings.HasSuffix(text, end) {
		ts.Fatalf("%s does not end with %s:\n%s", args[0], args[1], text)
	}
}
