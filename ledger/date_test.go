package ledger

import "testing"

// Going back in months keeps the day, clipped to the month's end, and goes from a
// month's end to a month's end.
func TestBackMonths(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-10-15", 1, "2026-09-15"},
		{"2026-10-31", 1, "2026-09-30"},
		{"2026-09-30", 1, "2026-08-31"},
		{"2026-03-30", 1, "2026-02-28"},
		{"2024-03-30", 1, "2024-02-29"},
		{"2024-02-29", 12, "2023-02-28"},
		{"2023-02-28", 12, "2022-02-28"},
		{"2024-02-28", 12, "2023-02-28"},
		{"2026-01-31", 3, "2025-10-31"},
		{"2026-01-15", 25, "2023-12-15"},
	} {
		from, err := ParseDate(test.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := from.BackMonths(test.n).String(); got != test.want {
			t.Errorf("%s back %d months is %s, want %s", test.from, test.n, got, test.want)
		}
	}
}

func TestCase11ParseDate(t *testing.T) {
	t.Parallel()
	for s, right := range map[string]bool{
		"2026-10-31": true, "2024-02-29": true, "1900-01-01": true, "9998-12-31": true,
		"2026-02-30": false, "2026-02-29": false, "0000-01-01": false, "9999-01-01": false,
		"2026-1-1": false, "2026-10-31T24:00": false, "20261031": false, "": false, "2026-13-01": false,
		"２０２６-10-31": false, " 2026-10-31": false, "2026-10-31 ": false,
	} {
		if _, err := ParseDate(s); (err == nil) != right {
			t.Errorf("%q: %v", s, err)
		}
	}
}
