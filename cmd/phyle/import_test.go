package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// The rows of a file can be asked for again, and a file that changes is noticed.
func TestImportFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "october.csv")
	write := func(text string) {
		if err := os.WriteFile(path, []byte("member,kind,quantity,date\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := &importFile{path: path}
	members := func() (all []string) {
		for row, err := range file.rows("reading") {
			if err != nil {
				err = file.fault(err)
				var refused *ledger.Error
				if errors.As(err, &refused) {
					return append(all, refused.Code)
				}
				return append(all, err.Error())
			}
			all = append(all, row.Member)
		}
		return all
	}
	write("ana,work,1,2026-01-05\nbo,work,1,2026-01-05\n")
	for range 2 {
		if diff := cmp.Diff([]string{"ana", "bo"}, members()); diff != "" {
			t.Error(diff)
		}
	}
	for range file.rows("reading") {
		break // whoever has enough reads no further
	}
	write("ana,work,1,2026-01-05\nbo,work,2,2026-01-05\n")
	if diff := cmp.Diff([]string{"ana", "bo", "import_changed"}, members()); diff != "" {
		t.Error(diff)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{path + " cannot be read: no such file or directory."}, members()); diff != "" {
		t.Error(diff)
	}
}

// Nothing but a yes is a yes.
func TestConfirmed(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{
		"y\n": true, "YES\n": true, " y \r\n": true, "n\n": false, "\n": false, "": false, "yep\n": false,
	} {
		var asked strings.Builder
		got, err := confirmed(&session{in: strings.NewReader(answer), remarks: &asked}, "Log these?")
		if err != nil || got != want || !strings.Contains(asked.String(), "Log these? [y/N]") {
			t.Errorf("%q: %v, %v, asked %q", answer, got, err, asked.String())
		}
	}
}
