package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// Flags adds a flag for every setting that has one. What they say is read by Load.
func Flags(f *pflag.FlagSet) {
	shown := Default()
	for i := range settings {
		if s := &settings[i]; s.flag != "" {
			s.bind(f, &shown, s.flag)
		}
	}
}

// Load reads the configuration: what flags say goes before the environment, that before the file, and that before the
// defaults. The file may be empty. Source says of every setting that is not the default where it comes from.
func Load(f *pflag.FlagSet, lookup func(string) (string, bool), file string) (cfg Config, from Source, err error) {
	cfg, from = Default(), Source{}
	if file != "" {
		if err := from.file(&cfg, file); err != nil {
			return cfg, from, err
		}
	}
	for i := range settings {
		if err := from.setting(&cfg, &settings[i], f, lookup); err != nil {
			return cfg, from, err
		}
	}
	if standard, ok := lookup(otlpEndpoint); ok && cfg.Tracing.Endpoint == "" && standard != "" {
		cfg.Tracing.Endpoint, from["tracing.endpoint"] = standard, "environment "+otlpEndpoint
	}
	return cfg, from, cfg.Check()
}

// otlpEndpoint is the variable in which OpenTelemetry has all programs look.
const otlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"

// Source says where settings come from, by their path in the file.
type Source map[string]string

// setting takes a setting from the environment, or from a flag that was given.
func (from Source) setting(cfg *Config, s *setting, f *pflag.FlagSet, lookup func(string) (string, bool)) error {
	name := s.variable()
	given, where, err := s.given(lookup)
	if err != nil {
		return err
	}
	if given != "" {
		into := pflag.NewFlagSet("", pflag.ContinueOnError)
		s.bind(into, cfg, s.path)
		if err := into.Set(s.path, given); err != nil {
			return fmt.Errorf("the variable %s of the environment: %w", name, cause(err))
		}
		from[s.path] = where
	}
	if s.flag == "" || f == nil {
		return nil
	}
	flag := f.Lookup(s.flag)
	if flag == nil || !flag.Changed {
		return nil
	}
	into := pflag.NewFlagSet("", pflag.ContinueOnError)
	s.bind(into, cfg, s.path)
	values := []string{flag.Value.String()}
	if l, ok := flag.Value.(interface{ GetSlice() []string }); ok {
		values = l.GetSlice()
	}
	for _, v := range values {
		if err := into.Set(s.path, v); err != nil {
			return fmt.Errorf("--%s: %w", s.flag, cause(err))
		}
	}
	from[s.path] = "flag --" + s.flag
	return nil
}

// cause is what was wrong with a value, without pflag's words around it.
func cause(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

// mostFile bounds the file of the configuration.
const mostFile = 1 << 20

// file reads a file of the configuration over what there is.
func (from Source) file(cfg *Config, name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	if len(text) > mostFile {
		return fmt.Errorf("the configuration %s has more than %d bytes: is it another file?", name, mostFile)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	switch err := d.Decode(cfg); {
	case errors.Is(err, io.EOF): // an empty file decides nothing
		return nil
	case err != nil:
		return explained(name, err)
	}
	if err := d.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return fmt.Errorf("the configuration %s holds more than one document", name)
	}
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil {
		return explained(name, err)
	}
	for _, path := range leaves(&node, "") {
		from[path] = "file"
	}
	return nil
}

// leaves lists the paths of a document: those of mappings go on, all else ends.
func leaves(n *yaml.Node, path string) []string {
	switch n.Kind {
	case yaml.DocumentNode:
		return leaves(n.Content[0], path)
	case yaml.MappingNode:
		var all []string
		for i := 0; i+1 < len(n.Content); i += 2 {
			all = append(all, leaves(n.Content[i+1], strings.TrimPrefix(path+"."+n.Content[i].Value, "."))...)
		}
		return all
	default:
		return []string{path}
	}
}

var (
	unknownField = regexp.MustCompile(`^(line \d+): field (\S+) not found in type \S+$`)
	inWords      = strings.NewReplacer("yaml: ", "", "unmarshal errors:", "", "cannot unmarshal !!str", "a text cannot be what is asked for here:",
		"cannot unmarshal !!seq into", "a list cannot be", "cannot unmarshal !!map into", "a mapping cannot be", "server.", "")
)

// explained says of what is wrong with a file in which line it is.
func explained(name string, err error) error {
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		return fmt.Errorf("the configuration %s: %s", name, inWords.Replace(err.Error()))
	}
	lines := make([]string, 0, len(wrong.Errors))
	for _, text := range wrong.Errors {
		if m := unknownField.FindStringSubmatch(text); m != nil {
			text = m[1] + ": there is no setting " + m[2]
		}
		lines = append(lines, inWords.Replace(text))
	}
	return fmt.Errorf("the configuration %s: %s", name, strings.Join(lines, "; "))
}
