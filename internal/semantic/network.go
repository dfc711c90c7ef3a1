package semantic

import (
	"net"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strings"
)

func networkTypes() []Type {
	return []Type{
		{ID: "uuid", Valid: matches(uuidForm), Prior: 0.99, Hints: []string{"uuid", "guid"}, Closed: true},
		{ID: "email", Valid: validEmail, Prior: 0.98, Hints: []string{"email", "mail", "e mail", "email address"}, Closed: true},
		{ID: "url", Valid: validURL, Prior: 0.97, Hints: []string{"url", "link", "website", "href", "uri", "homepage"}, Closed: true},
		{ID: "ip", Valid: validIP, Prior: 0.97, Hints: []string{"ip", "ip address", "ipaddress"}, Closed: true},
		{ID: "mac", Valid: validMAC, Prior: 0.97, Hints: []string{"mac", "mac address"}, Closed: true},
		{ID: "hash", Valid: validHash, Prior: 0.95, Hints: []string{"hash", "md5", "sha1", "sha256", "checksum", "digest"}},
		{ID: "mime_type", Valid: matches(mimeForm), Prior: 0.95, Hints: []string{"mime", "mime type", "content type", "media type"}},
		{ID: "domain", Valid: validDomain, Strong: commonDomain, Prior: 0.85, Hints: []string{"domain", "host", "hostname", "site"}},
		{ID: "file_path", Valid: validPath, Strong: matches(absolutePath), Prior: 0.8, Hints: []string{"path", "file", "filename", "file name", "folder", "directory"}},
	}
}

var (
	uuidForm     = regexp.MustCompile(`^\{?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\}?$`)
	emailForm    = regexp.MustCompile(`^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$`)
	mimeForm     = regexp.MustCompile(`^(application|audio|font|image|message|model|multipart|text|video)/[A-Za-z0-9][A-Za-z0-9.+_-]*(;.*)?$`)
	domainForm   = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}$`)
	absolutePath = regexp.MustCompile(`^(/[\w .@%+-]+){2,}/?$|^[A-Za-z]:\\|^\\\\\w`)
	fileForm     = regexp.MustCompile(`^[\w .@%+()-]+\.[A-Za-z][A-Za-z0-9]{1,4}$`)
	topDomains   = set("com|org|net|edu|gov|mil|int|info|biz|io|co|ai|app|dev|eu|uk|de|nl|fr|es|it|be|ch|at|pl|se|no|dk|fi|ie|pt|cz|us|ca|au|nz|in|jp|cn|kr|br|mx|ru|za")
)

// matches turns a pattern into a validator.
func matches(re *regexp.Regexp) func(string) bool { return re.MatchString }

func validEmail(v string) bool {
	return len(v) <= 254 && emailForm.MatchString(v) && !strings.Contains(v, "..") && v[0] != '.' && !strings.Contains(v, ".@")
}

func validURL(v string) bool {
	lower := strings.ToLower(v)
	if strings.HasPrefix(lower, "www.") {
		return validDomain(strings.SplitN(lower, "/", 2)[0])
	}
	if !strings.Contains(v, "://") || strings.ContainsAny(v, " \t\n") {
		return false
	}
	u, err := url.Parse(v)
	if err != nil || u.Hostname() == "" {
		return false
	}
	switch u.Scheme {
	case "http", "https", "ftp", "ftps", "sftp", "s3", "ws", "wss", "git", "ssh":
		return true
	}
	return false
}

func validIP(v string) bool {
	if _, err := netip.ParseAddr(v); err == nil {
		return true
	}
	_, err := netip.ParsePrefix(v)
	return err == nil
}

func validMAC(v string) bool {
	hw, err := net.ParseMAC(v)
	return err == nil && len(hw) == 6
}

func validHash(v string) bool {
	switch len(v) {
	case 32, 40, 56, 64, 96, 128:
	default:
		return false
	}
	digits := 0
	for _, r := range v {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'a' && r <= 'f', r >= 'A' && r <= 'F':
		default:
			return false
		}
	}
	return digits > 0 && digits < len(v)
}

func validDomain(v string) bool { return len(v) <= 253 && domainForm.MatchString(v) }

func commonDomain(v string) bool {
	return topDomains[strings.ToLower(strings.TrimPrefix(path.Ext(v), "."))]
}

func validPath(v string) bool { return absolutePath.MatchString(v) || fileForm.MatchString(v) }
