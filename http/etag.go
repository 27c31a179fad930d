package http

import (
	"crypto/sha256"
	"encoding/base64"
	nethttp "net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"phyle/ledger"
)

const matchHeader = "If-Match"

// etagOf returns the entity tag of a body: equal bodies have equal tags.
func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
}

// matches reports whether a header such as If-Match names the tag. Weak tags match
// when reading and not when writing.
func matches(header []string, tag string, weakly bool) bool {
	for _, line := range header {
		for one := range strings.SplitSeq(line, ",") {
			one = strings.TrimSpace(one)
			if weakly {
				one = strings.TrimPrefix(one, "W/")
			}
			if one == "*" || one == tag {
				return true
			}
		}
	}
	return false
}

// showTagged answers a read with its tag, or says that the reader has it already. It
// may be kept, and must be asked for again before it is used.
func (c *call) showTagged(media string, body []byte) error {
	c.echo.Response().Header().Set("Cache-Control", "private, no-cache")
	return sendTagged(c.echo, media, body)
}

func sendTagged(c echo.Context, media string, body []byte) error {
	tag := etagOf(body)
	c.Response().Header().Set("ETag", tag)
	if matches(c.Request().Header.Values("If-None-Match"), tag, true) {
		return c.NoContent(nethttp.StatusNotModified)
	}
	return c.Blob(nethttp.StatusOK, media, body)
}

// requireMatch refuses a change to what others may be changing too without the
// tag of what the caller saw.
func (c *call) requireMatch() error {
	if c.route.matched && len(c.echo.Request().Header.Values(matchHeader)) == 0 {
		return ledger.Errorf(ledger.Malformed, "precondition_required",
			"Read this first, and send the ETag of the answer as If-Match: others may be changing it too.")
	}
	return nil
}

// mustMatch has the act refused unless what it changes is still what the caller
// saw: If-Match names the tag of its view, asked under the lock.
func (c *call) mustMatch(view func(current any) any) {
	asked := c.echo.Request().Header.Values(matchHeader)
	c.act.Unchanged = func(current any) error {
		body, err := marshal(view(current))
		if err == nil && !matches(asked, etagOf(body), false) {
			err = ledger.Errorf(ledger.Conflict, "precondition_failed",
				"This has changed since you read it; read it again and decide anew.")
		}
		return err
	}
}
