package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layer says what the packages of a folder may import: of ours, of others, and of
// the standard library what they may not, or which functions of it. A name
// covers the packages below it.
type layer struct {
	ours    []string
	outside []string
	never   []string
}

const (
	decimals = "github.com/shopspring/decimal"
	driver   = "github.com/lib/pq"
)

// pure is what the rules of a commons are kept from: context, SQL, HTTP, files,
// clock and chance. What embed takes in is text of ours, as fixed as the source.
var pure = []string{
	"context", "database", "net", "os", "io/fs", "path/filepath", "log", "math/rand",
	"crypto/rand", "time.Now", "time.Since", "time.Until", "time.After", "time.Sleep", "time.Tick",
	"time.NewTimer", "time.NewTicker", "time.AfterFunc",
}

// layers is the table of imports. Change it in a commit of its own, with the
// reason. Arrows point inward; only tests import postgrestest.
var layers = map[string]layer{
	"schema": {
		outside: []string{"github.com/pressly/goose/v3"},
		never:   []string{"net/http"},
	},
	"ledger": {
		outside: []string{decimals},
		never:   pure,
	},
	// The rules that a commons agrees on outgrew one screen of files in ledger.
	"ledger/agreement": {
		ours:    []string{"ledger"},
		outside: []string{decimals, "github.com/goccy/go-yaml"},
		never:   pure,
	},
	"ledger/report": {
		ours: []string{"ledger"},
		outside: []string{
			decimals, "github.com/xuri/excelize/v2", "codeberg.org/go-pdf/fpdf",
		},
		never: []string{"database", "net", "os", "context"},
	},
	"ledger/postgres": {
		ours:    []string{"ledger", "ledger/agreement", "schema"},
		outside: []string{"github.com/jmoiron/sqlx", driver, decimals, "github.com/google/uuid"},
		never:   []string{"net/http", "os"},
	},
	"ledger/postgres/server": {
		ours:    []string{"ledger/postgres/server/bundle"},
		outside: []string{driver},
		never:   []string{"net/http"},
	},
	// Fetches a PostgreSQL where none is installed, and so is let out by HTTP.
	"ledger/postgres/server/bundle": {
		never: []string{"database"},
	},
	"ledger/postgres/postgrestest": {
		ours:    []string{"ledger/postgres/server", "schema"},
		outside: []string{driver},
		never:   []string{"net/http"},
	},
	"http": {
		ours: []string{"ledger", "ledger/agreement", "ledger/postgres", "ledger/report"},
		outside: []string{
			"github.com/labstack/echo/v4", "github.com/danielgtaylor/huma/v2",
			"github.com/go-json-experiment/json", // refuses duplicate keys
			"golang.org/x/time",                  // bounds what one caller may ask
			"github.com/prometheus/client_golang",
			"golang.org/x/crypto", decimals,
			"github.com/go-webauthn/webauthn", // checks what passkeys sign
		},
		never: []string{"database", "os"},
	},
	// For programs of others: it takes none of ours along.
	"http/client": {
		outside: []string{decimals},
		never:   []string{"database", "os"},
	},
	"cmd/phyle": {
		ours: []string{
			"http", "http/client", "ledger", "ledger/agreement", "ledger/postgres",
			"ledger/postgres/server", "ledger/report", "schema",
		},
		outside: []string{"github.com/alecthomas/kong", decimals},
		never:   []string{"database"},
	},
}

// longestSource is how many lines a file may have.
const longestSource = 500

// source is one file of the repository. Only Go files have a tree.
type source struct {
	path  string
	text  []byte
	files *token.FileSet
	tree  *ast.File
}

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// at begins a complaint with the place.
func (s source) at(position token.Pos, format string, args ...any) string {
	line := s.files.Position(position).Line
	return fmt.Sprintf("%s:%d: %s", s.path, line, fmt.Sprintf(format, args...))
}

// checks are what every file is held to. Each returns its complaints.
var checks = map[string]func(source) []string{
	"imports":  strays,
	"length":   tooLong,
	"comments": undocumented,
	"todo":     unissued,
	"writes":   writesOutside,
}

// TestArchitecture holds the table of imports and the rules of the house that a
// program can see.
func TestArchitecture(t *testing.T) {
	all := sources(t, filepath.Join("..", ".."))
	if len(all) < 100 {
		t.Fatalf("only %d files found", len(all))
	}
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			for _, s := range all {
				for _, complaint := range check(s) {
					t.Error(complaint)
				}
			}
		})
	}
}

// sources reads the Go and SQL files below the root.
func sources(t *testing.T, root string) (all []source) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		base := path.Base(filepath.ToSlash(name))
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (strings.HasPrefix(base, ".") && base != ".." || base == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !slices.Contains([]string{".go", ".sql"}, filepath.Ext(name)):
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		all = append(all, parse(t, filepath.ToSlash(relative), text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func parse(t *testing.T, name string, text []byte) source {
	t.Helper()
	s := source{path: name, text: text, files: token.NewFileSet()}
	if path.Ext(name) == ".go" {
		var err error
		if s.tree, err = parser.ParseFile(s.files, name, text, parser.ParseComments); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// strays complains about imports that the table does not have. Tests may import
// what they like.
func strays(s source) (complaints []string) {
	if s.tree == nil || s.isTest() {
		return nil
	}
	folder := path.Dir(s.path)
	allowed, known := layers[folder]
	if !known {
		return []string{s.path + ": the folder is not in the table of imports"}
	}
	for _, i := range s.tree.Imports {
		name, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			panic(err)
		}
		ours, isOurs := strings.CutPrefix(name, "phyle/")
		switch {
		case isOurs && !slices.Contains(allowed.ours, ours),
			!isOurs && isOutside(name) && !covers(allowed.outside, name),
			!isOurs && covers(allowed.never, name):
			complaints = append(complaints, s.at(i.Pos(), "%s may not import %s", folder, name))
		}
	}
	ast.Inspect(s.tree, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if of, ok := selector.X.(*ast.Ident); ok && of.Obj == nil {
			if name := of.Name + "." + selector.Sel.Name; slices.Contains(allowed.never, name) {
				complaints = append(complaints, s.at(n.Pos(), "%s may not use %s", folder, name))
			}
		}
		return true
	})
	return complaints
}

func isOutside(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return strings.Contains(first, ".")
}

// covers reports whether one of the names is the package or a folder above it.
func covers(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		return name == n || strings.HasPrefix(name, n+"/")
	})
}

func tooLong(s source) []string {
	if lines := bytes.Count(s.text, []byte("\n")); lines > longestSource && !s.isTest() {
		return []string{fmt.Sprintf("%s: %d lines, more than %d", s.path, lines, longestSource)}
	}
	return nil
}

// todo matches the notes that have to name an issue, as in "TODO(#12)".
var (
	todo  = regexp.MustCompile(`\b(TODO|FIXME|XXX)\b`)
	named = regexp.MustCompile(`\bTODO\(#[0-9]+\)`)
)

// unissued complains about notes in comments that name no issue.
func unissued(s source) (complaints []string) {
	if s.tree == nil {
		for i, line := range strings.Split(string(s.text), "\n") {
			_, comment, _ := strings.Cut(line, "--")
			if todo.MatchString(comment) && !named.MatchString(comment) {
				complaints = append(complaints,
					fmt.Sprintf("%s:%d: a TODO without an issue", s.path, i+1))
			}
		}
		return complaints
	}
	for _, group := range s.tree.Comments {
		for _, comment := range group.List {
			text := comment.Text
			if todo.MatchString(text) && !named.MatchString(text) && !isAboutTODO(s) {
				complaints = append(complaints, s.at(comment.Pos(), "a TODO without an issue"))
			}
		}
	}
	return complaints
}

// isAboutTODO is this file, which must be able to speak of them.
func isAboutTODO(s source) bool { return s.path == "cmd/phyle/architecture_test.go" }

// undocumented complains about exported names without a comment.
func undocumented(s source) (complaints []string) {
	if s.tree == nil || s.isTest() {
		return nil
	}
	for _, declaration := range s.tree.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && ofExported(d) {
				complaints = append(complaints, s.at(d.Pos(), "%s has no comment", d.Name))
			}
		case *ast.GenDecl:
			for _, name := range bare(s, d) {
				complaints = append(complaints, s.at(name.Pos(), "%s has no comment", name.Name))
			}
		}
	}
	return complaints
}

// ofExported reports whether a function is no method of an unexported type.
func ofExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	exported := false
	ast.Inspect(d.Recv, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok && name.IsExported() {
			exported = true
		}
		return true
	})
	return exported
}

// bare returns the exported names of a declaration that have no comment: of their
// own, of their group, or of a line right above them that speaks for its like.
func bare(s source, d *ast.GenDecl) (names []*ast.Ident) {
	covered, last := d.Doc != nil, 0
	for _, spec := range d.Specs {
		own, exported := specOf(spec)
		line := s.files.Position(spec.Pos()).Line
		covered = d.Doc != nil || own || covered && line == last+1
		last = s.files.Position(spec.End()).Line
		if exported != nil && !covered {
			names = append(names, exported)
		}
	}
	return names
}

// specOf reports whether a declaration has a comment of its own, and returns its
// first exported name, if any.
func specOf(spec ast.Spec) (commented bool, exported *ast.Ident) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() {
			exported = s.Name
		}
		return s.Doc != nil || s.Comment != nil, exported
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() {
				return s.Doc != nil || s.Comment != nil, name
			}
		}
		return s.Doc != nil || s.Comment != nil, nil
	}
	return true, nil
}

var (
	writing = regexp.MustCompile(`(?i)\b(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|COPY|CALL|DO|` +
		`ALTER|CREATE|DROP|GRANT|SET|LOCK)\b`)
	reading = []string{
		"GetContext", "SelectContext", "QueryContext", "QueryRowContext", "QueryxContext",
		"QueryRowxContext",
	}
	harmless = []string{
		"Close", "PingContext", "SetMaxOpenConns", "SetMaxIdleConns", "SetConnMaxLifetime", "Stats",
	}
)

// writesOutside complains about statements of the store that could write and are
// not in a transaction: database/sql repeats them when a connection closes in the
// wrong moment, and nobody is told. On the database itself there is only reading,
// with the statement in sight; transactions begin in the one function within.
func writesOutside(s source) (complaints []string) {
	if s.tree == nil || s.isTest() || path.Dir(s.path) != "ledger/postgres" {
		return nil
	}
	var inside string
	ast.Inspect(s.tree, func(n ast.Node) bool {
		if function, ok := n.(*ast.FuncDecl); ok {
			inside = function.Name.Name
		}
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		for _, argument := range call.Args {
			if isDatabase(argument) && !isWrapping(call) {
				complaints = append(complaints, s.at(argument.Pos(), "the database is handed on"))
			}
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !isDatabase(method.X) {
			return true
		}
		if fault := faultOf(method.Sel.Name, call, inside); fault != "" {
			complaints = append(complaints, s.at(call.Pos(), "%s", fault))
		}
		return true
	})
	return complaints
}

// faultOf says what is wrong with a call on the database itself, if anything.
func faultOf(method string, call *ast.CallExpr, inside string) string {
	switch {
	case slices.Contains(harmless, method):
		return ""
	case strings.HasPrefix(method, "Begin"):
		if inside == "within" {
			return ""
		}
		return "a transaction begins outside within"
	case !slices.Contains(reading, method):
		return method + " is called outside a transaction"
	}
	for _, argument := range call.Args {
		if literal, ok := argument.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if writing.MatchString(literal.Value) {
				return "a statement that writes is run outside a transaction"
			}
			return ""
		}
	}
	return "a statement is run outside a transaction, and is not in sight"
}

// isDatabase reports whether an expression is the database: db, or a field db.
func isDatabase(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "db"
	case *ast.SelectorExpr:
		return e.Sel.Name == "db"
	}
	return false
}

// isWrapping reports whether a call makes the database from another.
func isWrapping(call *ast.CallExpr) bool {
	method, ok := call.Fun.(*ast.SelectorExpr)
	return ok && method.Sel.Name == "NewDb"
}
