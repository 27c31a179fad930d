package http

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// codeFolders are those whose code refuses requests.
var codeFolders = []string{"../ledger", "../ledger/agreement", "../ledger/postgres", "."}

// program is the source that the codes of problems are collected from.
type program struct {
	files     *token.FileSet
	functions []function
	// constants holds the texts of constants by name, typed those of each type, and
	// members what struct literals give to a member called code, by folder.
	constants map[string]string
	typed     map[string][]string
	members   map[string][]string
	// found says of each code of which kinds its refusals are.
	found    map[string]map[string]bool
	unclear  []string
	visiting map[string]bool
}

// function is one function with what is in it.
type function struct {
	folder string
	*ast.FuncDecl
}

// collectCodes reads the program's source and returns every code in it with the
// kinds of its refusals, and the places where it cannot tell the code.
func collectCodes(t *testing.T) (found map[string]map[string]bool, unclear []string) {
	t.Helper()
	p := &program{
		files: token.NewFileSet(), constants: map[string]string{}, typed: map[string][]string{},
		members: map[string][]string{}, found: map[string]map[string]bool{}, visiting: map[string]bool{},
	}
	var loose []ast.Decl
	for _, folder := range codeFolders {
		names, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(p.files, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			loose = append(loose, p.declare(folder, file)...)
		}
	}
	for _, f := range p.functions {
		if !isSink(f) {
			p.collect(f, f.Body)
		}
	}
	for _, declaration := range loose {
		p.collect(function{folder: "."}, declaration)
	}
	return p.found, p.unclear
}

// declare notes the functions and constants of a file, and returns what else it
// declares.
func (p *program) declare(folder string, file *ast.File) (loose []ast.Decl) {
	ast.Inspect(file, func(n ast.Node) bool {
		if pair, ok := n.(*ast.KeyValueExpr); ok {
			name, isName := pair.Key.(*ast.Ident)
			if text, isText := literal(pair.Value); isText && isName && name.Name == "code" {
				p.members[filepath.Clean(folder)] = append(p.members[filepath.Clean(folder)], text)
			}
		}
		return true
	})
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			p.functions = append(p.functions, function{filepath.Clean(folder), d})
		case *ast.GenDecl:
			loose = append(loose, d)
			for _, spec := range d.Specs {
				if values, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.CONST {
					p.declareConstants(values)
				}
			}
		}
	}
	return loose
}

// isSink reports whether the function is one of those that are looked for.
func isSink(f function) bool {
	return f.folder == filepath.Clean("../ledger") && (f.Name.Name == "Errorf" ||
		f.Name.Name == "Add" && f.Recv != nil)
}

func (p *program) declareConstants(spec *ast.ValueSpec) {
	for i, value := range spec.Values {
		if text, ok := literal(value); ok {
			p.constants[spec.Names[i].Name] = text
			if t, ok := spec.Type.(*ast.Ident); ok {
				p.typed[t.Name] = append(p.typed[t.Name], text)
			}
		}
	}
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

// collect notes every code that a part of a function gives to a refusal.
func (p *program) collect(in function, part ast.Node) {
	ast.Inspect(part, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			p.collectCall(in, n)
		case *ast.CompositeLit:
			p.collectLiteral(in, n)
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				to, ok := left.(*ast.SelectorExpr)
				if text, isText := literal(n.Rhs[min(i, len(n.Rhs)-1)]); ok && isText && to.Sel.Name == "Code" {
					p.note(text, "")
				}
			}
		}
		return true
	})
}

// collectCall notes the codes of ledger.Errorf and FieldErrors.Add. What has a
// wrong field is Invalid.
func (p *program) collectCall(in function, call *ast.CallExpr) {
	name, on := called(call)
	switch {
	case name == "Errorf" && (on == "ledger" || on == "") && len(call.Args) >= 3:
		p.notePair(in, call.Args[0], call.Args[1])
	case name == "Add" && on != "echo" && len(call.Args) >= 3:
		p.noteAll(in, call.Args[1], []string{"Invalid"})
	}
}

// collectLiteral notes the code of an Error or a FieldError that is written out.
func (p *program) collectLiteral(in function, l *ast.CompositeLit) {
	members := map[string]ast.Expr{}
	for _, element := range l.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if name, ok := pair.Key.(*ast.Ident); ok {
				members[name.Name] = pair.Value
			}
		}
	}
	code := members["Code"]
	if code == nil || members["Message"] == nil {
		return
	}
	kinds := []string{"Invalid"}
	if kind := members["Kind"]; kind != nil {
		kinds, _ = p.values(in, kind)
	}
	p.noteAll(in, code, kinds)
}

// notePair notes a code with its kind. Where the function gets both from who calls
// it, each call tells which kind goes with which code.
func (p *program) notePair(in function, kind, code ast.Expr) {
	kindPlace, kindGiven := parameterNamed(in, kind)
	codePlace, codeGiven := parameterNamed(in, code)
	if kindGiven && codeGiven {
		p.eachCall(in, func(caller function, call *ast.CallExpr) {
			p.notePair(caller, call.Args[kindPlace], call.Args[codePlace])
		})
		return
	}
	kinds, ok := p.values(in, kind)
	if !ok {
		p.unclear = append(p.unclear, p.at(kind.Pos())+": the kind cannot be told")
	}
	p.noteAll(in, code, kinds)
}

func parameterNamed(in function, e ast.Expr) (place int, ok bool) {
	name, ok := e.(*ast.Ident)
	if !ok {
		return 0, false
	}
	return parameter(in, name.Name)
}

func (p *program) noteAll(in function, code ast.Expr, kinds []string) {
	if from, ok := code.(*ast.SelectorExpr); ok && from.Sel.Name == "Code" {
		return // it is that of another refusal
	}
	codes, ok := p.values(in, code)
	if !ok {
		p.unclear = append(p.unclear, p.at(code.Pos())+": the code cannot be told")
	}
	for _, text := range codes {
		for _, kind := range kinds {
			p.note(text, kind)
		}
	}
}

func (p *program) note(code, kind string) {
	if p.found[code] == nil {
		p.found[code] = map[string]bool{}
	}
	p.found[code][kind] = true
}

func (p *program) at(position token.Pos) string { return p.files.Position(position).String() }

// called returns the name of the function that is called, and of what it is
// called on.
func called(call *ast.CallExpr) (name, on string) {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name, ""
	case *ast.SelectorExpr:
		switch x := f.X.(type) {
		case *ast.Ident:
			return f.Sel.Name, x.Name
		case *ast.SelectorExpr:
			return f.Sel.Name, x.Sel.Name
		}
		return f.Sel.Name, "?"
	}
	return "", "?"
}

// values returns every text that an expression inside a function can have, as far
// as its parts are written out there or where the function is called.
func (p *program) values(in function, e ast.Expr) ([]string, bool) {
	if text, ok := literal(e); ok {
		return []string{text}, true
	}
	switch e := e.(type) {
	case *ast.SelectorExpr:
		if e.Sel.Name == "code" {
			return p.members[in.folder], len(p.members[in.folder]) > 0
		}
		x, ok := e.X.(*ast.Ident) // a kind, as ledger.Invalid
		return []string{e.Sel.Name}, ok && x.Name == "ledger"
	case *ast.BinaryExpr:
		return p.joined(in, e)
	case *ast.CallExpr: // a conversion: any of the constants of the type
		if name, _ := called(e); name == "string" && len(e.Args) == 1 {
			texts := p.typed[typeIn(in, e.Args[0])]
			return texts, len(texts) > 0
		}
	case *ast.Ident:
		if place, ok := parameter(in, e.Name); ok {
			return p.arguments(in, place)
		}
		if _, isConstant := p.constants[e.Name]; isConstant && e.IsExported() {
			return []string{e.Name}, true // a kind, inside package ledger
		}
		return p.assigned(in, e)
	}
	return nil, false
}

func (p *program) joined(in function, e *ast.BinaryExpr) (texts []string, ok bool) {
	starts, startsOK := p.values(in, e.X)
	ends, endsOK := p.values(in, e.Y)
	for _, start := range starts {
		for _, end := range ends {
			texts = append(texts, start+end)
		}
	}
	return texts, startsOK && endsOK && e.Op == token.ADD
}

// parameter returns which parameter of the function has the name.
func parameter(in function, name string) (place int, ok bool) {
	if in.FuncDecl == nil {
		return 0, false
	}
	for _, field := range in.Type.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return place, true
			}
			place++
		}
	}
	return 0, false
}

// typeIn returns the type of a parameter or receiver of the function, by name.
func typeIn(in function, e ast.Expr) string {
	name, ok := e.(*ast.Ident)
	if !ok || in.FuncDecl == nil {
		return ""
	}
	fields := slices.Clone(in.Type.Params.List)
	if in.Recv != nil {
		fields = append(fields, in.Recv.List...)
	}
	for _, field := range fields {
		for _, n := range field.Names {
			if t, ok := field.Type.(*ast.Ident); ok && n.Name == name.Name {
				return t.Name
			}
		}
	}
	return ""
}

// arguments returns the texts that the function's parameter gets where it is called.
func (p *program) arguments(of function, place int) (texts []string, ok bool) {
	key := fmt.Sprint(of.folder, of.Name.Name, of.Pos(), place)
	if p.visiting[key] {
		return nil, true
	}
	p.visiting[key] = true
	defer delete(p.visiting, key)
	ok = true
	p.eachCall(of, func(caller function, call *ast.CallExpr) {
		more, told := p.values(caller, call.Args[place])
		texts, ok = append(texts, more...), ok && told
	})
	return texts, ok
}

// eachCall finds the calls of the function inside its package.
func (p *program) eachCall(of function, do func(caller function, call *ast.CallExpr)) {
	for _, caller := range p.functions {
		if caller.folder != of.folder {
			continue
		}
		ast.Inspect(caller.Body, func(n ast.Node) bool {
			if call, isCall := n.(*ast.CallExpr); isCall && takes(of, call) {
				do(caller, call)
			}
			return true
		})
	}
}

// takes reports whether a call can be one of the function.
func takes(f function, call *ast.CallExpr) bool {
	if name, _ := called(call); name != f.Name.Name {
		return false
	}
	count, open := 0, false
	for _, field := range f.Type.Params.List {
		_, open = field.Type.(*ast.Ellipsis)
		count += len(field.Names)
	}
	return open && len(call.Args) >= count-1 || len(call.Args) == count
}

// assigned returns the texts that a variable of the function is given: by the
// innermost loop over texts around it, or else by assignments.
func (p *program) assigned(in function, name *ast.Ident) (texts []string, ok bool) {
	if in.FuncDecl == nil {
		return nil, false
	}
	var given []ast.Expr
	ast.Inspect(in.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			list, isList := n.X.(*ast.CompositeLit)
			if isList && isNamed(n.Value, name) && n.Pos() < name.Pos() && name.End() < n.End() {
				given = list.Elts
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if isNamed(left, name) && len(n.Lhs) == len(n.Rhs) {
					given = append(given, n.Rhs[i])
				}
			}
		}
		return true
	})
	for _, e := range given {
		text, told := literal(e)
		if !told {
			return nil, false
		}
		texts = append(texts, text)
	}
	return texts, len(texts) > 0
}

func isNamed(e ast.Expr, name *ast.Ident) bool {
	found, ok := e.(*ast.Ident)
	return ok && found.Name == name.Name
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
