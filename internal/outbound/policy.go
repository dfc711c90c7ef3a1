package outbound

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ErrURL is wrapped by errors about a URL that is not taken.
var ErrURL = errors.New("the URL cannot be used")

// Policy says what may be reached beside the public internet. The zero Policy allows nothing else.
type Policy struct {
	prefixes []netip.Prefix
	names    []string // lower case
}

// ParsePolicy reads the operator's list of what is allowed on the premises: ranges (10.1.0.0/16), addresses (10.1.2.3),
// and names (hooks.example.internal), which are then trusted however they resolve.
func ParsePolicy(allow []string) (Policy, error) {
	var p Policy
	for _, text := range allow {
		text = strings.TrimSpace(text)
		if prefix, err := netip.ParsePrefix(text); err == nil {
			p.prefixes = append(p.prefixes, prefix.Masked())
			continue
		}
		if a, err := netip.ParseAddr(text); err == nil {
			p.prefixes = append(p.prefixes, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		name := canonicalName(text)
		if name == "" || strings.ContainsAny(name, "/:*@ ") || numeric(name) {
			return Policy{}, fmt.Errorf("%q in the list of allowed targets is no range, address or name", text)
		}
		p.names = append(p.names, name)
	}
	return p, nil
}

// canonicalName is a host's name in one form, so that two forms of it cannot differ.
func canonicalName(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// numeric says whether the last part of a name is a number: then some resolvers take the whole for an IPv4 address
// (0x7f.1, 2130706433).
func numeric(name string) bool {
	last := name[strings.LastIndex(name, ".")+1:]
	if _, err := strconv.ParseUint(last, 0, 64); err == nil {
		return true
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// Refused says why an address must not be reached under the policy, or nil where it may.
func (p Policy) Refused(a netip.Addr) error {
	err := Refused(a)
	if err == nil || !a.IsValid() {
		return err
	}
	isMetadata := slices.Contains(metadata, a.Unmap())
	for _, prefix := range p.prefixes {
		if prefix.Contains(a) && (!isMetadata || prefix.IsSingleIP()) {
			return nil
		}
	}
	return err
}

// trusts says whether the operator named the host.
func (p Policy) trusts(host string) bool { return slices.Contains(p.names, canonicalName(host)) }

// CheckURL says what is wrong with a URL that a person gave; nil where requests may be made to it. That its name
// resolves to something that may be reached shows when it is called. Plain http is taken on the premises only.
func (p Policy) CheckURL(raw string) error {
	const most = 2048
	if len(raw) > most {
		return fmt.Errorf("%w: it is longer than %d characters", ErrURL, most)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("%w: it cannot be read", ErrURL) // the cause repeats the URL, which may hold a secret
	}
	host := u.Hostname()
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%w: it must begin with https://", ErrURL)
	case host == "" || u.Opaque != "":
		return fmt.Errorf("%w: it names no host", ErrURL)
	case u.User != nil:
		return fmt.Errorf("%w: it must hold no user and password", ErrURL)
	case u.Fragment != "":
		return fmt.Errorf("%w: it must hold no fragment (#...)", ErrURL)
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("%w: there is no port %s", ErrURL, port)
		}
	}
	local, err := p.checkHost(host)
	if err != nil {
		return err
	}
	if u.Scheme == "http" && !local {
		return fmt.Errorf("%w: it must begin with https://, so that nobody on the way can read or change what is sent", ErrURL)
	}
	return nil
}

// checkHost says whether the host is one that the operator allowed, or what is wrong with it.
func (p Policy) checkHost(host string) (local bool, err error) {
	if a, err := netip.ParseAddr(host); err == nil {
		if err := p.Refused(a); err != nil {
			return false, err
		}
		return Refused(a) != nil, nil
	}
	if p.trusts(host) {
		return true, nil
	}
	name := canonicalName(host)
	switch {
	case name == "localhost" || strings.HasSuffix(name, ".localhost"):
		return false, fmt.Errorf("%w: %s is this machine", ErrRefused, host)
	case numeric(name):
		return false, fmt.Errorf("%w: write the address as four numbers", ErrURL)
	}
	return false, nil
}

// refusedPeer says why the address that is about to be dialled must not be.
func (p Policy) refusedPeer(network, address string) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%w: it is not reached over TCP", ErrRefused)
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%w: it cannot be read", ErrRefused)
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return fmt.Errorf("%w: it cannot be read", ErrRefused)
	}
	// The system's resolver may give IPv4 in IPv6's form; what counts is where the packets go.
	return p.Refused(a.Unmap())
}
