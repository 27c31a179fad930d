package server

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// Error says in one sentence why there is no private server.
type Error struct {
	message string
	hint    string
	cause   error
}

// Error returns the sentence.
func (e *Error) Error() string { return e.message }

// Hint returns what can be done about it, or nothing.
func (e *Error) Hint() string { return e.hint }

// Unwrap returns what the operating system or PostgreSQL said, if anything.
func (e *Error) Unwrap() error { return e.cause }

const (
	hintHome   = "Choose another directory with PHYLE_HOME, or give a database with DATABASE_URL."
	hintSystem = "Install PostgreSQL 15 or newer (Debian and Ubuntu: apt install postgresql; " +
		"Fedora: dnf install postgresql-server; macOS: brew install postgresql@17), " +
		"name the directory of its programs in PHYLE_POSTGRES_BIN, " +
		"give a running database with DATABASE_URL, " +
		"or start one with docker compose up."
)

// homeError turns what the operating system says about a path in the home
// into a sentence.
func homeError(path string, err error) error {
	reason := err.Error()
	switch {
	case errors.Is(err, syscall.EROFS):
		reason = "it is on a read-only file system"
	case errors.Is(err, fs.ErrPermission):
		reason = "permission denied"
	case errors.Is(err, syscall.ENOSPC):
		reason = "the disk is full"
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
