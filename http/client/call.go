package client

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	jsonMedia  = "application/json"
	linesMedia = "application/x-ndjson"
)

// call is one thing asked of the server.
type call struct {
	// operation is its name in the OpenAPI document.
	operation string
	method    string
	// path holds the parts of the path below /v1.
	path []string
	// query is a struct whose json tags name the parameters, or nil.
	query any
	// body is what is sent as JSON, or as a Document as it is; nil for none.
	body any
	// status is that of the good answer.
	status int
	// keyed says that it takes an idempotency key, and dry that it can be asked for
	// without effect.
	keyed, dry bool
	// waits says that it may be asked for only, until a second person confirms it.
	waits bool
	// ifMatch is the tag of what is changed, where that is asked for.
	ifMatch ETag
	// lines says that the body is a list that can be sent as one object a line.
	lines bool
	// answer is the media type of the answer, JSON's unless given.
	answer string
	// formats are the media types of the answer by format, beside JSON.
	formats map[string]string
	choices

	// address, text and media are the call written down, the same for every attempt.
	address string
	text    []byte
	media   string
}

// nothing is the result of calls that have none.
type nothing struct{}

// do sends the call, again where it may be, and returns what its answer says.
func do[Result any](
	ctx context.Context, c *Client, asked call, options []CallOption,
) (result Result, err error) {
	for _, option := range options {
		option(&asked.choices)
	}
	if err = asked.prepare(); err == nil {
		err = asked.write(c.base)
	}
	if err != nil {
		return result, fmt.Errorf("client: %s: %w", asked.operation, err)
	}
	got, err := c.send(ctx, &asked)
	if err != nil {
		return result, err
	}
	if err := asked.read(got, &result); err != nil {
		return result, fmt.Errorf("client: %s: %w", asked.operation, err)
	}
	return result, nil
}

// prepare refuses what the operation does not know, and gives acts their key.
func (c *call) prepare() error {
	if c.dryRun && !c.dry {
		return errors.New("it cannot be asked for without effect")
	}
	if c.hasKey && (!c.keyed || c.dryRun) {
		return errors.New("it takes no idempotency key")
	}
	if c.hasKey && !isKey(c.key) {
		return errors.New("the idempotency key must be 1 to 255 visible ASCII characters without quotes")
	}
	if c.inLines && !c.lines {
		return errors.New("it takes no list line by line")
	}
	if !isVisible(string(c.ifMatch)) || !isVisible(string(c.ifNoneMatch)) {
		return errors.New("the ETag is none that a server gave")
	}
	if c.ifNoneMatch != "" && c.method != http.MethodGet {
		return errors.New("only reads take IfNoneMatch")
	}
	if _, known := c.formats[c.format]; !known && c.format != "" {
		return fmt.Errorf("it has no format %q", c.format)
	}
	for _, part := range c.path {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("%q is no name of anything", part)
		}
	}
	if c.keyed && !c.hasKey && !c.dryRun {
		c.key = rand.Text()
	}
	return nil
}

func isKey(s string) bool {
	return s != "" && len(s) <= 255 && isVisible(s) && !strings.Contains(s, `"`)
}

// write writes the address and the body down.
func (c *call) write(base *url.URL) (err error) {
	query, err := parameters(c.query)
	if err != nil {
		return err
	}
	if c.dryRun {
		query.Set("dry_run", "true")
	}
	if c.format != "" {
		query.Set("format", c.format)
	}
	c.address = base.JoinPath("v1").String()
	for _, part := range c.path {
		c.address += "/" + url.PathEscape(part)
	}
	if len(query) > 0 {
		c.address += "?" + query.Encode()
	}
	switch body := c.body.(type) {
	case nil:
	case Document:
		c.text, c.media = body.text, body.media
	default:
		c.media = jsonMedia
		c.text, err = json.Marshal(body)
	}
	if c.inLines && err == nil {
		c.media = linesMedia
		c.text, err = asLines(c.body)
	}
	return err
}

// asLines writes the items of a list, which is the first field of the body, each
// into a line.
func asLines(body any) ([]byte, error) {
	var text bytes.Buffer
	to := json.NewEncoder(&text) // which ends every value with a line feed
	for i, list := 0, reflect.ValueOf(body).Field(0); i < list.Len(); i++ {
		if err := to.Encode(list.Index(i).Interface()); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}

// request returns one attempt at the call.
func (c *call) request(ctx context.Context, from *Client) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, c.method, c.address, bytes.NewReader(c.text))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+from.token())
	r.Header.Set("User-Agent", from.agent)
	r.Header.Set("Accept", c.wanted()+", application/problem+json")
	for name, value := range map[string]string{
		"Content-Type": c.media, "Idempotency-Key": c.key,
		"If-Match": string(c.ifMatch), "If-None-Match": string(c.ifNoneMatch),
	} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return r, nil
}

// parameters returns the fields of a query that say something.
func parameters(query any) (url.Values, error) {
	values := url.Values{}
	if query == nil {
		return values, nil
	}
	v := reflect.ValueOf(query)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		field := v.Field(i)
		if field.IsZero() {
			continue
		}
		if field.Kind() == reflect.Pointer {
			field = field.Elem()
		}
		switch value := field.Interface().(type) {
		case time.Time:
			values.Set(name, value.Format(time.RFC3339Nano))
		case int64:
			values.Set(name, strconv.FormatInt(value, 10))
		case bool:
			values.Set(name, strconv.FormatBool(value))
		default:
			if field.Kind() != reflect.String {
				return nil, fmt.Errorf("the parameter %s cannot be written down", name)
			}
			values.Set(name, field.String())
		}
	}
	return values, nil
}

// wanted returns the media type of the good answer.
func (c *call) wanted() string {
	if c.format != "" {
		return c.formats[c.format]
	}
	return cmp.Or(c.answer, jsonMedia)
}

// read takes the result from a good answer.
func (c *call) read(got *received, result any) error {
	switch {
	case got.status == http.StatusNotModified && c.ifNoneMatch != "":
		return ErrNotModified
	case got.status < 400 && got.status >= 300:
		return fmt.Errorf("%w: it redirects, which is not followed; use the address that it leads to",
			ErrUnreadable)
	case got.status == http.StatusAccepted && c.waits:
		return got.unconfirmed()
	case got.status != c.status && (!c.dryRun || got.status != http.StatusOK):
		return fmt.Errorf("%w: its status is %d instead of %d", ErrUnreadable, got.status, c.status)
	case got.status == http.StatusNoContent:
		return nil
	}
	if err := got.mustBe(c.wanted()); err != nil {
		return err
	}
	if c.format != "" {
		_, err := io.Copy(c.out, bytes.NewReader(got.body))
		return err
	}
	if err := json.Unmarshal(got.body, result); err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return nil
}

// received is an answer that came whole.
type received struct {
	status int
	header http.Header
	body   []byte
}

// mustBe returns an error unless the answer is of the media type, in UTF-8.
func (r *received) mustBe(media string) error {
	given := r.header.Values("Content-Type")
	if len(given) == 1 {
		found, parameters, err := mime.ParseMediaType(given[0])
		charset, named := parameters["charset"]
		if err == nil && found == media && (!named || strings.EqualFold(charset, "utf-8")) {
			return nil
		}
	}
	return fmt.Errorf("%w: its content type is %.100q instead of %s",
		ErrUnreadable, strings.Join(given, ", "), media)
}

// put notes the answer and what led to it in the call's receipts.
func (c *call) put(got *received, attempts int) {
	for _, r := range c.receipts {
		*r = Receipt{
			Status: got.status, RequestID: got.header.Get("X-Request-Id"),
			ETag: ETag(got.header.Get("ETag")), Location: got.header.Get("Location"),
			Key: c.key, Replayed: got.header.Get("Idempotent-Replayed") == "true", Attempts: attempts,
		}
	}
}

// Document is an agreement as it is sent: JSON or YAML.
type Document struct {
	media string
	text  []byte
}

// InJSON returns the document with the JSON text.
func InJSON(text []byte) Document { return Document{jsonMedia, slices.Clone(text)} }

// InYAML returns the document with the YAML text.
func InYAML(text []byte) Document { return Document{"application/yaml", slices.Clone(text)} }
