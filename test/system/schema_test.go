package system_test

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/analytix-flow/analytix/internal/outcome"
)

// validFindings holds findings.json against its schema.
func validFindings(t *testing.T, dir string) {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(outcome.SchemaJSON()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("findings.json", schema); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("findings.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text(t, dir, "findings.json"))))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("findings.json: %v", err)
	}
}
