package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Hold takes a home on which no server runs, so that none can be started there
// until release is called, or the program ends. It refuses a home that another
// program has, and one whose PostgreSQL runs without its owner. Nothing is ended.
func Hold(path string) (release func(), err error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, homeError(path, err)
	}
	h := home{path: absolute}
	held, err := h.lock()
	if err != nil {
		return nil, err
	}
	if held == nil {
		return nil, inUse(h)
	}
	id, err := h.postmaster()
	if err == nil && id > 0 && (&cluster{home: h}).serves(id) {
		err = &Error{
			message: fmt.Sprintf("PostgreSQL (process %d) uses the home %s.", id, h.path),
			hint:    "Start phyle on this home again and end it with Ctrl-C, which ends PostgreSQL too.",
		}
	}
	if err != nil {
		held.release()
		return nil, err
	}
	return held.release, nil
}

// postmaster is the process that the data directory names, or 0.
func (h home) postmaster() (int, error) {
	content, err := os.ReadFile(filepath.Join(h.data(), "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, homeError(h.data(), err)
	}
	line, _, _ := strings.Cut(string(content), "\n")
	id, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return 0, nil // a power cut has left it empty
	}
	return max(id, -id), nil // negative in single-user mode
}

func inUse(h home) error {
	owner := "Another program"
	if r, err := h.readRecord(); err == nil {
		owner = fmt.Sprintf("Another program (process %d)", r.ProcessID)
	}
	return &Error{
		message: fmt.Sprintf("%s uses the home %s.", owner, h.path),
		hint:    "End it first, with Ctrl-C where it runs.",
	}
}
