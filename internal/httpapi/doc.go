// Package httpapi is the server's API: it reads requests, asks package access whether the caller may, calls the
// application, and turns errors into problem documents (RFC 9457). It holds no rules of its own.
//
// One file a resource. Every operation is registered by register, which demands the permission that it needs; the
// permission stands in the OpenAPI document as x-permission, and what is Public stands there as x-public. What belongs to
// a workspace lies below /api/v1/workspaces/{workspace}; whoever is not in the workspace gets the same 404 as for one that
// does not exist.
//
// The way of a request:
//
//	limits, security headers, request id ─► operation ─► guard: who, may they ─► access log ─► idempotency ─► handler
package httpapi
