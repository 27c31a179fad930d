package ledger

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A name is one line in any writing, and cannot pass for a line of a report.
func TestRequiredLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"Latin", "Åsa O'Brien-Öberg", ""},
		{"right to left", "דָּוִד بن مريم", ""},
		{"Chinese", "合作社", ""},
		{"emoji", "😀", ""},
		{"longest", strings.Repeat("é", 20), ""},
		{"nothing", "", "required"},
		{"blanks", " \u00a0\u3000 ", "required"},
		{"two lines", "Riverside\nCheck: 0.00 = 0.00 ✓", "invalid_text"},
		{"carriage return", "Riverside\rMill", "invalid_text"},
		{"tab", "Ana\tBo", "invalid_text"},
		{"line separator", "Ana\u2028Bo", "invalid_text"},
		{"turned around", "a\u202eb", "invalid_text"},
		{"too long", strings.Repeat("é", 21), "too_long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var refusal *Error
			got := ""
			if errors.As(RequiredLine(test.text, 20), &refusal) {
				got = refusal.Code
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
