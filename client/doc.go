// Package client calls the API of an Analytix Flow server (`analytix serve`) from Go.
//
//	c, err := client.New("https://flow.example.org", client.WithToken(os.Getenv("ANALYTIX_TOKEN")))
//	dataset, err := c.Upload(ctx, workspace, "orders.csv", file)
//	run, err := c.StartRun(ctx, workspace, client.StartRun{Dataset: dataset.ID, Goal: "reduce late deliveries"})
//	for event, err := range c.Follow(ctx, workspace, run.ID) { ... }
//
// The main way of a file has methods of its own. Every other operation of the API is called by its id, as the server's
// description (/api/v1/openapi.json) names it:
//
//	err := c.Call(ctx, client.Request{Operation: client.OpGetUsage, Path: client.Path{"workspace": workspace}}, &usage)
//
// What the server refuses comes back as a *Problem, which says what happened, what was kept and what to do next. Where a
// server is asked to wait (429, 503), and where a connection breaks on something that may be asked again, a call is repeated
// a few times; a change carries an Idempotency-Key then, so that it has its effect once.
//
// A Client is safe for concurrent use.
package client
