package reception

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"github.com/analytix-flow/analytix/internal/delimited"
)

// parseOptions reads what the person who sent the stage back asks for. Other options are not its concern.
func parseOptions(options map[string]any) (delimited.Options, error) {
	var opt delimited.Options
	for name, to := range map[string]*string{
		"delimiter": &opt.Delimiter, "quote": &opt.Quote, "escape": &opt.Escape, "encoding": &opt.Encoding,
	} {
		value, given := options[name]
		if !given || value == nil {
			continue
		}
		text, ok := value.(string)
		if !ok {
			return opt, fmt.Errorf("reading the file again: the option %s must be a text; nothing was changed, give it as one", name)
		}
		*to = text
	}
	switch strings.ToLower(opt.Delimiter) {
	case "tab", `\t`:
		opt.Delimiter = "\t"
	}
	if len(opt.Quote) > 1 && opt.Quote != "none" {
		return opt, errors.New(`reading the file again: the option quote must be one character or "none"; nothing was changed`)
	}
	if strings.ContainsAny(opt.Delimiter, "\r\n") {
		return opt, errors.New("reading the file again: a line end cannot be the delimiter; nothing was changed, give another")
	}
	if header, given := options["header"]; given && header != nil {
		yes, err := strconv.ParseBool(fmt.Sprint(header))
		if err != nil {
			return opt, errors.New("reading the file again: the option header must be true or false; nothing was changed")
		}
		opt.Header = &yes
	}
	if skip, given := options["skip_lines"]; given && skip != nil {
		n, err := strconv.Atoi(fmt.Sprint(skip))
		if err != nil || n < 0 {
			return opt, errors.New("reading the file again: the option skip_lines must be a number of lines; nothing was changed")
		}
		opt.SkipLines = &n
	}
	return opt, nil
}

// isBrokenPipe says that a write failed because the engine no longer reads.
func isBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
