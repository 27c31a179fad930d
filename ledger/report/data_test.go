package report_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/report"
)

func TestData(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	d := report.NewData(&out, "riverside", time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	for _, add := range []struct {
		part ledger.DataPart
		rows []ledger.DataRow
	}{
		{ledger.DataOfMember, []ledger.DataRow{{"handle": "ana", "name": "Ana <b>"}}},
		{"stages", nil},
		{ledger.DataOfPerson, nil},
		{"contributions", []ledger.DataRow{{"note": "one"}, {"note": "two \"quoted\""}}},
		{"contributions", []ledger.DataRow{{"note": "three"}}},
		{"acts", nil},
	} {
		if err := d.Add(add.part, add.rows); err != nil {
			t.Fatal(err)
		}
	}
	if json.Valid([]byte(out.String())) {
		t.Error("it passes for whole before it is closed")
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	want := `{
"commons": "riverside",
"made_at": "2026-11-23T12:00:00Z",
"member": {"handle":"ana","name":"Ana <b>"},
"stages": [],
"contributions": [
{"note":"one"},
{"note":"two \"quoted\""},
{"note":"three"}],
"acts": []
}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if !json.Valid([]byte(out.String())) {
		t.Error("it is no JSON")
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

// What cannot be written is said, at the next row and at the end.
func TestDataWithoutRoom(t *testing.T) {
	t.Parallel()
	d := report.NewData(full{}, "riverside", time.Time{})
	if err := d.Add("acts", []ledger.DataRow{{}}); err == nil {
		t.Error("a row was written on a full disk")
	}
	if err := d.Close(); err == nil {
		t.Error("the end was written on a full disk")
	}
}
