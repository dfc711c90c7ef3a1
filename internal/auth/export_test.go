package auth

import "time"

// TOTPAt is the code of a moment.
func TOTPAt(secret []byte, at time.Time) string { return totpCode(secret, at.Unix()/30) }

// ParseAPIToken takes an API token apart.
var ParseAPIToken = parseAPIToken

// ParseHash reads the hash of a password.
var ParseHash = parseHash

// Block is for how long a failure keeps its subject out.
var Block = block

// LocalPath keeps a browser on this server.
var LocalPath = localPath
