// Package object keeps encrypted files as objects in a bucket of S3-compatible storage, so that processes on many machines
// see the same ones. It knows nothing of what they hold.
//
//	bucket, err := object.Open(ctx, "s3://analytix/prod?endpoint=https://s3.example.org&region=eu-central-1")
//	err = bucket.PutFile(ctx, "dst_1/received-42", path)
//	r, err := bucket.Get(ctx, "dst_1/received-42")     // the error wraps fs.ErrNotExist where there is none
//	err = bucket.List(ctx, "dst_1/", func(name string, size int64) error { … })
//	err = bucket.Remove(ctx, "dst_1/")                 // everything below
//
// An object is written whole or not at all, is never changed, and is read back by everybody as soon as writing it has
// returned. Who may come in is told by the usual variables of the environment (AWS_ACCESS_KEY_ID and
// AWS_SECRET_ACCESS_KEY, or AWS_SHARED_CREDENTIALS_FILE) or by the machine's own role.
package object
