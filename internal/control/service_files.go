package control

import (
	"context"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/store"
)

// Files returns the encrypted files that a run has made, by the names under which handlers get them.
func (s *Service) Files(ctx context.Context, run string) (map[string]engine.File, error) {
	record, state, err := s.load(ctx, run)
	if err != nil {
		return nil, err
	}
	return s.inputs(ctx, record, state)
}

func (s *Service) inputs(ctx context.Context, run *store.Run, state *State) (map[string]engine.File, error) {
	files := map[string]engine.File{}
	for name, id := range state.Inputs() {
		f, err := s.store.File(ctx, id)
		if err != nil {
			return nil, err
		}
		if files[name], err = s.files.File(ctx, run.Head.Dataset, f.Ref); err != nil {
			return nil, err
		}
	}
	return files, nil
}
