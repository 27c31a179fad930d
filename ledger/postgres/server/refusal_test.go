package server_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger/postgres/server"
)

// refused opens a home that must be refused with every one of the words.
func refused(t *testing.T, home string, words ...string) {
	t.Helper()
	s, err := server.Open(t.Context(), server.Options{Home: home, Settings: careless()})
	if err == nil {
		closeServer(t, s)
		t.Fatal("opened")
	}
	var reason *server.Error
	if !errors.As(err, &reason) {
		t.Fatalf("%T: %v", err, err)
	}
	t.Logf("error: %v\nhint: %s", reason, reason.Hint())
	if reason.Hint() == "" || strings.Contains(reason.Error(), "\n") {
		t.Error("want one line and a hint")
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
}

// contents are the paths and texts below a directory.
func contents(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			found[path] = ""
			return err
		}
		text, err := os.ReadFile(path)
		found[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestOpenRefusesForeignData(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		files map[string]string
		words []string
		hint  string
	}{
		{name: "older version",
			files: map[string]string{"PG_VERSION": "14\n", "base/1/1": "rows"},
			words: []string{"PostgreSQL 14", "PostgreSQL 1"},
			hint: "Phyle needs PostgreSQL 15 or newer: move the data up with pg_upgrade, or write it " +
				"out with pg_dumpall of PostgreSQL 14 and read it into a new home with psql. Nothing has " +
				"been changed."},
		{name: "newer version",
			files: map[string]string{"PG_VERSION": "99\n", "global/pg_control": "x"},
			words: []string{"PostgreSQL 99", "PostgreSQL 1"},
			hint: "Install PostgreSQL 99, which this data needs; data does not move to an older " +
				"version. Nothing has been changed."},
		{name: "unreadable version",
			files: map[string]string{"PG_VERSION": "many\n", "global/pg_control": "x"},
			words: []string{"no version"}},
		{name: "incomplete",
			files: map[string]string{"PG_VERSION": "15\n"},
			words: []string{"not a PostgreSQL data directory"}},
		{name: "somebody else's",
			files: map[string]string{"photographs/1.jpg": "me"},
			words: []string{"not a PostgreSQL data directory"}},
		{name: "empty", words: []string{"not a PostgreSQL data directory"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			home := directory(t)
			data := makeData(t, home, c.files)
			before := contents(t, data)
			refused(t, home, c.words...)
			if c.hint != "" {
				hinted(t, home, c.hint)
			}
			if difference := cmp.Diff(before, contents(t, data)); difference != "" {
				t.Error(difference)
			}
		})
	}
}

// makeData makes a data directory of these files, as if another program had.
func makeData(t *testing.T, home string, files map[string]string) (data string) {
	t.Helper()
	data = filepath.Join(home, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(data, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(data, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	return data
}

// hinted has a home be refused with exactly this hint.
func hinted(t *testing.T, home, want string) {
	t.Helper()
	_, err := server.Open(t.Context(), server.Options{Home: home})
	var reason *server.Error
	if !errors.As(err, &reason) || reason.Hint() != want {
		t.Errorf("got %v with the hint %q, want %q", err, reason.Hint(), want)
	}
}

// TestOpenRefusesOlderData has the version that made the data between the oldest
// we use and the one there is. The programs are of a stand-in's version, since
// no two versions need be on one machine.
func TestOpenRefusesOlderData(t *testing.T) {
	programs := directory(t)
	for _, name := range []string{"postgres", "initdb"} {
		script := "#!/bin/sh\necho '" + name + " (PostgreSQL) 18.1'\n"
		if err := os.WriteFile(filepath.Join(programs, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PHYLE_POSTGRES_BIN", programs)
	home := directory(t)
	makeData(t, home, map[string]string{"PG_VERSION": "16\n", "global/pg_control": "x"})
	refused(t, home, "was made by PostgreSQL 16", "found here is PostgreSQL 18.1")
	hinted(t, home, "Install PostgreSQL 16 as well, or move the data up with pg_upgrade, or write it out "+
		"with pg_dumpall of PostgreSQL 16 and read it into a new home with psql of PostgreSQL 18. "+
		"Nothing has been changed.")
}

func TestOpenRefusesHome(t *testing.T) {
	t.Parallel()
	root := directory(t)
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	closed := filepath.Join(root, "closed")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, home, word string
		skip             bool
	}{
		{name: "file", home: file, word: "it is a file"},
		{name: "below a file", home: file + "/home", word: "part of the path is a file"},
		{name: "too long", home: root + strings.Repeat("/directory", 100), word: "bytes long"},
		{name: "not writable", home: closed, word: "permission denied", skip: os.Geteuid() == 0},
		{name: "not to be made", home: closed + "/home", word: "permission denied",
			skip: os.Geteuid() == 0},
		{name: "not to be reached", home: closed + "/home", word: "cannot reach",
			skip: os.Geteuid() != 0},
		{name: "read-only", home: "/proc/phyle", word: "cannot be used"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.skip {
				t.Skip("tested as another user")
			}
			refused(t, c.home, c.word)
		})
	}
}

func TestOpenWithoutInstallation(t *testing.T) {
	t.Setenv("PHYLE_POSTGRES_BIN", t.TempDir())
	refused(t, directory(t), "holds no initdb")
}

func TestOpenWithUnknownUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root becomes somebody else")
	}
	t.Setenv("PHYLE_POSTGRES_USER", "no-such-user")
	refused(t, directory(t), "no-such-user")
	t.Setenv("PHYLE_POSTGRES_USER", "root")
	refused(t, directory(t), "root")
}

func TestDefaultHome(t *testing.T) {
	check := func(want string) {
		t.Helper()
		if os.Geteuid() == 0 && os.Getenv("PHYLE_HOME") == "" {
			want = "/var/lib/phyle"
		}
		got, err := server.DefaultHome()
		if err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	t.Setenv("PHYLE_HOME", "/srv/phyle")
	check("/srv/phyle")
	t.Setenv("PHYLE_HOME", "")
	t.Setenv("HOME", "/home/ana")
	t.Setenv("XDG_DATA_HOME", "")
	check("/home/ana/.local/share/phyle")
	t.Setenv("XDG_DATA_HOME", "/data")
	check("/data/phyle")
}

// asOwner has a command run as the owner of a path.
func asOwner(t *testing.T, path string, command *exec.Cmd) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	if os.Geteuid() == 0 {
		command.SysProcAttr = &syscall.SysProcAttr{
			Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid},
		}
	}
	command.Dir = "/"
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
}

// TestStaleProcessFile has postmaster.pid name what is not our server. None of
// it may be signalled, and none may be in the way.
func TestStaleProcessFile(t *testing.T) {
	t.Parallel()
	home := directory(t)
	closeServer(t, open(t, home))
	data := filepath.Join(home, "data")
	path := filepath.Join(data, "postmaster.pid")
	bystander := exec.Command("sleep", "60")
	asOwner(t, data, bystander)
	// A PostgreSQL on another data directory is a bystander, too.
	neighbour := directory(t)
	other := open(t, neighbour)
	cases := []struct{ name, text string }{
		{name: "this test", text: strconv.Itoa(os.Getpid())},
		{name: "a process of the same user", text: strconv.Itoa(bystander.Process.Pid)},
		{name: "another server", text: strconv.Itoa(postmaster(t, neighbour))},
		{name: "nobody", text: "4194300"},
		{name: "nothing", text: ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := c.text
			if text != "" {
				text += "\n" + data + "\n1700000000\n5432\n" + home + "/run\n\n  1234567    987654\n"
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			socket := filepath.Join(home, "run", ".s.PGSQL.5432.lock")
			if err := os.WriteFile(socket, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if os.Geteuid() == 0 {
				info, _ := os.Stat(data)
				owner := info.Sys().(*syscall.Stat_t)
				for _, file := range []string{path, socket} {
					if err := os.Chown(file, int(owner.Uid), int(owner.Gid)); err != nil {
						t.Fatal(err)
					}
				}
			}
			s := open(t, home)
			mustQuery(t, s.URL(), `SELECT 'here'`)
			closeServer(t, s)
		})
	}
	if gone(bystander.Process.Pid) {
		t.Error("the bystander was killed")
	}
	mustQuery(t, other.URL(), `SELECT 'here'`)
}

// TestOrphanIsStopped starts a server that nobody owns, which the next owner
// must replace with its own.
func TestOrphanIsStopped(t *testing.T) {
	t.Parallel()
	home := directory(t)
	s := open(t, home)
	mustQuery(t, s.URL(), writeNote)
	program := mustQuery(t, s.URL(),
		`SELECT setting || '/postgres' FROM pg_config WHERE name = 'BINDIR'`)
	closeServer(t, s)
	data := filepath.Join(home, "data")
	orphan := exec.Command(program, "-D", data, "-c", "listen_addresses=",
		"-c", "unix_socket_directories="+filepath.Join(home, "run"))
	asOwner(t, data, orphan)
	eventually(t, "the orphan runs", func() bool {
		_, err := query(s.URL(), readNote)
		return err == nil
	})
	again := open(t, home)
	if !again.Owner() {
		t.Error("the orphan has an owner")
	}
	if got := mustQuery(t, again.URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
	if err := orphan.Wait(); err != nil {
		t.Errorf("the orphan was not stopped cleanly: %v", err)
	}
}

// TestWithoutRoot runs these tests again as a user without privileges.
func TestWithoutRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("this is not root")
	}
	t.Parallel()
	place := directory(t)
	if err := os.Chmod(place, 0o777); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(place, "tests")
	if err := os.WriteFile(program, text, 0o755); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, "-test.v", "-test.run="+
		"^(TestOpenKeepsData|TestOpenJoins|TestOpenRefuses.*|TestOwnerKilled|TestEverythingKilled|"+
		"TestStaleProcessFile|TestOrphanIsStopped|TestDefaultHome)$")
	command.Dir = place
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + place, "HOME=" + place}
	command.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: 65534, Gid: 65534},
	}
	output, err := command.CombinedOutput()
	t.Logf("%s", output)
	if err != nil {
		t.Error(err)
	}
}

// TestUnburiedOrphan kills an orphan whose parent does not wait for it: its number
// stays taken, and its file stays, too.
func TestUnburiedOrphan(t *testing.T) {
	t.Parallel()
	home := directory(t)
	s := open(t, home)
	mustQuery(t, s.URL(), writeNote)
	program := mustQuery(t, s.URL(),
		`SELECT setting || '/postgres' FROM pg_config WHERE name = 'BINDIR'`)
	closeServer(t, s)
	data := filepath.Join(home, "data")
	orphan := exec.Command(program, "-D", data, "-c", "listen_addresses=",
		"-c", "unix_socket_directories="+filepath.Join(home, "run"))
	asOwner(t, data, orphan)
	eventually(t, "the orphan runs", func() bool {
		_, err := query(s.URL(), readNote)
		return err == nil
	})
	if err := orphan.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the orphan is dead", func() bool { return gone(orphan.Process.Pid) })
	if err := syscall.Kill(orphan.Process.Pid, 0); err != nil {
		t.Fatalf("the orphan is buried: %v", err)
	}
	if got := mustQuery(t, open(t, home).URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
}
