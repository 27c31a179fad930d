package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// progress is one line at a terminal that says how far something has come. Where
// nobody looks it says nothing.
type progress struct {
	out  io.Writer
	what string
}

// progressWidth is how many marks the line has.
const progressWidth = 24

func newProgress(remarks io.Writer, what string) *progress {
	p := &progress{what: what}
	if isTerminal(remarks) {
		p.out = remarks
	}
	return p
}

// show draws the line: done of all, and what comes next.
func (p *progress) show(done, all int, next string) {
	if p.out == nil || all == 0 {
		return
	}
	marks := progressWidth * done / all
	bar := strings.Repeat("#", marks) + strings.Repeat("-", progressWidth-marks)
	fmt.Fprintf(p.out, "\r%s [%s] %3d %%  %s\033[K", p.what, bar, 100*done/all, next)
}

// clear takes the line away.
func (p *progress) clear() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\033[K")
	}
}

// isTerminal reports whether somebody can be at the other end of the stream.
func isTerminal(stream any) bool {
	file, isFile := stream.(*os.File)
	if !isFile {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	nobody, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, nobody)
}
