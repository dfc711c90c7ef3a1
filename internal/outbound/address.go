package outbound

import (
	"errors"
	"fmt"
	"net/netip"
)

// ErrRefused is wrapped by errors about an address that must not be reached.
var ErrRefused = errors.New("the address is not one of the public internet")

// reserved are the ranges that are not the public internet, after the registries of special-purpose addresses of IANA
// (RFC 6890 and its successors), each with the words for it.
var reserved = []struct {
	prefix netip.Prefix
	what   string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "unspecified"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "shared by customers of a carrier"},
	{netip.MustParsePrefix("127.0.0.0/8"), "this machine"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.0.0.0/24"), "reserved for protocols"},
	{netip.MustParsePrefix("192.0.2.0/24"), "for documentation"},
	{netip.MustParsePrefix("192.31.196.0/24"), "reserved for protocols"},
	{netip.MustParsePrefix("192.52.193.0/24"), "reserved for protocols"},
	{netip.MustParsePrefix("192.88.99.0/24"), "a relay to IPv6"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("192.175.48.0/24"), "reserved for protocols"},
	{netip.MustParsePrefix("198.18.0.0/15"), "for benchmarks"},
	{netip.MustParsePrefix("198.51.100.0/24"), "for documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "for documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},
	{netip.MustParsePrefix("::/128"), "unspecified"},
	{netip.MustParsePrefix("::1/128"), "this machine"},
	{netip.MustParsePrefix("::ffff:0:0/96"), "IPv4 in IPv6"},
	{netip.MustParsePrefix("64:ff9b::/96"), "translated to IPv4"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "translated to IPv4"},
	{netip.MustParsePrefix("2001::/23"), "reserved for protocols"}, // Teredo, ORCHID and others
	{netip.MustParsePrefix("2001:db8::/32"), "for documentation"},
	{netip.MustParsePrefix("2002::/16"), "IPv4 in IPv6"}, // 6to4
	{netip.MustParsePrefix("2620:4f:8000::/48"), "reserved for protocols"},
	{netip.MustParsePrefix("3fff::/20"), "for documentation"},
	{netip.MustParsePrefix("fc00::/7"), "private"},
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
}

// global is what IANA gives out of IPv6 to the public internet: whatever lies outside is not of it, known or unknown.
var global = netip.MustParsePrefix("2000::/3")

// metadata are the addresses at which clouds give out credentials.
var metadata = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), // AWS, Azure, Google, OpenStack and others
	netip.MustParseAddr("169.254.170.2"),   // AWS, of containers
	netip.MustParseAddr("169.254.170.23"),
	netip.MustParseAddr("100.100.100.200"), // Alibaba
	netip.MustParseAddr("192.0.0.192"),     // Oracle
	netip.MustParseAddr("168.63.129.16"),   // Azure's wire server, a public address in form only
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
	netip.MustParseAddr("fd00:ec2::23"),
	netip.MustParseAddr("fd20:ce::254"), // Google
}

// Refused says why an address must not be reached, as an error that wraps ErrRefused, or nil where it is one of the
// public internet. An IPv4 address in IPv6's form is refused in that form, whichever address it is.
func Refused(a netip.Addr) error {
	if !a.IsValid() {
		return fmt.Errorf("%w: it cannot be read", ErrRefused)
	}
	if a.Zone() != "" {
		return fmt.Errorf("%w: %s names an interface of this machine", ErrRefused, a)
	}
	for _, m := range metadata {
		if a == m || a.Unmap() == m {
			return fmt.Errorf("%w: %s gives out a cloud's credentials", ErrRefused, a)
		}
	}
	for _, r := range reserved {
		// A prefix of IPv4 never contains an IPv6 address, and the other way round: the mapped form has its own entry.
		if r.prefix.Contains(a) || (a.Is4In6() && r.what == "IPv4 in IPv6") {
			return fmt.Errorf("%w: %s is %s", ErrRefused, a, r.what)
		}
	}
	if a.Is6() && !global.Contains(a) {
		return fmt.Errorf("%w: %s lies outside of what is given out", ErrRefused, a)
	}
	return nil
}
