package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOutside holds which addresses people can be sent to.
func TestOutside(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ given, want string }{
		{"", "none"},
		{"https://phyle.example.org", "https://phyle.example.org"},
		{"https://phyle.example.org/", "https://phyle.example.org"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"https://phyle.example.org/books", "refused"},
		{"https://ana:secret@phyle.example.org", "refused"},
		{"https://phyle.example.org?a=b", "refused"},
		{"phyle.example.org", "refused"},
		{"ftp://phyle.example.org", "refused"},
		{"https://:443", "refused"},
		{"javascript:alert(1)", "refused"},
	} {
		got := "refused"
		u, err := edgeFlags{URL: test.given}.outside()
		switch {
		case err != nil:
		case u == nil:
			got = "none"
		default:
			got = u.String()
		}
		if got != test.want {
			t.Errorf("%q: got %s, want %s", test.given, got, test.want)
		}
	}
}

// TestBelieved holds whom one can say to believe.
func TestBelieved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		given, want []string
	}{
		{"nobody", nil, nil},
		{"addresses", []string{"127.0.0.1", "::1"}, []string{"127.0.0.1/32", "::1/128"}},
		{"networks", []string{"10.1.2.3/8", " fd00::/8"}, []string{"10.0.0.0/8", "fd00::/8"}},
		{"version 4 inside version 6", []string{"::ffff:10.0.0.1"}, []string{"10.0.0.1/32"}},
		{"everybody", []string{"0.0.0.0/0"}, []string{"refused"}},
		{"everybody of version 6", []string{"::/0"}, []string{"refused"}},
		{"a name", []string{"proxy.example.org"}, []string{"refused"}},
		{"empty", []string{""}, []string{"refused"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			networks, err := edgeFlags{Proxy: test.given}.believed()
			for _, network := range networks {
				got = append(got, network.String())
			}
			if err != nil {
				got = []string{"refused"}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
