package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestHostile has archives whose pinned hash is right and whose content is not.
func TestHostile(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		items []item
		words string
	}{
		{name: "upwards", items: []item{{name: "package/native/../../../evil"}}, words: "no name of a file"},
		{name: "upwards at once", items: []item{{name: "../evil"}}, words: "no name of a file"},
		{name: "upwards and back", items: []item{{name: "package/native/bin/../evil"}},
			words: "no name of a file"},
		{name: "upwards elsewhere", items: []item{{name: "other/../../evil"}}, words: "no name of a file"},
		{name: "from the root", items: []item{{name: "/tmp/phyle-evil"}}, words: "no name of a file"},
		{name: "directory upwards", items: []item{{name: "package/native/../..", kind: tar.TypeDir}},
			words: "no name of a file"},
		{name: "backslash", items: []item{{name: `package/native/..\evil`}}, words: "no name of a file"},
		{name: "line break", items: []item{{name: "package/native/a\nb"}}, words: "no name of a file"},
		{name: "long name", items: []item{{name: "package/native/" + strings.Repeat("a/", 120) + "b"}},
			words: "no name of a file"},
		{name: "no name", items: []item{{name: "package//native"}}, words: "no name of a file"},
		{name: "link", items: []item{
			{name: "package/native/out", kind: tar.TypeSymlink, link: "/etc"},
			{name: "package/native/out/evil"},
		}, words: "neither a file nor a directory"},
		{name: "hard link", items: []item{
			{name: "package/native/out", kind: tar.TypeLink, link: "/etc/passwd"},
		}, words: "neither a file nor a directory"},
		{name: "link elsewhere", items: []item{{name: "other", kind: tar.TypeSymlink, link: "/"}},
			words: "neither a file nor a directory"},
		{name: "device", items: []item{{name: "package/native/null", kind: tar.TypeChar}},
			words: "neither a file nor a directory"},
		{name: "pipe", items: []item{{name: "package/native/pipe", kind: tar.TypeFifo}},
			words: "neither a file nor a directory"},
		{name: "twice", items: []item{{name: "package/native/bin/initdb", content: "evil"}},
			words: "in it twice"},
		{name: "file as directory", items: []item{{name: "package/native/bin/initdb/evil"}},
			words: "not a directory"},
		{name: "listed link out", items: []item{
			{name: list, content: `[{"source":"native/../../../etc/passwd","target":"native/a"}]`},
		}, words: "no name of a file"},
		{name: "listed link from out", items: []item{
			{name: list, content: `[{"source":"native/bin/initdb","target":"../../evil"}]`},
		}, words: "no name of a file"},
		{name: "listed link to the root", items: []item{
			{name: list, content: `[{"source":"/etc/passwd","target":"native/a"}]`},
		}, words: "no name of a file"},
		{name: "listed link beside", items: []item{
			{name: list, content: `[{"source":"other/a","target":"native/a"}]`},
		}, words: "no file of the bundle"},
		{name: "listed link to nothing", items: []item{
			{name: list, content: `[{"source":"native/nothing","target":"native/a"}]`},
		}, words: "no file of the bundle"},
		{name: "listed link to a directory", items: []item{
			{name: list, content: `[{"source":"native/bin","target":"native/a"}]`},
		}, words: "no file of the bundle"},
		{name: "listed link to a link", items: []item{
			{name: list, content: `[{"source":"native/bin/initdb","target":"native/a"},` +
				`{"source":"native/a","target":"native/b"}]`},
		}, words: "no file of the bundle"},
		{name: "listed link over a file", items: []item{
			{name: list, content: `[{"source":"native/bin/initdb","target":"native/bin/postgres"}]`},
		}, words: "file exists"},
		{name: "broken list", items: []item{{name: list, content: `{`}}, words: "list of links"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			archive := pack(t, append(programs(), c.items...))
			r := serve(t, offers(archive))
			parent := t.TempDir()
			refused(t, bundleOf(archive), source(filepath.Join(parent, "cache"), r.URL+"/npm"), c.words)
			if found, _ := filepath.Glob(filepath.Join(parent, "*")); len(found) != 1 {
				t.Errorf("there is %v", found)
			}
			if _, err := os.Lstat("/tmp/phyle-evil"); err == nil {
				t.Error("something was written outside")
			}
		})
	}
}

func TestGetRefusesWhatIsNoServer(t *testing.T) {
	t.Parallel()
	whole := pack(t, right())
	cases := []struct {
		name    string
		archive []byte
		words   string
	}{
		{name: "text", archive: []byte("<html>not here</html>"), words: "invalid header"},
		{name: "no archive", archive: compress(t, []byte("text")), words: "unexpected EOF"},
		{name: "cut", archive: whole[:len(whole)-20], words: "unexpected EOF"},
		{name: "no programs", archive: pack(t, nil), words: "no program bin/postgres"},
		{name: "not to be run", archive: pack(t, []item{
			{name: "package/native/bin/postgres", mode: 0o755},
			{name: "package/native/bin/initdb", mode: 0o644},
		}), words: "no program bin/initdb"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := serve(t, offers(c.archive))
			refused(t, bundleOf(c.archive), source(t.TempDir(), r.URL+"/npm"), c.words)
		})
	}
}

func compress(t *testing.T, text []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	compressed := gzip.NewWriter(&packed)
	if _, err := compressed.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := compressed.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// TestBounds meets each bound exactly, and then goes one beyond it.
func TestBounds(t *testing.T) {
	t.Parallel()
	many := programs()
	for n := range 8 {
		many = append(many, item{name: "package/native/share/" + strconv.Itoa(n)})
	}
	zeros := append(programs(), item{name: "package/native/share/zeros", content: strings.Repeat("\x00", 1<<20)})
	plain := int64(1<<20 + len("postgres") + len("initdb"))
	// Headers count, too: three files and the end make six blocks and what fills them up.
	whole := plain + 8*512
	const longest = 40
	named := func(length int) []item {
		name := "package/native/"
		return append(programs(), item{name: name + strings.Repeat("a", length-len(name))})
	}
	cases := []struct {
		name  string
		items []item
		most  limits
		words string
	}{
		{name: "files", items: many, most: limits{files: 10, bytes: 1 << 20, path: 100}},
		{name: "too many files", items: many, most: limits{files: 9, bytes: 1 << 20, path: 100},
			words: "more than 9 files"},
		{name: "bytes", items: zeros, most: limits{files: 10, bytes: whole, path: 100}},
		{name: "too many bytes", items: zeros, most: limits{files: 10, bytes: plain - 1, path: 100},
			words: "larger than any"},
		{name: "bomb", items: append(zeros, zeros[2], zeros[2]),
			most: limits{files: 10, bytes: whole, path: 100}, words: "larger than any"},
		{name: "name", items: named(longest), most: limits{files: 10, bytes: 1 << 20, path: longest}},
		{name: "long name", items: named(longest + 1), most: limits{files: 10, bytes: 1 << 20, path: longest},
			words: "no name of a file"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			archive := filepath.Join(t.TempDir(), "archive")
			if err := os.WriteFile(archive, pack(t, c.items), 0o600); err != nil {
				t.Fatal(err)
			}
			into := filepath.Join(t.TempDir(), "new")
			err := unpack(archive, into, c.most)
			if c.words == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.words) {
				t.Errorf("got %v, want %q", err, c.words)
			}
		})
	}
}

// TestHeaderBomb has an archive that is small in files and large in headers.
func TestHeaderBomb(t *testing.T) {
	t.Parallel()
	var items []item
	for range 4 {
		items = append(items, item{name: "package/" + strings.Repeat("a", 200_000)})
	}
	archive := filepath.Join(t.TempDir(), "archive")
	if err := os.WriteFile(archive, pack(t, items), 0o600); err != nil {
		t.Fatal(err)
	}
	err := unpack(archive, filepath.Join(t.TempDir(), "new"), limits{files: 100, bytes: 1 << 16, path: 1 << 20})
	if err == nil || !strings.Contains(err.Error(), "larger than any") {
		t.Errorf("got %v", err)
	}
}

// TestUnpackAgain shows that nothing that is there is written over.
func TestUnpackAgain(t *testing.T) {
	t.Parallel()
	archive := filepath.Join(t.TempDir(), "archive")
	if err := os.WriteFile(archive, pack(t, right()), 0o600); err != nil {
		t.Fatal(err)
	}
	one, other := filepath.Join(t.TempDir(), "new"), filepath.Join(t.TempDir(), "new")
	for _, into := range []string{one, other} {
		if err := unpack(archive, into, bounds); err != nil {
			t.Fatal(err)
		}
	}
	if difference := cmp.Diff(tree(t, one), tree(t, other)); difference != "" {
		t.Error(difference)
	}
	if err := unpack(archive, one, bounds); err == nil {
		t.Error("unpacked over what was there")
	}
}
