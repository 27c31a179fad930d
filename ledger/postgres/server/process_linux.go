package server

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// attributes put a child in a process group of its own, where Ctrl-C does not
// reach it, and end it cleanly when the thread that started it ends.
func attributes(credential *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Credential: credential, Setpgid: true, Pdeathsig: syscall.SIGINT,
	}
}

// inspectProcess is the command line of a live process, and the directory it
// is in where we may know it. The command line of a dead one is empty.
func inspectProcess(id int) (command []string, directory string) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", id))
	content = bytes.TrimRight(content, "\x00")
	if err != nil || len(content) == 0 {
		return nil, ""
	}
	directory, _ = os.Readlink(fmt.Sprintf("/proc/%d/cwd", id))
	return strings.Split(string(content), "\x00"), directory
}

// orphans are the dead children of the first process of a container, each with
// when it was born. They are those of a server that was killed, or anybody's.
type orphans map[int]string

// reap waits for the dead that were there the last time as well. Those we
// started ourselves are waited for where they were started, and never so long.
func (o orphans) reap() {
	if os.Getpid() != 1 {
		return
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	dead := map[int]string{}
	for _, entry := range entries {
		id, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if born, found := deadChild(id); found {
			dead[id] = born
		}
	}
	for id, born := range dead {
		if o[id] == born {
			_, _ = syscall.Wait4(id, nil, syscall.WNOHANG, nil)
		}
	}
	clear(o)
	maps.Copy(o, dead)
}

// deadChild reports whether a process is a dead child of ours, and when it was
// born, which tells it from another of the same number.
func deadChild(id int) (born string, dead bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	if err != nil {
		return "", false
	}
	// The name before it is in parentheses, and may hold some.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 20 || fields[0] != "Z" || fields[1] != strconv.Itoa(os.Getpid()) {
		return "", false
	}
	return fields[19], true
}
