package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// killDisk is a file system of its own in memory, of the given size. Only root
// can make one, and not in every container.
func killDisk(t *testing.T, size string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can make a file system")
	}
	path := killHome(t)
	if err := syscall.Mount("phyle", path, "tmpfs", 0, "mode=711,size="+size); err != nil {
		t.Skipf("no file system can be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(path, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return path
}

// mustFail runs the program to its end, which must be a refusal with these words.
func mustFail(t *testing.T, command *exec.Cmd, words ...string) {
	t.Helper()
	output, err := command.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitRefused {
		t.Fatalf("it ended with %v:\n%s", err, output)
	}
	t.Logf("%s", output)
	for _, word := range append(words, "error: ", "hint: ") {
		if !strings.Contains(string(output), word) {
			t.Errorf("it does not say %q", word)
		}
	}
	if lines := strings.Count(string(output), "\n"); lines != 2 {
		t.Errorf("it says %d lines, not an error and a hint", lines)
	}
}

// riverside founds a commons and returns somebody who can write in it.
func riverside(t *testing.T, s *serving) *writer {
	t.Helper()
	token := mustRun(t, s.home, "commons", "create", "riverside", "--name", "Riverside",
		"--currency", "EUR", "--time-zone", "UTC", "--first-member", "w1")
	w := newWriter(t, "w1", token, s.address, 1)
	kind := request{Key: "kind", Path: "kinds",
		Body: []byte(`{"code":"work","name":"Work","unit":"piece","reviews":0}`)}
	if _, err := w.insist(t.Context(), kind); err != nil {
		t.Fatal(err)
	}
	return w
}

// writeOnce asks once for a new act, whatever comes of it.
func writeOnce(t *testing.T, w *writer) response {
	t.Helper()
	r := w.next()
	if err := w.keep(r); err != nil {
		t.Fatal(err)
	}
	got := w.ask(t.Context(), r)
	if err := w.keep(got); err != nil {
		t.Fatal(err)
	}
	return got
}

// mustHold has the books be what the writer's file says, acts that may or may not
// have taken effect aside, and verify.
func mustHold(t *testing.T, s *serving, w *writer) {
	t.Helper()
	database := openHome(t, s.home)
	defer func() { _ = database.Close() }()
	f := &fate{t: t}
	f.compare(database, w.acknowledged(t), true)
	if verified := mustRun(t, s.home, "verify"); !strings.Contains(verified, "riverside:") {
		t.Errorf("phyle verify says:\n%s", verified)
	}
}

// TestFullDisk has the disk fill up while the program serves: it says so, writes
// nothing by halves, and goes on by itself when there is room again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	place := killDisk(t, "220m")
	s := serveHome(t, filepath.Join(place, "home"))
	w := riverside(t, s)
	for range 5 {
		if err := w.act(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	filler := filepath.Join(place, "filler")
	fillDisk(t, filler)
	refused := map[string]int{}
	for deadline := time.Now().Add(20 * time.Second); refused["storage_full"] < 3; {
		got := writeOnce(t, w)
		switch got.Status {
		case http.StatusCreated:
		case http.StatusServiceUnavailable:
			refused[codeOf(got.Body)]++
		default:
			t.Fatalf("%+v\n%s", got, s.words())
		}
		if time.Now().After(deadline) {
			t.Fatalf("the disk is full, and the answers are %v", refused)
		}
	}
	t.Logf("refused with %v", refused)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := w.act(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("written again %v after there was room", time.Since(begun))
	mustHold(t, s, w)

	// Without room for its log of changes PostgreSQL goes down, and cannot come up.
	fillDisk(t, filler)
	database := openHome(t, s.home)
	defer func() { _ = database.Close() }()
	for range 3 {
		_, _ = database.Exec(`SELECT pg_switch_wal()`)
		got := writeOnce(t, w)
		if got.Status != http.StatusCreated && got.Status != http.StatusServiceUnavailable && got.Status != 0 {
			t.Errorf("%+v", got)
		}
	}
	time.Sleep(8 * time.Second)
	select {
	case err := <-s.ended:
		s.command = nil
		t.Fatalf("the program gave up: %v\n%s", err, s.words())
	default:
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	begun = time.Now()
	if err := w.act(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, s.words())
	}
	t.Logf("written again %v after there was room", time.Since(begun))
	mustHold(t, s, w)
	s.stop(t)
}

// codeOf is the code in the body of a refusal.
func codeOf(body string) string {
	_, rest, _ := strings.Cut(body, `"code":"`)
	code, _, _ := strings.Cut(rest, `"`)
	return code
}

// fillDisk takes all the room there is.
func fillDisk(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for block := make([]byte, 64<<10); ; {
		n, err := file.Write(block)
		if err == nil || errors.Is(err, syscall.ENOSPC) && n > 0 {
			continue
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		if len(block) == 1 {
			return
		}
		block = block[:len(block)/2]
	}
}

// TestSmallDisk has no room for a database at all.
func TestSmallDisk(t *testing.T) {
	t.Parallel()
	place := killDisk(t, "16m")
	mustFail(t, phyleProgram(t, filepath.Join(place, "home"), "serve", "--listen", "127.0.0.1:0"),
		"the disk is full", "Make room")
}

// TestReadOnlyHome binds a home with books in it read-only, as people do who
// want to look at a backup.
func TestReadOnlyHome(t *testing.T) {
	t.Parallel()
	place := killDisk(t, "220m")
	home := filepath.Join(place, "home")
	s := serveHome(t, home)
	riverside(t, s)
	s.stop(t)
	bound := killHome(t)
	if err := syscall.Mount(home, bound, "", syscall.MS_BIND, ""); err != nil {
		t.Skipf("nothing can be bound here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(bound, syscall.MNT_DETACH) })
	if err := syscall.Mount("", bound, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("nothing can be bound read-only here: %v", err)
	}
	for _, arguments := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"verify"}, {"report", "balances"}} {
		mustFail(t, phyleProgram(t, bound, arguments...), "read-only file system", "PHYLE_HOME")
	}
	if verified := mustRun(t, home, "verify"); !strings.Contains(verified, "riverside:") {
		t.Errorf("phyle verify says:\n%s", verified)
	}
}

// TestTwoPrograms serves one home twice and kills the owner of its PostgreSQL.
func TestTwoPrograms(t *testing.T) {
	t.Parallel()
	home := killHome(t)
	owner := serveHome(t, home)
	joiner := serveHome(t, home)
	w := riverside(t, joiner)
	if err := w.act(t.Context()); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	owner.kill()
	for processID := owner.postmaster(); processID != 0 && time.Since(begun) < giveUp; {
		if processID = owner.postmaster(); processID == 0 {
			break
		}
		if w.act(t.Context()) != nil {
			t.Fatal("the writer gave up")
		}
		if parent, _, _ := stat(processID); parent == joiner.command.Process.Pid {
			break
		}
	}
	joiner.await(t, giveUp)
	if err := w.act(t.Context()); err != nil {
		t.Fatal(err)
	}
	wait := time.Since(begun)
	t.Logf("the other program has taken over after %v", wait)
	checkReady(t, wait)
	mustHold(t, joiner, w)
	joiner.stop(t)
	if left := processesOn(home); len(left) != 0 {
		t.Errorf("PostgreSQL is left running: %v", left)
	}
}

// TestAsUser has a user without any privileges begin, serve, verify and stop.
func TestAsUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("all tests run as a user already")
	}
	home := killHome(t)
	if err := os.Chown(home, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(killHome(t), "phyle")
	copyProgram(t, program)
	as := func(arguments ...string) *exec.Cmd {
		command := exec.Command(program, append(arguments, "--home", home)...)
		command.Env = []string{"PATH=" + os.Getenv("PATH")}
		command.Dir = home
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		return command
	}
	for _, arguments := range [][]string{
		{"commons", "create", "riverside", "--name", "Riverside", "--currency", "EUR", "--time-zone", "UTC"},
		{"verify"},
	} {
		if output, err := as(arguments...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, output)
		}
	}
	info, err := os.Stat(filepath.Join(home, "data"))
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; owner != 65534 {
		t.Errorf("the data belongs to user %d", owner)
	}
	// Root works in the same home afterwards, as the user who owns it.
	if verified := mustRun(t, home, "verify"); !strings.Contains(verified, "riverside:") {
		t.Errorf("phyle verify says:\n%s", verified)
	}
	if output, err := as("verify").CombinedOutput(); err != nil {
		t.Errorf("after root was here: %v: %s", err, output)
	}
}

// copyProgram puts the program where every account can run it.
func copyProgram(t *testing.T, to string) {
	t.Helper()
	path, err := exec.LookPath("phyle")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o755); err != nil {
		t.Fatal(err)
	}
}

// TestFirstProcess runs the program as the first process of a container, where
// nobody else buries the dead and numbers of processes come again.
func TestFirstProcess(t *testing.T) {
	t.Parallel()
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip("there is no unshare to make a container with")
	}
	isolated := []string{"--pid", "--fork", "--kill-child", "--mount-proc"}
	if output, err := exec.Command(unshare, append(isolated, "true")...).CombinedOutput(); err != nil {
		t.Skipf("no container can be made here: %s", output)
	}
	home := killHome(t)
	s := &serving{home: home, address: freePort(t), said: filepath.Join(t.TempDir(), "said")}
	enter := func() (first int) {
		t.Helper()
		plain := phyleProgram(t, home, "serve", "--listen", s.address)
		s.command = exec.Command(unshare, append(isolated, plain.Args...)...)
		s.command.Env = plain.Env
		output, err := os.OpenFile(s.said, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = output.Close() }()
		s.command.Stdout, s.command.Stderr = output, output
		if err := s.command.Start(); err != nil {
			t.Fatal(err)
		}
		s.ended = make(chan error, 1)
		go func(command *exec.Cmd, ended chan<- error) { ended <- command.Wait() }(s.command, s.ended)
		s.await(t, time.Minute)
		inside := childrenOf(s.command.Process.Pid)
		if len(inside) != 1 {
			t.Fatalf("unshare runs %v", inside)
		}
		return inside[0]
	}
	t.Cleanup(func() {
		if s.command != nil {
			s.kill()
		}
	})
	first := enter()
	// A server killed with all its children leaves them to the first process.
	for range 2 {
		if err := killServer(childrenOf(first)); err != nil {
			t.Fatal(err)
		}
		s.await(t, time.Minute)
	}
	within(t, 30*time.Second, "the dead are buried", func() bool {
		for _, id := range childrenOf(first) {
			if !alive(id) {
				return false
			}
		}
		return s.ready()
	})
	// The container is killed; the next one starts with the same small numbers.
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.ended
	begun := time.Now()
	first = enter()
	t.Logf("ready %v after the container was killed", time.Since(begun))
	// Containers are stopped by TERM to their first process.
	if err := syscall.Kill(first, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.ended:
		s.command = nil
		if err != nil {
			t.Errorf("it ended with %v:\n%s", err, s.words())
		}
	case <-time.After(time.Minute):
		t.Fatalf("it does not end:\n%s", s.words())
	}
	if _, err := os.Stat(filepath.Join(home, "data", "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("PostgreSQL was not stopped cleanly: %v", err)
	}
}

// killServer kills the one postmaster among the processes, and its children.
func killServer(processes []int) error {
	for _, id := range processes {
		children := childrenOf(id)
		if len(children) == 0 {
			continue
		}
		for _, one := range append([]int{id}, children...) {
			if err := syscall.Kill(one, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("none of %v has children", processes)
}

// within fails the test unless the condition comes true in time.
func within(t *testing.T, limit time.Duration, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for !condition() {
		if ctx.Err() != nil {
			t.Fatalf("waited %v in vain: %s", limit, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
