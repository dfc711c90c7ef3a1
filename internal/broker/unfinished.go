package broker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A stream of the embedded server is a folder with a key, a description and its checksum, written one after the other. Whoever is killed
// between them leaves a folder that the server cannot open, and with a key of no bytes one on which it stumbles whenever it starts. No
// message was stored in it then; in any case what was not handled is sent again from the records.

// leastKey is how many bytes the key of a stream has at least, for the server too.
const leastKey = 64

// storeFailed is the server's code where it cannot make the store of a stream.
const storeFailed = 10049

// clearUnfinished sets aside the streams whose key was not written.
func (b *Broker) clearUnfinished() error {
	all, err := filepath.Glob(filepath.Join(b.cfg.Dir, "jetstream", "*", "streams", "*"))
	if err != nil {
		return fmt.Errorf("looking for the streams of the message broker: %w", err)
	}
	for _, dir := range all {
		info, err := os.Stat(filepath.Join(dir, "meta.key"))
		switch {
		case errors.Is(err, os.ErrNotExist):
		case err != nil:
			return fmt.Errorf("looking at the streams of the message broker: %w", err)
		case info.Size() < leastKey:
			if err := b.setAside(dir); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeOwn makes a stream of the embedded server, once more where that could not open what a process left that was killed: it has removed
// it then.
func (b *Broker) makeOwn(ctx context.Context, cfg jetstream.StreamConfig) (jetstream.Stream, error) {
	s, err := b.js.CreateOrUpdateStream(ctx, cfg)
	var refused *jetstream.APIError
	if !errors.As(err, &refused) || refused.ErrorCode != storeFailed {
		return s, err
	}
	b.cfg.Log.Warn("a stream of the message broker could not be opened and is made anew; what was not handled is sent again", "stream", cfg.Name, "error", err)
	return b.js.CreateOrUpdateStream(ctx, cfg)
}

// setAside moves the folder of a stream out of the server's sight.
func (b *Broker) setAside(dir string) error {
	to := filepath.Join(b.cfg.Dir, "unfinished", fmt.Sprintf("%s-%d", filepath.Base(dir), time.Now().UnixNano()))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("setting a stream of the message broker aside that was not finished: %w", err)
	}
	if err := os.Rename(dir, to); err != nil {
		return fmt.Errorf("setting a stream of the message broker aside that was not finished: %w", err)
	}
	b.cfg.Log.Warn("a stream of the message broker was not finished when its process was killed; it was set aside and is made anew", "stream", filepath.Base(dir))
	return nil
}
