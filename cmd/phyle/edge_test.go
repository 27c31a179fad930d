package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
