package broker_test

import (
	"context"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/broker/brokertest"
)

// With three replicas messages outlive any one server of the cluster, and more are taken meanwhile.
func TestMessagesOutliveAServerOfTheCluster(t *testing.T) {
	t.Parallel()
	urls, stop := brokertest.Cluster(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	b, err := broker.Open(ctx, broker.Config{URL: urls, Replicas: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	publish(t, b, "r1", "event.a", "1", "2")
	stop(0)
	for id := "3"; ; { // until the others have agreed on who leads
		try, end := context.WithTimeout(ctx, 5*time.Second)
		err := b.Publish(try, broker.Message{ID: id, Run: "r1", Kind: "event.a"})
		end()
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	again, err := broker.Open(ctx, broker.Config{URL: urls, Replicas: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	c := collect(3)
	s := consume(t, again, "test", "event", c.handle)
	defer s.Stop()
	select { // a request for messages that is lost while the servers agree is made again after half a minute
	case <-c.done:
	case <-ctx.Done():
		t.Error("three messages were sent, and not all came")
	}
}
