package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// The pauses between attempts double from the first to the longest.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// send sends the call until an answer comes that is worth returning, or until it may
// not be sent again. Answers that refuse are returned as problems.
func (c *Client) send(caller context.Context, asked *call) (*received, error) {
	ctx, cancel := context.WithTimeout(caller, c.patience)
	defer cancel()
	for attempt := 1; ; attempt++ {
		got, err := c.once(ctx, asked)
		if err == nil {
			asked.put(got, attempt)
			if got.status < 400 {
				return got, nil
			}
		}
		outcome := asked.outcome(got, err, attempt)
		if attempt >= c.attempts || !asked.mayRepeat() || !isPassing(outcome) {
			return nil, outcome
		}
		if !wait(ctx, pause(outcome, attempt)) {
			return nil, endedBy(caller, outcome)
		}
	}
}

// endedBy returns the outcome, and that the caller's context has ended if it has.
func endedBy(caller context.Context, outcome error) error {
	if ended := caller.Err(); ended != nil && !errors.Is(outcome, ended) {
		return fmt.Errorf("%w; waiting to try again: %w", outcome, ended)
	}
	return outcome
}

// outcome returns the error of an attempt that did not get a good answer.
func (c *call) outcome(got *received, err error, attempts int) error {
	switch {
	case errors.Is(err, ErrUnreadable):
		return fmt.Errorf("client: %s: %w", c.operation, err)
	case err != nil:
		return &Unanswered{
			Operation: c.operation, Key: c.key, Attempts: attempts, Err: err,
			isRead: c.method == http.MethodGet || c.dryRun,
		}
	}
	problem := readProblem(got)
	problem.Key = c.key
	return problem
}

// mayRepeat reports whether the call has no further effect when it is sent again.
func (c *call) mayRepeat() bool {
	return c.method == http.MethodGet || c.dryRun || c.key != ""
}

// isPassing reports whether the same call can come to another end in a while.
func isPassing(err error) bool {
	var problem *Problem
	var untrusted *tls.CertificateVerificationError
	var unanswered *Unanswered
	switch {
	case errors.As(err, &problem):
		return problem.Status == http.StatusTooManyRequests ||
			problem.Status == http.StatusServiceUnavailable ||
			problem.Status == http.StatusConflict && problem.Code == "idempotency_in_flight" ||
			problem.isOfGateway()
	case errors.As(err, &untrusted):
		return false
	}
	return errors.As(err, &unanswered)
}

// isOfGateway reports whether something before the server had no answer from it, as
// happens while the server starts anew.
func (p *Problem) isOfGateway() bool {
	return p.Code == "" &&
		(p.Status == http.StatusBadGateway || p.Status == http.StatusGatewayTimeout)
}

// pause returns how long to wait after an attempt: as long as the server asked, and
// a random part of a time that doubles, so that callers do not come back together.
func pause(err error, attempt int) time.Duration {
	most := min(firstPause<<min(attempt-1, 10), longestPause)
	random := most/2 + rand.N(most/2)
	var problem *Problem
	if errors.As(err, &problem) {
		random += problem.RetryAfter
	}
	return random
}

// wait reports whether the context lives until the pause is over. It does not start
// to wait for what the context will not see.
func wait(ctx context.Context, pause time.Duration) bool {
	if end, bounded := ctx.Deadline(); bounded && time.Until(end) <= pause {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// retryAfter reads the header: seconds, or a date to be reached. What is neither
// asks for nothing.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}

// once sends the call once and reads the answer to its end.
func (c *Client) once(ctx context.Context, asked *call) (got *received, err error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	request, err := asked.request(ctx, c)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // it was read as far as it is needed
	got = &received{status: response.StatusCode, header: response.Header}
	got.body, err = io.ReadAll(io.LimitReader(response.Body, c.largest+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(got.body)) > c.largest:
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrUnreadable, c.largest)
	}
	return got, nil
}
