package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"phyle/ledger/postgres/server/bundle"
)

// packagers say how a distribution installs PostgreSQL, by the names in its
// os-release file.
var packagers = map[string]string{
	"debian": "apt install postgresql",
	"ubuntu": "apt install postgresql",
	"fedora": "dnf install postgresql-server",
	"rhel":   "dnf install postgresql-server",
	"suse":   "zypper install postgresql-server",
	"arch":   "pacman -S postgresql",
	"alpine": "apk add postgresql",
}

// hintSystem lists what can be done where there is no PostgreSQL.
func hintSystem() string {
	release, _ := os.ReadFile("/etc/os-release")
	return fmt.Sprintf("Install PostgreSQL %d or newer (%s), "+
		"name the directory of its programs in PHYLE_POSTGRES_BIN, "+
		"name an npm registry in PHYLE_POSTGRES_MIRROR that it may be fetched from, "+
		"give a running database with DATABASE_URL, "+
		"or start one with docker compose up.",
		oldestMajor, installCommand(runtime.GOOS, string(release)))
}

// installCommand is what to type on a system, or the commands of several where
// the system does not say what it is.
func installCommand(system, release string) string {
	if system == "darwin" {
		return fmt.Sprintf("brew install postgresql@%d", bundle.Major)
	}
	for _, line := range strings.Split(release, "\n") {
		name, value, _ := strings.Cut(line, "=")
		if name != "ID" && name != "ID_LIKE" {
			continue
		}
		for _, id := range strings.Fields(strings.Trim(value, `"'`)) {
			if command, known := packagers[id]; known {
				return command
			}
		}
	}
	return "Debian and Ubuntu: " + packagers["debian"] + "; Fedora: " + packagers["fedora"]
}

// fetchedPrograms is the directory of the programs that were fetched before.
func fetchedPrograms() (string, bool) {
	pinned, found := bundle.Pinned()
	cache, err := bundle.DefaultCache()
	if !found || err != nil {
		return "", false
	}
	return pinned.Programs(cache)
}

// fetchable reports whether the bundle of this machine would serve data of the
// major version. Nothing is fetched where the programs to use are named.
func fetchable(major int) bool {
	_, found := bundle.Pinned()
	return found && os.Getenv("PHYLE_POSTGRES_BIN") == "" && (major == 0 || major == bundle.Major)
}

// fetch is the last resort against an error that programs from elsewhere would
// help against. It returns any other error, and the same one the second time.
func (s *Server) fetch(ctx context.Context, absence error, again bool) error {
	var reason *Error
	if !errors.As(absence, &reason) || !reason.fetchable || again {
		return absence
	}
	pinned, _ := bundle.Pinned()
	cache, err := bundle.DefaultCache()
	if err != nil {
		return absence
	}
	registry, err := bundle.Registry(ctx)
	if err == nil {
		_, err = pinned.Get(ctx, bundle.Source{Cache: cache, Registry: registry, Log: s.log})
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("fetching PostgreSQL: %w", ctx.Err())
	}
	return &Error{
		message: fmt.Sprintf("%s None could be fetched either: %v.", reason.message, err),
		hint:    reason.hint, cause: err,
	}
}
