package http

import (
	"bytes"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadBody(t *testing.T) {
	for _, test := range []struct {
		name   string
		header map[string]string
		body   string
		row    route
		status int
		code   string
	}{
		{"json", map[string]string{"Content-Type": "application/json"}, `{}`, route{}, 0, ""},
		{"json in UTF-8", map[string]string{"Content-Type": "application/json; charset=UTF-8"}, `{}`,
			route{}, 0, ""},
		{"nothing at all", nil, ``, route{}, 0, ""},
		{"yaml where it is taken", map[string]string{"Content-Type": "application/yaml"}, `a: 1`,
			route{media: []string{jsonMedia, "application/yaml"}}, 0, ""},
		{"case 7 large", map[string]string{"Content-Type": "application/json"},
			strings.Repeat(" ", usualBody+1), route{}, 413, "body_too_large"},
		{"case 7 large for the row", map[string]string{"Content-Type": "application/json"}, `{"a":1}`,
			route{largest: 6}, 413, "body_too_large"},
		{"case 7 gzip", map[string]string{"Content-Type": "application/json", "Content-Encoding": "gzip"},
			"\x1f\x8b", route{}, 415, "unsupported_encoding"},
		{"case 8 form", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, `a=1`,
			route{}, 415, "unsupported_media_type"},
		{"case 8 XML", map[string]string{"Content-Type": "application/xml"}, `<a/>`, route{}, 415,
			"unsupported_media_type"},
		{"case 8 plain", map[string]string{"Content-Type": "text/plain"}, `{}`, route{}, 415,
			"unsupported_media_type"},
		{"case 8 multipart", map[string]string{"Content-Type": "multipart/form-data; boundary=x"},
			`--x--`, route{}, 415, "unsupported_media_type"},
		{"case 8 none", nil, `{}`, route{}, 415, "unsupported_media_type"},
		{"case 8 UTF-16", map[string]string{"Content-Type": "application/json; charset=utf-16"}, `{}`,
			route{}, 415, "unsupported_media_type"},
		{"case 8 yaml", map[string]string{"Content-Type": "application/yaml"}, `a: 1`, route{}, 415,
			"unsupported_media_type"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", strings.NewReader(test.body))
			for name, value := range test.header {
				r.Header.Set(name, value)
			}
			got, err := readBody(r, test.row)
			if test.code == "" {
				if err != nil || string(got.text) != test.body {
					t.Errorf("got %q and %v, want %q", got.text, err, test.body)
				}
				return
			}
			want := wrong{test.status, test.code, map[string]string{}}
			if diff := cmp.Diff(want, refusal(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCase7_UnknownLength holds that a body that does not say its length is read
// no further than its bound.
func TestCase7_UnknownLength(t *testing.T) {
	endless := &counter{}
	r := httptest.NewRequest("POST", "/", endless)
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/json")
	_, err := readBody(r, route{})
	if got := refusal(t, err); got.Code != "body_too_large" {
		t.Errorf("got %+v, want body_too_large", got)
	}
	if endless.read > 2*usualBody {
		t.Errorf("%d bytes were read", endless.read)
	}
}

// counter is an endless body that counts what is read of it.
type counter struct{ read int }

// Read fills p.
func (c *counter) Read(p []byte) (int, error) {
	c.read += len(p)
	return copy(p, bytes.Repeat([]byte(" "), len(p))), nil
}

func TestIdempotencyKey(t *testing.T) {
	for _, test := range []struct {
		name  string
		given []string
		want  string
		bad   bool
	}{
		{"none", nil, "", false},
		{"bare", []string{"october-1"}, "october-1", false},
		{"quoted", []string{`"october-1"`}, "october-1", false},
		{"longest", []string{strings.Repeat("a", 255)}, strings.Repeat("a", 255), false},
		{"too long", []string{strings.Repeat("a", 256)}, "", true},
		{"empty", []string{""}, "", true},
		{"empty in quotes", []string{`""`}, "", true},
		{"half quoted", []string{`"a`}, "", true},
		{"quote inside", []string{`a"b`}, "", true},
		{"blank inside", []string{"a b"}, "", true},
		{"not ASCII", []string{"ä"}, "", true},
		{"two", []string{"a", "b"}, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := idempotencyKey(nethttp.Header{keyHeader: test.given})
			if got != test.want || (err != nil) != test.bad {
				t.Errorf("got %q and %v, want %q", got, err, test.want)
			}
			if test.bad {
				want := wrong{400, "idempotency_key_malformed", map[string]string{}}
				if diff := cmp.Diff(want, refusal(t, err)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestBearer(t *testing.T) {
	for _, test := range []struct {
		name  string
		given []string
		want  string
	}{
		{"token", []string{"Bearer phy_abc123"}, "phy_abc123"},
		{"scheme in other case", []string{"bearer phy_abc123"}, "phy_abc123"},
		{"none", nil, ""},
		{"two headers", []string{"Bearer phy_a", "Bearer phy_b"}, ""},
		{"other scheme", []string{"Basic phy_abc123"}, ""},
		{"other prefix", []string{"Bearer ghp_abc123"}, ""},
		{"blank", []string{"Bearer phy_a b"}, ""},
		{"not ASCII", []string{"Bearer phy_ä"}, ""},
		{"endless", []string{"Bearer phy_" + strings.Repeat("a", 1000)}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := bearer(nethttp.Header{"Authorization": test.given})
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q and %v, want %q", got, err, test.want)
			}
		})
	}
}

// TestFingerprint holds that every part of a request counts, and that parts
// cannot run into each other.
func TestFingerprint(t *testing.T) {
	seen := map[string]string{}
	for _, test := range []struct{ name, method, path, query, media, body string }{
		{"first", "POST", "/a", "", jsonMedia, `{}`},
		{"method", "PATCH", "/a", "", jsonMedia, `{}`},
		{"path", "POST", "/b", "", jsonMedia, `{}`},
		{"query", "POST", "/a", "x=1", jsonMedia, `{}`},
		{"media type", "POST", "/a", "", "application/yaml", `{}`},
		{"body", "POST", "/a", "", jsonMedia, `{ }`},
		{"boundary", "POST", "/a", "", jsonMedia + "{", `}`},
	} {
		query, err := url.ParseQuery(test.query)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(test.method, test.path, nil)
		sum := string(fingerprint(r, query, rawBody{media: test.media, text: []byte(test.body)}))
		if other, ok := seen[sum]; ok {
			t.Errorf("%s has the fingerprint of %s", test.name, other)
		}
		seen[sum] = test.name
	}
}

func TestReadAllOfAbortedBody(t *testing.T) {
	_, err := readAll(io.MultiReader(strings.NewReader("{"), broken{}), 0, 100)
	if got := refusal(t, err); got.Code != "malformed_json" {
		t.Errorf("got %+v, want malformed_json", got)
	}
}

// broken is a body whose sender has gone.
type broken struct{}

// Read fails.
func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
