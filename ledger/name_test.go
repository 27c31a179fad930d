package ledger

import "testing"

func TestCase10NamesThatLookAlike(t *testing.T) {
	t.Parallel()
	for name, warned := range map[string]bool{
		"Ana": false, "Ана": false, "Άννα": false, "Zoë Müller": false, "李雷": false, "O’Neill-García": false,
		"Аna": true, "ſam": true, "ana ": true, " ana": true, "ana  maria": true, "Ａna": true, "Αnna": true,
	} {
		if got := NameWarning(name) != ""; got != warned {
			t.Errorf("%q: warned %v, want %v", name, got, warned)
		}
	}
}
