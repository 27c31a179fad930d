package http

import (
	"bytes"
	"encoding/json"
	"log/slog"
	nethttp "net/http"
	"testing"
)

func TestTraceID(t *testing.T) {
	t.Parallel()
	const id, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for _, test := range []struct {
		name  string
		given []string
		want  string
	}{
		{"good", []string{"00-" + id + "-" + parent + "-01"}, id},
		{"not sampled", []string{"00-" + id + "-" + parent + "-00"}, id},
		{"later version", []string{"cc-" + id + "-" + parent + "-01-more"}, id},
		{"later version, no more", []string{"01-" + id + "-" + parent + "-01"}, id},
		{"none", nil, ""},
		{"empty", []string{""}, ""},
		{"two", []string{"00-" + id + "-" + parent + "-01", "00-" + id + "-" + parent + "-01"}, ""},
		{"capitals", []string{"00-4BF92F3577B34DA6A3CE929D0E0E4736-" + parent + "-01"}, ""},
		{"forbidden version", []string{"ff-" + id + "-" + parent + "-01"}, ""},
		{"no trace", []string{"00-00000000000000000000000000000000-" + parent + "-01"}, ""},
		{"no parent", []string{"00-" + id + "-0000000000000000-01"}, ""},
		{"short", []string{"00-" + id + "-" + parent + "-0"}, ""},
		{"more in version 00", []string{"00-" + id + "-" + parent + "-01-more"}, ""},
		{"longer in a later version", []string{"01-" + id + "-" + parent + "-011"}, ""},
		{"other letters", []string{"00-" + "ana-is-planted-here-ana-is-plant" + "-" + parent + "-01"}, ""},
		{"other digits", []string{"00-" + id[:31] + "g" + "-" + parent + "-01"}, ""},
		{"dashes elsewhere", []string{"00-" + id[:31] + "-" + id[31:] + parent + "-01"}, ""},
		{"blank", []string{" 00-" + id + "-" + parent + "-01"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := traceID(nethttp.Header{"Traceparent": test.given}); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestTraceInLog holds that a trace can be followed into the log, for what is
// answered and for what is our fault.
func TestTraceInLog(t *testing.T) {
	t.Parallel()
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	var log bytes.Buffer
	s := New(nil, Options{Rate: -1, Log: slog.New(slog.NewJSONHandler(&log, nil))})
	// Without a store, asking it is a fault.
	got := get(s, "GET", "/readyz", map[string]string{
		"traceparent": "00-" + id + "-00f067aa0ba902b7-01", requestIDHeader: "mine",
	})
	if got.Code != nethttp.StatusInternalServerError {
		t.Errorf("got %d", got.Code)
	}
	lines := map[string]map[string]any{}
	for decoder := json.NewDecoder(&log); decoder.More(); {
		line := map[string]any{}
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
		lines[line["msg"].(string)] = line
	}
	for _, message := range []string{"internal", "request"} {
		line := lines[message]
		if line["trace_id"] != id || line["request_id"] != "mine" || line["route"] != "/readyz" {
			t.Errorf("the line %q is %v", message, line)
		}
	}
}
