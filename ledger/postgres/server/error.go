package server

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// Error says in one sentence why there is no private server.
type Error struct {
	message string
	hint    string
	cause   error
	// fetchable says that programs from elsewhere would help.
	fetchable bool
}

// Error returns the sentence.
func (e *Error) Error() string { return e.message }

// Hint returns what can be done about it, or nothing.
func (e *Error) Hint() string { return e.hint }

// Unwrap returns what the operating system or PostgreSQL said, if anything.
func (e *Error) Unwrap() error { return e.cause }

// leastRoom is how many bytes PostgreSQL needs to start at all.
const leastRoom = 64 << 10

const hintHome = "Choose another directory with PHYLE_HOME, or give a database with DATABASE_URL."

// homeError turns what the operating system says about a path in the home
// into a sentence.
func homeError(path string, err error) error {
	reason := err.Error()
	switch {
	case errors.Is(err, syscall.EROFS):
		reason = "it is on a read-only file system"
	case errors.Is(err, fs.ErrPermission):
		reason = "permission denied"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return diskFull(path)
	case errors.Is(err, syscall.ENAMETOOLONG):
		reason = "the path is too long"
	case errors.Is(err, fs.ErrNotExist):
		reason = "it does not exist and cannot be made"
	case errors.Is(err, syscall.ENOTDIR):
		reason = "part of the path is a file, not a directory"
	}
	return &Error{
		message: fmt.Sprintf("The directory %s cannot be used: %s.", path, reason),
		hint:    hintHome, cause: err,
	}
}

// diskFull is the error of a disk without room, which may be had again without
// our being started anew.
func diskFull(path string) error {
	return &Error{
		message: fmt.Sprintf("The directory %s cannot be used: the disk is full.", path),
		hint:    "Make room on that disk, or choose another directory with PHYLE_HOME.",
		cause:   syscall.ENOSPC,
	}
}

// isFull reports whether PostgreSQL had no room: it said so, or could not even
// write that down.
func isFull(path, said string) bool {
	var disk syscall.Statfs_t
	return strings.Contains(said, "No space left on device") ||
		syscall.Statfs(path, &disk) == nil && uint64(disk.Bavail)*uint64(disk.Bsize) < leastRoom
}
