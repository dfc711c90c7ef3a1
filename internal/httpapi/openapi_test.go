package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "rewrite web/openapi.json")

// The web application's client is made from web/openapi.json: it must be what the server says of itself.
func TestTheDescriptionThatClientsAreMadeFromIsWhatIsServed(t *testing.T) {
	t.Parallel()
	const file = "../../web/openapi.json"
	served := openSite(t, nil).program().do(http.MethodGet, "/openapi.json", nil)
	if served.status != http.StatusOK {
		t.Fatalf("the description is answered with %d", served.status)
	}
	var want bytes.Buffer
	if err := json.Indent(&want, []byte(served.text), "", " "); err != nil {
		t.Fatal(err)
	}
	want.WriteByte('\n')
	if *update {
		if err := os.WriteFile(file, want.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("web/openapi.json is not what the server says of itself (%v): run make web-api", err)
	}
}
