package http

import (
	nethttp "net/http"
	"net/netip"
	"slices"
	"strings"
)

// proxies are the addresses that are believed when they say for whom they ask.
type proxies []netip.Prefix

// include reports whether the address is one of a proxy.
func (p proxies) include(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(known netip.Prefix) bool { return known.Contains(a) })
}

// client returns the address that the request comes from: that of the connection
// or, where that is a proxy's, the last one before it that is no proxy's. Where two
// headers disagree, one of them is forged, and neither is believed.
func (p proxies) client(r *nethttp.Request) netip.Addr {
	peer := addressOf(r.RemoteAddr)
	if !p.include(peer) {
		return peer
	}
	forwarded := p.follow(peer, forwardedFor(r.Header.Values("Forwarded")))
	listed := p.follow(peer, splitList(r.Header.Values("X-Forwarded-For"), ','))
	switch {
	case len(r.Header.Values("Forwarded")) == 0:
		return listed
	case len(r.Header.Values("X-Forwarded-For")) == 0 || listed == forwarded:
		return forwarded
	}
	return peer
}

// follow goes back from hop to hop, as far as proxies tell.
func (p proxies) follow(at netip.Addr, hops []string) netip.Addr {
	for _, hop := range slices.Backward(hops) {
		before := addressOf(hop)
		if !p.include(at) || !before.IsValid() {
			break
		}
		at = before
	}
	return at
}

// forwardedFor returns for whom each element of the Forwarded headers says that it
// was sent, as RFC 7239 has it; "" where one does not say.
func forwardedFor(values []string) (hops []string) {
	for _, element := range splitList(values, ',') {
		hop := ""
		for _, pair := range splitQuoted(element, ';') {
			name, value, _ := strings.Cut(pair, "=")
			if strings.EqualFold(strings.TrimSpace(name), "for") {
				hop = strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
		hops = append(hops, hop)
	}
	return hops
}

// splitList returns the elements of a header that may be sent more than once.
func splitList(values []string, separator byte) (elements []string) {
	for _, value := range values {
		elements = append(elements, splitQuoted(value, separator)...)
	}
	return elements
}

// splitQuoted splits s at the separators that are not between quotation marks. With
// an odd one somebody may hide what a proxy adds, so then s says nothing.
func splitQuoted(s string, separator byte) (parts []string) {
	quoted, start := false, 0
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			parts, start = append(parts, strings.TrimSpace(s[start:i])), i+1
		}
	}
	if quoted {
		return []string{""}
	}
	return append(parts, strings.TrimSpace(s[start:]))
}

// addressOf returns the address in what a connection or a proxy calls its peer,
// which may have a port and brackets; the zero Addr where there is none.
func addressOf(peer string) netip.Addr {
	if withPort, err := netip.ParseAddrPort(peer); err == nil {
		return withPort.Addr().Unmap().WithZone("")
	}
	if inside, found := strings.CutPrefix(peer, "["); found {
		peer = strings.TrimSuffix(inside, "]")
	}
	address, err := netip.ParseAddr(peer)
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// networkOf returns what is counted as one address: one of version 4, or the 64 bits
// of version 6 that everybody gets at once.
func networkOf(a netip.Addr) netip.Prefix {
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	network, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // of the zero Addr
	}
	return network
}
