package control

import "sync"

// Shared keeps what the watchers of an update make of it, so that each form of it is made once, however many watch. It is safe
// for concurrent use, and nil is one that keeps nothing.
type Shared struct {
	mu   sync.Mutex
	made map[string]any
}

// Once returns what was made for a form, or makes it. A form is always of the same type, and nobody may change what is returned.
func Once[T any](s *Shared, form string, build func() (T, error)) (T, error) {
	if s == nil {
		return build()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if made, ok := s.made[form].(T); ok {
		return made, nil
	}
	made, err := build()
	if err != nil {
		return made, err
	}
	if s.made == nil {
		s.made = map[string]any{}
	}
	s.made[form] = made
	return made, nil
}
