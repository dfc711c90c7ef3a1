package cli

import (
	"bytes"
	"strings"
	"testing"
)

func TestAccountsFromTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	call := func(args ...string) (int, string) {
		var out, errs bytes.Buffer
		code := Main(append([]string{"admin", "--data", dir}, args...), strings.NewReader(""), &out, &errs)
		return code, out.String() + errs.String()
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"users", "create", "ada@example.org", "--name", "Ada", "--role", "administrator"}, exitDone, "/link#"},
		{[]string{"users", "create", "Ada@example.org"}, exitUsage, "one already"},
		{[]string{"users", "create", "nobody"}, exitUsage, "no mail address"},
		{[]string{"users", "create", "b@example.org", "--role", "king"}, exitUsage, "none of the instance"},
		{[]string{"users", "disable", "ada@example.org"}, exitDone, ""},
		{[]string{"users", "list"}, exitDone, "disabled"},
		{[]string{"users", "reset", "ada@example.org"}, exitForbidden, "enable it first"},
		{[]string{"users", "enable", "ada@example.org"}, exitDone, ""},
		{[]string{"users", "list"}, exitDone, "invited"},
		{[]string{"users", "reset", "ada@example.org"}, exitDone, "/link#"},
		{[]string{"users", "remove-totp", "ada@example.org"}, exitDone, ""},
		{[]string{"users", "reset", "x@example.org"}, exitUsage, "not found"},
		{[]string{"tokens", "list", "ada@example.org"}, exitDone, "SCOPES"},
		{[]string{"tokens", "revoke", "ada@example.org", "tok_none"}, exitUsage, "not found"},
	} {
		if code, text := call(c.args...); code != c.code || !strings.Contains(text, c.want) {
			t.Errorf("%v: %d %q, want %d with %q", c.args, code, text, c.code, c.want)
		}
	}
}
