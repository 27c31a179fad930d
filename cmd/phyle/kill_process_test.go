package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// killHome is a home on a real disk, on a short path that the account which
// PostgreSQL runs as under root can reach.
func killHome(t *testing.T) string {
	t.Helper()
	parent := os.TempDir()
	if len(parent) > 40 {
		parent = "/tmp"
	}
	home, err := os.MkdirTemp(parent, "phyle-kill-")
	if err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chmod(home, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(home); err != nil {
			t.Error(err)
		}
	})
	return home
}

// freePort is an address nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// phyleProgram is the program, as it would be run with the arguments and without
// what the surroundings say about databases.
func phyleProgram(t *testing.T, home string, arguments ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("phyle")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path, append(arguments, "--home", home)...)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent"}
	return command
}

// mustRun runs the program to its end and returns what it wrote.
func mustRun(t *testing.T, home string, arguments ...string) string {
	t.Helper()
	command := phyleProgram(t, home, arguments...)
	var remarks strings.Builder
	command.Stderr = &remarks
	output, err := command.Output()
	if err != nil {
		t.Fatalf("phyle %s: %v\n%s%s", strings.Join(arguments, " "), err, output, remarks.String())
	}
	return strings.TrimSpace(string(output))
}

// serving is a program that serves a home, and is started again when killed.
type serving struct {
	home    string
	address string
	said    string // the file of what it writes
	command *exec.Cmd
	ended   chan error
}

func serveHome(t *testing.T, home string) *serving {
	t.Helper()
	s := &serving{home: home, address: freePort(t), said: filepath.Join(t.TempDir(), "said")}
	s.start(t)
	t.Cleanup(func() {
		if s.command != nil {
			s.kill()
		}
	})
	s.await(t, time.Minute)
	return s
}

// start runs the program; it does not wait until it answers.
func (s *serving) start(t *testing.T) {
	t.Helper()
	output, err := os.OpenFile(s.said, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = output.Close() }()
	command := phyleProgram(t, s.home, "serve", "--listen", s.address)
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	s.command, s.ended = command, make(chan error, 1)
	go func(ended chan<- error) { ended <- command.Wait() }(s.ended)
}

// kill ends the program as a power cut would.
func (s *serving) kill() {
	_ = s.command.Process.Kill()
	<-s.ended
	s.command = nil
}

// stop ends the program as Ctrl-C does.
func (s *serving) stop(t *testing.T) {
	t.Helper()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.ended:
		s.command = nil
		if err != nil {
			t.Errorf("phyle serve ended with %v:\n%s", err, s.words())
		}
	case <-time.After(time.Minute):
		t.Fatalf("phyle serve does not end:\n%s", s.words())
	}
}

// words is the end of what the program has written.
func (s *serving) words() string {
	text, err := os.ReadFile(s.said)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4000):])
}

// ready reports whether the program and its database answer.
func (s *serving) ready() bool {
	client := http.Client{
		Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true},
	}
	answer, err := client.Get("http://" + s.address + "/readyz")
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// await returns when the program answers.
func (s *serving) await(t *testing.T, limit time.Duration) {
	t.Helper()
	for deadline := time.Now().Add(limit); !s.ready(); time.Sleep(5 * time.Millisecond) {
		select {
		case err := <-s.ended:
			s.command = nil
			t.Fatalf("phyle serve ended with %v:\n%s", err, s.words())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("phyle serve is not ready after %v:\n%s", limit, s.words())
		}
	}
}

// postmaster is the process that serves the home's data, or zero.
func (s *serving) postmaster() int {
	text, err := os.ReadFile(filepath.Join(s.home, "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	id, err := strconv.Atoi(line)
	if err != nil || !alive(id) {
		return 0
	}
	return id
}

// alive reports whether a process runs; one that is dead and not reaped does not.
func alive(id int) bool {
	_, state, found := stat(id)
	return found && state != "Z" && state != "X"
}

// stat is the parent and the state of a process.
func stat(id int) (parent int, state string, found bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	if err != nil {
		return 0, "", false
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return 0, "", false
	}
	parent, err = strconv.Atoi(fields[1])
	return parent, fields[0], err == nil
}

// childrenOf lists the processes that a process has started.
func childrenOf(parent int) (ids []int) {
	entries, err := os.ReadDir("/proc")
	if err != nil || parent == 0 {
		return nil
	}
	for _, entry := range entries {
		id, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if of, _, found := stat(id); found && of == parent {
			ids = append(ids, id)
		}
	}
	return ids
}

// processesOn lists the PostgreSQL processes that have their data in a home.
func processesOn(home string) (ids []int) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		id, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		at, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", id))
		if err == nil && at == filepath.Join(home, "data") && alive(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
