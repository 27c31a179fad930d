package bundle

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// limits bound what an archive may hold. They are a few times what the real
// ones do, which have a thousand files of 135 MB at the most.
type limits struct {
	files int
	bytes int64
	path  int
}

var bounds = limits{files: 5000, bytes: 512 << 20, path: 240}

const (
	// inside is where the programs lie in an archive.
	inside = "package/native/"
	// linkList names the links of a bundle, which npm's archives cannot hold.
	linkList = "pg-symlinks.json"
	// licence is kept with the programs.
	licence = "package/LICENSE.md"
)

// unpack writes the programs in an archive into a directory that it makes.
// Files are the only thing it takes: an archive that holds links or devices, or
// a name that leads elsewhere, is refused as a whole.
func unpack(archive, directory string, most limits) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	compressed, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	if err := os.Mkdir(directory, 0o755); err != nil {
		return err
	}
	if err := os.Chmod(directory, 0o755); err != nil { // whatever the umask is
		return err
	}
	root, err := os.OpenRoot(directory)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	u := unpacking{root: root, most: most, left: most.bytes}
	// Counting the bytes before the archive's own headers bounds those as well.
	if err := u.files(tar.NewReader(&bounded{from: compressed, left: most.bytes})); err != nil {
		return err
	}
	if err := u.links(); err != nil {
		return err
	}
	for _, program := range []string{"bin/postgres", "bin/initdb"} {
		if info, err := root.Stat(program); err != nil || info.Mode()&0o111 == 0 {
			return fmt.Errorf("it holds no program %s", program)
		}
	}
	// A power cut must leave no bundle that only looks complete, and a thousand
	// files are written out faster together than one by one.
	syscall.Sync()
	return nil
}

// unpacking is one archive on its way into a directory that it cannot leave.
type unpacking struct {
	root  *os.Root
	most  limits
	left  int64
	count int
}

var errTooLarge = errors.New("it is larger than any PostgreSQL")

// bounded is a reader that fails where it would give more than is left.
type bounded struct {
	from io.Reader
	left int64
}

// Read reads what is allowed.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

func (u *unpacking) files(archive *tar.Reader) error {
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if u.count++; u.count > u.most.files {
			return fmt.Errorf("it holds more than %d files", u.most.files)
		}
		if u.left -= header.Size; header.Size < 0 || u.left < 0 {
			return errTooLarge
		}
		if err := u.entry(header, archive); err != nil {
			return err
		}
	}
}

// entry writes one file. Names are judged before anything is left out.
func (u *unpacking) entry(header *tar.Header, content io.Reader) error {
	name := strings.TrimSuffix(header.Name, "/")
	switch {
	case header.Typeflag == tar.TypeXGlobalHeader:
		return nil
	case header.Typeflag != tar.TypeReg && header.Typeflag != tar.TypeDir:
		return fmt.Errorf("%q in it is neither a file nor a directory", name)
	}
	if err := u.judge(name); err != nil {
		return err
	}
	target, programs := strings.CutPrefix(name, inside)
	if name == licence {
		target, programs = path.Base(licence), true
	}
	if !programs || header.Typeflag == tar.TypeDir {
		return nil // directories come with their files
	}
	mode := fs.FileMode(0o644)
	if header.FileInfo().Mode()&0o111 != 0 {
		mode = 0o755
	}
	return u.write(target, mode, content)
}

// judge refuses a name that is not plainly a path below the directory.
func (u *unpacking) judge(name string) error {
	if len(name) > u.most.path || !fs.ValidPath(name) || !filepath.IsLocal(name) ||
		strings.ContainsAny(name, "\x00\\:\n") {
		return fmt.Errorf("%.60q in it is no name of a file in an archive", name)
	}
	return nil
}

func (u *unpacking) write(name string, mode fs.FileMode, content io.Reader) error {
	if err := u.directory(path.Dir(name)); err != nil {
		return err
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL | syscall.O_NOFOLLOW
	file, err := u.root.OpenFile(name, flags, mode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%q is in it twice", name)
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	if err == nil {
		err = file.Chmod(mode)
	}
	return errors.Join(err, file.Close())
}

// directory makes a directory and those above it, open to every account.
func (u *unpacking) directory(name string) error {
	if name == "." {
		return nil
	}
	err := u.root.Mkdir(name, 0o755)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case errors.Is(err, fs.ErrNotExist):
		if err := u.directory(path.Dir(name)); err != nil {
			return err
		}
		err = u.root.Mkdir(name, 0o755)
	}
	if err != nil {
		return err
	}
	return u.root.Chmod(name, 0o755)
}

// links makes the links that the bundle lists: each to a file of the bundle.
func (u *unpacking) links() error {
	text, err := u.root.ReadFile(linkList)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var list []struct{ Source, Target string }
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("its list of links: %w", err)
	}
	if len(list) > u.most.files {
		return fmt.Errorf("it lists more than %d links", u.most.files)
	}
	for _, link := range list {
		if err := u.link("package/"+link.Source, "package/"+link.Target); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacking) link(from, to string) error {
	if err := errors.Join(u.judge(from), u.judge(to)); err != nil {
		return err
	}
	from, found := strings.CutPrefix(from, inside)
	to, both := strings.CutPrefix(to, inside)
	info, err := u.root.Lstat(from)
	if !found || !both || err != nil || !info.Mode().IsRegular() {
		return fmt.Errorf("it lists a link to %q, which is no file of the bundle", from)
	}
	if err := u.directory(path.Dir(to)); err != nil {
		return err
	}
	relative, err := filepath.Rel(path.Dir(to), from)
	if err != nil {
		return err
	}
	return u.root.Symlink(relative, to)
}
