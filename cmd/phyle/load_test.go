package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"phyle/ledger/postgres/server"
)

// loadTime is how long one side runs before the other takes over.
const loadTime = 2 * time.Second

// BenchmarkProgram runs the built program, a load of contributions on it and pgbench
// on the same PostgreSQL, in turns, and prints the ratio: one request, one commit and
// one contribution on our side, one commit and one bare row on the other. "review"
// kinds wait for review; "accept" kinds are accepted at once.
func BenchmarkProgram(b *testing.B) {
	pgbench := findPgbench(b)
	p := startProgram(b)
	for _, kind := range []string{"review", "accept"} {
		for _, connections := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%s-%d", kind, connections), func(b *testing.B) {
				var ours, theirs float64
				rounds := 0
				for b.Loop() {
					theirs += p.runPgbench(b, pgbench, connections)
					ours += p.load(b, kind, connections)
					rounds++
				}
				b.ReportMetric(ours/float64(rounds), "contributions/s")
				b.ReportMetric(theirs/float64(rounds), "pgbench-rows/s")
				b.ReportMetric(ours/theirs, "ratio")
			})
		}
	}
}

// loaded is a running phyle with a commons of one member.
type loaded struct {
	base  string
	token string
	home  string
	keys  atomic.Int64
}

func startProgram(b *testing.B) *loaded {
	b.Helper()
	path := filepath.Join(b.TempDir(), "phyle")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	p := &loaded{home: benchHome(b), base: "http://" + address + "/v1/commons/load"}
	environment := append(os.Environ(), "PHYLE_HOME="+p.home, "DATABASE_URL=")
	serve := exec.Command(path, "serve", "--listen", address, "--rate=-1", "--log-level=error")
	serve.Env = environment
	if err := serve.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := serve.Process.Signal(os.Interrupt); err != nil {
			b.Error(err)
		}
		if err := serve.Wait(); err != nil {
			b.Error(err)
		}
	})
	awaitReady(b, "http://"+address+"/readyz")
	create := exec.Command(path, "commons", "create", "load", "--name", "Load", "--currency", "EUR",
		"--time-zone", "UTC", "--first-member", "ana")
	create.Env = environment
	token, err := create.Output()
	if err != nil {
		b.Fatal(err)
	}
	p.token = strings.TrimSpace(string(token))
	for i, kind := range []string{"accept", "review"} {
		body := fmt.Sprintf(`{"code":%q,"name":"Parts","unit":"item","reviews":%d}`, kind, i)
		if err := p.post(nethttp.DefaultClient, "kinds", body); err != nil {
			b.Fatal(err)
		}
	}
	return p
}

func awaitReady(b *testing.B, address string) {
	b.Helper()
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(5 * time.Millisecond) {
		response, err := nethttp.Get(address)
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == nethttp.StatusOK {
			return
		}
	}
	b.Fatal("the program was not ready within a minute")
}

// load posts contributions on so many connections, and returns how many a second
// were answered.
func (p *loaded) load(b *testing.B, kind string, connections int) float64 {
	b.Helper()
	transport := &nethttp.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}
	defer transport.CloseIdleConnections()
	client := &nethttp.Client{Transport: transport, Timeout: 30 * time.Second}
	body := fmt.Sprintf(`{"member":"ana","kind":%q,"quantity":"1.5","date":"2026-10-05"}`, kind)
	var answered atomic.Int64
	var wait sync.WaitGroup
	began := time.Now()
	for range connections {
		wait.Go(func() {
			for time.Since(began) < loadTime {
				if err := p.post(client, "contributions", body); err != nil {
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

func (p *loaded) post(client *nethttp.Client, path, body string) error {
	request, err := nethttp.NewRequest("POST", p.base+"/"+path, bytes.NewBufferString(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", strconv.FormatInt(p.keys.Add(1), 10))
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
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench") // the pattern is right
	if len(found) == 0 {
		b.Skip("pgbench is not installed; it comes with PostgreSQL")
	}
	return found[len(found)-1]
}

var pgbenchRate = regexp.MustCompile(`tps = ([0-9.]+)`)

// runPgbench inserts one row a commit into the program's own PostgreSQL, and returns
// the rows a second.
func (p *loaded) runPgbench(b *testing.B, pgbench string, connections int) float64 {
	b.Helper()
	joined, err := server.Open(context.Background(), server.Options{Home: p.home})
	if err != nil {
		b.Fatal(err)
	}
	defer joined.Close(context.Background())
	u, err := url.Parse(joined.URL())
	if err != nil {
		b.Fatal(err)
	}
	environment := append(os.Environ(), "PGHOST="+u.Query().Get("host"), "PGPORT="+u.Query().Get("port"),
		"PGUSER="+u.User.Username(), "PGDATABASE="+u.Path[1:])
	script := filepath.Join(b.TempDir(), "insert.sql")
	text := "INSERT INTO public.one_row (note) VALUES ('laser cutter');\n"
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	table := filepath.Join(b.TempDir(), "table.sql")
	text = "CREATE TABLE IF NOT EXISTS public.one_row (id bigserial PRIMARY KEY, note text);\n"
	if err := os.WriteFile(table, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	run := func(arguments ...string) []byte {
		command := exec.Command(pgbench, append([]string{"-n", "-M", "prepared"}, arguments...)...)
		command.Env = environment
		out, err := command.CombinedOutput()
		if err != nil {
			b.Fatalf("pgbench: %v: %s", err, out)
		}
		return out
	}
	run("-f", table, "-t", "1", "-M", "simple")
	out := run("-f", script, "-c", strconv.Itoa(connections), "-j", "2",
		"-T", strconv.Itoa(int(loadTime.Seconds())))
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
