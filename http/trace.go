package http

import (
	nethttp "net/http"
	"strings"
)

// The lengths of a traceparent header of version 00 and of the ids in it, as the
// W3C's Trace Context has them.
const (
	traceLength  = 55
	traceIDStart = 3
	traceIDEnd   = 35
)

// traceID returns the id of the trace that the request is part of, or "" if it
// brings none or a malformed one.
func traceID(header nethttp.Header) string {
	given := header.Values("Traceparent")
	if len(given) != 1 || !isTraceParent(given[0]) {
		return ""
	}
	return given[0][traceIDStart:traceIDEnd]
}

// isTraceParent reports whether s is version-trace-parent-flags in lower-case
// hexadecimal digits. Versions to come may add fields after these.
func isTraceParent(s string) bool {
	if len(s) < traceLength || s[:2] == "00" && len(s) != traceLength {
		return false
	}
	if len(s) > traceLength && s[traceLength] != '-' {
		return false
	}
	parts := strings.Split(s[:traceLength], "-")
	if len(parts) != 4 || s[:2] == "ff" {
		return false
	}
	for i, length := range []int{2, 32, 16, 2} {
		if len(parts[i]) != length || strings.Trim(parts[i], "0123456789abcdef") != "" {
			return false
		}
	}
	return strings.Trim(parts[1], "0") != "" && strings.Trim(parts[2], "0") != ""
}
