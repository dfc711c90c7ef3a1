package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/store"
)

// add takes a piece of an upload and says how many bytes of it are kept. An upload that grows over the owner's limit is
// removed, and its key with it.
func (s *Service) add(ctx context.Context, o Owner, u *Upload, src io.Reader, check *checksum) (int64, error) {
	if u.Status != store.DatasetOpen {
		return 0, fmt.Errorf("%w: %s", ErrReceived, u.ID)
	}
	leave, err := s.streams.enter(o.Account)
	if err != nil {
		return 0, err
	}
	defer leave()
	most := u.Size
	if most < 0 || o.Limit > 0 && o.Limit < most { // a tier may have changed since
		most = o.Limit
	}
	if most > 0 {
		src = &capped{r: src, left: most - u.Received}
	}
	piece := dataset.Piece{Save: func(now dataset.Staging) error { return s.save(context.WithoutCancel(ctx), u, now) }}
	if check != nil {
		src, piece.Verify = check.over(src), check.verify
	}
	n, err := s.cfg.Files.Append(ctx, u.ID, &u.staging, src, piece)
	if errors.Is(err, ErrTooLarge) {
		err = fmt.Errorf("%w: more than the %d bytes have come that can be; the upload was ended and nothing of it was kept; "+
			"send a part of the file, or have the limit raised", ErrTooLarge, most)
		return n, errors.Join(err, s.remove(context.WithoutCancel(ctx), u.ID))
	}
	return n, err
}

// save records how far an upload has come; once all of it is there it becomes a dataset in the same transaction.
func (s *Service) save(ctx context.Context, u *Upload, now dataset.Staging) error {
	next := *u
	next.staging, next.Received = now, now.Bytes
	next.Expires = s.cfg.Now().Add(s.cfg.TTL).UTC()
	return s.write(ctx, u, &next)
}

// write puts the record of next in the place of u's, and completes it where all bytes are there.
func (s *Service) write(ctx context.Context, u, next *Upload) error {
	if next.Size >= 0 && next.Received == next.Size {
		r, err := next.staging.Received()
		if err != nil {
			return err
		}
		next.Status, next.SHA256, next.Expires = store.DatasetReceived, r.SHA256, noTime
	}
	record, err := next.record()
	if err != nil {
		return err
	}
	err = s.cfg.Records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveDataset(ctx, record, u.Status, u.Received)
	})
	if err == nil {
		*u = *next
	}
	return err
}

// declare says how long an upload will be that was begun without a length.
func (s *Service) declare(ctx context.Context, o Owner, u *Upload, size int64) error {
	if u.Status != store.DatasetOpen || u.Size >= 0 || size < u.Received {
		return fmt.Errorf("%w: %d bytes of upload %s have come", ErrLength, u.Received, u.ID)
	}
	if size == 0 {
		return errors.Join(fmt.Errorf("%w; nothing was kept; check how it was exported", ErrEmpty), s.remove(ctx, u.ID))
	}
	if err := tooLarge(o, size); err != nil {
		return errors.Join(err, s.remove(ctx, u.ID))
	}
	next := *u
	next.Size = size
	return s.write(ctx, u, &next)
}

// Receive takes a whole file at once. size is -1 where it is not known. Where it fails nothing of the file is kept.
func (s *Service) Receive(ctx context.Context, o Owner, name string, size int64, src io.Reader) (received *Upload, err error) {
	u, err := s.create(ctx, o, name, nil, size)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.remove(context.WithoutCancel(ctx), u.ID))
		}
	}()
	if _, err = s.add(ctx, o, u, src, nil); err != nil {
		return nil, fmt.Errorf("receiving %s: %w", u.Name, err)
	}
	if u.Size < 0 {
		if err = s.declare(ctx, o, u, u.Received); err != nil {
			return nil, err
		}
	}
	if u.Status != store.DatasetReceived {
		return nil, fmt.Errorf("receiving %s: %w: %d bytes were said to come, %d did; nothing was kept; send it again",
			u.Name, ErrLength, u.Size, u.Received)
	}
	return u, nil
}

// capped fails with ErrTooLarge at the first byte over what is left.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		c.left = 0
		return n - 1, ErrTooLarge
	}
	return n, err
}

// streams bounds how many requests of each account are sending.
type streams struct {
	most int
	mu   sync.Mutex
	busy map[string]int
}

func (s *streams) enter(account string) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[account] >= s.most {
		return nil, fmt.Errorf("%w: %d are sending; this one is kept as far as it has come; go on with it when another is done",
			ErrTooMany, s.most)
	}
	s.busy[account]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.busy[account]--; s.busy[account] == 0 {
			delete(s.busy, account)
		}
	}, nil
}
