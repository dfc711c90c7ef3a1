// Command example takes a file through an Analytix Flow server: it uploads it, follows the run, accepts what is recommended
// at each control point, and writes the cleaned data. A test runs it against the real server.
//
//	ANALYTIX_TOKEN=atx_... go run ./client/example -server https://flow.example.org -goal "reduce late deliveries" orders.csv >clean.csv
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/analytix-flow/analytix/client"
)

func main() {
	server := flag.String("server", "http://127.0.0.1:8080", "address of the server")
	goal := flag.String("goal", "", "the business goal in plain words")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *server, *goal, flag.Arg(0), os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "example:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

func run(ctx context.Context, server, goal, file string, out, told io.Writer) error {
	c, err := client.New(server, client.WithToken(os.Getenv("ANALYTIX_TOKEN")))
	if err != nil {
		return err
	}
	workspaces, err := c.Workspaces(ctx)
	if err != nil {
		return err
	}
	if len(workspaces) == 0 {
		return errors.New("the account is in no workspace")
	}
	w := workspaces[0].ID
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read
	dataset, err := c.Upload(ctx, w, filepath.Base(file), f)
	if err != nil {
		return err
	}
	started, err := c.StartRun(ctx, w, client.StartRun{Dataset: dataset.ID, Goal: goal})
	if err != nil {
		return err
	}
	for {
		r, err := c.Await(ctx, w, started.ID)
		if err != nil {
			return err
		}
		switch r.Status {
		case "done":
			return download(ctx, c, w, r.ID, out)
		case "waiting":
			err = decide(ctx, c, w, r, told)
		default:
			err = fmt.Errorf("the run is %s: %s", r.Status, r.Failure)
		}
		if err != nil {
			return err
		}
	}
}

// decide accepts what is recommended at the open control point, and has the run move on.
func decide(ctx context.Context, c *client.Client, workspace string, r *client.Run, told io.Writer) error {
	if r.Stage == "quality" {
		issues, err := c.Issues(ctx, workspace, r.ID)
		if err != nil {
			return err
		}
		for _, i := range issues {
			_, _ = fmt.Fprintf(told, "%-8s %s\n", i.Severity, i.Title) // nobody else could be told
		}
	}
	point, err := c.Point(ctx, workspace, r.ID)
	if err != nil {
		return err
	}
	none := "" // nobody has decided yet: where somebody has, theirs stands and ours is refused
	var decisions []client.Decision
	for _, item := range point.Items {
		if item.Recommended != "" {
			decisions = append(decisions, client.Decision{Item: item.ID, Choice: "accept", Option: item.Recommended, Supersedes: &none})
		}
	}
	if len(decisions) > 0 {
		if point, err = c.Decide(ctx, workspace, point, decisions...); err != nil {
			return err
		}
	}
	_, err = c.Close(ctx, workspace, point)
	return err
}

// download writes the data as the last version has it.
func download(ctx context.Context, c *client.Client, workspace, run string, out io.Writer) error {
	var all struct {
		Versions []struct {
			ID string `json:"id"`
		} `json:"versions"`
	}
	if err := c.Call(ctx, client.Request{Operation: client.OpListVersions, Path: client.Path{"workspace": workspace, "run": run}}, &all); err != nil {
		return err
	}
	data, err := c.DownloadData(ctx, workspace, run, all.Versions[len(all.Versions)-1].ID, "csv")
	if err != nil {
		return err
	}
	defer data.Close() //nolint:errcheck // it was read to its end, or reading failed
	_, err = io.Copy(out, data)
	return err
}
