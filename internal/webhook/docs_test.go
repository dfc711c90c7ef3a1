package webhook_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/webhook"
)

// The example of the documentation is run as it stands there.
func TestTheDocumentedCheckAgreesWithTheSignature(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed: the example of docs/webhooks.md was not run")
	}
	page, err := os.ReadFile("../../docs/webhooks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(page), "```python\n")
	code, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("docs/webhooks.md holds no example")
	}
	const secret = "whsec_of-nobody"
	body := `{"event":"run.done","run":{"file":"Überblick \"1\".csv"}}`
	now := webhook.Sign([]byte(secret), []byte(body), time.Now())
	for name, c := range map[string]struct{ secret, header, body, want string }{
		"as it is":       {secret, now, body, "True"},
		"another body":   {secret, now, body + " ", "False"},
		"another secret": {"whsec_other", now, body, "False"},
		"too old":        {secret, webhook.Sign([]byte(secret), []byte(body), time.Now().Add(-time.Hour)), body, "False"},
		"nothing":        {secret, "", body, "False"},
	} {
		c2 := exec.Command(python, "-c", code+"\nimport os\nprint(verify(os.environ['S'], os.environ['H'], os.environ['B'].encode()))")
		c2.Env = append(os.Environ(), "S="+c.secret, "H="+c.header, "B="+c.body, "PYTHONUTF8=1")
		out, err := c2.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != c.want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}
