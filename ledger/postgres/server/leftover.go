package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// settle clears what an owner that did not stop its server has left. The
// caller holds the home's lock, so whatever still runs there has no owner.
func (c *cluster) settle(ctx context.Context, socket string) error {
	path := filepath.Join(c.home.data(), "postmaster.pid")
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c.clearSocket(socket)
	}
	if err != nil {
		return homeError(c.home.data(), err)
	}
	line, _, _ := strings.Cut(string(content), "\n")
	id, err := strconv.Atoi(strings.TrimSpace(line))
	switch {
	case err == nil && id < 0 && c.serves(-id):
		return &Error{
			message: fmt.Sprintf("Process %d works on %s in single-user mode.", -id, c.home.data()),
			hint:    "End it first.",
		}
	case err == nil && id > 0 && c.serves(id):
		if err := c.stopOrphan(ctx, id); err != nil {
			return err
		}
		// One that was killed leaves its file, and may be dead and not buried.
		return c.settle(ctx, socket)
	case err == nil && id > 0 && errors.Is(syscall.Kill(id, 0), syscall.ESRCH):
		// PostgreSQL sees that for itself, and checks more than we do.
	default:
		// PostgreSQL would take any live process for its own earlier self, and
		// would not start on a file that a power cut has left empty.
		if err := os.Rename(path, path+".stale"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return homeError(c.home.data(), err)
		}
	}
	return c.clearSocket(socket)
}

// clearSocket removes the socket that no server listens on any more, and its
// lock, which names a process as postmaster.pid does.
func (c *cluster) clearSocket(socket string) error {
	for _, name := range []string{".s.PGSQL." + port, ".s.PGSQL." + port + ".lock"} {
		err := os.Remove(filepath.Join(socket, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return homeError(socket, err)
		}
	}
	return nil
}

// serves reports whether a live process is a PostgreSQL on our data directory.
// A number alone says nothing: it may have gone to another process since.
func (c *cluster) serves(id int) bool {
	command, directory := inspectProcess(id)
	if len(command) == 0 {
		return false
	}
	name := filepath.Base(command[0])
	if name != "postgres" && name != "postmaster" {
		return false
	}
	named := directory
	for i, argument := range command[:len(command)-1] {
		if argument == "-D" && filepath.IsAbs(command[i+1]) {
			named = command[i+1]
		}
	}
	one, err := os.Stat(named)
	if err != nil {
		return false
	}
	other, err := os.Stat(c.home.data())
	return err == nil && os.SameFile(one, other)
}

// orphanSteps are quicker with the first, clean one than an owner is: we are
// waited for, and an orphan that was recovering would never take it.
var orphanSteps = []step{
	{signal: syscall.SIGINT, limit: 2 * time.Second},
	{signal: syscall.SIGQUIT, limit: 20 * time.Second},
	{signal: syscall.SIGKILL, limit: 20 * time.Second},
}

// stopOrphan ends a server whose owner is gone, cleanly if it can.
func (c *cluster) stopOrphan(ctx context.Context, id int) error {
	orphan, err := os.FindProcess(id)
	if err != nil {
		return err
	}
	defer func() { _ = orphan.Release() }()
	c.log.Warn("stopping a server whose owner is gone", "process", id)
	for _, step := range orphanSteps {
		// Looked at again, because we now hold the process and not its number.
		if !c.serves(id) {
			return nil
		}
		_ = orphan.Signal(step.signal)
		for deadline := time.Now().Add(step.limit); time.Now().Before(deadline); {
			if !c.serves(id) {
				return nil
			}
			if err := sleep(ctx, 10*time.Millisecond); err != nil {
				return err
			}
		}
	}
	return &Error{
		message: fmt.Sprintf("A PostgreSQL left over on %s (process %d) cannot be stopped.",
			c.home.data(), id),
		hint: "End that process, and try again.",
	}
}
