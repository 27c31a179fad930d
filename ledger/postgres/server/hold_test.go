package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"phyle/ledger/postgres/server"
)

// TestHoldRefuses holds a home that nobody uses, and none that somebody does, with
// the lock or without it.
func TestHoldRefuses(t *testing.T) {
	t.Parallel()
	home := filepath.Join(directory(t), "home")
	running := open(t, home)
	refused := func(what string) {
		t.Helper()
		if _, err := server.Hold(home); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("got %v, want a refusal that says %q", err, what)
		}
	}
	refused(fmt.Sprintf("Another program (process %d) uses the home", os.Getpid()))
	lock := filepath.Join(home, "owner.lock")
	if err := os.Rename(lock, lock+".aside"); err != nil {
		t.Fatal(err)
	}
	refused(fmt.Sprintf("PostgreSQL (process %d) uses the home", postmaster(t, home)))
	if err := os.Rename(lock+".aside", lock); err != nil {
		t.Fatal(err)
	}
	closeServer(t, running)
	release, err := server.Hold(home)
	if err != nil {
		t.Fatal(err)
	}
	refused("Another program")
	release()
	closeServer(t, open(t, home))
}

// TestHoldStale holds a home whose postmaster.pid names no PostgreSQL.
func TestHoldStale(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"", "nonsense\n", strconv.Itoa(os.Getpid()) + "\n"} {
		path := filepath.Join(home, "data", "postmaster.pid")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		release, err := server.Hold(home)
		if err != nil {
			t.Fatalf("with %q in postmaster.pid: %v", content, err)
		}
		release()
	}
}
