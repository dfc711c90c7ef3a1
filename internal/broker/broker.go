package broker

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	streamName = "ANALYTIX"
	deadName   = "ANALYTIX_DEAD"
	prefix     = "analytix.run."
	deadPrefix = "analytix.dead."
)

// Config says where the broker is and how patient it is.
type Config struct {
	// URL of a NATS cluster with JetStream; empty for a server inside the process.
	URL string
	// Replicas is on how many servers of the cluster each stream lies; 0 means 3, and 1 where the server is in no cluster.
	Replicas int
	// Dir is where the embedded server keeps its store. One process at a time: the caller holds the lock of the home.
	Dir string
	// Key encrypts the embedded server's store (AES-GCM).
	Key []byte
	// Tries is how often a message is handled before it is set aside; 0 means 8.
	Tries int
	// Patience is how often a message is handed out that is too early, before it is set aside; 0 means 200, which is ten minutes.
	Patience int
	// Backoff is the pause after a first failure; it doubles up to 64 times itself. 0 means 50 ms.
	Backoff time.Duration
	// OnDead, when given, is called for each message that is set aside.
	OnDead func(DeadLetter)
	Log    *slog.Logger
}

// Broker is a connection to the embedded server or the cluster. It is safe for concurrent use.
type Broker struct {
	cfg    Config
	server *server.Server // nil with a cluster
	conn   *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream
	dead   jetstream.Stream
}

// Open starts the embedded server, or connects to the cluster, and makes the streams. Close must be called.
func Open(ctx context.Context, cfg Config) (*Broker, error) {
	if cfg.Tries == 0 {
		cfg.Tries = 8
	}
	if cfg.Patience == 0 {
		cfg.Patience = 200
	}
	if cfg.Backoff == 0 {
		cfg.Backoff = 50 * time.Millisecond
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	b := &Broker{cfg: cfg}
	err := b.connect()
	if err == nil {
		err = b.streams(ctx)
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func (b *Broker) connect() error {
	var err error
	if b.cfg.URL != "" {
		b.conn, err = nats.Connect(b.cfg.URL, nats.Name("analytix"), nats.MaxReconnects(-1), nats.Timeout(connectWithin),
			nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(pingsLost))
		if err != nil {
			return fmt.Errorf("reaching the message broker at %s (check the address and whether it runs): %w", shown(b.cfg.URL), err)
		}
	} else if err = b.embed(); err != nil {
		return err
	}
	if b.js, err = jetstream.New(b.conn); err != nil {
		return fmt.Errorf("starting with the message broker: %w", err)
	}
	return nil
}

// shown is the address of a cluster without the names and passwords in it.
func shown(urls string) string {
	parts := strings.Split(urls, ",")
	for i, part := range parts {
		if scheme, rest, found := strings.Cut(part, "//"); found {
			parts[i] = scheme + "//" + rest[strings.LastIndexByte(rest, '@')+1:]
		} else {
			parts[i] = part[strings.LastIndexByte(part, '@')+1:]
		}
	}
	return strings.Join(parts, ",")
}

const (
	readyWithin = 30 * time.Second
	// connectWithin bounds each try to reach a server of the cluster. The library tries them in turn, about every two seconds, for ever.
	connectWithin = 5 * time.Second
	// A server that leaves so many pings in succession unanswered is taken for gone, and another one is tried.
	pingEvery = 10 * time.Second
	pingsLost = 2
)

func (b *Broker) embed() error {
	if len(b.cfg.Key) < 32 {
		return fmt.Errorf("starting the message broker: the key has %d bytes, at least 32 are needed", len(b.cfg.Key))
	}
	if err := b.clearUnfinished(); err != nil {
		return err
	}
	srv, err := server.NewServer(&server.Options{
		ServerName: "analytix", DontListen: true, NoSigs: true, JetStream: true, StoreDir: b.cfg.Dir,
		JetStreamCipher: server.AES, JetStreamKey: hex.EncodeToString(b.cfg.Key),
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 4 << 30, NoSystemAccount: true,
	})
	if err != nil {
		return fmt.Errorf("starting the message broker: %w", err)
	}
	srv.SetLogger(&serverLog{b.cfg.Log}, false, false)
	b.server = srv
	srv.Start()
	if !srv.ReadyForConnections(readyWithin) {
		return fmt.Errorf("starting the message broker in %s: it was not ready within %s", b.cfg.Dir, readyWithin)
	}
	if b.conn, err = nats.Connect("", nats.Name("analytix"), nats.InProcessServer(srv)); err != nil {
		return fmt.Errorf("connecting to the message broker in %s (its store may be damaged, or written with another "+
			"key; messages that were not handled are sent again from the records once it is moved away): %w", b.cfg.Dir, err)
	}
	return nil
}

func (b *Broker) streams(ctx context.Context) error {
	patient, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	err := b.answers(patient)
	if err != nil {
		return err
	}
	b.stream, err = b.makeStream(ctx, jetstream.StreamConfig{
		Name: streamName, Description: "events and commands of runs that were not handled yet",
		Subjects: []string{prefix + ">"}, Retention: jetstream.WorkQueuePolicy, Duplicates: 2 * time.Minute, Replicas: b.cfg.Replicas,
	})
	if err != nil {
		return fmt.Errorf("making the stream of messages: %w", err)
	}
	b.dead, err = b.makeStream(ctx, jetstream.StreamConfig{
		Name: deadName, Description: "messages that could not be handled", Subjects: []string{deadPrefix + ">"}, Replicas: b.cfg.Replicas,
	})
	if err != nil {
		return fmt.Errorf("making the stream of dead letters: %w", err)
	}
	return nil
}

// answers waits until a cluster has a leader, which takes a while after its servers have started.
func (b *Broker) answers(ctx context.Context) error {
	if b.server != nil {
		return nil
	}
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for {
		_, err := b.js.AccountInfo(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting for a leader of the message broker (are most of its servers up?): %w", err)
		}
	}
}

const (
	readyPoll = 200 * time.Millisecond
	usually   = 3 // servers of a cluster have each stream: one of them may be lost
	// replicasNotSupported is what a server says that is in no cluster.
	replicasNotSupported jetstream.ErrorCode = 10074
)

// makeStream makes a stream or brings it up to date, on as many servers as a cluster should keep it.
func (b *Broker) makeStream(ctx context.Context, cfg jetstream.StreamConfig) (jetstream.Stream, error) {
	if b.server != nil {
		return b.makeOwn(ctx, cfg)
	}
	if cfg.Replicas > 0 {
		return b.js.CreateOrUpdateStream(ctx, cfg)
	}
	alone := cfg
	cfg.Replicas = usually
	s, err := b.js.CreateOrUpdateStream(ctx, cfg)
	var refused *jetstream.APIError
	if errors.As(err, &refused) && refused.ErrorCode == replicasNotSupported {
		return b.js.CreateOrUpdateStream(ctx, alone)
	}
	return s, err
}

// Close ends the connection and the embedded server. Subscriptions must be stopped before.
func (b *Broker) Close() {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
}

// Message is what is carried: an id by which a repetition is known, and where it belongs. Data should hold ids only.
type Message struct {
	ID   string
	Run  string // no dots, spaces or wildcards
	Kind string // may have dots: a subject below the run's
	Data []byte
	// Trace is the step that sent it, as package trace carries it; empty where that is not recorded.
	Trace string
}

var errSubject = errors.New("not usable in a subject")

func (m *Message) subject() (string, error) {
	if m.ID == "" || m.Run == "" || m.Kind == "" || strings.ContainsAny(m.Run, ". *>\t\r\n") || strings.ContainsAny(m.Kind, " *>\t\r\n") {
		return "", fmt.Errorf("publishing message %q of run %q, kind %q: %w", m.ID, m.Run, m.Kind, errSubject)
	}
	return prefix + m.Run + "." + m.Kind, nil
}

// Publish stores a message, durably, at the end of its run.
func (b *Broker) Publish(ctx context.Context, m Message) error {
	subject, err := m.subject()
	if err != nil {
		return err
	}
	if err := b.Ready(); err != nil { // the library would keep it in memory and wait
		return fmt.Errorf("publishing message %s of run %s (it stays in the outbox): %w", m.ID, m.Run, err)
	}
	msg := &nats.Msg{Subject: subject, Data: m.Data}
	if m.Trace != "" {
		msg.Header = nats.Header{traceHeader: {m.Trace}}
	}
	if _, err := b.js.PublishMsg(ctx, msg, jetstream.WithMsgID(m.ID)); err != nil {
		return fmt.Errorf("publishing message %s of run %s (it stays in the outbox): %w", m.ID, m.Run, err)
	}
	return nil
}

// traceHeader is that of W3C.
const traceHeader = "Traceparent"

// serverLog hands the server's warnings to the log; what it notices in passing is left out.
type serverLog struct{ log *slog.Logger }

func (l *serverLog) Noticef(string, ...any) {}
func (l *serverLog) Debugf(string, ...any)  {}
func (l *serverLog) Tracef(string, ...any)  {}

func (l *serverLog) Warnf(format string, v ...any) {
	l.log.Warn("message broker", "detail", fmt.Sprintf(format, v...))
}

func (l *serverLog) Errorf(format string, v ...any) {
	l.log.Error("message broker", "detail", fmt.Sprintf(format, v...))
}

func (l *serverLog) Fatalf(format string, v ...any) {
	l.log.Error("message broker", "detail", fmt.Sprintf(format, v...))
}
