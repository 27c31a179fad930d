package server

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// process is a running postmaster. Done is closed when it has been reaped.
type process struct {
	command *exec.Cmd
	done    chan struct{}
	err     error // of the wait; settled once done is closed
}

// launch starts a command on a thread that lives as long as the command. The
// kernel ends the command with that thread, so a thread that Go might retire
// must not be the one.
func launch(command *exec.Cmd) (*process, error) {
	p := &process{command: command, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with us
		if err := command.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		p.err = command.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// locked calls run without letting go of the thread.
func locked(run func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return run()
}

func (p *process) id() int { return p.command.Process.Pid }

// reason is how the process ended. It may be asked once done is closed.
func (p *process) reason() string { return p.command.ProcessState.String() }

// endedError is how a process ended that was to become ready.
type endedError string

// Error returns how, as the operating system says it.
func (e endedError) Error() string { return string(e) }

// ready returns when the database answers, or as soon as the process ends.
func (p *process) ready(ctx context.Context, socket, database string) error {
	pause := 5 * time.Millisecond
	for {
		err := ensureDatabase(ctx, socket, database)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return endedError(p.reason())
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", ctx.Err(), err)
		case <-time.After(pause):
			pause = min(2*pause, 50*time.Millisecond)
		}
	}
}

// step is a way to end a PostgreSQL, and how long that may take.
type step struct {
	signal syscall.Signal
	limit  time.Duration
}

// gently has everything on disk at the end; atOnce leaves that to the next
// start.
var (
	gently = []step{
		{signal: syscall.SIGINT, limit: 30 * time.Second},
		{signal: syscall.SIGQUIT, limit: 5 * time.Second},
		{signal: syscall.SIGKILL, limit: 5 * time.Second},
	}
	atOnce = gently[1:]
)

// stop ends the process by the first of the steps. If that takes too long, or
// ctx ends, the others follow, and the error says so.
func (p *process) stop(ctx context.Context, steps []step) error {
	for i, step := range steps {
		// The process may be gone already, which the wait below sees.
		_ = p.command.Process.Signal(step.signal)
		limit := time.NewTimer(step.limit)
		impatient := ctx.Done()
		if i > 0 {
			impatient = nil
		}
		select {
		case <-p.done:
			limit.Stop()
			if i > 0 {
				return fmt.Errorf("PostgreSQL had to be stopped by %v (%s)", step.signal, p.reason())
			}
			return nil
		case <-impatient:
			limit.Stop()
		case <-limit.C:
		}
	}
	return fmt.Errorf("PostgreSQL (process %d) cannot be stopped", p.id())
}

// readFrom is what a log has gained since it had the given size.
func readFrom(file *os.File, size int64) string {
	content, _ := io.ReadAll(io.NewSectionReader(file, size, 64<<10))
	return string(content)
}

// lastLines is the end of a log, in one line.
func lastLines(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	lines = lines[max(0, len(lines)-5):]
	text := strings.Join(lines, " / ")
	if text == "" {
		return "(nothing)"
	}
	return text[max(0, len(text)-2000):]
}
