package main

import (
	"fmt"
	"io"
	"strings"
)

// demoBar is one line at a terminal that says how much of the
// demonstration is there. Where nobody looks it says nothing.
type demoBar struct {
	out io.Writer
}

// barWidth is how many marks the line has.
const barWidth = 24

func newDemoBar(remarks io.Writer) *demoBar {
	p := &demoBar{}
	if isTerminal(remarks) {
		p.out = remarks
	}
	return p
}

// show draws the line: done of all, and what comes next.
func (p *demoBar) show(done, all int, next string) {
	if p.out == nil || all == 0 {
		return
	}
	marks := barWidth * done / all
	bar := strings.Repeat("#", marks) + strings.Repeat("-", barWidth-marks)
	fmt.Fprintf(p.out, "\rFilling the demonstration [%s] %3d %%  %s\033[K", bar, 100*done/all, next)
}

// clear takes the line away.
func (p *demoBar) clear() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\033[K")
	}
}
