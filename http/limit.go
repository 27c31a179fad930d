package http

import (
	"fmt"
	"math"
	nethttp "net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// The limits unless others are given: what one token may ask, and what one address
// may ask without a token that is known.
const (
	tokenRate    = 100
	strangerRate = 5
	burstSeconds = 2
	mostBuckets  = 100_000
)

// limiter bounds how fast each token, and each address without one, may ask. It
// remembers a bounded number of them.
type limiter struct {
	policy string
	limit  rate.Limit
	burst  int

	mutex   sync.Mutex
	buckets map[string]*rate.Limiter
}

// newLimiter returns a limiter of so many requests a second; below 0 there is none.
func newLimiter(policy string, perSecond float64) *limiter {
	if perSecond < 0 {
		return nil
	}
	return &limiter{
		policy: policy, limit: rate.Limit(perSecond), burst: max(1, int(perSecond*burstSeconds)),
		buckets: map[string]*rate.Limiter{},
	}
}

// bucket returns the bucket of the name. When there are too many, those that are
// full again are forgotten: they are as good as new.
func (l *limiter) bucket(name string, now time.Time) *rate.Limiter {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if b, found := l.buckets[name]; found {
		return b
	}
	if len(l.buckets) >= mostBuckets {
		for name, b := range l.buckets {
			if b.TokensAt(now) >= float64(l.burst) {
				delete(l.buckets, name)
			}
		}
	}
	b := rate.NewLimiter(l.limit, l.burst)
	if len(l.buckets) < mostBuckets {
		l.buckets[name] = b
	}
	return b
}

// take takes one request out of the bucket of the name, says in the headers what
// is left in it, and refuses when nothing is.
func (l *limiter) take(header nethttp.Header, name string) error {
	if l == nil {
		return nil
	}
	now := time.Now()
	b := l.bucket(name, now)
	allowed := b.AllowN(now, 1)
	left := max(0, b.TokensAt(now))
	full := math.Ceil((float64(l.burst) - left) / float64(l.limit))
	header.Set("RateLimit-Policy", fmt.Sprintf(`"%s";q=%d;w=%d`, l.policy, l.burst, burstSeconds))
	header.Set("RateLimit", fmt.Sprintf(`"%s";r=%d;t=%d`, l.policy, int(left), int(full)))
	if allowed {
		return nil
	}
	wait := max(1, math.Ceil((1-left)/float64(l.limit)))
	header.Set("Retry-After", fmt.Sprintf("%d", int(wait)))
	return ledger.Errorf(ledger.Unavailable, "too_many_requests",
		"That is more than %d requests in %d seconds; wait %d s and go on slower.",
		l.burst, burstSeconds, int(wait))
}

// takeFrom takes one request out of the bucket of the address that it comes from.
func (l *limiter) takeFrom(c echo.Context) error {
	return l.take(c.Response().Header(), networkOf(addressOf(c.RealIP())).String())
}

// bucketOf names the bucket of a caller: all tokens of a member share one.
func bucketOf(by postgres.Caller) string {
	if by.Instance {
		return "instance"
	}
	return string(by.Commons.ID) + " " + string(by.Member)
}
