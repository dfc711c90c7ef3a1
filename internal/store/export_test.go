package store

import "context"

// Up migrates to the newest form.
func (s *Store) Up(ctx context.Context) error { return s.migrate(ctx) }

// Down takes every migration back.
func (s *Store) Down(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	_, err = p.DownTo(ctx, 0)
	return err
}
