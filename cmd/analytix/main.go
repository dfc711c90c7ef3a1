// Command analytix turns a data file that nobody quite trusts into decisions that people can defend.
package main

import (
	"os"

	"github.com/analytix-flow/analytix/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
