package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"phyle/ledger/postgres/server"
)

// The mark is a file in the home of a demonstration. A home without it, or with
// another text in it, was made by somebody else and is never removed.
const (
	demoMark     = "demonstration"
	demoMarkText = "phyle demo has made this directory, and phyle demo --reset removes it.\n"
)

// makeDemoHome makes the home of the demonstration with its mark. One that is there
// is left as it is, unless it is empty: then a crash came before the mark.
func makeDemoHome(home string) error {
	_, err := os.Lstat(home)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = makeHome(home)
	case err == nil:
		var entries []os.DirEntry
		if entries, err = os.ReadDir(home); err == nil && len(entries) > 0 {
			return nil
		}
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(home, demoMark), []byte(demoMarkText), 0o600)
	}
	if err != nil {
		return &refusal{
			message: fmt.Sprintf("The home of the demonstration cannot be made: %v.", err),
			hint:    "Choose another home with --home or PHYLE_HOME.", cause: err,
		}
	}
	return nil
}

// makeHome makes a directory, and the one above it. Those that root makes can be
// passed through, because PostgreSQL runs as somebody else.
func makeHome(home string) error {
	mode := os.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711
	}
	for _, path := range []string{filepath.Dir(home), home} {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.MkdirAll(path, mode); err != nil {
			return err
		}
		if err := os.Chmod(path, mode); err != nil { // whatever the umask is
			return err
		}
	}
	return nil
}

// resetDemo removes the home of the demonstration, once it has been asked for: only
// one that phyle demo has made and that nobody uses.
func (s *session) resetDemo(home string, sure bool) error {
	aside := home + ".removed"
	if isDemo(aside) == nil { // an earlier removal was interrupted
		if err := removeDemo(aside); err != nil {
			return err
		}
	}
	if _, err := os.Lstat(home); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := isDemo(home); err != nil {
		return err
	}
	release, err := server.Hold(home)
	if err != nil {
		return err
	}
	defer release()
	if err := s.confirm(home, sure); err != nil {
		return err
	}
	if err := os.Rename(home, aside); err != nil {
		return cannotRemove(home, err)
	}
	return removeDemo(aside)
}

// confirm asks at a terminal whether the demonstration is to be removed.
func (s *session) confirm(home string, sure bool) error {
	if sure {
		return nil
	}
	if !isTerminal(s.in) {
		return refuse("Say --yes if it is to be removed without a question.",
			"There is nobody here to ask whether the demonstration in %s is to be removed.", home)
	}
	fmt.Fprintf(s.remarks,
		"Remove the demonstration in %s, with all that was added to it? [y/N] ", home)
	line, err := bufio.NewReader(s.in).ReadString('\n')
	if err != nil {
		fmt.Fprintln(s.remarks)
	}
	answer := strings.ToLower(strings.TrimSpace(line))
	if err != nil || answer != "y" && answer != "yes" {
		return refuse("phyle demo goes on with it as it is.", "Nothing was removed.")
	}
	return nil
}

// ours are the beginnings of the names that Phyle gives to what is in a home.
var ours = []string{demoMark, "data", "run", "owner.", "postgres.log"}

// isDemo refuses a directory that phyle demo has not made, and one in which
// somebody has put something.
func isDemo(home string) error {
	info, err := os.Lstat(home)
	if err != nil {
		return cannotRemove(home, err)
	}
	mark, err := os.Lstat(filepath.Join(home, demoMark))
	if !info.IsDir() || err != nil || !mark.Mode().IsRegular() {
		return notOurs("phyle demo has not made %s.", home)
	}
	text, err := os.ReadFile(filepath.Join(home, demoMark))
	if err != nil || string(text) != demoMarkText {
		return notOurs("phyle demo has not made %s.", home)
	}
	entries, err := os.ReadDir(home)
	if err != nil {
		return cannotRemove(home, err)
	}
	for _, entry := range entries {
		if !slices.ContainsFunc(ours, func(name string) bool {
			return strings.HasPrefix(entry.Name(), name)
		}) {
			return notOurs("%s is not of the demonstration.", filepath.Join(home, entry.Name()))
		}
	}
	return nil
}

func notOurs(format, path string) error {
	return refuse("Nothing was removed. Move it away yourself if it is not needed.", format, path)
}

func cannotRemove(home string, err error) error {
	return &refusal{
		message: fmt.Sprintf("The demonstration in %s cannot be removed: %v.", home, err),
		hint:    "Try again as the user who made it.", cause: err,
	}
}

// removeDemo removes a directory with the mark, the mark last, so that a removal
// that is interrupted can be taken up again.
func removeDemo(home string) error {
	entries, err := os.ReadDir(home)
	for _, entry := range entries {
		if err == nil && entry.Name() != demoMark {
			err = os.RemoveAll(filepath.Join(home, entry.Name()))
		}
	}
	if err == nil {
		err = os.Remove(filepath.Join(home, demoMark))
	}
	if err == nil {
		err = os.Remove(home)
	}
	if err != nil {
		return cannotRemove(home, err)
	}
	return nil
}
