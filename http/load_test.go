package http_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	nethttp "net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"phyle/http"
	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/postgres/postgrestest"
)

// round is how long one side of the comparison runs before the other takes over.
const round = 2 * time.Second

// BenchmarkContributions logs contributions over HTTP, one a request and commit,
// beside pgbench inserting one row a commit into the same server, in turns. It
// says how many a second each did and their ratio. "review" kinds wait for review;
// "accept" kinds are accepted at once, under the commons' lock.
func BenchmarkContributions(b *testing.B) {
	pgbench := findPgbench(b)
	address := postgrestest.Durable(b)
	token := startForLoad(b, address)
	for _, kind := range []string{"review", "accept"} {
		for _, connections := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%s-%d", kind, connections), func(b *testing.B) {
				var ours, theirs float64
				rounds := 0
				for b.Loop() {
					theirs += runPgbench(b, pgbench, address, connections)
					ours += token.log(b, kind, connections)
					rounds++
				}
				b.ReportMetric(ours/float64(rounds), "contributions/s")
				b.ReportMetric(theirs/float64(rounds), "pgbench-rows/s")
				b.ReportMetric(ours/theirs, "ratio")
			})
		}
	}
}

// loaded is a running server and a token of it.
type loaded struct {
	base  string
	token string
	keys  atomic.Int64
}

func startForLoad(b *testing.B, address string) *loaded {
	b.Helper()
	ctx := context.Background()
	store, err := postgres.Open(ctx, address)
	if err != nil {
		b.Fatal(err)
	}
	founded, err := store.CreateCommons(ctx, postgres.Caller{Instance: true},
		ledger.Commons{Slug: "load", Name: "Load", Currency: "EUR", TimeZone: "UTC"},
		ledger.NewMember{Handle: "ana", Name: "Ana", Stage: ledger.FullPart, JoinedOn: ledger.Beginning,
			Roles: []ledger.Role{ledger.Steward, ledger.Treasurer}})
	if err != nil {
		b.Fatal(err)
	}
	by, err := store.Authenticate(ctx, founded.Token)
	if err != nil {
		b.Fatal(err)
	}
	_, err = store.AddKinds(ctx, &postgres.Act{By: by}, []ledger.ContributionKind{
		{Code: "review", Name: "Review", Unit: "item", Theme: "work", Becomes: ledger.BecomesWeight, Reviews: 1},
		{Code: "accept", Name: "Accept", Unit: "item", Theme: "work", Becomes: ledger.BecomesWeight},
	})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	serving, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		done <- http.New(store, http.Options{Rate: -1, Log: slog.New(slog.DiscardHandler)}).Serve(serving, listener)
	}()
	b.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			b.Error(err)
		}
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	return &loaded{base: "http://" + listener.Addr().String() + "/v1/commons/load", token: founded.Token}
}

// log posts contributions on so many connections for a round, and returns how
// many a second were answered.
func (l *loaded) log(b *testing.B, kind string, connections int) float64 {
	b.Helper()
	transport := &nethttp.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}
	defer transport.CloseIdleConnections()
	client := &nethttp.Client{Transport: transport, Timeout: 30 * time.Second}
	var answered atomic.Int64
	var wait sync.WaitGroup
	began := time.Now()
	for range connections {
		wait.Go(func() {
			for time.Since(began) < round {
				if err := l.post(client, kind); err != nil {
					b.Error(err)
					return
				}
				answered.Add(1)
			}
		})
	}
	wait.Wait()
	return float64(answered.Load()) / time.Since(began).Seconds()
}

func (l *loaded) post(client *nethttp.Client, kind string) error {
	body := fmt.Sprintf(`{"member":"ana","kind":%q,"quantity":"1.5","date":"2026-10-05"}`, kind)
	request, err := nethttp.NewRequest("POST", l.base+"/contributions", bytes.NewBufferString(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+l.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", strconv.FormatInt(l.keys.Add(1), 10))
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != nethttp.StatusCreated {
		return fmt.Errorf("%s: %s", response.Status, answer)
	}
	return err
}

func findPgbench(b *testing.B) string {
	b.Helper()
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if len(found) == 0 {
		b.Skip("pgbench is not installed; it comes with PostgreSQL")
	}
	return found[len(found)-1]
}

var pgbenchRate = regexp.MustCompile(`tps = ([0-9.]+)`)

// runPgbench inserts one row a commit for a round, and returns the rows a second.
func runPgbench(b *testing.B, pgbench, address string, connections int) float64 {
	b.Helper()
	u, err := url.Parse(address)
	if err != nil {
		b.Fatal(err)
	}
	environment := append(os.Environ(), "PGHOST="+u.Query().Get("host"), "PGPORT="+u.Query().Get("port"),
		"PGUSER="+u.User.Username(), "PGDATABASE="+u.Path[1:])
	script := filepath.Join(b.TempDir(), "insert.sql")
	if err := os.WriteFile(script, []byte("INSERT INTO public.one_row (note) VALUES ('laser cutter');\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	database, err := postgres.Connect(address)
	if err != nil {
		b.Fatal(err)
	}
	defer database.Close()
	if _, err := database.Exec(`CREATE TABLE IF NOT EXISTS public.one_row (id bigserial PRIMARY KEY, note text)`); err != nil {
		b.Fatal(err)
	}
	command := exec.Command(pgbench, "-n", "-M", "prepared", "-f", script, "-c", strconv.Itoa(connections), "-j", "2",
		"-T", strconv.Itoa(int(round.Seconds())))
	command.Env = environment
	out, err := command.CombinedOutput()
	if err != nil {
		b.Fatalf("pgbench: %v: %s", err, out)
	}
	rate := pgbenchRate.FindSubmatch(out)
	if rate == nil {
		b.Fatalf("pgbench said: %s", out)
	}
	tps, err := strconv.ParseFloat(string(rate[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return tps
}
