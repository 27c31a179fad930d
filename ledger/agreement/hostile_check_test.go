package agreement

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

// fileOf writes an agreement file of so many rules and examples, with members and
// contributions in the first example.
func fileOf(rules int, give string, examples, members, contributions int) string {
	var text strings.Builder
	text.WriteString("name: a\ncurrency: EUR\nleftover: carry\nkinds: {w: {unit: h}}\nrules:\n")
	for i := range rules {
		fmt.Fprintf(&text, "- {id: r%d, take: {percent: \"1\", of: left}, give: {members: %s}}\n", i,
			strings.ReplaceAll(give, "NNN", fmt.Sprintf("%03d", 800+i%199)))
	}
	text.WriteString("examples:\n- name: x\n  income: \"1000000.00\"\n  through: 2026-01-01\n  members: [m0")
	for i := 1; i < members; i++ {
		fmt.Fprintf(&text, ", m%d", i)
	}
	text.WriteString("]\n  contributions:\n")
	for i := range contributions {
		fmt.Fprintf(&text, "  - {member: m%d, kind: w, quantity: \"0.%06d\", date: 1900-01-01}\n", i%members, i+1)
	}
	for range examples - 1 {
		text.WriteString("- {name: y, then: true, income: \"1000.00\", through: 2026-01-01}\n")
	}
	return text.String()
}

// hostileExamples returns files whose examples are made to be expensive, by name.
func hostileExamples() map[string]string {
	fading := `{by: {contributions: {factors: {w: "1"}, count: all, decay: {factor: "0.999NNN", per: day}}}}`
	counting := `{by: {contributions: {factors: {w: "1"}, count: all}}, limits: {floor: "0.01", most: "9.00"}}`
	return map[string]string{
		"decay":                  fileOf(200, fading, 100, 2, 500),
		"a decay for each rule":  fileOf(6, fading, 1, 2, 1),
		"rules and examples":     fileOf(200, `{by: equal}`, 100, 1, 1),
		"members":                fileOf(10, `{by: equal, limits: {least: "0.01"}}`, 100, 1500, 1),
		"members, as many as go": fileOf(1, counting, 9, 900, 900),
		"contributions":          fileOf(20, counting, 10, 1, 1500),
		"contributions that go":  fileOf(20, counting, 9, 1, 1500),
	}
}

// TestHostileExamplesAreCheap bounds what checking a file costs whose examples are
// made to be expensive. Memory is what is in use at a time, collected as it goes.
func TestHostileExamplesAreCheap(t *testing.T) {
	for name, text := range hostileExamples() {
		t.Run(name, func(t *testing.T) {
			took, bytes := timeOfChecking(text), memoryOfChecking(text)
			if took > slowdown*patience || bytes > 8<<20 {
				t.Errorf("checking it took %v and %d KiB", took, bytes>>10)
			}
		})
	}
}

// timeOfChecking checks a file up to three times, because other programs take time
// too, and returns the shortest time.
func timeOfChecking(text string) time.Duration {
	least := time.Hour
	for range 3 {
		begun := time.Now()
		CheckFile("hostile.yaml", []byte(text))
		if least = min(least, time.Since(begun)); least < slowdown*patience {
			break
		}
	}
	return least
}

// memoryOfChecking returns by how much the heap grew at most, collected as it goes.
func memoryOfChecking(text string) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	runtime.GC()
	before, done, peak := heap(), make(chan struct{}), make(chan uint64)
	go func() {
		most := before
		for {
			select {
			case <-done:
				peak <- most - before
				return
			case <-time.After(100 * time.Microsecond):
				most = max(most, heap())
			}
		}
	}()
	CheckFile("hostile.yaml", []byte(text))
	close(done)
	return <-peak
}

// heap returns how much memory objects take that are in use or not collected yet.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
