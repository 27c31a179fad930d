package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cluster is a data directory together with the programs and the account that
// serve it.
type cluster struct {
	home         home
	account      account
	installation installation
	log          *slog.Logger
}

// prepareCluster finds what serves the home's data directory, and makes the
// directory if there is nothing in its place.
func prepareCluster(
	ctx context.Context, h home, options Options, log *slog.Logger,
) (*cluster, error) {
	major, err := dataVersion(h.data())
	if err != nil {
		return nil, err
	}
	c := &cluster{home: h, log: log}
	if c.account, err = chooseAccount(h.data()); err != nil {
		return nil, err
	}
	if c.installation, err = findInstallation(h.data(), major); err != nil {
		return nil, err
	}
	if err := c.account.reaches(h, c.installation); err != nil {
		return nil, err
	}
	if major == 0 {
		if err := c.initialize(ctx, options.Settings["fsync"] != "off"); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// dataVersion is the major version that made the data directory, or zero if
// there is nothing at its place.
func dataVersion(data string) (int, error) {
	if _, err := os.Lstat(data); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	content, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, fs.ErrPermission) {
		return 0, homeError(data, err)
	}
	major, wrong := strconv.Atoi(strings.TrimSpace(string(content)))
	_, missing := os.Stat(filepath.Join(data, "global", "pg_control"))
	if err != nil || (wrong == nil && major >= oldestMajor && missing != nil) {
		return 0, &Error{
			message: data + " is there but is not a PostgreSQL data directory.",
			hint: "Move it away if it is not needed, or choose another home with PHYLE_HOME. " +
				"Nothing has been changed.",
			cause: errors.Join(err, missing),
		}
	}
	if wrong != nil || major < 1 {
		return 0, &Error{
			message: fmt.Sprintf("The data directory %s names no version that we can read: %q.",
				data, strings.TrimSpace(string(content))),
			hint: "Restore its PG_VERSION from a backup. Nothing has been changed.",
		}
	}
	return major, nil
}

// initialize makes a data directory beside its place and then moves it there.
// What a crash leaves beside it stays, and is in nobody's way.
func (c *cluster) initialize(ctx context.Context, durable bool) error {
	fresh, err := os.MkdirTemp(c.home.path, "data.new-")
	if err != nil {
		return homeError(c.home.path, err)
	}
	if err := c.account.give(fresh); err != nil {
		return homeError(c.home.path, err)
	}
	arguments := []string{
		"--pgdata=" + fresh, "--username=" + superuser, "--encoding=UTF8", "--locale=C",
		"--data-checksums", "--auth-local=trust", "--auth-host=reject", "--no-instructions",
	}
	if !durable {
		arguments = append(arguments, "--no-sync")
	}
	command := exec.CommandContext(ctx, c.installation.program("initdb"), arguments...)
	command.Dir = c.home.path
	command.Env = environment()
	command.SysProcAttr = attributes(c.account.credential)
	var output bytes.Buffer
	command.Stderr = &output
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 5 * time.Second
	if err := locked(command.Run); err != nil {
		_ = os.Remove(fresh) // initdb has emptied it, or else it stays
		if ctx.Err() != nil {
			return fmt.Errorf("making the database in %s: %w", c.home.path, ctx.Err())
		}
		if isFull(c.home.path, output.String()) {
			return diskFull(c.home.path)
		}
		return &Error{
			message: fmt.Sprintf("The database could not be made in %s: %s.", c.home.path,
				lastLines(output.String())),
			hint: hintHome, cause: err,
		}
	}
	if _, err := os.Lstat(c.home.data()); !errors.Is(err, fs.ErrNotExist) {
		return homeError(c.home.path, fmt.Errorf("%s appeared meanwhile", c.home.data()))
	}
	if err := os.Rename(fresh, c.home.data()); err != nil {
		return homeError(c.home.path, err)
	}
	return syncDirectory(c.home.path)
}

func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return homeError(path, err)
	}
	defer func() { _ = directory.Close() }()
	if err := directory.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) {
		return homeError(path, err)
	}
	return nil
}

// arguments are the server's settings: those for a small machine, then the
// caller's, then those that keep it private.
func (c *cluster) arguments(socket string, settings map[string]string) []string {
	all := map[string]string{
		"max_connections":           "100",
		"shared_buffers":            "64MB",
		"max_wal_size":              "512MB",
		"wal_compression":           "on",
		"random_page_cost":          "1.1",
		"jit":                       "off",
		"timezone":                  "UTC",
		"log_timezone":              "UTC",
		"log_checkpoints":           "off",
		"log_error_verbosity":       "terse", // details hold members' data
		"log_min_error_statement":   "panic", // and so do statements
		"log_line_prefix":           "%m [%p] ",
		"cluster_name":              "phyle",
		"max_prepared_transactions": "0",
	}
	for name, value := range settings {
		all[name] = value
	}
	all["listen_addresses"] = ""
	all["port"] = port
	all["unix_socket_directories"] = socket
	all["unix_socket_permissions"] = "0700"
	all["logging_collector"] = "off"
	all["log_destination"] = "stderr"
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	arguments := []string{"-D", c.home.data()}
	for _, name := range names {
		arguments = append(arguments, "-c", name+"="+all[name])
	}
	return arguments
}

// start runs the server and returns when its database answers. Parts of an
// earlier server that are still ending are waited for.
func (c *cluster) start(ctx context.Context, socket string, options Options) (*process, error) {
	if _, err := os.Stat(c.home.data()); err != nil {
		return nil, fmt.Errorf("the data directory is gone: %w", err)
	}
	if err := c.settle(ctx, socket); err != nil {
		return nil, err
	}
	deadline, killed := time.Now().Add(10*time.Second), 0
	for {
		running, output, err := c.attempt(ctx, socket, options)
		if err == nil {
			return running, nil
		}
		if wasKilled(output, err) {
			killed++
		} else if !strings.Contains(output, "pre-existing shared memory block") {
			return nil, err
		}
		if killed > 2 || time.Now().After(deadline) || sleep(ctx, 100*time.Millisecond) != nil {
			return nil, err
		}
	}
}

// wasKilled reports whether a start failed because somebody, such as a system
// short of memory, killed the server or a part of it.
func wasKilled(output string, err error) bool {
	var ended endedError
	return errors.As(err, &ended) && strings.HasPrefix(ended.Error(), "signal: ") ||
		strings.Contains(output, "was terminated by signal 9")
}

// attempt starts the server once. If that fails it returns what the server
// wrote in its log, too.
func (c *cluster) attempt(
	ctx context.Context, socket string, options Options,
) (*process, string, error) {
	file, err := c.home.openLog()
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, "", err
	}
	command := exec.Command(
		c.installation.program("postgres"), c.arguments(socket, options.Settings)...)
	command.Dir = c.home.data()
	command.Env = environment()
	command.Stdout, command.Stderr = file, file
	command.SysProcAttr = attributes(c.account.credential)
	running, err := launch(command)
	if err != nil {
		return nil, "", fmt.Errorf("starting %s: %w", command.Path, err)
	}
	err = running.ready(ctx, socket, options.Database)
	if err == nil {
		return running, "", nil
	}
	_ = running.stop(ctx, gently)
	output := readFrom(file, info.Size())
	if isFull(c.home.data(), output) {
		return nil, output, diskFull(c.home.data())
	}
	return nil, output, &Error{
		message: fmt.Sprintf("PostgreSQL did not start: %v. Its log ends: %s", err,
			lastLines(output)),
		hint:  "The whole log is " + c.home.log() + ".",
		cause: err,
	}
}
