package agreement

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"phyle/ledger"
)

// hostile returns texts that are made to cost much, by name.
func hostile() map[string]string {
	all := hostileNesting()
	maps.Copy(all, hostileValues())
	return all
}

// hostileNesting returns texts with much in each other or to be repeated, by name.
func hostileNesting() map[string]string {
	repeat := strings.Repeat
	laughs := "a0: &a0 [ha, ha]\n"
	for i := 1; i < 30; i++ {
		laughs += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i, i, repeat(fmt.Sprintf("*a%d, ", i-1), 8), i-1)
	}
	return map[string]string{
		"empty":                "",
		"blanks":               repeat(" \n", 60_000),
		"flow nesting":         "rules: " + repeat("[", 50_000),
		"flow nesting, closed": "rules: " + repeat("[", 5000) + repeat("]", 5000),
		"flow mappings":        repeat("{a: ", 30_000),
		"json nesting":         `{"rules": ` + repeat("[", 120_000),
		"json objects":         repeat(`{"a":`, 20_000),
		"json numbers":         `{"rules": [` + repeat("0,", 60_000) + "0]}",
		"json members":         `{` + repeat(`"":0,`, 25_000) + `"":0}`,
		"dashes":               repeat("- ", 60_000),
		"dashes, not too many": repeat("- ", 6000),
		"question marks":       repeat("? ", 60_000),
		"colons":               repeat(": ", 6000),
		"block nesting":        deep(400),
		"laughs":               laughs,
		"anchors":              repeat("&a ", 6000),
		"aliases":              "a: [" + repeat("*a,", 3000) + "*a]",
		"tags":                 repeat("!!str ", 6000),
		"tag and anchor":       repeat("!!str &a ", 3000) + "x",
	}
}

// hostileValues returns texts that are long or have many values, by name.
func hostileValues() map[string]string {
	repeat := strings.Repeat
	var keys strings.Builder
	for i := range 8000 {
		fmt.Fprintf(&keys, "key%d: x\n", i)
	}
	rule := `{"id": "a", "take": "rest", "give": {"fund": "a"}},`
	return map[string]string{
		"digits":                  repeat("9", 10_000_000),
		"digits as an amount":     `{"currency": "` + repeat("9", 10_000_000) + `"}`,
		"digits within the bound": `{"currency": ` + repeat("9", 120_000) + `}`,
		"digits in yaml":          `currency: ` + repeat("9", 120_000),
		"hex in yaml":             `currency: 0x` + repeat("f", 60_000),
		"digits, underscores":     `currency: 1` + repeat("_1", 60_000),
		"many rules":              `{"rules": [` + repeat(rule, 100_000) + `{}]}`,
		"rules within the bound":  `{"rules": [` + repeat(rule, 2500) + `{}]}`,
		"rules in yaml":           "rules:\n" + repeat("  - {id: a}\n", 900),
		"long key":                repeat("k", 120_000) + ": 1",
		"long key in json":        `{"` + repeat("k", 120_000) + `": 1}`,
		"long scalar":             "name: " + repeat("x", 1_000_000),
		"long scalar in bound":    "name: " + repeat("x", 120_000),
		"long quoted scalar":      `name: "` + repeat("x", 120_000) + `"`,
		"escapes":                 `name: "` + repeat(`\u0041`, 20_000) + `"`,
		"block scalar":            "name: |\n" + repeat("  x\n", 30_000),
		"block scalar, blank":     "name: |\n" + repeat("\n", 100_000),
		"folded":                  "name: >\n" + repeat("  x\n\n", 9000),
		"duplicate keys":          repeat("name: x\n", 5000),
		"duplicate keys, fewer":   repeat("name: x\n", 990),
		"flow duplicate keys":     "{" + repeat("name: x, ", 2500) + "}",
		"json duplicate keys":     `{` + repeat(`"name":"x",`, 9000) + `"name":"x"}`,
		"different keys":          keys.String(),
		"documents":               repeat("---\n", 5000),
		"documents with text":     repeat("--- a\n", 3000),
		"directives":              repeat("%YAML 1.2\n", 3000),
		"comments":                repeat("#\n", 5000),
		"long comment":            "#" + repeat("x", 130_000),
		"quotes":                  repeat(`"`, 50_000),
		"apostrophes":             repeat(`'`, 50_000),
		"merge keys":              repeat("<<: {a: b}\n", 900),
		"tabs":                    repeat("\t", 100_000),
		"carriage returns":        repeat("a\r", 50_000),
		"commas":                  "[" + repeat(",", 6000) + "]",
		"wide flow":               "a: [" + repeat("a,", 5000) + "a]",
		"plain lines":             "name: a\n" + repeat("  b\n", 20_000),
		"nul":                     "name: \x00",
		"unclosed":                repeat(`{"a": [`, 30),
	}
}

// deep returns a mapping in a mapping, and so on, in block style.
func deep(levels int) string {
	var text strings.Builder
	for i := range levels {
		text.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return text.String()
}

// patience is what tests let hostile texts take: it notices what gets out of hand on a
// busy machine too. How fast they are refused is for BenchmarkHostile to say.
const patience = time.Second

// TestHostileInputIsCheap gives whatever is made to cost much to the parser, in
// every format, and bounds the time and the memory that refusing it takes.
func TestHostileInputIsCheap(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	for name, text := range hostile() {
		for _, format := range []Format{Detect, JSON, YAML} {
			t.Run(name+" "+string(format), func(t *testing.T) {
				took, bytes, err := cost(text, format)
				var refused *ledger.Error
				if !errors.As(err, &refused) {
					t.Fatalf("it was not refused but: %v", err)
				}
				if took > slowdown*patience || bytes > 8<<20 {
					t.Errorf("refusing it took %v and %d KiB", took, bytes>>10)
				}
				if len(refused.Fields) > maxWrong || len(refused.Error()) > 100_000 {
					t.Errorf("%d fields, %d bytes", len(refused.Fields), len(refused.Error()))
				}
			})
		}
	}
}

// cost parses a text up to three times, because other programs take time too, and
// returns the shortest time and the bytes allocated.
func cost(text string, format Format) (least time.Duration, bytes uint64, err error) {
	least = time.Hour
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begun := time.Now()
		_, err = Parse([]byte(text), format)
		least = min(least, time.Since(begun))
		runtime.ReadMemStats(&after)
		bytes = after.TotalAlloc - before.TotalAlloc - uint64(len(text))
		if least < slowdown*patience {
			break
		}
	}
	return least, bytes, err
}

// BenchmarkHostile reports the longest that any of the hostile texts takes, which is
// to stay below 50 ms.
func BenchmarkHostile(b *testing.B) {
	longest := time.Duration(0)
	for range b.N {
		for _, text := range hostile() {
			took, _, _ := cost(text, Detect)
			longest = max(longest, took)
		}
		for _, text := range hostileExamples() {
			longest = max(longest, timeOfChecking(text))
		}
	}
	b.ReportMetric(float64(longest.Microseconds())/1000, "ms-longest")
}
