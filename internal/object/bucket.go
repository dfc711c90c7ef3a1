package object

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/analytix-flow/analytix/internal/outbound"
)

// Bucket is a bucket, or what lies below a prefix of one. It is safe for concurrent use.
type Bucket struct {
	client   *minio.Client
	at       *address
	recovery *outbound.Recovery
}

// Below is what lies below a further prefix, which ends in a slash.
func (b *Bucket) Below(prefix string) *Bucket {
	at := *b.at
	at.prefix += prefix
	return &Bucket{client: b.client, at: &at, recovery: b.recovery}
}

// partSize is how much of a large object goes over the network in one request, which is sent again where it fails.
const partSize = 16 << 20

// Open reaches the bucket at the address; the error says what is to be mended. Whoever is told is told what came of each request:
// nil where the storage answered.
func Open(ctx context.Context, text string, told ...func(err error)) (*Bucket, error) {
	at, err := parse(text)
	if err != nil {
		return nil, err
	}
	lookup := minio.BucketLookupAuto
	if at.pathStyle {
		lookup = minio.BucketLookupPath
	}
	way, err := transport(at, told)
	if err != nil {
		return nil, err
	}
	client, err := minio.New(at.host, &minio.Options{
		Secure: at.secure, Region: at.region, BucketLookup: lookup, Transport: way, MaxRetries: tries,
		Creds: credentials.NewChainCredentials([]credentials.Provider{
			&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{Client: &http.Client{Timeout: answerWithin}},
		}),
	})
	if err != nil {
		return nil, fmt.Errorf("setting up the object storage: %w", err)
	}
	b := &Bucket{client: client, at: at, recovery: &outbound.Recovery{}}
	there, err := b.exists(ctx)
	if err != nil {
		return nil, fmt.Errorf("reaching the object storage at %s (nothing was changed; check the address and who may come in): %w", at.host, err)
	}
	if !there {
		return nil, fmt.Errorf("the object storage at %s has no bucket %s: make it, private, and start again", at.host, at.bucket)
	}
	return b, nil
}

// Check says whether the bucket can be reached now.
func (b *Bucket) Check(ctx context.Context) error {
	if _, err := b.exists(ctx); err != nil {
		return fmt.Errorf("reaching the object storage at %s: %w", b.at.host, err)
	}
	return nil
}

func (b *Bucket) exists(ctx context.Context) (bool, error) {
	ctx, end := outbound.Operation(ctx)
	there, err := b.client.BucketExists(ctx, b.at.bucket)
	return there, end(err)
}

// PutFile writes the content of a file as an object, in the place of one of the same name.
func (b *Bucket) PutFile(ctx context.Context, name, path string) error {
	ctx, end := outbound.Operation(ctx)
	_, err := b.client.FPutObject(ctx, b.at.bucket, b.at.prefix+name, path, options)
	return describe("writing", name, end(err))
}

// Put writes size bytes from r as an object, in the place of one of the same name.
func (b *Bucket) Put(ctx context.Context, name string, r io.Reader, size int64) error {
	ctx, end := outbound.Operation(ctx)
	_, err := b.client.PutObject(ctx, b.at.bucket, b.at.prefix+name, r, size, options)
	return describe("writing", name, end(err))
}

var options = minio.PutObjectOptions{PartSize: partSize, ContentType: "application/octet-stream"}

// PutBytes writes an object that is small.
func (b *Bucket) PutBytes(ctx context.Context, name string, content []byte) error {
	return b.Put(ctx, name, bytes.NewReader(content), int64(len(content)))
}

// Size is that of an object, in bytes; the error wraps fs.ErrNotExist where there is none.
func (b *Bucket) Size(ctx context.Context, name string) (int64, error) {
	ctx, end := outbound.Operation(ctx)
	info, err := b.client.StatObject(ctx, b.at.bucket, b.at.prefix+name, minio.StatObjectOptions{})
	return info.Size, describe("looking at", name, end(err))
}

// Get reads an object; the error wraps fs.ErrNotExist where there is none.
func (b *Bucket) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	ctx, end := outbound.Operation(ctx)
	o, err := b.client.GetObject(ctx, b.at.bucket, b.at.prefix+name, minio.GetObjectOptions{})
	if err == nil {
		_, err = o.Stat() // the first request goes out here: an object that is not there is told before it is read
	}
	if err != nil {
		if o != nil {
			err = errors.Join(err, o.Close())
		}
		return nil, describe("reading", name, end(err))
	}
	return &reader{Object: o, end: end}, nil
}

// reader is an object that is being read.
type reader struct {
	*minio.Object
	end func(error) error
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	n, err := r.Object.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	return n, r.end(err)
}

// Close implements io.Closer.
func (r *reader) Close() error {
	err := r.Object.Close()
	return r.end(err)
}

// Bytes reads an object that is small; the error wraps fs.ErrNotExist where there is none.
func (b *Bucket) Bytes(ctx context.Context, name string) ([]byte, error) {
	r, err := b.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	return content, describe("reading", name, errors.Join(err, r.Close()))
}

// List calls each with every object whose name begins with the prefix, in the order of their names.
func (b *Bucket) List(ctx context.Context, prefix string, each func(name string, size int64) error) error {
	listing, end := outbound.Operation(ctx)
	defer end(nil) //nolint:errcheck // ends the listing where each has enough
	for o := range b.client.ListObjectsIter(listing, b.at.bucket, minio.ListObjectsOptions{Prefix: b.at.prefix + prefix, Recursive: true}) {
		if o.Err != nil {
			return describe("listing", prefix, end(o.Err))
		}
		if err := each(o.Key[len(b.at.prefix):], o.Size); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Remove deletes every object whose name begins with the prefix. Where the bucket keeps old versions, those stay in it.
func (b *Bucket) Remove(ctx context.Context, prefix string) error {
	return b.List(ctx, prefix, func(name string, _ int64) error {
		removing, end := outbound.Operation(ctx)
		return describe("removing", name, end(b.client.RemoveObject(removing, b.at.bucket, b.at.prefix+name, minio.RemoveObjectOptions{})))
	})
}

// describe says what was done to what, and marks what is not there.
func describe(what, name string, err error) error {
	if err == nil {
		return nil
	}
	var r minio.ErrorResponse
	if errors.As(err, &r) && r.Code == minio.NoSuchKey {
		err = fmt.Errorf("%w (%w)", fs.ErrNotExist, err)
	}
	return fmt.Errorf("%s the object %s: %w", what, name, err)
}
