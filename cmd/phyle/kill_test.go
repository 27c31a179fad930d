package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	kills    = flag.Int("kills", 10, "how often TestKills kills something")
	killSeed = flag.Uint64("kill-seed", 0, "what TestKills draws its acts and kills from; 0 for any")
	// A machine that does other things at the same time can miss any limit.
	killReady = flag.Duration("kill-ready", 0,
		"how long the books may be out of reach after a kill, such as 5s; 0 for no claim")
)

// people is how many write while things are killed.
const people = 8

// checkReady holds the wait after a kill to what is claimed.
func checkReady(t *testing.T, wait time.Duration) {
	t.Helper()
	if *killReady > 0 && wait > *killReady {
		t.Errorf("the books were out of reach for %v, longer than %v", wait, *killReady)
	}
}

// TestKills kills the program, PostgreSQL and both at random moments, with fsync
// on, while eight people write under idempotency keys. After each kill the books
// are ready again, hold everything that was acknowledged, hold it once, and verify.
// The long form is go test ./cmd/phyle -run 'TestKills$' -kills 200 -kill-ready 5s.
func TestKills(t *testing.T) {
	if testing.Short() {
		t.Skip("kills take half a minute")
	}
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("processes are found by /proc, which is not here")
	}
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	again := fmt.Sprintf("go test ./cmd/phyle -run 'TestKills$' -kills %d -kill-seed %d", *kills, seed)
	t.Log("to repeat this:", again)
	// It runs before the parallel tests and not beside them, because it measures.
	f := newFate(t, seed)
	f.crowd.begin(t.Context())
	for n := range *kills {
		if f.round(n); t.Failed() {
			break
		}
	}
	if !t.Failed() {
		f.cutPower()
	}
	f.crowd.gate.Lock()
	f.hold()
	f.crowd.gate.Unlock()
	f.crowd.end()
	f.summary()
	f.serving.stop(t)
	if left := processesOn(f.serving.home); len(left) != 0 {
		t.Errorf("PostgreSQL is left running: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(f.serving.home, "data?*")); len(left) != 0 {
		t.Errorf("%v is left behind", left)
	}
}

// fate is one run: the program, the people, and what becomes of them.
type fate struct {
	t       *testing.T
	serving *serving
	crowd   *crowd
	chance  *rand.Rand
	waits   map[string][]time.Duration // until ready, by what was killed
}

func newFate(t *testing.T, seed uint64) *fate {
	t.Helper()
	s := serveHome(t, killHome(t))
	founder := mustRun(t, s.home, "commons", "create", "riverside", "--name", "Riverside",
		"--currency", "EUR", "--time-zone", "UTC")
	steward := newWriter(t, "founder", founder, s.address, seed)
	must := func(key, path, body string) {
		t.Helper()
		if _, err := steward.insist(t.Context(), request{Key: key, Path: path, Body: []byte(body)}); err != nil {
			t.Fatal(err)
		}
	}
	must("kind", "kinds", `{"code":"work","name":"Work","unit":"piece","reviews":0}`)
	c := &crowd{}
	for n := range people + 1 {
		name := fmt.Sprintf("w%d", n)
		made := mustRun(t, s.home, "member", "add", name, "--name", name, "--role", "steward",
			"--role", "treasurer", "--json")
		var member added
		if err := json.Unmarshal([]byte(made), &member); err != nil || len(member.Waiting) != 2 {
			t.Fatalf("%v: %s", err, made)
		}
		for _, change := range member.Waiting {
			must("confirm-"+change, "changes/"+change+"/confirm", "{}")
		}
		token := mustRun(t, s.home, "token", "create", "--member", name)
		c.writers = append(c.writers, newWriter(t, name, token, s.address, seed))
	}
	return &fate{
		t: t, serving: s, crowd: c, chance: rand.New(rand.NewPCG(seed, 0)),
		waits: map[string][]time.Duration{},
	}
}

// blows are the ways to kill, and how likely they are: of every twelve.
var blows = []struct {
	name   string
	weight int
	strike func(f *fate)
}{
	{"the program", 3, func(f *fate) { f.serving.kill() }},
	{"the postmaster", 2, func(f *fate) { f.strike(f.serving.postmaster()) }},
	{"the postmaster and its children", 2, func(f *fate) { f.strikeServer() }},
	{"a child", 3, func(f *fate) {
		if children := childrenOf(f.serving.postmaster()); len(children) > 0 {
			f.strike(children[f.chance.IntN(len(children))])
		}
	}},
	{"everything", 2, func(f *fate) {
		// The program must not live to see its server die, nor the other way round.
		_ = f.serving.command.Process.Signal(syscall.SIGSTOP)
		f.strikeServer()
		f.serving.kill()
	}},
}

// strike kills one process, which may be gone already.
func (f *fate) strike(id int) {
	if id == 0 {
		return
	}
	if err := syscall.Kill(id, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		f.t.Fatal(err)
	}
}

// strikeServer kills the postmaster first, so that it cannot mourn its children.
func (f *fate) strikeServer() {
	id := f.serving.postmaster()
	if id == 0 {
		return
	}
	_ = syscall.Kill(id, syscall.SIGSTOP)
	children := childrenOf(id)
	f.strike(id)
	for _, child := range children {
		f.strike(child)
	}
}

// round lets people write for a while, kills something, and sometimes something
// else while it recovers, and then looks at the books.
func (f *fate) round(n int) {
	f.t.Helper()
	time.Sleep(time.Duration(f.chance.IntN(700)) * time.Millisecond)
	name := f.blow()
	if f.chance.IntN(5) == 0 {
		time.Sleep(time.Duration(f.chance.IntN(400)) * time.Millisecond)
		name = f.blow() + " while it recovers"
	}
	begun := time.Now()
	f.serving.await(f.t, giveUp)
	if err := f.crowd.probe().act(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
	wait := time.Since(begun)
	f.waits[name] = append(f.waits[name], wait)
	f.t.Logf("kill %d: %s: ready after %v", n+1, name, wait.Round(time.Millisecond))
	checkReady(f.t, wait)
	f.crowd.gate.Lock()
	defer f.crowd.gate.Unlock()
	f.hold()
	for _, w := range f.crowd.writers {
		if err := w.again(f.t.Context()); err != nil {
			f.t.Error(err)
		}
	}
}

// blow kills something, and starts the program again if that is dead.
func (f *fate) blow() string {
	all := 0
	for _, b := range blows {
		all += b.weight
	}
	drawn := f.chance.IntN(all)
	for _, b := range blows {
		if drawn -= b.weight; drawn >= 0 {
			continue
		}
		b.strike(f)
		if f.serving.command == nil {
			f.serving.start(f.t)
		}
		return b.name
	}
	panic("nothing was drawn")
}

// hold has the books be what the writers' files say. The gate is held.
func (f *fate) hold() {
	f.t.Helper()
	select {
	case err := <-f.crowd.failed:
		f.t.Fatalf("%v\n%s", err, f.serving.words())
	default:
	}
	database := openHome(f.t, f.serving.home)
	defer func() { _ = database.Close() }()
	f.compare(database, f.crowd.acknowledged(f.t), false)
	var open int
	// Transactions of a program that was killed end when PostgreSQL sees its socket closed.
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := database.QueryRow(`SELECT count(*) FROM pg_stat_activity
			WHERE backend_type = 'client backend' AND xact_start IS NOT NULL
			  AND pid <> pg_backend_pid()`).Scan(&open)
		if err != nil {
			f.t.Fatal(err)
		}
		if open == 0 {
			break
		}
		if time.Now().After(deadline) {
			f.t.Errorf("%d transactions are still open", open)
			break
		}
	}
	verified := mustRun(f.t, f.serving.home, "verify")
	if !strings.Contains(verified, "riverside:") || strings.Contains(verified, "BAD") {
		f.t.Errorf("phyle verify says:\n%s", verified)
	}
}

// compare looks for each acknowledged act in the books: once, and as it was asked
// for. Where more was asked for than acknowledged, the books may hold more.
func (f *fate) compare(database *sql.DB, want map[string]fact, more bool) {
	f.t.Helper()
	found := map[string]fact{}
	rows, err := database.Query(`
		SELECT 'contributions', note, quantity::text FROM phyle.contribution
		UNION ALL
		SELECT 'incomes', payer, gross::text FROM phyle.income`)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var got fact
		var key string
		if err := rows.Scan(&got.Path, &key, &got.Figure); err != nil {
			f.t.Fatal(err)
		}
		if _, twice := found[key]; twice {
			f.t.Errorf("%s is in the books twice", key)
		}
		if _, asked := want[key]; asked || !more {
			found[key] = got
		}
	}
	if err := rows.Err(); err != nil {
		f.t.Fatal(err)
	}
	if difference := cmp.Diff(want, found); difference != "" {
		f.t.Errorf("the books are not what was acknowledged (-acknowledged +books):\n%.4000s", difference)
	}
}

// openHome opens the database of a home as its superuser.
func openHome(t *testing.T, home string) *sql.DB {
	t.Helper()
	address := url.URL{Scheme: "postgres", User: url.User("phyle"), Path: "/phyle", RawQuery: url.Values{
		"host": {filepath.Join(home, "run")}, "sslmode": {"disable"},
	}.Encode()}
	database, err := sql.Open("postgres", address.String())
	if err != nil {
		t.Fatal(err)
	}
	return database
}

// cutPower copies the data at a moment when everything stands still in the middle
// of its work, and opens the copy elsewhere: all that was acknowledged before that
// moment must be in it.
func (f *fate) cutPower() {
	f.t.Helper()
	time.Sleep(300 * time.Millisecond)
	before := f.crowd.acknowledged(f.t)
	server := f.serving.postmaster()
	frozen := []int{server}
	freeze(f.t, server)
	for _, child := range childrenOf(server) {
		freeze(f.t, child)
		frozen = append(frozen, child)
	}
	elsewhere := killHome(f.t)
	output, err := exec.Command("cp", "-a", filepath.Join(f.serving.home, "data"), elsewhere).CombinedOutput()
	for _, id := range frozen {
		_ = syscall.Kill(id, syscall.SIGCONT)
	}
	if err != nil {
		f.t.Fatalf("%v: %s", err, output)
	}
	begun := time.Now()
	verified := mustRun(f.t, elsewhere, "verify")
	f.t.Logf("power cut with %d acts acknowledged: the copy was opened and verified in %v: %s",
		len(before), time.Since(begun).Round(time.Millisecond), verified[:strings.Index(verified, "\n")])
	other := serveHome(f.t, elsewhere)
	database := openHome(f.t, elsewhere)
	f.compare(database, before, true)
	_ = database.Close()
	other.stop(f.t)
}

// freeze stops a process and waits until it stands still.
func freeze(t *testing.T, id int) {
	t.Helper()
	_ = syscall.Kill(id, syscall.SIGSTOP)
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if _, state, found := stat(id); !found || slices.Contains([]string{"T", "Z", "X"}, state) {
			return
		}
	}
	t.Fatalf("process %d does not stop", id)
}

// summary says what the run was worth.
func (f *fate) summary() {
	acts, resolved, statuses := f.crowd.count()
	f.t.Logf("%d acts acknowledged and found once; %d answers were lost and found by their key; "+
		"answers by status: %v", acts, resolved, statuses)
	names := []string{}
	for name := range f.waits {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		waits := f.waits[name]
		var sum time.Duration
		for _, wait := range waits {
			sum += wait
		}
		f.t.Logf("%-50s %4d times, ready after %6v on average and %6v at most", name, len(waits),
			(sum / time.Duration(len(waits))).Round(time.Millisecond), slices.Max(waits).Round(time.Millisecond))
	}
	if acts < *kills {
		f.t.Errorf("only %d acts in %d kills", acts, *kills)
	}
}
