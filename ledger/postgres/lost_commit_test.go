package postgres_test

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// wire is a line to the database that can be cut at COMMIT.
type wire struct {
	target string
	// cut says where the next COMMIT is lost: 0 nowhere, then before the server has
	// it or before the client has its answer.
	cut atomic.Int32
}

const (
	cutBefore int32 = iota + 1
	cutAfter
)

// newWire listens on a socket of the database's name in a directory of its own.
func newWire(t *testing.T, w *world) (*wire, *postgres.Store) {
	t.Helper()
	directory, name, _ := socket(t, w.store.Raw())
	parent := "/tmp"
	if short := os.TempDir(); len(short) < 40 {
		parent = short
	}
	own, err := os.MkdirTemp(parent, "phyle-wire-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(own) })
	listener, err := net.Listen("unix", filepath.Join(own, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	line := &wire{target: filepath.Join(directory, name)}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go line.serve(client)
		}
	}()
	return line, openAt(t, through(t, w.store.Raw(), own))
}

func (l *wire) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", l.target)
	if err != nil {
		return
	}
	defer server.Close()
	var lost atomic.Bool
	go func() {
		defer client.Close()
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			if err != nil || lost.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if bytes.Contains(buffer[:n], []byte("COMMIT\x00")) {
			switch l.cut.Swap(0) {
			case cutBefore:
				return
			case cutAfter:
				lost.Store(true)
			}
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// A COMMIT that is lost on its way, there or back, has one effect with a key. With
// none nobody can tell, so it is not tried again and the caller is told.
func TestLostCommit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		key  string
		cut  int32
		want string
		// incomes are what the books hold right after.
		incomes int
	}{
		{name: "before, with a key", key: "key", cut: cutBefore, want: "ok", incomes: 1},
		{name: "after, with a key", key: "key", cut: cutAfter, want: "replayed", incomes: 1},
		{name: "before, without", cut: cutBefore, want: "database_unavailable", incomes: 0},
		{name: "after, without", cut: cutAfter, want: "database_unavailable", incomes: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := riverside(t)
			line, store := newWire(t, w)
			do[[]ledger.Income](t)(store.RecordIncomes(t.Context(), w.act(), sale(t, "1.00", "2026-10-30")))
			line.cut.Store(c.cut)
			act := keyed(w.ana, c.key, "request")
			_, err := store.RecordIncomes(t.Context(), act, sale(t, "10.00", "2026-10-31"))
			wantCode(t, c.want, err)
			if left := line.cut.Load(); left != 0 {
				t.Error("the line was not cut")
			}
			if c.want != "database_unavailable" && act.Answer.Status != 201 {
				t.Errorf("the answer is %+v", act.Answer)
			}
			time.Sleep(20 * time.Millisecond) // the server may still be ending the lost transaction
			got := count(t, w.store.Raw(), `SELECT count(*) FROM income WHERE gross = 10`)
			if got != c.incomes {
				t.Errorf("%d incomes, want %d", got, c.incomes)
			}
			if c.key == "" {
				return
			}
			again := keyed(w.ana, c.key, "request")
			_, err = store.RecordIncomes(t.Context(), again, sale(t, "10.00", "2026-10-31"))
			wantCode(t, "replayed", err)
		})
	}
}
