package server

import (
	"bytes"
	"fmt"
	"os"
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
