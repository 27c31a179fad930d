package server_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver

	"phyle/ledger/postgres/server"
)

// ownerVariable makes the test program an owner of the home it names.
const ownerVariable = "PHYLE_SERVER_TEST_OWNER"

func TestMain(m *testing.M) {
	if home := os.Getenv(ownerVariable); home != "" {
		if err := own(home); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// own opens a home, says so, and closes it when standard input ends.
func own(home string) error {
	s, err := server.Open(context.Background(), server.Options{Home: home, Settings: careless()})
	if err != nil {
		return err
	}
	fmt.Println("ready:", s.URL())
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	return s.Close(context.Background())
}

// careless settings spare tests that do not cut the power the waiting for it.
func careless() map[string]string { return map[string]string{"fsync": "off"} }

// helper is another program that owns a home.
type helper struct {
	command *exec.Cmd
	input   io.Closer
	url     string
}

func startHelper(t *testing.T, home string) *helper {
	t.Helper()
	command := exec.Command(os.Args[0])
	// What people set for their own databases must not lead us astray.
	command.Env = append(os.Environ(), ownerVariable+"="+home, "LC_ALL=de_DE.UTF-8",
		"PGHOST=/nowhere", "PGPORT=1", "PGUSER=nobody", "PGDATABASE=nothing", "PGDATA=/nowhere",
		"PGSSLMODE=require", "PGPASSWORD=none")
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	h := &helper{command: command, input: input}
	t.Cleanup(h.leave)
	line, err := bufio.NewReader(output).ReadString('\n')
	url, ready := strings.CutPrefix(line, "ready: ")
	if err != nil || !ready {
		t.Fatalf("the helper said %q (%v)", line, err)
	}
	h.url = strings.TrimSpace(url)
	return h
}

// leave has the helper close its server and end, if it has not been killed.
func (h *helper) leave() {
	_ = h.input.Close()
	_ = h.command.Wait()
}

// kill ends the helper as a power cut would.
func (h *helper) kill() {
	_ = h.command.Process.Kill()
	_ = h.command.Wait()
}

// directory is a new one with a short path that every account may pass through.
func directory(t *testing.T) string {
	t.Helper()
	path, err := os.MkdirTemp("", "phyle-server-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(path); err != nil {
			t.Error(err)
		}
	})
	if os.Geteuid() == 0 {
		if err := os.Chmod(path, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func open(t *testing.T, home string) *server.Server {
	t.Helper()
	s, err := server.Open(t.Context(), server.Options{Home: home, Settings: careless()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func closeServer(t *testing.T, s *server.Server) {
	t.Helper()
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// query runs one statement on a connection of its own and returns its value.
func query(url, statement string) (value string, err error) {
	database, err := sql.Open("postgres", url)
	if err != nil {
		return "", err
	}
	defer func() { _ = database.Close() }()
	err = database.QueryRow(statement).Scan(&value)
	return value, err
}

func mustQuery(t *testing.T, url, statement string) string {
	t.Helper()
	value, err := query(url, statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return value
}

const (
	writeNote = `CREATE TABLE note AS SELECT 'kept'::text AS text; SELECT text FROM note`
	readNote  = `SELECT text FROM note`
)

// postmaster is the process that serves a home.
func postmaster(t *testing.T, home string) int {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(home, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(content), "\n")
	id, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// gone reports whether a process has ended; one that nobody reaps has too.
func gone(id int) bool {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", id))
	if os.IsNotExist(err) {
		return syscall.Kill(id, 0) == syscall.ESRCH
	}
	return err == nil && len(content) == 0
}

// eventually fails the test unless the condition comes true in time.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
