package client_test

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	phyle "phyle/http"
)

// operation is one operation of the server's OpenAPI document.
type operation struct {
	ID           string `json:"operationId"`
	Parameters   []struct{ Name string }
	method, path string
}

// operations returns what the server says that it can do.
func operations(t *testing.T) (list []*operation) {
	t.Helper()
	w := httptest.NewRecorder()
	phyle.New(nil, phyle.Options{Log: quiet()}).Handler().
		ServeHTTP(w, httptest.NewRequest("GET", "/openapi.json", nil))
	var document struct {
		Paths map[string]map[string]*operation
	}
	if err := json.Unmarshal(w.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	for path, item := range document.Paths {
		for method, o := range item {
			o.method, o.path = strings.ToUpper(method), path
			list = append(list, o)
		}
	}
	if len(list) < 50 {
		t.Fatalf("only %d operations in the document", len(list))
	}
	return list
}

// methods returns the names of the methods that an operation has here: its own, and
// one more that goes through all pages where there are pages.
func (o *operation) methods() []string {
	of := "Client."
	if strings.HasPrefix(o.path, "/v1/commons/{commons}") {
		of = "Books."
	}
	names := []string{of + strings.ToUpper(o.ID[:1]) + o.ID[1:]}
	for _, p := range o.Parameters {
		if p.Name == "cursor" || p.Name == "after" {
			names = append(names, of+"All"+reading.ReplaceAllString(o.ID, ""))
		}
	}
	return names
}

var (
	reading     = regexp.MustCompile(`^(list|get)`)
	inBraces    = regexp.MustCompile(`\{[a-z_]+\}`)
	looksLikeID = regexp.MustCompile(`^[a-z]{3}_[0-9a-z]{26}$`)
)

// isAskedBy reports whether one of the requests, method and path, asks for it.
func (o *operation) isAskedBy(requests map[string]bool) bool {
	pattern := regexp.MustCompile(
		"^" + o.method + " " + inBraces.ReplaceAllString(o.path, "[^/]+") + "$")
	for one := range requests {
		if pattern.MatchString(one) {
			return true
		}
	}
	return false
}
