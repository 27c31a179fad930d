package http

import (
	"fmt"
	"sync"
	"time"

	"phyle/ledger"
)

const (
	// mostTries is how often something may be tried within a triesTime, before each
	// further try has to wait, longer each time.
	mostTries   = 5
	triesTime   = time.Minute
	longestWait = 15 * time.Minute
	// forgetTime is after how long of quiet the tries are forgotten.
	forgetTime = time.Hour
)

// tries bounds how often an address may try its luck with an account. Other addresses
// and other accounts are not held up. It remembers a bounded number of them.
type tries struct {
	mutex sync.Mutex
	seen  map[string]*tried
}

// tried is how often something was tried since an instant, and until when no more is.
type tried struct {
	count int
	since time.Time
	until time.Time
	wait  time.Duration
}

// take counts a try under the name, or says how long there is to wait before the next.
func (t *tries) take(name string, now time.Time) (wait time.Duration) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.seen == nil || len(t.seen) >= mostBuckets {
		t.forgetOld(now)
	}
	one := t.seen[name]
	if one == nil || now.Sub(one.since) >= forgetTime && !now.Before(one.until) {
		one = &tried{since: now}
		if len(t.seen) < mostBuckets {
			t.seen[name] = one
		}
	}
	switch {
	case now.Before(one.until):
		return one.until.Sub(now)
	case now.Sub(one.since) >= triesTime && one.wait == 0:
		one.count, one.since = 0, now
	}
	one.count++
	if one.count < mostTries {
		return 0
	}
	one.wait = min(max(triesTime, 2*one.wait), longestWait)
	one.until, one.since = now.Add(one.wait), now
	return 0
}

// forgetOld makes room.
func (t *tries) forgetOld(now time.Time) {
	kept := map[string]*tried{}
	for name, one := range t.seen {
		if now.Before(one.until) || now.Sub(one.since) < forgetTime {
			kept[name] = one
		}
	}
	t.seen = kept
}

// forget knows of no tries under the name any more.
func (t *tries) forget(name string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.seen, name)
}

// try takes a try under the name, and refuses when there are none left.
func (v *visit) try(name string) error {
	wait := v.server.tries.take(v.tried(name), v.server.now())
	if wait == 0 {
		return nil
	}
	seconds := int((wait + time.Second - 1) / time.Second)
	v.echo.Response().Header().Set("Retry-After", fmt.Sprint(seconds))
	return ledger.Errorf(ledger.Unavailable, "too_many_tries",
		"That was tried often within a minute; wait %d s and try again.", seconds)
}

// forgive begins anew under the name, once somebody has succeeded.
func (v *visit) forgive(name string) { v.server.tries.forget(v.tried(name)) }

// tried is what is tried under the name, and from which network.
func (v *visit) tried(name string) string {
	return name + " " + networkOf(addressOf(v.echo.RealIP())).String()
}
