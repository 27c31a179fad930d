package bundle

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPinned(t *testing.T) {
	t.Parallel()
	for system, b := range pinned {
		hash, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(b.Integrity, "sha512-"))
		if err != nil || len(hash) != sha512.Size {
			t.Errorf("%s: the hash %q is none", system, b.Integrity)
		}
		if !strings.HasPrefix(b.Version, fmt.Sprintf("%d.", Major)) {
			t.Errorf("%s: version %s is not of PostgreSQL %d", system, b.Version, Major)
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	archive := pack(t, right())
	b := bundleOf(archive)
	r := serve(t, offers(archive))
	cache := filepath.Join(t.TempDir(), "not", "yet")
	if _, found := b.Programs(cache); found {
		t.Error("found before it was fetched")
	}
	var log bytes.Buffer
	from := source(cache, r.URL+"/npm/")
	from.Log = slog.New(slog.NewTextHandler(&log, nil))
	for range 2 {
		programs, err := b.Get(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		again, found := b.Programs(cache)
		if want := filepath.Join(cache, "postgres-1.0-test", "bin"); programs != want || again != want || !found {
			t.Errorf("got %s and %s, want %s", programs, again, want)
		}
	}
	if asked := r.asked.Load(); asked != 1 {
		t.Errorf("the registry was asked %d times", asked)
	}
	for _, words := range []string{"fetching PostgreSQL", "version=1.0", "PostgreSQL fetched"} {
		if !strings.Contains(log.String(), words) {
			t.Errorf("the log does not say %q:\n%s", words, &log)
		}
	}
	want := map[string]string{
		".": "drwxr-xr-x", "fetch.lock": "-rw------- ", "postgres-1.0-test": "drwxr-xr-x",
	}
	for name, is := range map[string]string{
		"LICENSE.md": "-rw-r--r-- do as you please", "pg-symlinks.json": "-rw-r--r-- " + links,
		"bin": "drwxr-xr-x", "bin/postgres": "-rwxr-xr-x postgres", "bin/initdb": "-rwxr-xr-x initdb",
		"lib": "drwxr-xr-x", "lib/libpq.so.5.17": "-rw-r--r-- libpq", "lib/libpq.so.5": "-> libpq.so.5.17",
		"lib/more": "drwxr-xr-x", "lib/more/libpq.so": "-> ../libpq.so.5.17",
		"share": "drwxr-xr-x", "share/a": "drwxr-xr-x", "share/a/b": "drwxr-xr-x",
		"share/a/b/zone": "-rw-r--r-- zone",
	} {
		want["postgres-1.0-test/"+name] = is
	}
	if difference := cmp.Diff(want, tree(t, cache)); difference != "" {
		t.Error(difference)
	}
}

// refused has Get fail with the words, and leave nothing behind.
func refused(t *testing.T, b Bundle, from Source, words string) {
	t.Helper()
	programs, err := b.Get(t.Context(), from)
	if err == nil {
		t.Fatalf("got %s", programs)
	}
	t.Log(err)
	if !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%q does not say %q in one line", err, words)
	}
	want := map[string]string{".": "drwxr-xr-x", "fetch.lock": "-rw------- "}
	if difference := cmp.Diff(want, tree(t, from.Cache)); difference != "" {
		t.Error(difference)
	}
}

func TestGetRefuses(t *testing.T) {
	t.Parallel()
	archive := pack(t, right())
	changed := bytes.Clone(archive)
	changed[len(changed)/2] ^= 1
	short := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(archive)))
		_, _ = w.Write(archive[:len(archive)/2])
	}
	slow := func(w http.ResponseWriter, q *http.Request) {
		_, _ = w.Write(archive[:len(archive)/2])
		_ = http.NewResponseController(w).Flush()
		<-q.Context().Done()
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	cases := []struct {
		name   string
		answer http.HandlerFunc
		words  string
		asked  int64
	}{
		{name: "another archive", answer: offers(changed), words: "is not the archive", asked: 1},
		{name: "part of it", answer: offers(archive[:len(archive)-1]), words: "is not the archive", asked: 1},
		{name: "more than it", answer: offers(append(bytes.Clone(archive), 0)),
			words: "is not the archive", asked: 1},
		{name: "nothing", answer: offers(nil), words: "0 bytes", asked: 1},
		{name: "breaks off", answer: short, words: "broke off", asked: attempts},
		{name: "hangs up", answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			words: "broke off", asked: attempts},
		{name: "falls silent", answer: slow, words: "said nothing for 300ms", asked: 1},
		{name: "not found", answer: status(http.StatusNotFound), words: "404 Not Found", asked: 1},
		{name: "forbidden", answer: status(http.StatusForbidden), words: "403 Forbidden", asked: 1},
		{name: "breakdown", answer: status(http.StatusInternalServerError),
			words: "500 Internal", asked: attempts},
		{name: "no content", answer: status(http.StatusNoContent), words: "204 No Content", asked: 1},
		{name: "round and round", answer: func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, q.URL.Path, http.StatusFound)
		}, words: "stopped after 10 redirects", asked: 10 * attempts},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := serve(t, c.answer)
			from := source(t.TempDir(), r.URL+"/npm")
			from.Patience = 300 * time.Millisecond
			refused(t, bundleOf(archive), from, c.words)
			if asked := r.asked.Load(); asked != c.asked {
				t.Errorf("the registry was asked %d times, want %d", asked, c.asked)
			}
		})
	}
}

func TestGetUnreachable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, bundleOf(nil), source(t.TempDir(), "http://"+address), "connection refused")
}

// TestGetRecovers has a registry that works the second time, and leads to a mirror.
func TestGetRecovers(t *testing.T) {
	t.Parallel()
	archive := pack(t, right())
	mirror := serve(t, offers(archive))
	var r *registry
	r = serve(t, func(w http.ResponseWriter, q *http.Request) {
		if r.asked.Load() == 1 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		http.Redirect(w, q, mirror.URL+q.URL.Path, http.StatusFound)
	})
	if _, err := bundleOf(archive).Get(t.Context(), source(t.TempDir(), r.URL+"/npm")); err != nil {
		t.Error(err)
	}
}

// TestGetInterrupted ends one that waits for another, and one that fetches.
func TestGetInterrupted(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, attempts)
	r := serve(t, func(_ http.ResponseWriter, q *http.Request) {
		asked <- struct{}{}
		<-q.Context().Done()
	})
	from := source(t.TempDir(), r.URL)
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() {
		_, err := bundleOf(nil).Get(ctx, from)
		first <- err
	}()
	<-asked
	impatient, give := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer give()
	_, err := bundleOf(nil).Get(impatient, from)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "another program") {
		t.Errorf("got %v", err)
	}
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestGetTogether has several programs want the same bundle, after one that was
// killed has left parts of it.
func TestGetTogether(t *testing.T) {
	t.Parallel()
	archive := pack(t, right())
	offer := offers(archive)
	r := serve(t, func(w http.ResponseWriter, q *http.Request) {
		time.Sleep(300 * time.Millisecond)
		offer(w, q)
	})
	cache := t.TempDir()
	b := bundleOf(archive)
	place := b.Directory(cache)
	for _, leftover := range []string{place + ".new/bin/postgres", place + ".tgz.part"} {
		if err := os.MkdirAll(filepath.Dir(leftover), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(leftover, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			command := exec.Command(os.Args[0])
			command.Env = append(os.Environ(), getVariable+"="+cache, "INTEGRITY="+b.Integrity,
				"REGISTRY="+r.URL+"/npm")
			output, err := command.CombinedOutput()
			if err != nil || strings.TrimSpace(string(output)) != filepath.Join(place, "bin") {
				t.Errorf("%v: %s", err, output)
			}
		})
	}
	group.Wait()
	if asked := r.asked.Load(); asked != 1 {
		t.Errorf("the registry was asked %d times", asked)
	}
	if found := tree(t, cache)["postgres-1.0-test/bin/postgres"]; found != "-rwxr-xr-x postgres" {
		t.Errorf("postgres is %q", found)
	}
}

// TestGetDistrusts a cache that others may change, and what is not ours in it.
func TestGetDistrusts(t *testing.T) {
	t.Parallel()
	archive := pack(t, right())
	b := bundleOf(archive)
	r := serve(t, offers(archive))
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	linked := filepath.Join(t.TempDir(), "linked")
	if err := os.Symlink(t.TempDir(), linked); err != nil {
		t.Fatal(err)
	}
	taken := t.TempDir()
	if err := os.Symlink(t.TempDir(), b.Directory(taken)); err != nil {
		t.Fatal(err)
	}
	for _, cache := range []string{open, linked, taken} {
		if programs, err := b.Get(t.Context(), source(cache, r.URL+"/npm")); err == nil {
			t.Errorf("got %s", programs)
		} else if !strings.Contains(err.Error(), "only you may change") {
			t.Error(err)
		}
		if _, found := b.Programs(cache); found {
			t.Errorf("what is in %s is trusted", cache)
		}
	}
	if asked := r.asked.Load(); asked != 0 {
		t.Errorf("the registry was asked %d times", asked)
	}
}

func TestRegistry(t *testing.T) {
	client := t.TempDir()
	script := "#!/bin/sh\necho warning >&2\n" +
		`[ "$*" = "config get registry" ] && echo https://client.example.org/` + "\n"
	if err := os.WriteFile(filepath.Join(client, "npm"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "npm"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name                      string
		mirror, environment, path string
		want, words               string
	}{
		{name: "mirror", mirror: "http://mirror.example.org/a", environment: "https://npm.example.org",
			path: client, want: "http://mirror.example.org/a"},
		{name: "environment", environment: "https://npm.example.org", path: client,
			want: "https://npm.example.org"},
		{name: "client", path: client, want: "https://client.example.org/"},
		{name: "no client", path: t.TempDir(), want: "https://registry.npmjs.org"},
		{name: "broken client", path: broken, words: "npm does not say"},
		{name: "file", mirror: "file:///etc", words: "PHYLE_POSTGRES_MIRROR holds no address"},
		{name: "word", environment: "registry", words: "npm_config_registry holds no address"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("PHYLE_POSTGRES_MIRROR", c.mirror)
			t.Setenv("npm_config_registry", c.environment)
			t.Setenv("NPM_CONFIG_REGISTRY", "")
			t.Setenv("PATH", c.path)
			got, err := Registry(t.Context())
			if got != c.want || (err == nil) != (c.words == "") ||
				err != nil && !strings.Contains(err.Error(), c.words) {
				t.Errorf("got %q, %v, want %q, %q", got, err, c.want, c.words)
			}
		})
	}
}

// TestRedacted keeps the password of a registry out of errors and logs.
func TestRedacted(t *testing.T) {
	t.Parallel()
	r := httptest.NewServer(http.NotFoundHandler())
	defer r.Close()
	var log bytes.Buffer
	from := source(t.TempDir(), strings.Replace(r.URL, "://", "://ana:secret@", 1))
	from.Log = slog.New(slog.NewTextHandler(&log, nil))
	_, err := bundleOf(nil).Get(t.Context(), from)
	if err == nil || strings.Contains(err.Error()+log.String(), "secret") {
		t.Errorf("%v\n%s", err, &log)
	}
}
