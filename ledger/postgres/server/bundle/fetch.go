package bundle

import (
	"context"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

const (
	// largestArchive is several times what the archives have.
	largestArchive = 256 << 20
	// attempts is how often a transfer is begun that breaks off.
	attempts = 3
	// reportEvery lies between two lines about the progress.
	reportEvery = 5 * time.Second
)

// brokenOff is a failure that another attempt may not meet.
type brokenOff struct{ error }

// Unwrap returns the failure itself.
func (b brokenOff) Unwrap() error { return b.error }

// refusal is an answer of the registry other than the archive.
type refusal struct{ error }

// fetch writes the archive to a file whose hash is then the pinned one.
func (b Bundle) fetch(ctx context.Context, source Source, archive string) error {
	var err error
	for attempt := range attempts {
		if attempt > 0 {
			source.Log.Warn("fetching PostgreSQL again", "error", err)
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Duration(attempt) * 500 * time.Millisecond):
			}
		}
		var broken brokenOff
		if err = b.attempt(ctx, source, archive); !errors.As(err, &broken) {
			return err
		}
	}
	return err
}

func (b Bundle) attempt(ctx context.Context, source Source, archive string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silent := fmt.Errorf("the registry said nothing for %v", source.Patience)
	watch := time.AfterFunc(source.Patience, func() { cancel(silent) })
	defer watch.Stop()
	answer, err := request(ctx, b.address(source.Registry))
	if err != nil {
		return explain(ctx, err)
	}
	defer func() { _ = answer.Body.Close() }()
	source.Log.Warn("fetching PostgreSQL, once", "version", b.Version, "platform", b.Platform,
		"from", answer.Request.URL.Host, "size", size(answer.ContentLength))
	file, err := os.OpenFile(archive, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	hash := sha512.New()
	p := &progress{source: source, watch: watch, total: answer.ContentLength, last: time.Now()}
	body := io.TeeReader(io.LimitReader(answer.Body, largestArchive+1), p)
	received, err := io.Copy(io.MultiWriter(file, hash), body)
	if err != nil {
		return explain(ctx, err)
	}
	if received > largestArchive {
		return fmt.Errorf("the registry sent more than %s", size(largestArchive))
	}
	if err := b.check(hash.Sum(nil), received); err != nil {
		return err
	}
	return file.Close()
}

// request asks for the archive and accepts nothing but the archive.
func request(ctx context.Context, address string) (*http.Response, error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(ask)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode == http.StatusOK {
		return answer, nil
	}
	_ = answer.Body.Close()
	err = refusal{fmt.Errorf("the registry answered %s for %s", answer.Status, ask.URL.Redacted())}
	if answer.StatusCode >= http.StatusInternalServerError {
		err = brokenOff{err}
	}
	return nil, err
}

// client takes the archive as it is, whose hash is of its bytes.
var client = &http.Client{Transport: &http.Transport{
	Proxy:               http.ProxyFromEnvironment,
	DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
	TLSHandshakeTimeout: 10 * time.Second,
	ForceAttemptHTTP2:   true,
	DisableCompression:  true,
	DisableKeepAlives:   true,
}}

// explain says why a transfer ended, and marks one that is worth another try: a
// registry that was there and broke off, not one that cannot be reached.
func explain(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	var dial *net.OpError
	var local *fs.PathError
	var broken brokenOff
	var refused refusal
	switch {
	case errors.As(err, &dial) && (dial.Op == "dial" || dial.Op == "proxyconnect"),
		errors.As(err, &local),
		errors.As(err, &refused), errors.As(err, &broken), ctx.Err() != nil:
		return err
	}
	return brokenOff{fmt.Errorf("the registry broke off: %w", err)}
}

// check compares the hash of what came with the pinned one.
func (b Bundle) check(hash []byte, received int64) error {
	want, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(b.Integrity, "sha512-"))
	if err != nil || len(want) != sha512.Size {
		panic(fmt.Sprintf("the pinned hash of %s is no SHA-512 hash", b.Platform))
	}
	if subtle.ConstantTimeCompare(hash, want) == 1 {
		return nil
	}
	return fmt.Errorf("what the registry sent (%s) is not the archive that Phyle expects: "+
		"its hash is sha512-%s and not %s; nothing of it was unpacked",
		size(received), base64.StdEncoding.EncodeToString(hash), b.Integrity)
}

// progress keeps the watch from ending a transfer that moves, and reports it.
type progress struct {
	source Source
	watch  *time.Timer
	done   int64
	total  int64 // -1 if the registry does not say
	last   time.Time
}

// Write counts what has come.
func (p *progress) Write(b []byte) (int, error) {
	p.watch.Reset(p.source.Patience)
	p.done += int64(len(b))
	if time.Since(p.last) > reportEvery {
		p.last = time.Now()
		p.source.Log.Info("fetching PostgreSQL", "received", size(p.done), "of", size(p.total))
	}
	return len(b), nil
}

func size(bytes int64) string {
	switch {
	case bytes < 0:
		return "unknown size"
	case bytes < 1<<20:
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
