package outbound_test

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/analytix-flow/analytix/internal/outbound"
)

func TestOnlyThePublicInternetIsReached(t *testing.T) {
	t.Parallel()
	for address, public := range map[string]bool{
		"93.184.215.14": true, "8.8.8.8": true, "1.1.1.1": true, "100.63.255.255": true, "100.128.0.0": true,
		"172.15.255.255": true, "172.32.0.0": true, "192.0.1.0": true, "198.17.255.255": true, "223.255.255.255": true,
		"2606:4700:4700::1111": true, "2a00:1450:4001:830::200e": true, "2001:200::1": true,

		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "100.64.0.1": false, "100.127.255.255": false,
		"127.0.0.1": false, "127.255.255.254": false, "169.254.1.1": false, "169.254.169.254": false, "172.16.0.1": false,
		"172.31.255.255": false, "192.0.0.8": false, "192.0.0.192": false, "192.0.2.1": false, "192.88.99.1": false,
		"192.168.1.1": false, "198.18.0.1": false, "198.19.255.255": false, "198.51.100.7": false, "203.0.113.7": false,
		"224.0.0.1": false, "239.255.255.255": false, "240.0.0.1": false, "255.255.255.255": false,
		"100.100.100.200": false, "168.63.129.16": false,

		"::": false, "::1": false, "::2": false, "::127.0.0.1": false, "::ffff:127.0.0.1": false, "::ffff:8.8.8.8": false,
		"::ffff:0:8.8.8.8": false, "64:ff9b::8.8.8.8": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "100::1": false,
		"2001::1": false, "2001:db8::1": false, "2002:7f00:1::": false, "3fff::1": false, "4000::1": false,
		"fc00::1": false, "fd00:ec2::254": false, "fe80::1": false, "fe80::1%eth0": false, "2606:4700::1%eth0": false,
		"fec0::1": false, "ff02::1": false, "5f00::1": false,
	} {
		err := outbound.Refused(netip.MustParseAddr(address))
		if (err == nil) != public {
			t.Errorf("%s: %v", address, err)
		}
		if err != nil && !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("%s: the error %v does not say that it was refused", address, err)
		}
	}
	if err := outbound.Refused(netip.Addr{}); err == nil {
		t.Error("no address was taken")
	}
}

func TestWhatTheOperatorAllowsIsReached(t *testing.T) {
	t.Parallel()
	p, err := outbound.ParsePolicy([]string{"10.1.0.0/16", "192.168.7.7", " hooks.Example.internal. ", "fd12::/16", "169.254.0.0/16"})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"10.1.2.3": true, "10.2.0.1": false, "192.168.7.7": true, "192.168.7.8": false, "fd12::1": true, "fd13::1": false,
		"8.8.8.8": true, "169.254.1.1": true,
		"169.254.169.254": false, // a range never reaches a cloud's credentials
	} {
		if err := p.Refused(netip.MustParseAddr(address)); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
	exact, err := outbound.ParsePolicy([]string{"169.254.169.254"})
	if err != nil || exact.Refused(netip.MustParseAddr("169.254.169.254")) != nil {
		t.Errorf("the exact address was named: %v", err)
	}
	for _, wrong := range []string{"", "10.0.0.0/99", "*.example.com", "https://x.org", "a b", "x:80", "0x7f.1", "2130706433"} {
		if _, err := outbound.ParsePolicy([]string{wrong}); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	p, err := outbound.ParsePolicy([]string{"10.1.0.0/16", "hooks.internal"})
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]bool{
		"https://example.com/hook?x=1": true, "https://example.com:8443": true, "https://8.8.8.8/": true, "https://[2606:4700::1]/": true,
		"https://10.1.2.3/": true, "http://10.1.2.3/": true, "http://hooks.internal/": true, "http://HOOKS.internal.:80/": true,

		"": false, "example.com": false, "http://example.com/": false, "ftp://example.com/": false, "file:///etc/passwd": false,
		"gopher://x/": false, "https://": false, "https:///x": false, "https:example.com": false, "https://u:p@example.com/": false,
		"https://example.com/#x": false, "https://example.com:0/": false, "https://example.com:99999/": false, "https://example.com:x/": false,
		"https://127.0.0.1/": false, "https://[::1]/": false, "https://[::ffff:10.1.2.3]/": false, "https://localhost/": false,
		"https://a.localhost./": false, "https://2130706433/": false, "https://0x7f000001/": false, "https://0x7f.1/": false,
		"https://017700000001/": false, "https://127.1/": false, "https://10.2.0.1/": false, "https://[fe80::1%25eth0]/": false,
		"https://169.254.169.254/latest/meta-data": false, "https://exa mple.com": false, "https://example.com/\x00": false,
	} {
		if err := p.CheckURL(url); (err == nil) != want {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func FuzzAddresses(f *testing.F) {
	for _, seed := range []string{"\x7f\x00\x00\x01", "\x08\x08\x08\x08", "\x00\x64\xff\x9b\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x00\x00\x01"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, ok := netip.AddrFromSlice(raw)
		if !ok || outbound.Refused(a) != nil {
			return
		}
		// Whatever is let through is what the standard library, in its own words, calls a public unicast address, in
		// one form only.
		if a.Is4In6() || !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() {
			t.Errorf("%s was let through", a)
		}
		if a.Is6() && a.As16()[0]>>5 != 1 {
			t.Errorf("%s lies outside of 2000::/3 and was let through", a)
		}
	})
}

func FuzzURLs(f *testing.F) {
	for _, seed := range []string{"https://example.com", "https://127.0.0.1", "http://[::1]:80", "https://0x7f.1", "https://a@b/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if err := (outbound.Policy{}).CheckURL(raw); err == nil && len(raw) < len("https://x") {
			t.Errorf("%q was taken", raw)
		}
	})
}
