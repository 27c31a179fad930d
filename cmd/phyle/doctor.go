package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"phyle/ledger/postgres"
	"phyle/schema"
)

type doctorCommand struct {
	inJSON
	listenFlag
}

// Help shows examples.
func (doctorCommand) Help() string {
	return `Looks at what the guarantees of the books rest on: settings of the database, rights, room
on the disk, clocks, versions and addresses. Each line is ok, a warning or a problem, with what to
do about it. Writes nothing, and exits 1 if there is a problem.

Examples:

    phyle doctor
    phyle doctor --listen 0.0.0.0:8080
    DATABASE_URL=postgres://phyle@db.example.org/phyle phyle doctor --json`
}

// state says how a finding is meant.
type state string

// The states.
const (
	fine    state = "ok"
	warning state = "warning"
	problem state = "problem"
)

// finding is one thing that was looked at.
type finding struct {
	Check string `json:"check"`
	State state  `json:"state"`
	Is    string `json:"is"`
	Do    string `json:"do,omitempty"`
}

// findings are what was found so far.
type findings []finding

func (f *findings) ok(check, format string, args ...any) {
	*f = append(*f, finding{Check: check, State: fine, Is: fmt.Sprintf(format, args...)})
}

func (f *findings) add(check string, as state, do, format string, args ...any) {
	*f = append(*f, finding{Check: check, State: as, Is: fmt.Sprintf(format, args...), Do: do})
}

// Run looks at everything and says what it found.
func (c doctorCommand) Run(ctx context.Context, s *session) error {
	var found findings
	found.ok("program", "This is phyle %s, made with %s, on %s/%s.", version(), runtime.Version(),
		runtime.GOOS, runtime.GOARCH)
	c.listening(&found)
	s.examine(ctx, &found)
	problems := 0
	for _, f := range found {
		if f.State == problem {
			problems++
		}
	}
	if err := c.write(s, found); err != nil {
		return err
	}
	const do = "Do what stands under each problem, and run it again."
	switch problems {
	case 0:
		return nil
	case 1:
		return refuse(do, "There is 1 problem.")
	}
	return refuse(do, "There are %d problems.", problems)
}

func (c doctorCommand) write(s *session, found findings) error {
	if c.JSON {
		return writeJSON(s, found)
	}
	for _, f := range found {
		if _, err := fmt.Fprintf(s.out, "%-7s  %s\n", f.State, withoutAddress(f.Is)); err != nil {
			return err
		}
		if f.Do != "" {
			if _, err := fmt.Fprintf(s.out, "         %s\n", f.Do); err != nil {
				return err
			}
		}
	}
	return nil
}

// listening looks at who can reach the program. It speaks HTTP without encryption.
func (c doctorCommand) listening(found *findings) {
	host, _, err := net.SplitHostPort(c.Listen)
	address := net.ParseIP(host)
	switch {
	case err != nil:
		found.add("address", problem,
			"Write it as 127.0.0.1:8080, in PHYLE_LISTEN or with --listen.",
			"%q is no address to answer on.", c.Listen)
	case host == "localhost" || address != nil && address.IsLoopback():
		found.ok("address", "Requests are answered on %s, which only this machine reaches.",
			c.Listen)
	default:
		found.add("address", warning,
			"Answer on 127.0.0.1 and put a proxy with TLS before it, unless a proxy is the only "+
				"one that reaches this address.",
			"Requests are answered on %s, which other machines may reach, and tokens travel "+
				"readably.", c.Listen)
	}
}

// examine looks at the database: where it is, and then what it says of itself.
func (s *session) examine(ctx context.Context, found *findings) {
	if s.hasAddress() {
		examineAddress(found)
	} else if !s.examineHome(found) {
		return
	}
	b, err := s.openToExamine(ctx)
	if err != nil {
		_, hint, _ := explain(err)
		found.add("database", problem, hint, "The database cannot be used: %s",
			sentence(err.Error()))
		return
	}
	i, err := b.Inspect(ctx)
	if err = errors.Join(err, b.Close()); err != nil {
		found.add("database", problem, "Look at its log, and try again.",
			"The database does not say how it is: %s", sentence(err.Error()))
		return
	}
	examineVersions(found, i)
	examineSettings(found, i)
	examineRights(found, i, s.hasAddress())
	examineIsolation(found, i)
	examineClock(found, i)
	examineTokens(found, i)
}

// openToExamine opens the books, whatever is in them.
func (s *session) openToExamine(ctx context.Context) (*books, error) {
	address, private, err := s.connect(ctx, nil)
	if err != nil {
		return nil, err
	}
	b := &books{private: private}
	if b.Store, err = postgres.Open(ctx, address); err != nil {
		return nil, errors.Join(s.unreachable(err), b.Close())
	}
	return b, nil
}

// examineAddress looks at how the way to the database is protected.
func examineAddress(found *findings) {
	text, err := databaseAddress()
	address, wrong := url.Parse(text)
	if err != nil || wrong != nil {
		return // opening it says what is wrong
	}
	host, mode := address.Hostname(), address.Query().Get("sslmode")
	if given := address.Query().Get("host"); given != "" {
		host = given
	}
	ip := net.ParseIP(host)
	const verify = "Write sslmode=verify-full in the address, and sslrootcert for a certificate " +
		"of your own."
	switch {
	case host == "" || strings.HasPrefix(host, "/") || host == "localhost" ||
		ip != nil && ip.IsLoopback():
		found.ok("connection", "The database is on this machine.")
	case mode == "verify-full":
		found.ok("connection",
			"The database is on another machine, which proves that it is the right one.")
	case mode == "disable" || mode == "allow" || mode == "prefer":
		found.add("connection", problem, verify,
			"What goes to the database and comes from it may travel readably: sslmode is %s.", mode)
	default:
		found.add("connection", warning, verify,
			"Nobody can read what goes to the database, but another machine could pass for it: "+
				"the name in the certificate is not checked.")
	}
}

// The room on the disk of the home below which there is a problem, or will be soon.
const (
	tooLittleRoom = 200 << 20
	littleRoom    = 2 << 30
)

// examineHome looks at the home, and reports whether there are books in it.
func (s *session) examineHome(found *findings) bool {
	home, err := s.directory()
	if err != nil {
		found.add("home", problem, "Name a directory with --home or PHYLE_HOME.", "%s",
			sentence(err.Error()))
		return false
	}
	if _, err := os.Stat(filepath.Join(home, "data")); err != nil {
		found.ok("home", "There are no books in %s yet; phyle serve makes them.", home)
		return false
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(home, &disk); err != nil {
		found.add("home", problem, "Check that the directory can be read.", "%s: %v.", home, err)
		return true
	}
	room := uint64(disk.Bavail) * uint64(disk.Bsize)
	const do = "Make room, or move the home to a larger disk while nothing runs."
	switch {
	case room < tooLittleRoom:
		found.add("home", problem, do, "There is room for %s only beside %s.", size(room), home)
	case room < littleRoom:
		found.add("home", warning, do, "There is room for %s beside %s.", size(room), home)
	default:
		found.ok("home", "The books are in %s, with room for %s more.", home, size(room))
	}
	return true
}

// size returns bytes as people read them.
func size(bytes uint64) string {
	if bytes >= 1<<30 {
		return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}

// oldestServer is the number of the first version that the schema works with.
const oldestServer = 150_000

func examineVersions(found *findings, i postgres.Inspection) {
	if i.Number < oldestServer {
		found.add("server", problem, "Move to PostgreSQL 15 or later.",
			"The database is PostgreSQL %s, which is too old.", i.Version)
	} else {
		found.ok("server", "The database is PostgreSQL %s, and holds %s.", i.Version,
			size(uint64(i.Bytes)))
	}
	switch newest := schema.Newest(); {
	case i.Schema == 0:
		found.add("schema", warning, "Begin with phyle serve, or with phyle migrate.",
			"There are no books in this database yet.")
	case i.Schema < newest:
		found.add("schema", warning,
			"Run phyle migrate, or phyle serve, which bring it up to date.",
			"The database has schema %d, and this program works with schema %d.", i.Schema, newest)
	case i.Schema > newest:
		found.add("schema", problem, "Use the newer program; no program goes back.",
			"The database has schema %d, and this program knows up to %d.", i.Schema, newest)
	default:
		found.ok("schema", "The schema is %d, the newest.", i.Schema)
	}
}

// examineClock compares the clocks of program, database and books.
func examineClock(found *findings, i postgres.Inspection) {
	const close, far = 2 * time.Second, time.Minute
	const do = "Let both machines keep their time by NTP."
	skew := max(0, i.Ahead.Abs()-i.Uncertain)
	switch ahead := time.Until(i.Recorded); {
	case ahead > far:
		found.add("clock", problem,
			"Set the clock right. Until it has caught up, everything is recorded at the latest "+
				"instant that is in the books.",
			"The books go on to %s, which is still to come.", i.Recorded.Format(time.RFC3339))
	case skew > far:
		found.add("clock", problem, do, "The clocks of program and database are %s apart.",
			skew.Round(time.Second))
	case skew > close:
		found.add("clock", warning, do, "The clocks of program and database are %s apart.",
			skew.Round(100*time.Millisecond))
	default:
		found.ok("clock", "Program and database have the same time.")
	}
}
