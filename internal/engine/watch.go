package engine

// Watch calls f with every statement before it runs, so that tests can count how often a table is read. nil ends it.
func (s *Session) Watch(f func(query string)) { s.watch = f }

func (s *Session) watched(query string) {
	if s.watch != nil {
		s.watch(query)
	}
}
