package dataset

import (
	"context"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// VerifyLineage holds the recorded changes of every version against the version and its parent: each cell that differs
// must be told by a change, each change must be seen, and the rows that are gone must be those that were removed. It
// returns how many changed cells hold. The error wraps ErrDamaged.
func (s *Store) VerifyLineage(ctx context.Context, e *engine.Session, versions []Version) (changed int64, err error) {
	byID := map[string]*Version{}
	for i := range versions {
		byID[versions[i].ID] = &versions[i]
	}
	for i := range versions {
		v := &versions[i]
		parent := byID[v.Parent]
		if v.Changes == "" || parent == nil || parent.Kind == KindReceived {
			continue
		}
		n, err := s.lineageOf(ctx, e, parent, v)
		if err != nil {
			return changed, fmt.Errorf("the lineage of version %s: %w", v.ID, err)
		}
		changed += n
	}
	return changed, nil
}

func (s *Store) lineageOf(ctx context.Context, e *engine.Session, parent, v *Version) (changed int64, err error) {
	tables := map[string]string{"lineage_before": parent.Ref, "lineage_after": v.Ref, "lineage_changes": v.Changes}
	for name, ref := range tables {
		from, err := s.table(ctx, e, v.Dataset, ref)
		if err != nil {
			return 0, err
		}
		if err := e.Exec(ctx, "CREATE OR REPLACE TEMP VIEW "+name+" AS SELECT * FROM "+from); err != nil {
			return 0, err
		}
	}
	star := engine.Literal(flow.AllColumns)
	err = e.Exec(ctx, `CREATE OR REPLACE TEMP TABLE lineage_removed AS SELECT DISTINCT __row FROM lineage_changes WHERE applied AND "column" = `+star)
	if err != nil {
		return 0, err
	}
	var wrong int64
	err = e.QueryRow(ctx, `SELECT count(*) FROM (SELECT __row FROM lineage_before ANTI JOIN lineage_after USING (__row)) gone `+
		`FULL JOIN lineage_removed r USING (__row) WHERE gone.__row IS NULL OR r.__row IS NULL`, &wrong)
	if err != nil {
		return 0, err
	}
	if wrong > 0 {
		return 0, fmt.Errorf("%w: %d rows are gone without a recorded removal, or are there against it", ErrDamaged, wrong)
	}
	columns, err := e.Columns(ctx, "lineage_before")
	if err != nil {
		return 0, err
	}
	for _, c := range columns {
		n, err := lineageOfColumn(ctx, e, c)
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}

// lineageOfColumn compares the cells that differ between the two versions with the changes that are told.
func lineageOfColumn(ctx context.Context, e *engine.Session, column string) (changed int64, err error) {
	c := engine.Ident(column)
	seen := fmt.Sprintf(`SELECT b.__row, b.%[1]s AS old, a.%[1]s AS new FROM lineage_before b JOIN lineage_after a USING (__row) `+
		`WHERE b.%[1]s IS DISTINCT FROM a.%[1]s`, c)
	told := `SELECT __row, old, new FROM lineage_changes ANTI JOIN lineage_removed USING (__row) WHERE applied AND "column" = ` + engine.Literal(column)
	var wrong int64
	err = e.QueryRow(ctx, fmt.Sprintf(`WITH seen AS (%s), told AS (%s) SELECT (SELECT count(*) FROM told), `+
		`(SELECT count(*) FROM (SELECT * FROM seen EXCEPT SELECT * FROM told)) + (SELECT count(*) FROM (SELECT * FROM told EXCEPT SELECT * FROM seen))`,
		seen, told), &changed, &wrong)
	if err != nil {
		return 0, err
	}
	if wrong > 0 {
		return 0, fmt.Errorf("%w: %d cells of column %q are not what their recorded changes say", ErrDamaged, wrong, column)
	}
	return changed, nil
}
