package quality

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// ownership decides to which draft each flagged cell belongs. All of it happens in the engine; what comes to memory
// are counts and examples.
type ownership struct {
	engine *engine.Session
	job    *stage.Job
	drafts []*draft
}

// decide fills the temporary tables claims (every cell as every finding flags it) and owned (each cell once).
func (o *ownership) decide(ctx context.Context, candidates []candidate) error {
	order := make([]int, len(candidates))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(candidates[b].Priority, candidates[a].Priority),
			cmp.Compare(candidates[b].Issue.Confidence, candidates[a].Issue.Confidence))
	})
	rank := make([]int, len(candidates))
	for r, i := range order {
		rank[i] = r
	}
	err := o.engine.Exec(ctx, `CREATE OR REPLACE TEMP TABLE claims (draft INTEGER, rank INTEGER, __row BIGINT, "column" VARCHAR, `+
		`old VARCHAR, new VARCHAR, resolution VARCHAR)`)
	if err != nil {
		return fmt.Errorf("preparing to bring cells together: %w", err)
	}
	for _, h := range checkHandlers() {
		if err := o.claim(ctx, h, candidates, rank); err != nil {
			return err
		}
	}
	err = o.engine.Exec(ctx, `CREATE OR REPLACE TEMP TABLE owned AS SELECT __row, "column", best.draft AS draft, best.old AS old, `+
		`best.new AS new, best.resolution AS resolution FROM (SELECT __row, "column", arg_min({'draft': draft, 'old': old, `+
		`'new': new, 'resolution': resolution}, rank) AS best FROM claims GROUP BY 1, 2)`)
	if err != nil {
		return fmt.Errorf("giving each cell to one issue: %w", err)
	}
	return nil
}

// claim reads the cells of one handler.
func (o *ownership) claim(ctx context.Context, handler string, candidates []candidate, rank []int) error {
	file, ok := o.job.Files[cellsOf(handler)]
	if !ok {
		return nil
	}
	var rows []string
	for n, d := range o.drafts {
		for _, m := range d.members {
			if candidates[m].handler == handler {
				rows = append(rows, fmt.Sprintf("(%d, %d, %d)", candidates[m].index, n, rank[m]))
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	from, err := o.engine.ReadParquet(ctx, file)
	if err != nil {
		return fmt.Errorf("reading the cells of %s: %w", handler, err)
	}
	err = o.engine.Exec(ctx, `INSERT INTO claims SELECT m.draft, m.rank, c.__row, c."column", c.old, c.new, c.resolution FROM `+from+
		" AS c JOIN (VALUES "+strings.Join(rows, ", ")+") AS m(finding, draft, rank) USING (finding)")
	if err != nil {
		return fmt.Errorf("reading the cells of %s: %w", handler, err)
	}
	return nil
}

// count sets the cells and rows of each draft. A draft that never flagged any keeps what its check counted.
func (o *ownership) count(ctx context.Context) error {
	for _, d := range o.drafts {
		if d.flagged > 0 {
			d.issue.Cells, d.issue.Rows = 0, 0
		}
	}
	rows, err := o.engine.Query(ctx, "SELECT draft, count(*), count(DISTINCT __row) FROM owned GROUP BY 1")
	if err != nil {
		return fmt.Errorf("counting the cells of the issues: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		var cells, lines int64
		if err := rows.Scan(&n, &cells, &lines); err != nil {
			return fmt.Errorf("counting the cells of the issues: %w", err)
		}
		o.drafts[n].issue.Cells, o.drafts[n].issue.Rows = cells, lines
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("counting the cells of the issues: %w", err)
	}
	return nil
}

// settle drops the drafts that lost all their cells, noting them where the cells went, orders the rest and numbers
// them.
func (o *ownership) settle(ctx context.Context) error {
	if err := o.fold(ctx); err != nil {
		return err
	}
	number := map[*draft]int{}
	for n, d := range o.drafts {
		number[d] = n
	}
	o.drafts = slices.DeleteFunc(o.drafts, func(d *draft) bool { return d.flagged > 0 && d.issue.Cells == 0 })
	slices.SortStableFunc(o.drafts, func(a, b *draft) int {
		return cmp.Or(cmp.Compare(a.issue.Severity.Rank(), b.issue.Severity.Rank()),
			cmp.Compare(b.issue.Confidence, a.issue.Confidence), cmp.Compare(b.issue.Cells, a.issue.Cells),
			strings.Compare(a.issue.Check, b.issue.Check), slices.Compare(a.issue.Columns, b.issue.Columns))
	})
	rows := []string{"(-1, '', -1)"}
	for n, d := range o.drafts {
		d.issue.ID = fmt.Sprintf("q-%03d", n+1)
		rows = append(rows, fmt.Sprintf("(%d, %s, %d)", number[d], engine.Literal(d.issue.ID), n))
	}
	err := o.engine.Exec(ctx, "CREATE OR REPLACE TEMP TABLE numbered AS SELECT * FROM (VALUES "+strings.Join(rows, ", ")+") AS v(draft, issue, place)")
	if err != nil {
		return fmt.Errorf("numbering the issues: %w", err)
	}
	return nil
}

// fold notes at the issue that took most of its cells what else was seen in them.
func (o *ownership) fold(ctx context.Context) error {
	rows, err := o.engine.Query(ctx, `SELECT c.draft, o.draft, count(*) AS n FROM claims AS c JOIN owned AS o USING (__row, "column") `+
		"WHERE c.draft <> o.draft GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2")
	if err != nil {
		return fmt.Errorf("folding issues: %w", err)
	}
	defer rows.Close()
	last := -1
	for rows.Next() {
		var loser, winner int
		var n int64
		if err := rows.Scan(&loser, &winner, &n); err != nil {
			return fmt.Errorf("folding issues: %w", err)
		}
		from, to := &o.drafts[loser].issue, &o.drafts[winner].issue
		if from.Cells > 0 || loser == last {
			continue
		}
		last = loser
		to.Evidence.Notes = append(to.Evidence.Notes, fmt.Sprintf("also seen as %s: %s", words(from.Check), from.Title))
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("folding issues: %w", err)
	}
	return nil
}

// mostExamples is how many examples an issue shows.
const mostExamples = 5

// examples shows of each issue the changes that occur most often, each once.
func (o *ownership) examples(ctx context.Context) error {
	rows, err := o.engine.Query(ctx, fmt.Sprintf(`SELECT place, example_row, coalesce(old, ''), coalesce(new, '') FROM (SELECT place, old, new, `+
		`min(__row) AS example_row, row_number() OVER (PARTITION BY place ORDER BY count(*) DESC, min(__row)) AS n `+
		`FROM owned JOIN numbered USING (draft) GROUP BY place, old, new) WHERE n <= %d ORDER BY place, n`, mostExamples))
	if err != nil {
		return fmt.Errorf("choosing examples: %w", err)
	}
	defer rows.Close()
	shown := map[int][]flow.Example{}
	for rows.Next() {
		var n int
		var x flow.Example
		if err := rows.Scan(&n, &x.Row, &x.Old, &x.New); err != nil {
			return fmt.Errorf("choosing examples: %w", err)
		}
		shown[n] = append(shown[n], x)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("choosing examples: %w", err)
	}
	for n, d := range o.drafts {
		if len(shown[n]) > 0 {
			d.issue.Examples = shown[n]
		}
		if d.issue.Examples == nil {
			d.issue.Examples = []flow.Example{}
		}
		if d.issue.Evidence.Numbers == nil {
			d.issue.Evidence.Numbers = map[string]float64{}
		}
		if d.issue.Resolutions == nil {
			d.issue.Resolutions = []flow.Resolution{}
		}
	}
	return nil
}

func (o *ownership) write(ctx context.Context) (*stage.OutFile, error) {
	return write(ctx, o.job, o.engine, fileCells, `SELECT issue, resolution, __row, "column", old, new FROM owned `+
		`JOIN numbered USING (draft) ORDER BY place, __row, "column"`)
}
