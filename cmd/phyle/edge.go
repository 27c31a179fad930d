package main

import (
	"net/netip"
	"strings"
)

// edgeFlags say what stands between the program and the people who use it.
type edgeFlags struct {
	Proxy []string `env:"PHYLE_PROXIES" placeholder:"CIDR" help:"Whom to believe in the headers Forwarded and X-Forwarded-For, such as 10.0.0.0/8; nobody unless given."`
}

// believed returns the addresses of the proxies. To believe everybody would let
// anyone pass for anyone.
func (f edgeFlags) believed() ([]netip.Prefix, error) {
	const hint = "Give addresses or networks of proxies, such as 127.0.0.1 or 10.0.0.0/8."
	var all []netip.Prefix
	for _, text := range f.Proxy {
		text = strings.TrimSpace(text)
		network, err := netip.ParsePrefix(text)
		if address, isAddress := netip.ParseAddr(text); isAddress == nil {
			network, err = address.Unmap().Prefix(address.Unmap().BitLen())
		}
		switch {
		case err != nil:
			return nil, refuse(hint, "%q is neither an address nor a network.", text)
		case network.Bits() == 0:
			return nil, refuse(hint, "%s would let everybody say who they are.", text)
		}
		all = append(all, network.Masked())
	}
	return all, nil
}
