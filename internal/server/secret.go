package server

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// secret lists the settings whose value may hold a password. Their variables have a second form, with _FILE at the end, that
// names a file which holds the value: containers are given secrets as files, and the environment of a process shows in too
// many places.
var secret = []string{"postgres", "nats"}

// given is what the environment says of a setting, and where it says so; empty where it says nothing.
func (s *setting) given(lookup func(string) (string, bool)) (value, where string, err error) {
	name := s.variable()
	value, _ = lookup(name)
	if !slices.Contains(secret, s.path) {
		return value, "environment " + name, nil
	}
	text, err := FromFile(lookup, name)
	switch {
	case err != nil:
		return "", "", err
	case text == "":
		return value, "environment " + name, nil
	default:
		return text, "file of the environment's " + name + "_FILE", nil
	}
}

// FromFile reads the file that the variable name_FILE names; the text is empty where there is no such variable. Giving
// both forms is refused, since only one can hold.
func FromFile(lookup func(string) (string, bool), name string) (string, error) {
	file, _ := lookup(name + "_FILE")
	if file == "" {
		return "", nil
	}
	if value, _ := lookup(name); value != "" {
		return "", fmt.Errorf("both %s and %s_FILE are given: choose one", name, name)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("reading what %s_FILE names: %w", name, err)
	}
	value := strings.TrimSpace(string(text))
	if value == "" || len(text) > mostSecret {
		return "", fmt.Errorf("the file %s, which %s_FILE names: %w", file, name, errNoSecret)
	}
	return value, nil
}

var errNoSecret = errors.New("it is empty or too large for a secret")
