package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"phyle/ledger/postgres/server"
)

func TestOpenKeepsData(t *testing.T) {
	t.Parallel()
	home := filepath.Join(directory(t), "home")
	options := server.Options{Home: home}
	begun := time.Now()
	first, err := server.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("first start: %v", time.Since(begun))
	if !first.Owner() {
		t.Error("the only program is not the owner")
	}
	mustQuery(t, first.URL(), writeNote)
	if got := mustQuery(t, first.URL(), "SHOW fsync"); got != "on" {
		t.Errorf("fsync is %s", got)
	}
	begun = time.Now()
	closeServer(t, first)
	t.Logf("stop: %v", time.Since(begun))
	closeServer(t, first)
	if _, err := os.Stat(filepath.Join(home, "data", "postmaster.pid")); !os.IsNotExist(err) {
		t.Errorf("postmaster.pid after a clean stop: %v", err)
	}
	if err := os.Truncate(filepath.Join(home, "postgres.log"), 2<<20); err != nil {
		t.Fatal(err)
	}
	begun = time.Now()
	second, err := server.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("later start: %v", time.Since(begun))
	if got := mustQuery(t, second.URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
	if second.URL() != first.URL() {
		t.Errorf("the address changed from %s to %s", first.URL(), second.URL())
	}
	for name, limit := range map[string]int64{"postgres.log": 1 << 20, "postgres.log.1": 2 << 20} {
		info, err := os.Stat(filepath.Join(home, name))
		if err != nil || info.Size() > limit {
			t.Errorf("%s is not bounded: %v", name, err)
		}
	}
	closeServer(t, second)
}

// TestOpenGuards looks at what protects the running server: from the network,
// from other accounts, from Ctrl-C and from our environment.
func TestOpenGuards(t *testing.T) {
	t.Parallel()
	home := filepath.Join(directory(t), "home")
	owner := startHelper(t, home)
	for name, want := range map[string]string{
		"synchronous_commit": "on", "full_page_writes": "on", "data_checksums": "on",
		"listen_addresses": "", "server_encoding": "UTF8", "lc_collate": "C",
		"TimeZone": "UTC", "unix_socket_permissions": "0700", "fsync": "off",
	} {
		if got := mustQuery(t, owner.url, "SHOW "+name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"data", "run"} {
		info, err := os.Stat(filepath.Join(home, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v, want 0700", name, info.Mode().Perm())
		}
	}
	id := postmaster(t, home)
	if group, err := syscall.Getpgid(id); err != nil || group != id {
		t.Errorf("the server is in process group %d, want its own, %d (%v)", group, id, err)
	}
	environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", id))
	if err != nil {
		t.Skip(err)
	}
	for _, variable := range strings.Split(strings.Trim(string(environment), "\x00"), "\x00") {
		name, _, _ := strings.Cut(variable, "=")
		if !slices.Contains([]string{"LC_ALL", "TZ", "PATH", "PG_GRANDPARENT_PID"}, name) {
			t.Errorf("the server was given %s", variable)
		}
	}
}

// TestOpenUnanswered has an owner that never starts anything.
func TestOpenUnanswered(t *testing.T) {
	t.Parallel()
	home := directory(t)
	lock, err := os.Create(filepath.Join(home, "owner.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = server.Open(ctx, server.Options{Home: home})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "another program") {
		t.Errorf("got %v", err)
	}
}

func TestOpenJoins(t *testing.T) {
	t.Parallel()
	home := directory(t)
	owner := startHelper(t, home)
	mustQuery(t, owner.url, writeNote)
	joiner := open(t, home)
	if joiner.Owner() {
		t.Error("two owners")
	}
	if joiner.URL() != owner.url {
		t.Errorf("the joiner's address is %s, the owner's %s", joiner.URL(), owner.url)
	}
	if got := mustQuery(t, joiner.URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
	closeServer(t, joiner)
	if got := mustQuery(t, owner.url, readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
}

func TestJoinerTakesOver(t *testing.T) {
	t.Parallel()
	home := directory(t)
	owner, joiner := open(t, home), open(t, home)
	if !owner.Owner() || joiner.Owner() {
		t.Fatal("the first to open is not the only owner")
	}
	mustQuery(t, owner.URL(), writeNote)
	closeServer(t, owner)
	eventually(t, "the joiner owns the server", joiner.Owner)
	if got := mustQuery(t, joiner.URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
	id := postmaster(t, home)
	closeServer(t, joiner)
	if !gone(id) {
		t.Error("the last to leave left the server running")
	}
}

func TestOpenTogether(t *testing.T) {
	t.Parallel()
	home := directory(t)
	servers := make([]*server.Server, 4)
	var group sync.WaitGroup
	for i := range servers {
		group.Go(func() {
			s, err := server.Open(t.Context(), server.Options{Home: home, Settings: careless()})
			if err != nil {
				t.Error(err)
				return
			}
			servers[i] = s
			if _, err := query(s.URL(), `SELECT 'here'`); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	owners := 0
	for _, s := range servers {
		if s != nil && s.Owner() {
			owners++
		}
	}
	if owners != 1 {
		t.Errorf("%d owners, want 1", owners)
	}
	// All at once again, so that some take over while they close.
	for _, s := range servers {
		if s != nil {
			group.Go(func() { _ = s.Close(context.Background()) })
		}
	}
	group.Wait()
	if _, err := os.Stat(filepath.Join(home, "data", "postmaster.pid")); !os.IsNotExist(err) {
		t.Errorf("postmaster.pid after everybody left: %v", err)
	}
}

func TestOpenUnderOddPaths(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, home string }{
		{name: "long", home: strings.Repeat("/a-rather-long-name", 12)},
		{name: "odd", home: `/it's 100% "odd", = \ and ünïcode`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			home := filepath.Join(directory(t), c.home)
			owner := open(t, home)
			mustQuery(t, owner.URL(), writeNote)
			joiner := open(t, home)
			if got := mustQuery(t, joiner.URL(), readNote); got != "kept" {
				t.Errorf("note is %q", got)
			}
			address, err := url.Parse(owner.URL())
			if err != nil {
				t.Fatal(err)
			}
			socket := address.Query().Get("host")
			closeServer(t, joiner)
			closeServer(t, owner)
			if _, err := os.Stat(socket); !os.IsNotExist(err) {
				t.Errorf("the temporary socket directory %s is still there: %v", socket, err)
			}
			again := open(t, home)
			if again.URL() != owner.URL() {
				t.Errorf("the address changed from %s to %s", owner.URL(), again.URL())
			}
		})
	}
}

func TestOwnerKilled(t *testing.T) {
	t.Parallel()
	home := directory(t)
	owner := startHelper(t, home)
	mustQuery(t, owner.url, writeNote)
	id := postmaster(t, home)
	owner.kill()
	begun := time.Now()
	eventually(t, "no orphan stays", func() bool { return gone(id) })
	t.Logf("orphan gone after %v", time.Since(begun))
	s := open(t, home)
	if got := mustQuery(t, s.URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
}

// TestOwnerKilledWithJoiner has the joiner take over from a dead owner, while
// the dead owner's server is still stopping.
func TestOwnerKilledWithJoiner(t *testing.T) {
	t.Parallel()
	home := directory(t)
	owner := startHelper(t, home)
	joiner := open(t, home)
	mustQuery(t, joiner.URL(), writeNote)
	owner.kill()
	begun := time.Now()
	eventually(t, "the joiner owns the server", joiner.Owner)
	t.Logf("taken over after %v", time.Since(begun))
	if got := mustQuery(t, joiner.URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
}

func TestEverythingKilled(t *testing.T) {
	t.Parallel()
	home := directory(t)
	owner := startHelper(t, home)
	mustQuery(t, owner.url, writeNote)
	id := postmaster(t, home)
	owner.kill()
	_ = syscall.Kill(id, syscall.SIGKILL)
	begun := time.Now()
	s := open(t, home)
	t.Logf("recovered in %v", time.Since(begun))
	if got := mustQuery(t, s.URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
}

func TestPostmasterKilled(t *testing.T) {
	t.Parallel()
	home := directory(t)
	s := open(t, home)
	mustQuery(t, s.URL(), writeNote)
	for range 2 {
		id := postmaster(t, home)
		if err := syscall.Kill(id, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		eventually(t, "the server is back", func() bool {
			value, err := query(s.URL(), readNote)
			return err == nil && value == "kept" && gone(id)
		})
		t.Logf("back after %v", time.Since(begun))
	}
	select {
	case err := <-s.Died():
		t.Errorf("died: %v", err)
	default:
	}
	closeServer(t, s)
}

func TestDied(t *testing.T) {
	t.Parallel()
	home := directory(t)
	s := open(t, home)
	mustQuery(t, s.URL(), writeNote)
	id := postmaster(t, home)
	data := filepath.Join(home, "data")
	if err := os.Rename(data, data+".away"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(id, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.Died():
		t.Log(err)
	case <-time.After(time.Minute):
		t.Fatal("nobody was told")
	}
	closeServer(t, s)
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("a new data directory took the place of the lost one: %v", err)
	}
	if err := os.Rename(data+".away", data); err != nil {
		t.Fatal(err)
	}
	if got := mustQuery(t, open(t, home).URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
}

func TestCloseInHaste(t *testing.T) {
	t.Parallel()
	home := directory(t)
	s := open(t, home)
	mustQuery(t, s.URL(), writeNote)
	id := postmaster(t, home)
	hasty, cancel := context.WithCancel(t.Context())
	cancel()
	begun := time.Now()
	err := s.Close(hasty)
	t.Logf("stopped in %v: %v", time.Since(begun), err)
	if !gone(id) {
		t.Error("the server is still running")
	}
	if got := mustQuery(t, open(t, home).URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
}

func TestOpenInterrupted(t *testing.T) {
	t.Parallel()
	home := directory(t)
	for _, patience := range []time.Duration{
		50 * time.Millisecond, 300 * time.Millisecond, 900 * time.Millisecond,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		s, err := server.Open(ctx, server.Options{Home: home, Settings: careless()})
		cancel()
		if err == nil {
			closeServer(t, s)
			continue
		}
		t.Log(err)
	}
	s := open(t, home)
	mustQuery(t, s.URL(), writeNote)
}

// TestCloseWhileRecovering stops a server that has just lost a process, which a
// gentle request would not stop.
func TestCloseWhileRecovering(t *testing.T) {
	t.Parallel()
	home := directory(t)
	for range 3 {
		s := open(t, home)
		mustQuery(t, s.URL(), `CREATE TABLE IF NOT EXISTS note AS SELECT 'kept'::text AS text; SELECT text FROM note`)
		writer := mustQuery(t, s.URL(), `SELECT pid FROM pg_stat_activity WHERE backend_type = 'background writer'`)
		id, err := strconv.Atoi(writer)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(id, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it recovers", func() bool {
			_, err := query(s.URL(), readNote)
			return err != nil
		})
		begun := time.Now()
		closeServer(t, s)
		wait := time.Since(begun)
		t.Logf("closed after %v", wait)
		if wait > 10*time.Second {
			t.Errorf("closing took %v", wait)
		}
	}
	if got := mustQuery(t, open(t, home).URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
}

// TestLogIsBounded has the server write more than its log may hold.
func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	home := directory(t)
	s := open(t, home)
	log := filepath.Join(home, "postgres.log")
	for range 3 {
		mustQuery(t, s.URL(), `DO $$ BEGIN RAISE LOG '%', repeat('long ', 100000); END $$; SELECT 'said'`)
	}
	mustQuery(t, s.URL(), `DO $$ BEGIN RAISE LOG 'the last word'; END $$; SELECT 'said'`)
	eventually(t, "the log is put aside", func() bool {
		info, err := os.Stat(log)
		return err == nil && info.Size() < 1<<20
	})
	aside, err := os.ReadFile(log + ".1")
	if err != nil || !strings.Contains(string(aside), "the last word") || len(aside) > 2<<20 {
		t.Errorf("%d bytes were put aside (%v)", len(aside), err)
	}
	// What follows stands at the beginning of the new log, not behind a hole.
	mustQuery(t, s.URL(), `DO $$ BEGIN RAISE LOG 'the first word'; END $$; SELECT 'said'`)
	text, err := os.ReadFile(log)
	if err != nil || !strings.Contains(string(text), "the first word") || strings.Contains(string(text), "\x00") {
		t.Errorf("the log is %.200q (%v)", text, err)
	}
}

// TestOwnerKilledWhileRecovering leaves an orphan that has lost a process, and
// that a gentle request would not stop.
func TestOwnerKilledWhileRecovering(t *testing.T) {
	t.Parallel()
	home := directory(t)
	owner := startHelper(t, home)
	mustQuery(t, owner.url, writeNote)
	writer := mustQuery(t, owner.url, `SELECT pid FROM pg_stat_activity WHERE backend_type = 'background writer'`)
	id, err := strconv.Atoi(writer)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(id, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it recovers", func() bool {
		_, err := query(owner.url, readNote)
		return server.IsAway(err)
	})
	owner.kill()
	begun := time.Now()
	s := open(t, home)
	wait := time.Since(begun)
	t.Logf("opened after %v", wait)
	if wait > 10*time.Second {
		t.Errorf("opening took %v", wait)
	}
	if got := mustQuery(t, s.URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
}
