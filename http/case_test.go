package http

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// badCase is a request that is refused, or does nothing, with the code of the
// refusal.
type badCase struct {
	name, method, path, body string
	status                   int
	code                     string
}

// refuses holds the API to the answers of the cases, and to writing nothing.
func (f *fixture) refuses(t *testing.T, cases []badCase, header ...string) {
	t.Helper()
	before := f.snapshot()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			defer func(outer testing.TB) { f.api.t = outer }(f.api.t)
			f.api.t = t
			got := f.send(test.method, test.path, test.body, header...)
			if test.code == "" {
				got.want(test.status)
				return
			}
			got.wantProblem(test.status, test.code)
			if media := got.Header().Get("Content-Type"); media != "application/problem+json" {
				t.Errorf("the refusal is %s", media)
			}
			for _, leak := range []string{"SELECT", "INSERT", "pq:", "SQLSTATE", "goroutine", ".go:"} {
				if bytes.Contains(got.Body.Bytes(), []byte(leak)) {
					t.Errorf("the refusal tells %q: %s", leak, got.Body)
				}
			}
		})
	}
	f.same(t, before)
}

// same holds that nothing was written since the snapshot.
func (f *fixture) same(t *testing.T, before map[string]string) {
	t.Helper()
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

// lastCase is the number of the last case of hostile or clumsy input, doing things
// twice, rights and the machine while it runs. Those about backups and upgrades
// follow with the commands they are about.
const lastCase = 64

// testsOfCases returns the names of the tests of each case, in all packages.
func testsOfCases(t *testing.T) map[int][]string {
	t.Helper()
	form := regexp.MustCompile(`^TestCase(\d+)(\D.*)?$`)
	found := map[int][]string{}
	for _, name := range testNames(t) {
		if m := form.FindStringSubmatch(name); m != nil {
			number, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			found[number] = append(found[number], name)
		}
	}
	return found
}

// testNames returns the names of all tests, benchmarks and fuzz targets.
func testNames(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			function, is := declaration.(*ast.FuncDecl)
			if is && function.Recv == nil && testName.MatchString(function.Name.Name) {
				names = append(names, function.Name.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

var testName = regexp.MustCompile(`^(Test|Benchmark|Fuzz)[A-Z]\w*$`)

// laterCases are those that nothing can be asked about yet, with what they are about
// and what they belong to.
var laterCases = map[int]struct{ subject, belongsTo string }{
	17: {"XML with a DOCTYPE", "bank files: belongs to paying out"},
	18: {"endless XML", "bank files: belongs to paying out"},
	19: {"the same statement twice", "bank files: belongs to paying out"},
	20: {"statements that do not add up", "bank files: belongs to paying out"},
	21: {"workbooks that unpack without end", "spreadsheets: no workbook is read"},
	24: {"names and accounts of payees", "bank files: belongs to paying out"},
	32: {"two batches with one member", "payout batches: belongs to paying out"},
	33: {"a payment file exported twice", "payout batches: belongs to paying out"},
	34: {"paid, marked failed, paid again", "payout batches: belongs to paying out"},
	36: {"two schedulers", "schedules: nothing runs by the clock"},
	48: {"payees who changed their account", "payout batches: belongs to paying out"},
	50: {"payouts split to stay under a limit", "payout batches: belongs to paying out"},
	57: {"webhooks to where they must not go", "webhooks: belongs to webhooks"},
}

// TestCases holds that every case has a test that bears its number, or is skipped
// with the reason.
func TestCases(t *testing.T) {
	t.Parallel()
	tests := testsOfCases(t)
	for number := 1; number <= lastCase; number++ {
		later, isLater := laterCases[number]
		name := strconv.Itoa(number)
		if isLater {
			name += " " + later.subject
		}
		t.Run(name, func(t *testing.T) {
			switch {
			case len(tests[number]) > 0:
				t.Logf("%s", strings.Join(tests[number], ", "))
			case isLater:
				t.Skip(later.belongsTo)
			default:
				t.Error("no test bears its number")
			}
		})
	}
	for number := range tests {
		if number < 1 || number > 73 {
			t.Errorf("%v: there is no case %d", tests[number], number)
		}
	}
}
