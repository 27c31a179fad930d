package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/postgres/server"
	"phyle/schema"
)

// closeLimit bounds how long PostgreSQL may take to stop by itself.
const closeLimit = 30 * time.Second

// books is the store and, where no database was given, the private server it is
// on.
type books struct {
	*postgres.Store
	private *server.Server
}

// hasAddress reports whether a database was given. A home that is named on the
// command line wins over it.
func (s *session) hasAddress() bool { return s.home == "" && isAddressGiven() }

// directory returns the home of the private server.
func (s *session) directory() (string, error) {
	if s.home != "" {
		return filepath.Abs(s.home)
	}
	return server.DefaultHome()
}

// open opens the books to write in them: where there are none yet they are made,
// and the schema is brought up to date.
func (s *session) open(ctx context.Context, log *slog.Logger) (*books, error) {
	address, private, err := s.connect(ctx, log)
	if err != nil {
		return nil, err
	}
	b := &books{private: private}
	if err := b.prepare(ctx, address); err != nil {
		return nil, errors.Join(s.unreachable(err), b.Close())
	}
	return b, nil
}

// prepare brings the schema up to date and opens the store.
func (b *books) prepare(ctx context.Context, address string) error {
	return b.patiently(ctx, func() (err error) {
		if err = migrate(ctx, address); err == nil {
			b.Store, err = postgres.Open(ctx, address)
		}
		return err
	})
}

// patiently calls do, again where a private server died meanwhile: that is being started
// again, and is waited for.
func (b *books) patiently(ctx context.Context, do func() error) error {
	for deadline := time.Now().Add(closeLimit); ; {
		err := do()
		var refusal *ledger.Error
		away := server.IsAway(err) || errors.As(err, &refusal) && refusal.Code == "database_unavailable"
		if b.private == nil || !away || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// openExisting opens the books to read them. It makes and changes nothing.
func (s *session) openExisting(ctx context.Context) (*books, error) {
	if err := s.mustExist(); err != nil {
		return nil, err
	}
	address, private, err := s.connect(ctx, nil)
	if err != nil {
		return nil, err
	}
	b := &books{private: private}
	if b.Store, err = postgres.Open(ctx, address); err == nil {
		err = b.checkSchema(ctx)
	}
	if err != nil {
		return nil, errors.Join(s.unreachable(err), b.Close())
	}
	return b, nil
}

// inBooks opens the books in the database, calls do for the member in the commons of the
// slug, and closes them. No handle is nobody, who can read; no slug is the only commons.
func (s *session) inBooks(
	ctx context.Context, slug, handle string, do func(b *books, by postgres.Caller) error,
) (err error) {
	b, err := s.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	commons, err := b.named(ctx, slug)
	if err != nil {
		return err
	}
	by := postgres.Caller{Commons: commons}
	if handle != "" {
		if by, err = b.AsMember(ctx, commons.Slug, handle); err != nil {
			return err
		}
	}
	return do(b, by)
}

// checkSchema refuses books whose tables are not those that this program reads.
func (b *books) checkSchema(ctx context.Context) error {
	version, err := b.SchemaVersion(ctx)
	switch newest := schema.Newest(); {
	case err != nil:
		return err
	case version == 0:
		return refuse("Begin with phyle serve, or with phyle migrate.",
			"This database holds no books yet.")
	case version < newest:
		return refuse("Run phyle migrate, or phyle serve, which bring it up to date.",
			"This database has schema %d, and this program works with schema %d.", version, newest)
	case version > newest:
		return refuse("Use the newer program; no program goes back.",
			"This database has schema %d, and this program knows up to %d.", version, newest)
	}
	return nil
}

// mustExist refuses a home without data, where a server would make some.
func (s *session) mustExist() error {
	if s.hasAddress() {
		return nil
	}
	home, err := s.directory()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(home, "data")); errors.Is(err, os.ErrNotExist) {
		return refuse("Begin with phyle serve, or name another home with --home or PHYLE_HOME.",
			"There are no books in %s.", home)
	}
	return nil
}

// connect returns the address of the database, and starts or joins the private
// server if none was given. Without a log only what is out of the ordinary is said.
func (s *session) connect(ctx context.Context, log *slog.Logger) (string, *server.Server, error) {
	if s.hasAddress() {
		address, err := databaseAddress()
		return address, nil, err
	}
	forgetSettings()
	home, err := s.directory()
	if err != nil {
		return "", nil, err
	}
	s.remarkOnFirst(home)
	if log == nil {
		log = logFlags{LogFormat: "text", LogLevel: "warn"}.logger(s.remarks)
	}
	private, err := server.Open(ctx, server.Options{Home: home, Log: log})
	if err != nil {
		return "", nil, err
	}
	return private.URL(), private, nil
}

// remarkOnFirst says at a terminal why the first start takes longer.
func (s *session) remarkOnFirst(home string) {
	if !isTerminal(s.remarks) {
		return
	}
	if _, err := os.Stat(filepath.Join(home, "data")); errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(s.remarks, "Making a database in %s; this takes a moment, once.\n", home)
	}
}

// forgetSettings keeps settings for other databases away from the private one: the
// driver would follow PGHOSTADDR, PGOPTIONS and their like.
func forgetSettings() {
	for _, setting := range os.Environ() {
		if name, _, _ := strings.Cut(setting, "="); strings.HasPrefix(name, "PG") {
			_ = os.Unsetenv(name) // a name that the environment lists can be unset
		}
	}
}

// migrate brings the database at the address to the newest schema.
func migrate(ctx context.Context, address string) error {
	db, err := postgres.Connect(address)
	if err != nil {
		return err
	}
	return errors.Join(schema.Migrate(ctx, db.DB), db.Close())
}

// unreachable adds a hint to an error about a database that was given.
func (s *session) unreachable(err error) error {
	var refused *refusal
	if !s.hasAddress() || errors.As(err, &refused) {
		return err
	}
	return &refusal{
		message: fmt.Sprintf("The database that %s names cannot be used: %v", givenBy(), err),
		hint: "Check the address in " + givenBy() + " and that the database runs, " +
			"or unset it to have Phyle run its own.",
		cause: err,
	}
}

// died receives an error when the private server is gone for good.
func (b *books) died() <-chan error {
	if b.private == nil {
		return nil
	}
	return b.private.Died()
}

// Close leaves the books and, if this program runs the private server, stops it.
func (b *books) Close() error {
	var err error
	if b.Store != nil {
		err = b.Store.Close()
	}
	if b.private == nil {
		return err
	}
	// The program is at its end, so that its own context may have ended already.
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	return errors.Join(err, b.private.Close(ctx))
}

// named returns the commons of the slug or, for "", the only one there is.
func (b *books) named(ctx context.Context, slug string) (ledger.Commons, error) {
	var all []string
	var last ledger.Commons
	err := b.EveryCommons(ctx, func(c ledger.Commons) error {
		if c.Slug == slug || slug == "" {
			last = c
		}
		all = append(all, c.Slug)
		return nil
	})
	switch {
	case err != nil:
		return ledger.Commons{}, err
	case len(all) == 0:
		return ledger.Commons{}, refuse("Found one: see phyle commons create --help.",
			"There is no commons in these books yet.")
	case slug == "" && len(all) > 1:
		return ledger.Commons{}, refuse("Name one with --commons: "+strings.Join(all, ", ")+".",
			"There are %d commons in these books.", len(all))
	case last.Slug == "":
		return ledger.Commons{}, refuse("These are there: "+strings.Join(all, ", ")+".",
			"There is no commons %q in these books.", slug)
	}
	return last, nil
}
