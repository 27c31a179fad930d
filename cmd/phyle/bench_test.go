package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"phyle/ledger/postgres/server"
)

// BenchmarkDemo measures the time from starting the built program to the first
// answer of its API: cold on a new home, warm on the same home again. The reference
// is a bare private PostgreSQL on a new home of its own, in the same run.
func BenchmarkDemo(b *testing.B) {
	program := filepath.Join(b.TempDir(), "phyle")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	var cold, warm, bare time.Duration
	rounds := 0
	for b.Loop() {
		home := benchHome(b)
		cold += firstAnswer(b, program, home)
		warm += firstAnswer(b, program, home)
		bare += bareStart(b)
		rounds++
	}
	b.ReportMetric(cold.Seconds()*1000/float64(rounds), "cold-ms")
	b.ReportMetric(warm.Seconds()*1000/float64(rounds), "warm-ms")
	b.ReportMetric(bare.Seconds()*1000/float64(rounds), "bare-postgres-ms")
	b.ReportMetric(cold.Seconds()/bare.Seconds(), "cold/bare")
}

// benchHome is a short path that the server's own account can reach.
func benchHome(b *testing.B) string {
	b.Helper()
	home, err := os.MkdirTemp("/tmp", "phyle-bench-")
	if err == nil {
		err = os.Chmod(home, 0o755)
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(home) })
	return home
}

// firstAnswer starts the demo, waits for its first answer and stops it.
func firstAnswer(b *testing.B, program, home string) time.Duration {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	command := exec.Command(program, "demo", "--listen", address)
	command.Env = append(os.Environ(), "PHYLE_HOME="+home, "DATABASE_URL=")
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, bufio.NewReader(out)) }() // the tour is not the matter
	awaitReady(b, "http://"+address+"/readyz")
	took := time.Since(began)
	if err := command.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		b.Fatal(err)
	}
	return took
}

func bareStart(b *testing.B) time.Duration {
	b.Helper()
	ctx := context.Background()
	began := time.Now()
	s, err := server.Open(ctx, server.Options{Home: benchHome(b)})
	if err != nil {
		b.Fatal(err)
	}
	took := time.Since(began)
	if err := s.Close(ctx); err != nil {
		b.Fatal(err)
	}
	return took
}
