package recipe

import (
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Marshal writes the recipe as YAML with the reasons as comments. The output depends on the recipe alone.
func (r *Recipe) Marshal() []byte {
	w := &writer{}
	w.comment(0, "The decisions of one run of Analytix Flow. Replay them on another file with the same columns:")
	w.comment(0, "    analytix replay recipe.yaml FILE")
	w.comment(0, "Entries may be edited or removed; what no entry covers is asked again.")
	w.field(0, "version", r.Version)
	w.field(0, "run", r.Run)
	w.blank()
	w.comment(0, "The file on which the decisions were taken. Another file must have these columns.")
	w.key(0, "source")
	w.field(1, "file", r.Source.File)
	w.field(1, "sha256", r.Source.SHA256)
	w.field(1, "rows", r.Source.Rows)
	w.columns(r.Source.Columns)
	w.blank()
	w.key(0, "goal")
	w.field(1, "text", r.Goal.Text)
	w.field(1, "kpi", r.Goal.KPI)
	w.blank()
	w.comment(0, "What was set by hand about how the file is read; empty where detection was right.")
	w.value(0, "reception", map[string]any(r.Reception))
	w.blank()
	w.comment(0, "One entry for each item that was decided, in the order of the stages.")
	w.list(0, "decisions", len(r.Decisions), func(i int) {
		w.blank()
		w.entry(&r.Decisions[i])
	})
	w.blank()
	w.comment(0, "Policies decide items that no entry covers. An example, as it would be written:")
	w.comment(0, "    - name: always trim")
	w.comment(0, "      operation: trim          # where trim is what is recommended,")
	w.comment(0, "      max_share: 0.05          # and at most 5% of the rows are concerned,")
	w.comment(0, "      choice: accept           # it is accepted and recorded under the policy's name")
	w.list(0, "policies", len(r.Policies), func(i int) { w.policy(&r.Policies[i]) })
	return w.buf.Bytes()
}

// EncodeParams writes the parameters of an operation as YAML for a person to edit.
func EncodeParams(params map[string]any) []byte {
	w := &writer{}
	w.mapping(0, params)
	return w.buf.Bytes()
}

func (w *writer) columns(columns []Column) {
	w.list(1, "columns", len(columns), func(i int) {
		w.indent(2)
		w.text("- {name: " + scalar(columns[i].Name) + ", type: " + scalar(string(columns[i].Type)) + "}\n")
	})
}

func (w *writer) entry(e *Entry) {
	for _, n := range e.Notes {
		w.comment(1, n)
	}
	w.first(1, "stage", e.Stage)
	w.field(2, "item", e.Item)
	w.field(2, "fingerprint", e.Fingerprint)
	if e.Check != "" {
		w.field(2, "check", e.Check)
	}
	if len(e.Columns) > 0 {
		w.value(2, "columns", e.Columns)
	}
	if e.Title != "" {
		w.field(2, "title", e.Title)
	}
	w.field(2, "choice", e.Choice)
	if e.Operation != nil {
		w.key(2, "operation")
		w.field(3, "kind", e.Operation.Kind)
		w.value(3, "params", map[string]any(e.Operation.Params))
	}
	if e.Choice == flow.Partial {
		w.value(2, "rows", e.Rows)
	}
	if e.Reason != "" {
		w.field(2, "reason", e.Reason)
	}
	w.indent(2)
	w.text("by: {kind: " + scalar(e.By.Kind) + ", name: " + scalar(e.By.Name) + "}\n")
	if !e.At.IsZero() {
		w.indent(2)
		w.text("at: " + e.At.UTC().Format(time.RFC3339) + "\n")
	}
}

func (w *writer) policy(p *Policy) {
	w.first(1, "name", p.Name)
	if p.Check != "" {
		w.field(2, "check", p.Check)
	}
	if p.Operation != "" {
		w.field(2, "operation", p.Operation)
	}
	if len(p.Columns) > 0 {
		w.value(2, "columns", p.Columns)
	}
	if p.MaxShare > 0 {
		w.field(2, "max_share", p.MaxShare)
	}
	w.field(2, "choice", p.Choice)
	if p.Reason != "" {
		w.field(2, "reason", p.Reason)
	}
}
