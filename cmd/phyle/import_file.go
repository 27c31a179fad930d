package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// importFile is a file on its way into the books. It is read twice and never held:
// once to look at it, once to write.
type importFile struct {
	path    string
	format  ledger.ImportFormat
	layout  ledger.ImportLayout
	digest  string // of what was read the first time
	failed  error  // why the file could not be read to its end
	remarks io.Writer
}

// rows yields the rows of the file, from the first one on whenever it is asked. A file
// that is another than before is refused at its end.
func (f *importFile) rows(doing string) postgres.ImportRows {
	return func(yield func(ledger.ImportRow, error) bool) {
		err := f.read(doing, func(row ledger.ImportRow) bool { return yield(row, nil) })
		if f.failed = err; err != nil && !errors.Is(err, errEnough) {
			yield(ledger.ImportRow{}, errUnread)
		}
	}
}

var (
	// errEnough ends the reading of a file that nobody wants more of.
	errEnough = errors.New("no more rows are wanted")
	// errUnread stands for what is wrong with a file: the store takes errors of the
	// system for those of its own connection.
	errUnread = errors.New("the file cannot be read")
)

// fault returns why the file could not be read, or else the error of the store.
func (f *importFile) fault(err error) error {
	if !errors.Is(err, errUnread) {
		return err
	}
	var refused *ledger.Error
	if !errors.As(f.failed, &refused) || refused.Code != "import_heading" {
		return f.failed
	}
	return &refusal{
		message: refused.Message,
		hint: `Write --map "Person=member" for a heading that is called otherwise, and ` +
			`--ignore "Remark" for one to leave out.`,
		cause: refused,
	}
}

// read reads the file to its end and hands over the rows.
func (f *importFile) read(doing string, each func(row ledger.ImportRow) bool) error {
	file, err := os.Open(f.path)
	if err != nil {
		return unreadable(f.path, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil {
		return unreadable(f.path, err)
	}
	if !info.Mode().IsRegular() {
		return refuse("Save it as a file first.", "%s is no file that can be read twice.", f.path)
	}
	sum := sha256.New()
	counted := &rowProgress{Reader: file, doing: doing, whole: info.Size(), shown: time.Now()}
	if isTerminal(f.remarks) {
		counted.remarks = f.remarks
	}
	defer counted.clear()
	reader, err := ledger.NewImportReader(io.TeeReader(counted, sum), f.format)
	if err != nil {
		return err
	}
	f.layout = reader.Layout()
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return f.settle(hex.EncodeToString(sum.Sum(nil)))
		}
		if err != nil {
			return unreadIn(f.path, err)
		}
		if !each(row) {
			return errEnough
		}
		counted.count()
	}
}

// settle notes what was read the first time, and compares with it from then on.
func (f *importFile) settle(digest string) error {
	if f.digest != "" && f.digest != digest {
		return ledger.Errorf(ledger.Conflict, "import_changed",
			"The file has changed since it was looked at; run it again.")
	}
	f.digest = digest
	return nil
}

// unreadIn names the file where reading failed for reasons of the system.
func unreadIn(path string, err error) error {
	var refused *ledger.Error
	if errors.As(err, &refused) {
		return err
	}
	return unreadable(path, err)
}

// rowProgress says on a terminal how far the reading of a file has come.
type rowProgress struct {
	io.Reader
	remarks io.Writer // nil where nobody looks
	doing   string
	whole   int64
	done    int64
	rows    int
	shown   time.Time
}

// progressPause lies between two lines of progress.
const progressPause = 100 * time.Millisecond

// Read reads and counts.
func (p *rowProgress) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	p.done += int64(n)
	return n, err
}

// count counts a row, and says so now and then.
func (p *rowProgress) count() {
	p.rows++
	now := time.Now()
	if p.remarks == nil || now.Sub(p.shown) < progressPause {
		return
	}
	p.shown = now
	percent := 100 * p.done / max(1, p.whole)
	fmt.Fprintf(p.remarks, "\r%s: %d, %d %% of the file\033[K", p.doing, p.rows, percent)
}

// clear takes the line away.
func (p *rowProgress) clear() {
	if p.remarks != nil {
		fmt.Fprint(p.remarks, "\r\033[K")
	}
}
