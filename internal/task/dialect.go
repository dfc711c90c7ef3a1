package task

import (
	"strconv"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

// dialect is how the two databases say the same.
type dialect struct {
	text     func(column string) string // JSON as text
	epoch    func(column string) string // a time as seconds since 1970
	time     func(time.Time) any        // a time as a value
	now      string
	only     string // a list of the one client $1
	among    string // whether an id is in the list $2
	brackets string // around such a list
	lock     string // has a row that somebody else changes passed over
	failures string // how many errors a task had
	run      string // of which run a task is
	insert   string // puts a task in, and returns its id where it was not there
}

func dialectOf(s *store.Store) dialect {
	if s.Dialect() == store.Postgres {
		return dialect{
			text:  func(column string) string { return column + "::text" },
			epoch: func(column string) string { return "extract(epoch FROM " + column + ")::float8" },
			time:  func(t time.Time) any { return t },
			now:   "now()", only: "ARRAY[$1::text]", among: "id = ANY($2::bigint[])", brackets: "{}", lock: " FOR UPDATE SKIP LOCKED",
			failures: "coalesce(array_length(errors, 1), 0)", run: "args->>'run'",
			insert: inserting + "($1::jsonb, now(), $2, $3, $4::jsonb, $5, $6, coalesce($7::timestamptz, now()), $8::river_job_state, '{}', $9::bytea, " +
				"nullif($10::int, 0)::bit(8))" + ifFresh,
		}
	}
	return dialect{
		text:  func(column string) string { return "json(" + column + ")" },
		epoch: func(column string) string { return "(julianday(" + column + ") - 2440587.5) * 86400" },
		// River compares times as texts of this form.
		time: func(t time.Time) any { return t.UTC().Format("2006-01-02 15:04:05.000") },
		now:  "datetime('now', 'subsec')", only: "jsonb_array($1)", among: "id IN (SELECT value FROM json_each($2))", brackets: "[]",
		failures: "coalesce(json_array_length(errors), 0)", run: "json_extract(args, '$.run')",
		insert: inserting + "(jsonb($1), datetime('now', 'subsec'), $2, $3, jsonb($4), $5, $6, coalesce($7, datetime('now', 'subsec')), $8, jsonb('[]'), $9, " +
			"nullif($10, 0))" + ifFresh,
	}
}

const (
	inserting = "INSERT INTO river_job (args, created_at, kind, max_attempts, metadata, priority, queue, scheduled_at, state, tags, unique_key, unique_states) VALUES "
	ifFresh   = " ON CONFLICT DO NOTHING RETURNING id"
)

// list writes ids for among.
func (d dialect) list(ids []int64) string {
	each := make([]string, len(ids))
	for i, id := range ids {
		each[i] = strconv.FormatInt(id, 10)
	}
	return d.brackets[:1] + strings.Join(each, ",") + d.brackets[1:]
}
