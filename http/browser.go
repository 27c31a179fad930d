package http

import (
	nethttp "net/http"
	"strings"

	"phyle/ledger/postgres"
)

// browser returns where the request comes from, as far as that is kept.
func (v *visit) browser() postgres.Browser {
	return postgres.Browser{
		Agent: agentOf(v.echo.Request()), Network: blurred(v.echo.RealIP()), RequestID: requestID(v.echo),
	}
}

// agentOf names the browser and the system that a request comes from, as far as they
// can be told, in words from a list.
func agentOf(r *nethttp.Request) string {
	header := r.UserAgent()
	first := func(names ...string) string {
		for i := 0; i < len(names); i += 2 {
			if strings.Contains(header, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	browser := first("Edg", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "FxiOS/", "Firefox",
		"Chrome/", "Chrome", "CriOS/", "Chrome", "Safari/", "Safari")
	system := first("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows",
		"Mac OS X", "macOS", "CrOS", "ChromeOS", "Linux", "Linux")
	switch {
	case browser == "" && system == "":
		return "another browser"
	case system == "":
		return browser
	case browser == "":
		return "a browser on " + system
	}
	return browser + " on " + system
}
