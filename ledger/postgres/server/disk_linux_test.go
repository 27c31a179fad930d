package server_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// disk is a file system of its own in memory, of the given size. Only root can
// make one, and not in every container.
func disk(t *testing.T, size string) string {
	t.Helper()
	path := directory(t)
	if os.Geteuid() != 0 {
		t.Skip("only root can make a file system")
	}
	if err := syscall.Mount("phyle", path, "tmpfs", 0, "mode=711,size="+size); err != nil {
		t.Skipf("no file system can be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(path, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return path
}

// remount changes a disk that is in use.
func remount(t *testing.T, path string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount("phyle", path, "tmpfs", syscall.MS_REMOUNT|flags, options); err != nil {
		t.Fatal(err)
	}
}

// TestReadOnlyHome has the home's disk turn read-only, and writable again.
func TestReadOnlyHome(t *testing.T) {
	t.Parallel()
	place := disk(t, "200m")
	home := filepath.Join(place, "home")
	s := open(t, home)
	mustQuery(t, s.URL(), writeNote)
	closeServer(t, s)
	remount(t, place, syscall.MS_RDONLY, "")
	refused(t, home, "read-only file system")
	refused(t, filepath.Join(place, "new", "home"), "read-only file system")
	remount(t, place, 0, "")
	if got := mustQuery(t, open(t, home).URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
}

// TestFullDisk makes a database on a disk that is too small for one, and then
// large enough.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	place := disk(t, "16m")
	home := filepath.Join(place, "home")
	refused(t, home, "the disk is full")
	if left, _ := filepath.Glob(filepath.Join(home, "data*")); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
	remount(t, place, 0, "size=200m")
	s := open(t, home)
	mustQuery(t, s.URL(), writeNote)
	closeServer(t, s)
	fill(t, place)
	refused(t, home, "the disk is full")
	if err := os.Remove(filepath.Join(place, "filler")); err != nil {
		t.Fatal(err)
	}
	if got := mustQuery(t, open(t, home).URL(), readNote); got != "kept" {
		t.Errorf("note is %q", got)
	}
}

// TestDiskFillsUp has the server die while there is no room to start it again,
// for longer than it is otherwise tried.
func TestDiskFillsUp(t *testing.T) {
	t.Parallel()
	place := disk(t, "200m")
	s := open(t, filepath.Join(place, "home"))
	mustQuery(t, s.URL(), writeNote)
	fill(t, place)
	if err := syscall.Kill(postmaster(t, filepath.Join(place, "home")), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.Died():
		t.Fatalf("gave up: %v", err)
	case <-time.After(9 * time.Second):
	}
	if err := os.Remove(filepath.Join(place, "filler")); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	eventually(t, "the server is back", func() bool {
		got, err := query(s.URL(), readNote)
		return err == nil && got == "kept"
	})
	t.Logf("back %v after there was room", time.Since(begun))
	closeServer(t, s)
}

// fill takes all the room there is on a disk.
func fill(t *testing.T, place string) {
	t.Helper()
	file, err := os.Create(filepath.Join(place, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	block := make([]byte, 64<<10)
	for {
		n, err := file.Write(block)
		if errors.Is(err, syscall.ENOSPC) && n == 0 {
			if len(block) == 1 {
				return
			}
			block = block[:len(block)/2]
		} else if err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}
