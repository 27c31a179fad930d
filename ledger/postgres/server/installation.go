package server

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// oldestMajor is the first PostgreSQL whose features the schema uses.
const oldestMajor = 15

// installedIn lists where distributions put the programs.
var installedIn = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/lib/postgresql[1-9]*/bin",
	"/usr/libexec/postgresql[1-9]*",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/usr/local/pgsql/bin",
}

var (
	versionInPath   = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)
	versionReported = regexp.MustCompile(`\(PostgreSQL\) (([0-9]+)[^ \n]*)`)
)

// installation is a directory with the programs of one PostgreSQL version.
type installation struct {
	directory string
	major     int
	version   string
}

func (i installation) program(name string) string { return filepath.Join(i.directory, name) }

// findInstallation is the first that serves data of the given major version,
// or any data if it is zero. PHYLE_POSTGRES_BIN, where set, is the only place
// looked at; otherwise the distributions' directories come first, newest
// version first, then PATH, and then what has been fetched before.
func findInstallation(data string, major int) (installation, error) {
	var seen []installation
	var broken []string
	for _, directory := range candidates() {
		found, err := inspect(directory)
		if err != nil {
			broken = append(broken, err.Error())
			continue
		}
		if found.major >= oldestMajor && (major == 0 || found.major == major) {
			return found, nil
		}
		seen = append(seen, found)
	}
	if major != 0 {
		return installation{}, otherVersion(data, major, seen)
	}
	message := "There is no PostgreSQL on this machine to run a private server with."
	if len(seen) > 0 {
		message = fmt.Sprintf("Phyle needs PostgreSQL %d or newer, and found only %s.",
			oldestMajor, describe(seen))
	} else if len(broken) > 0 {
		message = "No PostgreSQL on this machine can be run: " + strings.Join(broken, "; ") + "."
	}
	return installation{}, &Error{message: message, hint: hintSystem(), fetchable: fetchable(major)}
}

// otherVersion names the version of the data and those found, and the way up.
func otherVersion(data string, major int, seen []installation) error {
	newest := 0
	for _, i := range seen {
		newest = max(newest, i.major)
	}
	up := fmt.Sprintf("move the data up with pg_upgrade, or write it out with pg_dumpall of "+
		"PostgreSQL %d and read it into a new home with psql", major)
	hint := fmt.Sprintf("Install PostgreSQL %d, which this data needs; data does not move to an "+
		"older version.", major)
	found := describe(seen)
	switch {
	case len(seen) == 0:
		found = "none that runs"
		hint = fmt.Sprintf("Install PostgreSQL %d, or name the directory of its programs in "+
			"PHYLE_POSTGRES_BIN.", major)
	case major < oldestMajor:
		hint = fmt.Sprintf("Phyle needs PostgreSQL %d or newer: %s.", oldestMajor, up)
	case major < newest:
		hint = fmt.Sprintf("Install PostgreSQL %d as well, or %s of PostgreSQL %d.", major, up, newest)
	}
	return &Error{
		message: fmt.Sprintf("The data directory %s was made by PostgreSQL %d, and found here is %s.",
			data, major, found),
		hint:      hint + " Nothing has been changed.",
		fetchable: fetchable(major),
	}
}

func describe(seen []installation) string {
	parts := make([]string, len(seen))
	for i, one := range seen {
		parts[i] = fmt.Sprintf("PostgreSQL %s (%s)", one.version, one.directory)
	}
	return strings.Join(parts, ", ")
}

func candidates() []string {
	if named := os.Getenv("PHYLE_POSTGRES_BIN"); named != "" {
		return []string{named}
	}
	var directories []string
	for _, pattern := range installedIn {
		matches, _ := filepath.Glob(pattern) // the patterns are constant and well formed
		sort.SliceStable(matches, func(i, j int) bool {
			return versionOf(matches[i]) > versionOf(matches[j])
		})
		directories = append(directories, matches...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		if directory := filepath.Dir(path); !slices.Contains(directories, directory) {
			directories = append(directories, directory)
		}
	}
	if fetched, found := fetchedPrograms(); found {
		directories = append(directories, fetched)
	}
	return directories
}

func versionOf(directory string) float64 {
	version, _ := strconv.ParseFloat(versionInPath.FindString(directory), 64)
	return version
}

// inspect reads the version of the programs in a directory. They must all be
// there.
func inspect(directory string) (installation, error) {
	i := installation{directory: directory}
	if _, err := exec.LookPath(i.program("initdb")); err != nil {
		return i, fmt.Errorf("%s holds no initdb", directory)
	}
	command := exec.Command(i.program("postgres"), "--version")
	command.Env = environment()
	output, err := command.Output()
	if err != nil {
		return i, fmt.Errorf("%s does not run (%w)", i.program("postgres"), err)
	}
	match := versionReported.FindSubmatch(output)
	if match == nil {
		return i, fmt.Errorf("%s does not say its version", i.program("postgres"))
	}
	i.version = string(match[1])
	i.major, err = strconv.Atoi(string(match[2]))
	return i, err
}

// environment is what PostgreSQL and its tools get of ours: nothing that could
// change where or how they run.
func environment() []string {
	return []string{"LC_ALL=C", "TZ=UTC", "PATH=/usr/local/bin:/usr/bin:/bin"}
}
