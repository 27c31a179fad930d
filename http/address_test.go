package http

import (
	nethttp "net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// believed are the proxies of the tests.
var believed = proxies{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"),
}

// TestClientAddress holds that nobody but a known proxy says who asks.
func TestClientAddress(t *testing.T) {
	t.Parallel()
	const proxy, stranger = "10.0.0.1:443", "198.51.100.7:4000"
	for _, test := range []struct {
		name, peer        string
		forwarded, listed []string
		want              string
	}{
		{"nothing said", stranger, nil, nil, "198.51.100.7"},
		{"a stranger's word", stranger, []string{"for=203.0.113.9"}, []string{"203.0.113.9"},
			"198.51.100.7"},
		{"a proxy that says nothing", proxy, nil, nil, "10.0.0.1"},
		{"one listed", proxy, nil, []string{"203.0.113.9"}, "203.0.113.9"},
		{"the client's own word before it", proxy, nil, []string{"192.0.2.1, 203.0.113.9"},
			"203.0.113.9"},
		{"in two headers", proxy, nil, []string{"192.0.2.1", "203.0.113.9"}, "203.0.113.9"},
		{"two proxies", proxy, nil, []string{"192.0.2.1, 203.0.113.9, 10.0.0.2"}, "203.0.113.9"},
		{"none but proxies", proxy, nil, []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"listed with a port", proxy, nil, []string{"203.0.113.9:55"}, "203.0.113.9"},
		{"listed as version 6", proxy, nil, []string{"2001:db8::1"}, "2001:db8::1"},
		{"version 4 inside version 6", proxy, nil, []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{"no address", proxy, nil, []string{"203.0.113.9, unknown"}, "10.0.0.1"},
		{"empty", proxy, nil, []string{""}, "10.0.0.1"},
		{"forwarded", proxy, []string{"for=203.0.113.9;proto=https"}, nil, "203.0.113.9"},
		{"forwarded in capitals", proxy, []string{`Proto=https; For="203.0.113.9:1"`}, nil,
			"203.0.113.9"},
		{"forwarded version 6", proxy, []string{`for="[2001:db8::1]:4711"`}, nil, "2001:db8::1"},
		{"forwarded by two", proxy, []string{"for=192.0.2.1, for=203.0.113.9;by=x"}, nil,
			"203.0.113.9"},
		{"forwarded for nobody", proxy, []string{"for=203.0.113.9, by=x"}, nil, "10.0.0.1"},
		{"hidden", proxy, []string{"for=203.0.113.9, for=_secret"}, nil, "10.0.0.1"},
		{"half a quotation", proxy, []string{`for=192.0.2.1;x=", for=203.0.113.9`}, nil, "10.0.0.1"},
		{"separators in quotes", proxy, []string{`for=192.0.2.1;x="a, b;c", for=203.0.113.9`}, nil,
			"203.0.113.9"},
		{"both alike", proxy, []string{"for=203.0.113.9"}, []string{"203.0.113.9"}, "203.0.113.9"},
		{"one of two forged", proxy, []string{"for=192.0.2.1"}, []string{"203.0.113.9"}, "10.0.0.1"},
		{"proxy of version 6", "[fd00::1]:443", nil, []string{"203.0.113.9"}, "203.0.113.9"},
		{"stranger of version 6", "[2001:db8::9%eth0]:4", nil, []string{"203.0.113.9"}, "2001:db8::9"},
		{"no peer", "@", nil, []string{"203.0.113.9"}, "invalid IP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = test.peer
			r.Header = nethttp.Header{"Forwarded": test.forwarded, "X-Forwarded-For": test.listed}
			if got := believed.client(r).String(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestNetworkOf holds what is counted as one address.
func TestNetworkOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ address, want string }{
		{"203.0.113.9", "203.0.113.9/32"},
		{"2001:db8:1:2:3::4", "2001:db8:1:2::/64"},
		{"", "invalid Prefix"},
	} {
		if got := networkOf(addressOf(test.address)).String(); got != test.want {
			t.Errorf("%q: got %s, want %s", test.address, got, test.want)
		}
	}
}

// FuzzClientAddress holds that no header makes a request of a stranger come from
// elsewhere, and that what a proxy adds last is what counts.
func FuzzClientAddress(f *testing.F) {
	f.Add(`for=192.0.2.1;x="`, "192.0.2.1")
	f.Add(`for="\"`, `"`)
	f.Add("", ",,")
	f.Fuzz(func(t *testing.T, forwarded, listed string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header = nethttp.Header{"Forwarded": {forwarded}, "X-Forwarded-For": {listed}}
		r.RemoteAddr = "198.51.100.7:4000"
		if got := believed.client(r).String(); got != "198.51.100.7" {
			t.Errorf("a stranger comes from %s", got)
		}
		r.RemoteAddr = "10.0.0.1:443"
		r.Header = nethttp.Header{"Forwarded": {forwarded + ", for=203.0.113.9"},
			"X-Forwarded-For": {listed + ", 203.0.113.9"}}
		if got := believed.client(r).String(); got != "203.0.113.9" && got != "10.0.0.1" {
			t.Errorf("what a proxy forwards comes from %s", got)
		}
	})
}
