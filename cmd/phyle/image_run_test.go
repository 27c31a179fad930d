package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var image = flag.Bool("image", false,
	"build the program as the Dockerfile says, and run it as the image would")

// TestImage builds the program with the Dockerfile's own command and runs it as a
// container would, in a root directory that holds only what the last stage copies
// and the account cannot write: it serves, is found healthy and ends when told to.
// It takes root, and compiles everything anew.
func TestImage(t *testing.T) {
	if !*image {
		t.Skip("-image is not given")
	}
	if os.Geteuid() != 0 {
		t.Skip("only root may change the root directory of a program")
	}
	t.Parallel()
	list := readDockerfile(readText(t, "Dockerfile"))
	box := newContainer(t, list)
	home := lockedHome(t)
	port := bridge(t, filepath.Join(home, "run", ".s.PGSQL.5432"))
	box.environment = append(box.environment,
		"DATABASE_URL=postgres://locked@"+port+"/locked?sslmode=disable",
		passwordFile+"=/run/secrets/database_password")

	entry, serve := mustCommand(t, list, "ENTRYPOINT"), mustCommand(t, list, "CMD")
	health := mustCommand(t, list, "HEALTHCHECK")
	var said syncedBuffer
	server := box.command(append(entry, serve...))
	server.Stderr = &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	t.Cleanup(func() { _ = server.Process.Kill() })
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		output, err := box.command(health).CombinedOutput()
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not become healthy: %v: %s%s", err, output, said.String())
		}
	}
	founded, err := box.command(append(entry, "commons", "create", "riverside", "--name", "Riverside",
		"--currency", "EUR", "--time-zone", "Europe/Berlin")).CombinedOutput()
	if err != nil || !strings.Contains(string(founded), "phy_") {
		t.Errorf("%v: %s", err, founded)
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended with %v: %s", err, said.String())
		}
	case <-time.After(patience):
		t.Errorf("it does not end: %s", said.String())
	}
	checkLog(t, said.String())
}

// checkLog holds that the log is lines of JSON, one for a request at least, and
// does not show the password.
func checkLog(t *testing.T, text string) {
	t.Helper()
	requests := 0
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		var line map[string]any
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Errorf("%v in %s", err, lines.Text())
		}
		if line["msg"] == "request" && line["request_id"] != "" {
			requests++
		}
	}
	if requests == 0 || strings.Contains(text, secret) {
		t.Errorf("the log is %s", text)
	}
}

func mustCommand(t *testing.T, list []instruction, name string) []string {
	t.Helper()
	words, err := command(strings.Join(ofLastStage(list, name), " "))
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// container is a root directory for a program.
type container struct {
	root           string
	account, group uint32
	environment    []string
}

// newContainer makes what the last stage of the Dockerfile describes, on a port that
// is free here, with the secret where docker-compose.yml puts it.
func newContainer(t *testing.T, list []instruction) *container {
	t.Helper()
	root, err := os.MkdirTemp("", "phyle-image-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	c := &container{root: root}
	c.account, c.group = accountOf(t, strings.Join(ofLastStage(list, "USER"), ""))
	for _, i := range list {
		if i.name == "RUN" && strings.Contains(i.arguments, "go build") {
			// The same command, but with the file where the image will have it.
			build := exec.Command("sh", "-c",
				strings.Replace(i.arguments, "-o /phyle", "-o "+root+"/phyle", 1))
			build.Dir = repository
			if output, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, output)
			}
		}
	}
	for _, variables := range ofLastStage(list, "ENV") {
		c.environment = append(c.environment, strings.Fields(variables)...)
	}
	c.environment = append(c.environment, "PHYLE_LISTEN="+freePort(t)) // the last one counts
	secrets := filepath.Join(root, "run", "secrets")
	if err := os.MkdirAll(secrets, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(secrets, "database_password"), []byte(secret+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{root, filepath.Join(root, "run"), secrets} {
		if err := os.Chmod(name, 0o555); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// command returns a program that sees nothing but the root directory.
func (c *container) command(words []string) *exec.Cmd {
	return &exec.Cmd{
		Path: words[0], Args: words, Env: c.environment, Dir: "/",
		SysProcAttr: &syscall.SysProcAttr{
			Chroot:     c.root,
			Credential: &syscall.Credential{Uid: c.account, Gid: c.group},
		},
	}
}

// bridge lets a socket be reached by an address, which it returns.
func bridge(t *testing.T, socket string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
		open.Wait()
	})
	open.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { relay(near, socket) })
		}
	})
	return listener.Addr().String()
}

// relay carries what is said between a connection and the socket until one leaves.
func relay(near net.Conn, socket string) {
	defer func() { _ = near.Close() }()
	far, err := (&net.Dialer{}).DialContext(context.Background(), "unix", socket)
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	left := make(chan error, 2)
	go func() { _, err := io.Copy(far, near); left <- err }()
	go func() { _, err := io.Copy(near, far); left <- err }()
	<-left
}

// syncedBuffer is a buffer that may be read while a program writes into it.
type syncedBuffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

// Write adds to the buffer.
func (b *syncedBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.Write(p)
}

// String returns what was written so far.
func (b *syncedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.String()
}
