package outcome

import _ "embed"

//go:embed findings.schema.json
var schemaJSON []byte

// SchemaJSON is the JSON Schema (draft 2020-12) of findings.json.
func SchemaJSON() []byte { return append([]byte(nil), schemaJSON...) }
