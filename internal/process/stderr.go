package process

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
)

// stderr takes what a child writes to standard error: log lines are logged, of all else only phrases of the Go runtime
// that are known to hold no data are kept.
type stderr struct {
	log *slog.Logger

	mu     sync.Mutex
	part   []byte
	phrase string
	memory bool
}

const longestLine = 64 << 10

// Write implements io.Writer.
func (s *stderr) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.part = append(s.part, p...)
	for {
		line, rest, ok := bytes.Cut(s.part, []byte("\n"))
		if !ok {
			break
		}
		s.line(line)
		s.part = rest
	}
	if len(s.part) > longestLine {
		s.part = nil
	}
	return len(p), nil
}

func (s *stderr) line(line []byte) {
	if len(line) > 0 && line[0] == '{' && s.record(line) {
		return
	}
	text := string(line)
	for _, sign := range []string{"out of memory", "cannot allocate memory", "std::bad_alloc"} {
		if strings.Contains(text, sign) {
			s.memory, s.phrase = true, "out of memory"
			return
		}
	}
	for _, known := range []string{
		"all goroutines are asleep - deadlock!", "concurrent map", "stack overflow", "SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL",
	} {
		if strings.Contains(text, known) && s.phrase == "" {
			s.phrase = known
		}
	}
	if strings.HasPrefix(text, "panic: ") && s.phrase == "" {
		s.phrase = "a fault in the program stopped it" // the value may hold data
	}
}

// record logs a line of slog's JSON.
func (s *stderr) record(line []byte) bool {
	var attrs map[string]any
	if json.Unmarshal(line, &attrs) != nil {
		return false
	}
	var level slog.Level
	name, _ := attrs[slog.LevelKey].(string)
	message, ok := attrs[slog.MessageKey].(string)
	if !ok || level.UnmarshalText([]byte(name)) != nil {
		return false
	}
	for _, k := range []string{slog.LevelKey, slog.MessageKey, slog.TimeKey} {
		delete(attrs, k)
	}
	args := make([]slog.Attr, 0, len(attrs))
	for _, k := range slices.Sorted(maps.Keys(attrs)) {
		args = append(args, slog.Any(k, attrs[k]))
	}
	s.log.LogAttrs(context.Background(), level, message, args...) //nolint:sloglint // the child's own words
	return true
}

// note keeps a phrase of ours as the last words.
func (s *stderr) note(phrase string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phrase = phrase
}

func (s *stderr) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phrase
}

func (s *stderr) outOfMemory() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.memory
}
