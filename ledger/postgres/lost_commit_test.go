package postgres_test

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

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

// waitUntilIdle returns when the server has ended every transaction, lost ones too.
func waitUntilIdle(t *testing.T, w *world) {
	t.Helper()
	for range 500 {
		if count(t, w.store.Raw(), `
			SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'
			   AND pid <> pg_backend_pid()`) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("a transaction does not end")
}

// A COMMIT that is lost on its way, there or back, has one effect with a key. With
// none nobody can tell, so it is not tried again and the caller is told.
func TestCase30LostCommit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		key  string
		cut  int32
		// logs says that contributions are logged, in a batch, instead.
		logs bool
		want string
		// effects is how often it is in the books right after.
		effects int
	}{
		{name: "before, with a key", key: "key", cut: cutBefore, want: "ok", effects: 1},
		{name: "after, with a key", key: "key", cut: cutAfter, want: "replayed", effects: 1},
		{name: "logging, before, with a key", logs: true, key: "key", cut: cutBefore, want: "ok", effects: 1},
		{name: "logging, after, with a key", logs: true, key: "key", cut: cutAfter, want: "replayed", effects: 1},
		{name: "logging, before, without", logs: true, cut: cutBefore, want: "database_unavailable", effects: 0},
		{name: "logging, after, without", logs: true, cut: cutAfter, want: "database_unavailable", effects: 1},
		{name: "before, without", cut: cutBefore, want: "database_unavailable", effects: 0},
		{name: "after, without", cut: cutAfter, want: "database_unavailable", effects: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := riverside(t)
			line, store := newWire(t, w)
			do[[]ledger.Income](t)(store.RecordIncomes(t.Context(), w.act(), sale(t, "1.00", "2026-10-30")))
			line.cut.Store(c.cut)
			do := func(act *postgres.Act) (err error) {
				if c.logs {
					_, err = store.LogContributions(t.Context(), act, []ledger.NewContribution{{Member: "cy",
						Kind: "work", Quantity: decimal.NewFromInt(10), Date: date(t, "2026-10-31")}})
				} else {
					_, err = store.RecordIncomes(t.Context(), act, sale(t, "10.00", "2026-10-31"))
				}
				return err
			}
			act := keyed(w.ana, c.key, "request")
			wantCode(t, c.want, do(act))
			if left := line.cut.Load(); left != 0 {
				t.Error("the line was not cut")
			}
			if c.want != "database_unavailable" && act.Answer.Status != 201 {
				t.Errorf("the answer is %+v", act.Answer)
			}
			waitUntilIdle(t, w)
			got := count(t, w.store.Raw(), `SELECT (SELECT count(*) FROM income WHERE gross = 10)
				+ (SELECT count(*) FROM contribution)`)
			if got != c.effects {
				t.Errorf("it is in the books %d times, want %d", got, c.effects)
			}
			if c.key == "" {
				return
			}
			wantCode(t, "replayed", do(keyed(w.ana, c.key, "request")))
		})
	}
}
