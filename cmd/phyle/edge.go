package main

import (
	"net/netip"
	"net/url"
	"strings"
)

// edgeFlags say what stands between the program and the people who use it.
type edgeFlags struct {
	URL   string   `env:"PHYLE_URL" placeholder:"URL" help:"Where people reach it, such as https://phyle.example.org. With https, browsers are told to use nothing else there and below."`
	Proxy []string `env:"PHYLE_PROXIES" placeholder:"CIDR" help:"Whom to believe in the headers Forwarded and X-Forwarded-For, such as 10.0.0.0/8; nobody unless given."`
}

// outside returns the address that people use, nil if it is not given.
func (f edgeFlags) outside() (*url.URL, error) {
	if f.URL == "" {
		return nil, nil
	}
	u, err := url.Parse(f.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, refuse("Give it as https://phyle.example.org, without a path.",
			"What --url says is no address of a server.")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
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
