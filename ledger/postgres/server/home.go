package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

const (
	// longestHome leaves room in the 1,023 bytes PostgreSQL has for a path.
	longestHome = 900
	// longestSocket is what every supported system has for a socket's path,
	// less the name PostgreSQL adds to the directory.
	longestSocket = 103 - len("/.s.PGSQL.5432")
	// logLimit is the size from which a log is put aside.
	logLimit = 1 << 20
)

// plainPath matches a directory that needs no quoting in a PostgreSQL setting
// or in an address.
var plainPath = regexp.MustCompile(`^/[A-Za-z0-9/._+-]*$`)

// DefaultHome is PHYLE_HOME if set, /var/lib/phyle for root, and phyle in the
// user's data directory for everybody else.
func DefaultHome() (string, error) {
	if directory := os.Getenv("PHYLE_HOME"); directory != "" {
		return filepath.Abs(directory)
	}
	if os.Geteuid() == 0 {
		return "/var/lib/phyle", nil
	}
	if directory := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(directory) {
		return filepath.Join(directory, "phyle"), nil
	}
	user, err := os.UserHomeDir()
	if err != nil {
		return "", &Error{
			message: "There is no place for the database: HOME is not set.",
			hint:    hintHome, cause: err,
		}
	}
	return filepath.Join(user, ".local", "share", "phyle"), nil
}

// home is the directory of one private server: the data, the lock, the record
// of where the socket is, and the log.
type home struct{ path string }

func (h home) data() string { return filepath.Join(h.path, "data") }
func (h home) log() string  { return filepath.Join(h.path, "postgres.log") }

// openHome makes the directory if it is missing. Root's homes can be passed
// through by others, because PostgreSQL will run as somebody else.
func openHome(path string) (home, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return home{}, homeError(path, err)
	}
	if len(absolute) > longestHome {
		return home{}, &Error{
			message: fmt.Sprintf("The home's path is %d bytes long, more than the %d that "+
				"PostgreSQL has room for.", len(absolute), longestHome),
			hint: hintHome,
		}
	}
	h := home{path: absolute}
	info, err := os.Stat(absolute)
	if errors.Is(err, fs.ErrNotExist) {
		mode := os.FileMode(0o700)
		if os.Geteuid() == 0 {
			mode = 0o711
		}
		if err := os.MkdirAll(absolute, mode); err != nil {
			return home{}, homeError(absolute, err)
		}
		if err := os.Chmod(absolute, mode); err != nil { // whatever the umask is
			return home{}, homeError(absolute, err)
		}
		return h, nil
	}
	if err != nil {
		return home{}, homeError(absolute, err)
	}
	if !info.IsDir() {
		return home{}, homeError(absolute, errors.New("it is a file, not a directory"))
	}
	return h, nil
}

// give makes a path that root has made in somebody's home theirs, so that they
// can use the home without root afterwards.
func (h home) give(path string) error {
	info, err := os.Stat(h.path)
	if err != nil || os.Geteuid() != 0 {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t)
	return os.Lchown(path, int(owner.Uid), int(owner.Gid))
}

// lock is the right to run the server of a home. It ends with the process.
type lock struct{ file *os.File }

// lock takes the home's lock, or returns nil if another program holds it.
func (h home) lock() (*lock, error) {
	path := filepath.Join(h.path, "owner.lock")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, homeError(h.path, err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		err = h.give(path)
	}
	if err == nil {
		return &lock{file: file}, nil
	}
	_ = file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, homeError(h.path, err)
}

func (l *lock) release() {
	if l != nil {
		_ = l.file.Close()
	}
}

// record is what the owner leaves for joiners and for the next owner.
type record struct {
	Socket    string    `json:"socket"`
	ProcessID int       `json:"pid"`
	Started   time.Time `json:"started"`
}

func (h home) recordPath() string { return filepath.Join(h.path, "owner.json") }

func (h home) readRecord() (record, error) {
	var r record
	content, err := os.ReadFile(h.recordPath())
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(content, &r); err != nil {
		return r, err
	}
	if !filepath.IsAbs(r.Socket) {
		return r, fmt.Errorf("%s names no socket directory", h.recordPath())
	}
	return r, nil
}

func (h home) writeRecord(socket string) error {
	content, err := json.Marshal(record{
		Socket: socket, ProcessID: os.Getpid(), Started: time.Now().UTC().Truncate(time.Second),
	})
	if err != nil {
		return err
	}
	next := h.recordPath() + ".new"
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC | syscall.O_NOFOLLOW
	file, err := os.OpenFile(next, flags, 0o600)
	if err != nil {
		return homeError(h.path, err)
	}
	_, err = file.Write(append(content, '\n'))
	if err := errors.Join(err, file.Close()); err != nil {
		return homeError(h.path, err)
	}
	if err := h.give(next); err != nil {
		return homeError(h.path, err)
	}
	if err := os.Rename(next, h.recordPath()); err != nil {
		return homeError(h.path, err)
	}
	return nil
}

// unanswered is the error of a joiner whose owner never answered.
func (h home) unanswered(cause error) error {
	owner := "another program"
	if r, err := h.readRecord(); err == nil {
		owner = fmt.Sprintf("another program (process %d)", r.ProcessID)
	}
	return &Error{
		message: fmt.Sprintf("The home %s belongs to %s, whose database does not answer: %v.",
			h.path, owner, cause),
		hint:  "Try again in a moment, or end that program. Its log is " + h.log() + ".",
		cause: cause,
	}
}

// socketDirectory is the home's own if its path is short and plain, otherwise
// the one last recorded, otherwise a new temporary one.
func (h home) socketDirectory(a account) (string, error) {
	own := filepath.Join(h.path, "run")
	if len(own) <= longestSocket && plainPath.MatchString(own) {
		if err := claim(own, a); err != nil {
			return "", homeError(own, err)
		}
		return own, nil
	}
	if last, err := h.readRecord(); err == nil && claim(last.Socket, a) == nil {
		return last.Socket, nil
	}
	parent := os.TempDir()
	long := len(parent)+len("/phyle-1234567890") > longestSocket
	if long || a.credential != nil || !plainPath.MatchString(parent) {
		parent = "/tmp" // open to every account
	}
	temporary, err := os.MkdirTemp(parent, "phyle-")
	if err != nil {
		return "", homeError(parent, err)
	}
	if err := a.give(temporary); err != nil {
		return "", homeError(temporary, err)
	}
	return temporary, nil
}

// claim makes a directory that only the account may enter, or accepts one that
// is just that already.
func claim(path string, a account) error {
	err := os.Mkdir(path, 0o700)
	if err == nil {
		return a.give(path)
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || info.Mode().Perm() != 0o700 || int(owner.Uid) != a.userID() {
		return fmt.Errorf("%s is not a directory that only %s may enter", path, a.name)
	}
	return nil
}

// leaveSocket removes a temporary socket directory that is empty.
func (h home) leaveSocket(socket string) {
	if filepath.Dir(socket) != h.path {
		_ = os.Remove(socket)
	}
}

// boundLog puts aside a long log that the server is writing: its end is copied
// in place of the one put aside before, and the log begins anew. What the
// server writes meanwhile is not kept.
func (h home) boundLog() (err error) {
	file, err := os.OpenFile(h.log(), os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil || info.Size() <= logLimit {
		return err
	}
	end := io.NewSectionReader(file, max(0, info.Size()-2*logLimit), 2*logLimit)
	// Whether or not there is room for the copy, the log must not grow.
	return errors.Join(h.keepLog(end), file.Truncate(0))
}

// keepLog makes what is read the log that was put aside.
func (h home) keepLog(content io.Reader) error {
	aside := h.log() + ".1"
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC | syscall.O_NOFOLLOW
	file, err := os.OpenFile(aside, flags, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close(), h.give(aside))
}

// openLog opens the server's log for appending. A long one is put aside first,
// in place of the one put aside before.
func (h home) openLog() (*os.File, error) {
	if info, err := os.Lstat(h.log()); err == nil && info.Size() > logLimit {
		if err := os.Rename(h.log(), h.log()+".1"); err != nil {
			return nil, homeError(h.path, err)
		}
	}
	flags := os.O_RDWR | os.O_CREATE | os.O_APPEND | syscall.O_NOFOLLOW
	file, err := os.OpenFile(h.log(), flags, 0o600)
	if err != nil {
		return nil, homeError(h.path, err)
	}
	if err := h.give(h.log()); err != nil {
		_ = file.Close()
		return nil, homeError(h.path, err)
	}
	return file, nil
}
