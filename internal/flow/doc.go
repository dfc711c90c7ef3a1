// Package flow is the vocabulary of Analytix Flow: runs, stages, control points, findings, decisions and the
// facts that reception learns about a table. It holds plain values and their rules, imports only the standard
// library, and knows nothing of storage, engines or messages.
//
// Words that are stored (statuses, kinds, ids of checks) are a public contract: they appear in findings.json,
// in recipes and in the audit chain, and are never renamed.
package flow
