// Package upload takes files in over a network: resumable, by the tus protocol (version 1.0.0, with its extensions
// creation, creation-with-upload, creation-defer-length, termination, expiration and checksum), or in one request. What
// comes goes straight into the encrypted staging of package dataset: no plaintext and no temporary file touches a disk.
//
//	open ──(all bytes are there, in the transaction that records the last of them)──► received: version 0 of a dataset
//	 │
//	 └──(terminated, over the limit, or expired)──► gone, and its key with it
//
// Each upload has a key of its own and belongs to the account and the workspace that began it: for everybody else it does
// not exist. The limit on its size is the owner's; it is enforced where the length is declared, and again while the bytes
// come, so that nobody can send more by saying less. How far an upload has come is recorded whenever its bytes are on disk
// for certain (at the end of each request, and every 16 MB within one), so that after a crash of either side it goes on
// from there.
package upload
