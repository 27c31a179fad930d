package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver, for changing rows behind the program's back
	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for a program to say or do something.
const patience = 60 * time.Second

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"phyle": main, "curl": curl})
}

// TestScripts drives the whole program as people do: testdata/*.txt.
//
// Beside the usual commands there are these:
//
//	start NAME PATTERN PROGRAM…   runs a program until its output matches; named
//	                              groups of the pattern become variables
//	end NAME [SIGNAL]             signals it and waits; ! if it is to fail
//	paste NAME N                  runs the Nth command that its output shows
//	sql STATEMENT                 changes the database of the home as its superuser
//	hold DURATION                 keeps the lock of every commons for that long
//	exits CODE PROGRAM…           runs a program that ends with the code
//	occupy NAME                   listens on a port and puts its address in a variable
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata",
		RequireUniqueNames: true,
		Setup:              setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": start, "end": end, "paste": paste, "sql": execute, "occupy": occupy,
			"exits": exits, "hold": hold,
		},
	})
}

// setUp gives the script a home on a short path, which the account that PostgreSQL
// runs as under root can reach.
func setUp(e *testscript.Env) error {
	home, err := temporaryHome()
	if err != nil {
		return err
	}
	e.Setenv("PHYLE_HOME", home)
	e.Setenv("HOME", filepath.Join(e.WorkDir, "nobody"))
	e.Setenv("DATABASE_URL", "")
	e.Setenv("COLUMNS", "100")
	e.Values["programs"] = map[string]*program{}
	e.Defer(func() {
		for _, p := range e.Values["programs"].(map[string]*program) {
			p.abandon()
		}
		if err := os.RemoveAll(home); err != nil {
			e.T().Log(err)
		}
	})
	return nil
}

func temporaryHome() (string, error) {
	parent := os.TempDir()
	if len(parent) > 40 {
		parent = "/tmp"
	}
	const memory, room = "/dev/shm", 1 << 30
	var free syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs(memory, &free) == nil &&
		free.Bavail*uint64(free.Bsize) > room {
		parent = memory
	}
	home, err := os.MkdirTemp(parent, "phyle-cmd-")
	if err == nil && os.Geteuid() == 0 {
		err = os.Chmod(home, 0o711)
	}
	return home, err
}

// program is one that a script has started.
type program struct {
	command *exec.Cmd
	output  *os.File
	done    chan error
	ended   bool
}

// abandon ends a program that a failed script has left, so that its home can be
// removed.
func (p *program) abandon() {
	if p.ended {
		return
	}
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		_ = p.command.Process.Signal(signal)
		select {
		case <-p.done:
			return
		case <-time.After(patience / 2):
		}
	}
}

func (p *program) said() string {
	text, err := os.ReadFile(p.output.Name())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func programs(ts *testscript.TestScript) map[string]*program {
	return ts.Value("programs").(map[string]*program)
}

func started(ts *testscript.TestScript, name string) *program {
	p := programs(ts)[name]
	if p == nil {
		ts.Fatalf("no program was started as %s", name)
	}
	return p
}

// inherited is what started programs get of the script's environment.
var inherited = []string{
	"PATH", "HOME", "PHYLE_HOME", "DATABASE_URL", "TMPDIR", "PGHOSTADDR", "PGOPTIONS",
	addressFile, passwordFile,
}

func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: start NAME PATTERN PROGRAM…")
	}
	output, err := os.Create(ts.MkAbs(args[0] + ".out"))
	ts.Check(err)
	path, err := exec.LookPath(args[2])
	ts.Check(err)
	p := &program{output: output, done: make(chan error, 1)}
	p.command = exec.Command(path, args[3:]...)
	p.command.Stdout, p.command.Stderr = output, output
	p.command.Dir = ts.MkAbs(".")
	for _, name := range inherited {
		if value := ts.Getenv(name); value != "" {
			p.command.Env = append(p.command.Env, name+"="+value)
		}
	}
	ts.Check(p.command.Start())
	programs(ts)[args[0]] = p
	go func() { p.done <- p.command.Wait() }()
	p.wait(ts, args[0], regexp.MustCompile("(?s)"+args[1]))
}

// wait returns when the program has said what the pattern matches.
func (p *program) wait(ts *testscript.TestScript, name string, pattern *regexp.Regexp) {
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if match := pattern.FindStringSubmatch(p.said()); match != nil {
			for i, variable := range pattern.SubexpNames() {
				if variable != "" {
					ts.Setenv(variable, match[i])
				}
			}
			return
		}
		select {
		case err := <-p.done:
			p.ended = true
			ts.Fatalf("%s ended before it said %s: %v\n%s", name, pattern, err, p.said())
		default:
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s does not say %s:\n%s", name, pattern, p.said())
		}
	}
}

var signals = map[string]syscall.Signal{
	"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL,
}

func end(ts *testscript.TestScript, neg bool, args []string) {
	p := started(ts, args[0])
	signal := syscall.SIGINT
	if len(args) > 1 {
		signal = signals[args[1]]
	}
	ts.Check(p.command.Process.Signal(signal))
	select {
	case err := <-p.done:
		p.ended = true
		fmt.Fprint(ts.Stdout(), p.said())
		if failed := err != nil; failed != neg {
			ts.Fatalf("%s ended with %v:\n%s", args[0], err, p.said())
		}
	case <-time.After(patience):
		ts.Fatalf("%s does not end:\n%s", args[0], p.said())
	}
}

// shown is a command as the program shows it, with the lines that go on from it.
var shown = regexp.MustCompile(`(?m)^ *(?:curl|phyle) (?:.*\\\n)*.*$`)

func paste(ts *testscript.TestScript, neg bool, args []string) {
	commands := shown.FindAllString(started(ts, args[0]).said(), -1)
	var n int
	if _, err := fmt.Sscan(args[1], &n); err != nil || n < 1 || n > len(commands) {
		ts.Fatalf("%s shows %d commands, not %s", args[0], len(commands), args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs("pasted.sh"), []byte(commands[n-1]), 0o600))
	if err := ts.Exec("sh", "-eu", "pasted.sh"); (err != nil) != neg {
		ts.Fatalf("%s: %v", commands[n-1], err)
	}
}

// superuser opens the database of the script's home.
func superuser(ts *testscript.TestScript) *sql.DB {
	query := url.Values{
		"host": {filepath.Join(ts.Getenv("PHYLE_HOME"), "run")}, "sslmode": {"disable"},
	}
	address := url.URL{
		Scheme: "postgres", User: url.User("phyle"), Path: "/phyle", RawQuery: query.Encode(),
	}
	database, err := sql.Open("postgres", address.String())
	ts.Check(err)
	return database
}

func execute(ts *testscript.TestScript, neg bool, args []string) {
	database := superuser(ts)
	defer func() { _ = database.Close() }()
	_, err := database.Exec("SET session_replication_role = replica; SET search_path = phyle; " +
		strings.Join(args, " "))
	if (err != nil) != neg {
		ts.Fatalf("sql: %v", err)
	}
}

func hold(ts *testscript.TestScript, _ bool, args []string) {
	duration, err := time.ParseDuration(args[0])
	ts.Check(err)
	database := superuser(ts)
	tx, err := database.Begin()
	ts.Check(err)
	_, err = tx.Exec(`SELECT FROM phyle.journal_head FOR UPDATE`)
	ts.Check(err)
	released := make(chan error, 1)
	time.AfterFunc(duration, func() { released <- errors.Join(tx.Rollback(), database.Close()) })
	ts.Defer(func() { ts.Check(<-released) })
}

func occupy(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = listener.Close() })
	ts.Setenv(args[0], listener.Addr().String())
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	var code int
	if _, err := fmt.Sscan(args[0], &code); err != nil {
		ts.Fatalf("usage: exits CODE PROGRAM…")
	}
	var exit *exec.ExitError
	err := ts.Exec(args[1], args[2:]...)
	if !errors.As(err, &exit) || exit.ExitCode() != code {
		ts.Fatalf("it ended with %v, not with code %d", err, code)
	}
}
