//go:build unix && !linux

package server

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// attributes put a child in a process group of its own, where Ctrl-C does not
// reach it. If we are killed it stays, and the next owner stops it.
func attributes(credential *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: credential, Setpgid: true}
}

// inspectProcess is the command line of a live process. The data directory is
// put together again where it holds spaces, which ps does not mark.
func inspectProcess(id int) (command []string, directory string) {
	output, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(id)).Output()
	if err != nil {
		return nil, ""
	}
	line := strings.TrimSpace(string(output))
	program, rest, _ := strings.Cut(line, " -D ")
	data, _, _ := strings.Cut(rest, " -c ")
	if program == "" {
		return nil, ""
	}
	return []string{program, "-D", data}, ""
}

// orphans are nobody's here: containers run on Linux.
type orphans struct{}

func (orphans) reap() {}
