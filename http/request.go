package http

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"mime"
	"net"
	nethttp "net/http"
	"net/url"
	"slices"
	"strings"

	"phyle/ledger"
)

const (
	usualBody  = 1 << 20 // bytes, where the row says nothing else
	jsonMedia  = "application/json"
	longestKey = 255
	keyHeader  = "Idempotency-Key"
)

// rawBody is a body as it came.
type rawBody struct {
	media string
	text  []byte
}

// check refuses what is no text and, where it is JSON, what is malformed.
func (b rawBody) check() error {
	if b.media == jsonMedia {
		var wrong ledger.FieldErrors
		if err := scan(b.text, &wrong); err != nil {
			return err
		}
		return wrong.Err()
	}
	if len(b.text) == 0 {
		return malformed(0)
	}
	return ledger.CheckText(string(b.text), usualBody)
}

// readBody returns the body, once its headers say that it can be read here.
func readBody(r *nethttp.Request, row route) (rawBody, error) {
	if err := checkEncoding(r.Header); err != nil {
		return rawBody{}, err
	}
	most := row.largest
	if most == 0 {
		most = usualBody
	}
	if r.ContentLength > most {
		return rawBody{}, tooLarge(most)
	}
	// A row that takes no body may be sent without one and without a media type.
	if r.ContentLength == 0 && len(r.Header.Values("Content-Type")) == 0 {
		return rawBody{media: jsonMedia}, nil
	}
	media, err := mediaType(r.Header, row.media)
	if err != nil {
		return rawBody{}, err
	}
	text, err := readAll(r.Body, max(r.ContentLength, 0), most)
	return rawBody{media: media, text: text}, err
}

func checkEncoding(h nethttp.Header) error {
	for _, encoding := range h.Values("Content-Encoding") {
		if encoding != "" && !strings.EqualFold(encoding, "identity") {
			return ledger.Errorf(ledger.Malformed, "unsupported_encoding",
				"Compressed bodies are not read here; send it as it is.")
		}
	}
	return nil
}

// mediaType returns the body's media type, if it is one of those allowed and in
// UTF-8.
func mediaType(h nethttp.Header, allowed []string) (string, error) {
	if len(allowed) == 0 {
		allowed = []string{jsonMedia}
	}
	given := h.Values("Content-Type")
	if len(given) == 1 {
		media, parameters, err := mime.ParseMediaType(given[0])
		charset, named := parameters["charset"]
		inUTF8 := !named || strings.EqualFold(charset, "utf-8")
		if err == nil && slices.Contains(allowed, media) && inUTF8 {
			return media, nil
		}
	}
	return "", ledger.Errorf(ledger.Malformed, "unsupported_media_type",
		"Send the body in UTF-8 with one Content-Type header: %s.", strings.Join(allowed, " or "))
}

// readAll reads up to most bytes; expected is how many the sender spoke of.
func readAll(body io.Reader, expected, most int64) ([]byte, error) {
	var text bytes.Buffer
	text.Grow(int(expected) + bytes.MinRead)
	_, err := text.ReadFrom(io.LimitReader(body, most+1))
	var slow net.Error
	switch {
	case errors.As(err, &slow) && slow.Timeout():
		return nil, ledger.Errorf(ledger.Malformed, "body_too_slow",
			"The body did not arrive in time; send it again.")
	case err != nil:
		return nil, ledger.Errorf(ledger.Malformed, "malformed_json",
			"The body ended too early; send it again.")
	case int64(text.Len()) > most:
		return nil, tooLarge(most)
	}
	return text.Bytes(), nil
}

func tooLarge(most int64) error {
	return ledger.Errorf(ledger.Malformed, "body_too_large",
		"At most %d bytes fit here; send it in parts.", most)
}

// bearer returns the request's token, if it can be one.
func bearer(h nethttp.Header) (string, error) {
	given := h.Values("Authorization")
	if len(given) == 1 {
		scheme, token, _ := strings.Cut(given[0], " ")
		if strings.EqualFold(scheme, "Bearer") && isToken(token) {
			return token, nil
		}
	}
	return "", ledger.Errorf(ledger.Unauthenticated, "unauthenticated",
		"Send one header Authorization: Bearer phy_…, with a token of this commons.")
}

func isToken(s string) bool {
	return strings.HasPrefix(s, "phy_") && len(s) <= 200 && consistsOf(s, "_-")
}

// idempotencyKey returns the request's key, "" for none. It may be quoted.
func idempotencyKey(h nethttp.Header) (string, error) {
	given := h.Values(keyHeader)
	if len(given) == 0 {
		return "", nil
	}
	key := given[0]
	if len(key) >= 2 && key[0] == '"' && key[len(key)-1] == '"' {
		key = key[1 : len(key)-1]
	}
	if len(given) > 1 || len(key) == 0 || len(key) > longestKey || !isVisible(key) {
		return "", ledger.Errorf(ledger.Malformed, "idempotency_key_malformed",
			"Send one Idempotency-Key header of 1 to %d visible ASCII characters without blanks or quotes.",
			longestKey)
	}
	return key, nil
}

func isVisible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '"' {
			return false
		}
	}
	return true
}

func keyRequired() error {
	return ledger.Errorf(ledger.Malformed, "idempotency_key_required",
		"This moves money: send an Idempotency-Key header, and the same one when you try again.")
}

// fingerprint returns a hash of all that a request asks for, so that a key that
// comes again with another request is noticed.
func fingerprint(r *nethttp.Request, query url.Values, body rawBody) []byte {
	hash := sha256.New()
	for _, part := range [][]byte{
		[]byte(r.Method), []byte(r.URL.Path), []byte(query.Encode()), []byte(body.media), body.text,
	} {
		// The length keeps the parts apart: hashes never fail to take bytes.
		hash.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		hash.Write(part)
	}
	return hash.Sum(nil)
}
