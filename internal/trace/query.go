package trace

import (
	"context"
	"strings"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
)

// budget counts the queries of a job.
type budget struct{ queries, rows atomic.Int64 }

// operations are the words that a query may be named by. Of its text nothing else is recorded.
var operations = map[string]string{
	"SELECT": "select", "WITH": "select", "FROM": "select", "SUMMARIZE": "summarize", "DESCRIBE": "describe", "CREATE": "create", "COPY": "copy", "INSERT": "insert", "UPDATE": "update",
	"DELETE": "delete", "DROP": "drop", "ALTER": "alter", "SET": "set", "PRAGMA": "pragma", "LOAD": "load", "BEGIN": "begin", "COMMIT": "commit", "ROLLBACK": "rollback", "EXPLAIN": "explain",
}

func operation(query string) string {
	word := strings.TrimLeft(query, " \t\r\n(")
	if i := strings.IndexFunc(word, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') }); i >= 0 {
		word = word[:i]
	}
	if op := operations[strings.ToUpper(word)]; op != "" {
		return op
	}
	return "other"
}

// Query begins the span of a query of the engine, which is named by what it does. done ends it: rows is how many it gave or
// changed, less than 0 where that is not known.
func Query(ctx context.Context, query string) (in context.Context, done func(rows int64, err error)) {
	if from(ctx) == nil {
		return ctx, func(int64, error) {}
	}
	b, _ := ctx.Value(budgetKey).(*budget)
	if b != nil && b.queries.Add(1) > MostQueries {
		return ctx, func(rows int64, _ error) { b.add(rows) }
	}
	op := operation(query)
	in, span := StartKind(ctx, "engine."+op, Client, attribute.String("db.system.name", "duckdb"), attribute.String("db.operation.name", op))
	return in, func(rows int64, err error) {
		if rows >= 0 {
			span.Set(attribute.Int64("db.response.returned_rows", rows))
		}
		b.add(rows)
		span.End(err)
	}
}

func (b *budget) add(rows int64) {
	if b != nil && rows > 0 {
		b.rows.Add(rows)
	}
}

// Queries tells the span of a job how many queries there were within it.
func Queries(ctx context.Context, s Span) {
	if b, _ := ctx.Value(budgetKey).(*budget); b != nil {
		s.Set(Count("queries", b.queries.Load()), Count("rows", b.rows.Load()))
	}
}
