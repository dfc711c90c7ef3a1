// Package system drives the built binary as people do: arguments in, exit code, streams and files out. It looks at
// nothing inside, so that what holds here holds for whoever has the binary alone. With -short the long ones are shortened.
package system
