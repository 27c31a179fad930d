package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// getVariable makes the test program fetch a bundle into the cache it names, from
// REGISTRY or else from the registry in use.
const getVariable = "PHYLE_BUNDLE_TEST_GET"

func TestMain(m *testing.M) {
	if cache := os.Getenv(getVariable); cache != "" {
		programs, err := getAsTold(cache)
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		fmt.Println(programs)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func getAsTold(cache string) (programs string, err error) {
	b := Bundle{Version: "1.0", Platform: "test", Integrity: os.Getenv("INTEGRITY")}
	registry := os.Getenv("REGISTRY")
	if registry == "" {
		if registry, err = Registry(context.Background()); err != nil {
			return "", err
		}
	}
	return b.Get(context.Background(), source(cache, registry))
}

func source(cache, registry string) Source {
	return Source{
		Cache: cache, Registry: registry, Log: slog.New(slog.DiscardHandler),
		Patience: 5 * time.Second,
	}
}

// item is one header of an archive, and its content.
type item struct {
	name    string
	mode    int64
	kind    byte
	link    string
	content string
}

const (
	list  = "package/native/pg-symlinks.json"
	links = `[{"source":"native/lib/libpq.so.5.17","target":"native/lib/libpq.so.5"},` +
		`{"source":"native/lib/libpq.so.5.17","target":"native/lib/more/libpq.so"}]`
)

// programs are what every archive has to hold.
func programs() []item {
	return []item{
		{name: "package/native/bin/postgres", mode: 0o755, content: "postgres"},
		{name: "package/native/bin/initdb", mode: 0o700, content: "initdb"},
	}
}

// right is an archive as they are, with things in it that are of no use to us.
func right() []item {
	return append(programs(),
		item{name: "package/package.json", mode: 0o644, content: "{}"},
		item{name: "package/scripts/run.js", mode: 0o755, content: "run"},
		item{name: "package/LICENSE.md", mode: 0o600, content: "do as you please"},
		item{name: "package/native/lib", mode: 0o700, kind: tar.TypeDir},
		item{name: "package/native/lib/libpq.so.5.17", mode: 0o600, content: "libpq"},
		item{name: "package/native/share/a/b/zone", mode: 0o666, content: "zone"},
		item{name: list, mode: 0o644, content: links},
	)
}

func pack(t *testing.T, items []item) []byte {
	t.Helper()
	var packed bytes.Buffer
	compressed := gzip.NewWriter(&packed)
	archive := tar.NewWriter(compressed)
	for _, i := range items {
		if i.kind == 0 {
			i.kind = tar.TypeReg
		}
		header := &tar.Header{
			Name: i.name, Mode: i.mode, Typeflag: i.kind, Linkname: i.link, Size: int64(len(i.content)),
			Format: tar.FormatPAX,
		}
		if err := archive.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(i.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := compressed.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// bundleOf is a bundle whose pinned hash is that of the archive.
func bundleOf(archive []byte) Bundle {
	hash := sha512.Sum512(archive)
	return Bundle{
		Version: "1.0", Platform: "test",
		Integrity: "sha512-" + base64.StdEncoding.EncodeToString(hash[:]),
	}
}

// registry is a server on this machine that counts what it is asked.
type registry struct {
	*httptest.Server
	asked atomic.Int64
}

func serve(t *testing.T, answer http.HandlerFunc) *registry {
	t.Helper()
	r := &registry{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.asked.Add(1)
		answer(w, q)
	}))
	t.Cleanup(r.Close)
	return r
}

// offers has the archive under the path that registries have it under.
func offers(archive []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path != "/npm/@embedded-postgres/test/-/test-1.0.tgz" {
			http.NotFound(w, q)
			return
		}
		_, _ = w.Write(archive)
	}
}

// tree lists what is below a directory: modes, and contents or where links lead.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		info, err := entry.Info()
		if err != nil {
			return err
		}
		found[name] = info.Mode().String()
		switch {
		case info.Mode().IsRegular():
			text, err := os.ReadFile(path)
			found[name] += " " + string(text)
			return err
		case info.Mode().Type() == fs.ModeSymlink:
			to, err := os.Readlink(path)
			found[name] = "-> " + to
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
