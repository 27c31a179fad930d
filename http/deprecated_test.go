package http

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"phyle/ledger"
)

// A deprecated row says so in its answers and in the document.
func TestDeprecated(t *testing.T) {
	t.Parallel()
	old := kindRoutes()[0]
	old.path, old.id = inCommons+"/old-kinds", "oldKinds"
	old.deprecated = ledger.NewDate(2026, time.November, 1)
	s := New(nil, quiet())
	s.register(old)
	for path, want := range map[string]string{"old-kinds": "@1793491200", "kinds": ""} {
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequest(old.method, "/v1/commons/riverside/"+path, nil))
		if got := w.Header().Get("Deprecation"); got != want {
			t.Errorf("%s: Deprecation is %q, want %q", path, got, want)
		}
	}
	if text := string(describe([]route{old}, "1")); !strings.Contains(text, `"deprecated": true`) {
		t.Error("the document does not say so")
	}
}
