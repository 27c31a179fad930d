package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

type importCommand struct {
	Contributions importContributionsCommand `cmd:"" help:"Log the contributions in a file, after a look at what would come of it."`
	Undo          importUndoCommand          `cmd:"" help:"Take an import back, until money is divided by it."`
	List          importListCommand          `cmd:"" help:"List what was imported."`
}

// importer is part of every command about imports that writes.
type importer struct {
	inJSON
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
	By      string `required:"" placeholder:"HANDLE" help:"Who does it: a steward."`
}

// as opens the books and acts as the member in them.
func (i importer) as(
	ctx context.Context, s *session, act func(b *books, by postgres.Caller) error,
) error {
	return s.inBooks(ctx, i.Commons, i.By, act)
}

type importContributionsCommand struct {
	importer
	File       string             `arg:"" help:"The file: comma-separated values or the like, with headings."`
	Map        []string           `sep:"none" placeholder:"HEADING=COLUMN" help:"Which column a heading stands for; may be given several times."`
	Ignore     []string           `sep:"none" placeholder:"HEADING" help:"A heading to leave out; may be given several times."`
	Separator  string             `enum:",comma,semicolon,tab" default:"" placeholder:"SIGN" help:"comma, semicolon or tab between cells; seen from the headings unless given."`
	Decimal    ledger.DecimalMark `enum:",point,comma" default:"" placeholder:"SIGN" help:"point or comma before decimals; needed where numbers can be read in two ways."`
	DateFormat string             `placeholder:"FORM" help:"How days are written, such as dd.mm.yyyy; as 2026-10-31 unless given."`
	DryRun     bool               `xor:"write" help:"Look only; write nothing and ask nothing."`
	Yes        bool               `xor:"write" help:"Write without asking."`
}

// Help shows examples.
func (importContributionsCommand) Help() string {
	return `The first line of the file has headings: member, kind, quantity and date, and if wanted
area, note, evidence and external_ref, in any order. Members, kinds and areas are named by handle
and code. Shows first what was understood and every row that is wrong, and writes only when told
to: all rows or none. A file that is in already is refused.

While rows are written, others who write in the same commons wait, and are told to try again after
three seconds. 100,000 rows take some ten seconds, and more on a busy machine.

Examples:

    phyle import contributions october.csv --by ana
    phyle import contributions stunden.csv --by ana --map Person=member --map Art=kind \
        --map Stunden=quantity --map Tag=date --decimal comma --date-format dd.mm.yyyy --yes`
}

// Run shows what would come of the file, and imports it when told to.
func (c importContributionsCommand) Run(ctx context.Context, s *session) error {
	format, err := c.format()
	if err != nil {
		return err
	}
	file := &importFile{path: c.File, format: format, remarks: s.remarks}
	return c.as(ctx, s, func(b *books, by postgres.Caller) error {
		p, err := b.CheckImport(ctx, by, file.rows("Looking at the rows"))
		if err != nil {
			return file.fault(err)
		}
		if err := refuseTwice(ctx, b, by, file.digest); err != nil {
			return err
		}
		write, err := c.decide(s, file, p)
		if err != nil || !write {
			return errors.Join(err, c.show(s, file, p, ledger.Import{}))
		}
		done, err := b.ImportContributions(ctx, &postgres.Act{By: by}, ledger.ImportFile{
			Name: filepath.Base(c.File), Digest: file.digest, Rows: p.Rows,
		}, file.rows("Logging the rows"))
		if err != nil {
			return file.fault(err)
		}
		return c.show(s, file, p, done)
	})
}

// refuseTwice refuses a file that is in the books.
func refuseTwice(ctx context.Context, b *books, by postgres.Caller, digest string) error {
	found, err := b.StandingImport(ctx, by, digest)
	var refused *ledger.Error
	if errors.As(err, &refused) && refused.Kind == ledger.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return refuse(fmt.Sprintf("phyle import undo %s --by %s takes that back.", found.ID, by.Handle),
		"This file was imported already on %s, as %s.", by.Commons.Today(found.At), found.ID)
}

// format returns how the file is to be read.
func (c importContributionsCommand) format() (ledger.ImportFormat, error) {
	format := ledger.ImportFormat{
		Columns: map[string]string{}, Ignored: c.Ignore, Decimal: c.Decimal, Dates: c.DateFormat,
		Separator: map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t'}[c.Separator],
	}
	for _, pair := range c.Map {
		at := strings.LastIndex(pair, "=")
		if at <= 0 || at == len(pair)-1 {
			return format, refuse("Write it as --map Person=member.",
				"--map %q names no heading and column.", pair)
		}
		format.Columns[pair[:at]] = pair[at+1:]
	}
	return format, nil
}

// decide shows the preview to people and finds out whether to write: not where
// something is wrong, and else as the flags or the answer say.
func (c importContributionsCommand) decide(
	s *session, file *importFile, p ledger.ImportPreview,
) (write bool, err error) {
	if !c.JSON {
		err := report.ImportText(s.out, filepath.Base(c.File), file.format, file.layout, p)
		if err != nil {
			return false, err
		}
	}
	switch {
	case p.Bad > 0:
		return false, refuse(c.correct(p), "%d of %d rows are wrong, so that nothing was written.",
			p.Bad, p.Rows)
	case p.Rows == 0:
		return false, refuse("Check that it is the right file.",
			"There are no rows below the headings.")
	case c.Yes:
		return true, nil
	case c.DryRun || c.JSON || !isTerminal(s.in) || !isTerminal(s.out):
		return false, nil
	}
	return confirmed(s, fmt.Sprintf("Log these %d contributions as %s?", p.Rows, c.By))
}

// correct says what to do about wrong rows.
func (c importContributionsCommand) correct(p ledger.ImportPreview) string {
	for _, row := range p.Wrong {
		for _, wrong := range row.Wrong {
			if wrong.Code == "ambiguous_number" {
				return "Say which with --decimal point or --decimal comma, and run it again."
			}
		}
	}
	return "Correct them in the file and run it again."
}

// show writes what came of it.
func (c importContributionsCommand) show(
	s *session, file *importFile, p ledger.ImportPreview, done ledger.Import,
) error {
	if c.JSON {
		shown := report.Import(filepath.Base(c.File), file.layout, p)
		shown.Import = done.ID.String()
		return writeJSON(s, shown)
	}
	if done.ID != "" {
		_, err := fmt.Fprintf(s.out, "\n%d rows are imported as %s.\n"+
			"phyle import undo %s --by %s takes them back.\n", done.Rows, done.ID, done.ID, c.By)
		return err
	}
	if p.Bad == 0 {
		_, err := fmt.Fprintln(s.out, "\nNothing was written. Run it with --yes to log these rows.")
		return err
	}
	return nil
}

// confirmed asks a question on the terminal. No answer is no.
func confirmed(s *session, question string) (bool, error) {
	fmt.Fprintf(s.remarks, "\n%s [y/N] ", question)
	answer, err := bufio.NewReader(s.in).ReadString('\n')
	if err != nil {
		fmt.Fprintln(s.remarks)
		return false, nil
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

type importUndoCommand struct {
	importer
	Import ledger.ImportID `arg:"" help:"The id of the import; phyle import list shows it."`
	Reason string          `default:"imported by mistake" placeholder:"TEXT" help:"Why; imported by mistake unless given."`
}

// Help shows examples.
func (importUndoCommand) Help() string {
	return `Withdraws what nobody has decided on and reverses what was accepted; both stay visible. It
is refused once a distribution has divided money by any of it. The file can be imported again.

Examples:

    phyle import undo imp_06fa0m4h7kx8r9w2t5v3y6z1bc --by ana
    phyle import undo imp_06fa0m4h7kx8r9w2t5v3y6z1bc --by ana --reason "September, not October"`
}

// Run takes the import back.
func (c importUndoCommand) Run(ctx context.Context, s *session) error {
	return c.as(ctx, s, func(b *books, by postgres.Caller) error {
		bar := newProgress(s.remarks, "Taking the rows back")
		undone, err := b.UndoImport(ctx, &postgres.Act{By: by}, c.Import, c.Reason,
			func(done, all int) { bar.show(done, all, "") })
		bar.clear()
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(s, report.Imported(undone))
		}
		_, err = fmt.Fprintf(s.out, "%s is undone: %d contributions withdrawn, %d reversed.\n",
			undone.ID, undone.Undo.Withdrawn, undone.Undo.Reversed)
		return err
	})
}

// mostImports is how many imports are listed.
const mostImports = 200

type importListCommand struct {
	inJSON
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
}

// Help shows examples.
func (importListCommand) Help() string {
	return `Lists the latest 200 imports, newest first.

Examples:

    phyle import list
    phyle import list --commons riverside --json`
}

// Run lists the imports.
func (c importListCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		imports, err := b.Imports(ctx, by, mostImports)
		switch {
		case err != nil:
			return err
		case !c.JSON:
			return report.ImportsText(s.out, imports)
		}
		all := []report.ImportedJSON{}
		for _, i := range imports {
			all = append(all, report.Imported(i))
		}
		return writeJSON(s, all)
	})
}
