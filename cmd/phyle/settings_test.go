package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// settingsTable is the table of environment variables as CONTRIBUTING.md has it, from
// what the manual page is made of.
func settingsTable() string {
	var out strings.Builder
	out.WriteString("| variable | means |\n| --- | --- |\n")
	for _, v := range append(flagVariables(typedParser().Model.Node), variables...) {
		fmt.Fprintf(&out, "| `%s` | %s |\n", v.word, strings.ReplaceAll(v.help, "|", `\|`))
	}
	return out.String()
}

// variableName matches what looks like a variable of the environment that is ours, or
// that we look at.
var variableName = regexp.MustCompile(
	`^(PHYLE_[A-Z_]+|DATABASE_URL\w*|XDG_\w+|npm_config_\w+|NPM_CONFIG_\w+|TMPDIR)$`)

// variablesRead lists the variables that the source names: whole strings, and flags.
func variablesRead(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	for _, root := range []string{"cmd", "ledger", "http", "schema"} {
		err := filepath.WalkDir(filepath.Join(repository, root),
			func(path string, _ fs.DirEntry, err error) error {
				if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
					return err
				}
				file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
				if err != nil {
					return err
				}
				ast.Inspect(file, func(n ast.Node) bool {
					if literal, is := n.(*ast.BasicLit); is && literal.Kind == token.STRING {
						text, _ := strconv.Unquote(literal.Value)
						names := strings.Split(reflect.StructTag(text).Get("env"), ",")
						for _, name := range append(names, text) {
							found[name] = found[name] || variableName.MatchString(name)
						}
					}
					return true
				})
				return nil
			})
		if err != nil {
			t.Fatal(err)
		}
	}
	maps.DeleteFunc(found, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(found))
}

// Every variable that the program reads is in the manual page and in CONTRIBUTING.md,
// and no document names one that it does not read.
func TestSettings(t *testing.T) {
	t.Parallel()
	table := settingsTable()
	var missing []string
	for _, name := range variablesRead(t) {
		if !strings.Contains(table, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		t.Errorf("the manual page does not say what these mean: %v", missing)
	}
	if text := readText(t, ".github/CONTRIBUTING.md"); !strings.Contains(text, table) {
		t.Errorf("CONTRIBUTING.md has not this table:\n%s", table)
	}
	read := variablesRead(t)
	named := regexp.MustCompile(`\bPHYLE_[A-Z_]+\b`)
	for _, name := range []string{
		"README.md", ".github/CONTRIBUTING.md", "CHANGELOG.md", "Dockerfile", "docker-compose.yml",
		"cmd/phyle/phyle.service", "cmd/phyle/BENCHMARKS.md", "schema/README.md",
	} {
		for _, variable := range named.FindAllString(readText(t, name), -1) {
			if !slices.Contains(read, variable) {
				t.Errorf("%s names %s, which nobody reads", name, variable)
			}
		}
	}
}

// Every command and flag is in the manual page.
func TestManualIsWhole(t *testing.T) {
	t.Parallel()
	sections := strings.Split(writtenBy(t, "man"), "\n.SS ")
	model := typedParser().Model
	missing := missingFlags(sections[0], model.Flags)
	for _, leaf := range model.Leaves(true) {
		heading := troff(fullName(leaf))
		at := slices.IndexFunc(sections, func(s string) bool {
			title, _, _ := strings.Cut(s, "\n")
			return title == heading || strings.HasPrefix(title, heading+" ")
		})
		if at < 0 {
			missing = append(missing, fullName(leaf))
			continue
		}
		missing = append(missing, missingFlags(sections[at], leaf.Flags)...)
	}
	if diff := cmp.Diff([]string(nil), missing); diff != "" {
		t.Error(diff)
	}
}

// missingFlags lists the flags that a section of the manual page lacks.
func missingFlags(section string, flags []*kong.Flag) (missing []string) {
	for _, flag := range flags {
		if !strings.Contains(section, troff("--"+flag.Name)) ||
			!strings.Contains(section, troff(flag.Help)) {
			missing = append(missing, "--"+flag.Name)
		}
	}
	return missing
}
