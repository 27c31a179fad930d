package http

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"phyle/ledger/postgres"
)

// relay stands between a store and its PostgreSQL, and can be cut.
type relay struct {
	t       *testing.T
	to      string // the socket of PostgreSQL
	at      string // ours
	running sync.WaitGroup

	mutex    sync.Mutex
	listener net.Listener
	open     []net.Conn
}

// newRelay returns a relay to the database, and the address by which it is reached
// through it.
func newRelay(t *testing.T, address string) (*relay, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	socket := ".s.PGSQL." + query.Get("port")
	directory, err := os.MkdirTemp("", "relay") // sockets have short paths
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{
		t: t, to: filepath.Join(query.Get("host"), socket), at: filepath.Join(directory, socket),
	}
	query.Set("host", directory)
	u.RawQuery = query.Encode()
	r.mend()
	t.Cleanup(func() {
		r.cut()
		r.running.Wait()
		if err := os.RemoveAll(directory); err != nil {
			t.Error(err)
		}
	})
	return r, u.String()
}

// mend lets connections through.
func (r *relay) mend() {
	r.t.Helper()
	listener, err := net.Listen("unix", r.at)
	if err != nil {
		r.t.Fatal(err)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.listener = listener
	r.running.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			r.connect(near)
		}
	})
}

// connect joins the connection to one of PostgreSQL's.
func (r *relay) connect(near net.Conn) {
	far, err := net.Dial("unix", r.to)
	if err != nil {
		_ = near.Close()
		return
	}
	r.mutex.Lock()
	r.open = append(r.open, near, far)
	r.mutex.Unlock()
	for _, pair := range [][2]net.Conn{{near, far}, {far, near}} {
		r.running.Go(func() {
			_, _ = io.Copy(pair[0], pair[1])
			_, _ = near.Close(), far.Close()
		})
	}
}

// cut ends all connections and lets none through.
func (r *relay) cut() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	_ = r.listener.Close()
	for _, connection := range r.open {
		_ = connection.Close()
	}
	r.open = nil
}

// TestCase61_DatabaseGone takes the database away and gives it back: meanwhile every
// request is answered at once with when to come again, and afterwards it goes on
// without a restart.
func TestCase61_DatabaseGone(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	relay, address := newRelay(t, a.address)
	store, err := postgres.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	a.server = New(store, quiet())
	for range 3 {
		a.send("GET", "kinds", "").want(200)
		a.send("GET", "/readyz", "").want2xx()
		relay.cut()
		for _, r := range []struct{ method, path, body string }{
			{"GET", "kinds", ""},
			{"POST", "kinds", `{"code":"work","name":"Work","unit":"hour"}`},
			{"GET", "reports/trial", ""},
			{"GET", "/readyz", ""},
		} {
			start := time.Now()
			got := a.send(r.method, r.path, r.body)
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("%s %s: it took %v", r.method, r.path, took)
			}
			got.wantProblem(503, "database_unavailable")
			if got.Header().Get("Retry-After") == "" {
				t.Errorf("%s %s: it does not say when to come again", r.method, r.path)
			}
		}
		a.send("GET", "/healthz", "").want2xx()
		relay.mend()
	}
	a.send("GET", "/readyz", "").want2xx()
	a.send("POST", "kinds", `{"code":"work","name":"Work","unit":"hour"}`).want(201)
}

// want2xx holds an answer that is no JSON to success.
func (a answer) want2xx() {
	a.t.Helper()
	if a.Code/100 != 2 {
		a.t.Errorf("got %d: %s", a.Code, a.Body)
	}
}

// TestCase62_ManyAtOnce asks for many more things at once than there are connections
// to the database: all are answered, and none waits for a second connection.
func TestCase62_ManyAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var running sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, 160)
	for i := range answers {
		running.Go(func() {
			switch i % 4 {
			case 0:
				answers[i] = f.send("POST", "incomes", incomeOf("1", "2026-10-30")).ResponseRecorder
			case 1:
				answers[i] = f.send("GET", "reports/trial", "").ResponseRecorder
			case 2:
				answers[i] = f.send("POST", "distributions?dry_run=true",
					`{"through":"2026-10-31"}`).ResponseRecorder
			case 3:
				answers[i] = f.send("GET", "contributions", "").ResponseRecorder
			}
		})
	}
	running.Wait()
	for i, got := range answers {
		if got.Code/100 != 2 {
			t.Errorf("request %d: got %d: %s", i, got.Code, got.Body)
		}
	}
}

// TestCase63_ReaderLeaves holds that what nobody waits for any more does not go on in
// the database, and that others write meanwhile.
func TestCase63_ReaderLeaves(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.hold(t, `LOCK TABLE phyle.income IN ACCESS EXCLUSIVE MODE`)
	ctx, leave := context.WithCancel(context.Background())
	request := httptest.NewRequestWithContext(ctx, "GET", "/v1/commons/riverside/incomes", nil)
	request.Header.Set("Authorization", "Bearer "+f.token)
	left := make(chan int, 1)
	go func() {
		got := httptest.NewRecorder()
		f.server.Handler().ServeHTTP(got, request)
		left <- got.Code
	}()
	f.await(t, 1)
	f.send("POST", "kinds", `{"code":"care","name":"Care","unit":"hour"}`).want(201)
	leave()
	if got := <-left; got != nethttp.StatusServiceUnavailable {
		t.Errorf("got %d", got)
	}
	f.await(t, 0)
}

// TestCase64_HeldLock holds that who waits for a commons whose lock is held is sent
// away in time, and that a client which hangs in a transaction loses it.
func TestCase64_HeldLock(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	kind := `{"code":"care","name":"Care","unit":"hour"}`
	holding := `SELECT sequence FROM phyle.journal_head FOR UPDATE`
	release := f.hold(t, holding)
	start := time.Now()
	got := f.send("POST", "kinds", kind)
	got.wantProblem(503, "busy")
	if took := time.Since(start); took > 20*time.Second || got.Header().Get("Retry-After") == "" {
		t.Errorf("it took %v and says %v", took, got.Header())
	}
	release()
	f.hold(t, `SET LOCAL idle_in_transaction_session_timeout = '500ms'`, holding)
	f.send("POST", "kinds", kind).want(201)
	connection, err := postgres.Connect(f.address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	var limit string
	err = connection.Get(&limit, `SHOW idle_in_transaction_session_timeout`)
	if err != nil || limit != "10s" {
		t.Errorf("transactions of ours may hang for %s, %v", limit, err)
	}
}

// hold runs the statements in a transaction that stays open until the test ends or
// the function is called.
func (f *fixture) hold(t *testing.T, statements ...string) (release func()) {
	t.Helper()
	tx, err := f.database.Begin()
	if err != nil {
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() {
		if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) &&
			!strings.Contains(fmt.Sprint(err), "bad connection") {
			t.Logf("the transaction was ended before: %v", err)
		}
	})
	t.Cleanup(release)
	for _, statement := range statements {
		if _, err := tx.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	return release
}

// await waits until so many statements wait for locks in the database.
func (f *fixture) await(t *testing.T, want int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		var got int
		err := f.database.QueryRow(`
			SELECT count(*) FROM pg_stat_activity
			 WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&got)
		if err != nil {
			t.Fatal(err)
		}
		if got == want {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("%d statements wait, not %d", got, want)
		}
	}
}
