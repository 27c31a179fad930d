package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"iter"
	"strconv"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// ImportRows yields the rows of a file. Every range over it reads from the first row
// on, and an error ends it.
type ImportRows = iter.Seq2[ledger.ImportRow, error]

// importBatch is how many rows of a file go through the database together.
const importBatch = 10_000

// CheckImport says what would come of importing the rows now. It writes nothing and
// takes no lock; its memory does not grow with what is in the rows, but by some bytes
// for each member's day and for each external reference.
func (s *Store) CheckImport(
	ctx context.Context, by Caller, rows ImportRows,
) (ledger.ImportPreview, error) {
	return read(ctx, s, by.to(ledger.LogContribution), func(w *work) (p ledger.ImportPreview, err error) {
		return p, w.importing(ctx, rows, func(batch []ledger.ImportRow, _ []logged) error {
			for _, row := range batch {
				p.Add(row)
			}
			return nil
		})
	})
}

// ImportContributions logs all rows of a file, in one transaction: all of them or,
// where something is wrong with one, none. Those of kinds that need no review are
// accepted as they are logged. A file that was imported before is refused until that
// import is undone.
func (s *Store) ImportContributions(
	ctx context.Context, act *Act, file ledger.ImportFile, rows ImportRows,
) (ledger.Import, error) {
	if err := file.Validate(); err != nil {
		return ledger.Import{}, err
	}
	return write(ctx, s, act, func(w *work) (ledger.Import, error) {
		done := ledger.Import{ID: newID[ledger.ImportID](), File: file.Name, Digest: file.Digest,
			By: w.handle, At: w.now}
		if err := w.authorizeImport(); err != nil {
			return done, err
		}
		if err := w.slow(ctx); err != nil {
			return done, err
		}
		w.trail.concern("import.made", done.ID.String())
		if err := w.insertImport(ctx, done, file.Rows); err != nil {
			return done, err
		}
		err := w.importing(ctx, rows, func(batch []ledger.ImportRow, added []logged) error {
			done.Rows += len(batch)
			if err := importable(batch); err != nil {
				return err
			}
			return w.logImported(ctx, done.ID, batch, added)
		})
		if err == nil && done.Rows != file.Rows {
			err = ledger.Errorf(ledger.Conflict, "import_changed",
				"The file has changed since it was looked at; look at it again.")
		}
		return done, err
	})
}

// authorizeImport refuses who may not log for others.
func (w *work) authorizeImport() error { return w.authorize(ledger.LogContribution, false) }

// importable refuses a batch with something wrong in it, naming the first rows.
func importable(batch []ledger.ImportRow) error {
	const most = 20
	var wrong ledger.FieldErrors
	for _, row := range batch {
		for _, field := range row.Wrong {
			if len(wrong) < most {
				wrong.Add("/lines/"+strconv.Itoa(row.Line)+field.Pointer, field.Code, "%s", field.Message)
			}
		}
	}
	return wrong.Err()
}

// insertImport notes the import. The unique attempt refuses a file that is in.
func (w *work) insertImport(ctx context.Context, i ledger.Import, rows int) error {
	_, err := w.ExecContext(ctx, `
		INSERT INTO import (commons_id, import_id, file, digest, attempt, row_count, imported_by,
		            imported_at)
		SELECT $1, $2, $3, $4, 1 + count(*), $5, $6, $7
		  FROM import AS i JOIN import_undo AS u USING (commons_id, import_id)
		 WHERE i.commons_id = $1 AND i.digest = $4`,
		string(w.commons.ID), string(i.ID), i.File, i.Digest, rows, string(w.by), w.now)
	return err
}

// logImported logs a batch of rows, and tells of it.
func (w *work) logImported(
	ctx context.Context, id ledger.ImportID, batch []ledger.ImportRow, added []logged,
) error {
	var unreviewed []accepting
	for i := range added {
		row := &added[i]
		row.by = ledger.MemberRef{ID: w.by, Handle: w.handle}
		row.Import, row.ImportLine = id, batch[i].Line
		if row.kind.Reviews == 0 {
			unreviewed = append(unreviewed, accepting{logged: *row, step: 1})
		} else {
			tell(w, ledger.ContributionLogged, row.id)
		}
	}
	if err := insertContributions(ctx, w, added); err != nil {
		return err
	}
	if _, err := acceptAll(ctx, w, unreviewed, "accepted as imported"); err != nil {
		return err
	}
	return w.settleBatch(ctx)
}

// settleBatch has the database do now what it would do at the end of the transaction,
// so that no one statement has the work of all batches to do.
func (w *work) settleBatch(ctx context.Context) error {
	if err := w.insertEvents(ctx); err != nil {
		return err
	}
	_, err := w.ExecContext(ctx, `SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED`)
	return err
}

// importChecks is what must be known of earlier rows to check the next ones.
type importChecks struct {
	names names
	// hours holds what each member's day has, and references on which line each
	// external reference stood, by its hash.
	hours      map[day]decimal.Decimal
	references map[[16]byte]int
}

// importing reads the rows in batches, checks them against the books and hands each
// batch over, with what its names mean.
func (w *work) importing(
	ctx context.Context, rows ImportRows, each func(batch []ledger.ImportRow, added []logged) error,
) (err error) {
	checks := importChecks{hours: map[day]decimal.Decimal{}, references: map[[16]byte]int{}}
	if checks.names.kinds, err = w.kinds(ctx, nil); err != nil {
		return err
	}
	if checks.names.areas, err = w.areas(ctx); err != nil {
		return err
	}
	batch := make([]ledger.ImportRow, 0, importBatch)
	next := func() error {
		added, err := checks.check(ctx, w, batch)
		if err == nil {
			err = each(batch, added)
		}
		batch = batch[:0]
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if batch = append(batch, row); len(batch) == importBatch {
			if err := next(); err != nil {
				return err
			}
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return next()
}

// check notes what is wrong with the rows of a batch, and returns what their names
// mean.
func (c *importChecks) check(
	ctx context.Context, w *work, batch []ledger.ImportRow,
) (added []logged, err error) {
	handles := make([]string, len(batch))
	for i, row := range batch {
		handles[i] = row.Member
	}
	if c.names.members, err = w.memberRefs(ctx, handles); err != nil {
		return nil, err
	}
	added = make([]logged, len(batch))
	for i := range batch {
		row := &batch[i]
		row.Check(row.Validate(w.commons, w.now))
		var wrong ledger.FieldErrors
		added[i] = c.names.row(row.NewContribution, "", &wrong)
		row.Check(wrong.Err())
		if handle := added[i].member.Handle; handle != "" {
			row.Member = handle
		}
	}
	if err := c.checkHours(ctx, w, batch, added); err != nil {
		return nil, err
	}
	return added, c.checkReferences(ctx, w, batch)
}

// checkHours refuses rows by which a member's day gets more hours than it has. Of
// each day the books are asked once: before the first row of it.
func (c *importChecks) checkHours(
	ctx context.Context, w *work, batch []ledger.ImportRow, added []logged,
) error {
	var members, dates []string
	counts := func(i int) bool {
		return len(batch[i].Wrong) == 0 && added[i].kind.Unit == ledger.HourUnit
	}
	for i, row := range added {
		d := day{row.member.ID, row.Date}
		if _, seen := c.hours[d]; !seen && counts(i) {
			c.hours[d] = decimal.Zero
			members, dates = append(members, string(d.member)), append(dates, d.date.String())
		}
	}
	if err := w.addHours(ctx, members, dates, c.hours); err != nil {
		return err
	}
	for i, row := range added {
		if !counts(i) {
			continue
		}
		d := day{row.member.ID, row.Date}
		var wrong ledger.FieldErrors
		total := c.hours[d].Add(row.Quantity)
		if wrong.AddError("/quantity", ledger.CheckHours(total, row.Date)); len(wrong) == 0 {
			c.hours[d] = total
		}
		batch[i].Check(wrong.Err())
	}
	return nil
}

// checkReferences refuses external references that are in the books, or earlier in
// the file.
func (c *importChecks) checkReferences(
	ctx context.Context, w *work, batch []ledger.ImportRow,
) error {
	var references []string
	for _, row := range batch {
		if row.ExternalRef != "" {
			references = append(references, row.ExternalRef)
		}
	}
	if len(references) == 0 {
		return nil
	}
	var found []string
	err := w.SelectContext(ctx, &found, `
		SELECT external_ref FROM contribution_ref WHERE commons_id = $1 AND external_ref = ANY ($2)`,
		string(w.commons.ID), pq.Array(references))
	if err != nil {
		return err
	}
	taken := make(map[string]bool, len(found))
	for _, reference := range found {
		taken[reference] = true
	}
	for i := range batch {
		if row := &batch[i]; row.ExternalRef != "" {
			row.Check(c.reference(row, taken[row.ExternalRef]))
		}
	}
	return nil
}

// reference says what is wrong with the external reference of a row.
func (c *importChecks) reference(row *ledger.ImportRow, taken bool) error {
	sum := sha256.Sum256([]byte(row.ExternalRef))
	key := [16]byte(sum[:])
	line, twice := c.references[key]
	var wrong ledger.FieldErrors
	switch {
	case twice:
		wrong.Add("/external_ref", "external_ref_taken",
			"Line %d has this external reference already.", line)
	case taken:
		wrong.AddError("/external_ref", constraints["contribution_external_ref_taken"])
	default:
		c.references[key] = row.Line
	}
	return wrong.Err()
}

const importQuery = `
	SELECT i.import_id, i.file, i.digest, i.row_count, m.handle, i.imported_at,
	       u.withdrawn, u.reversed,
	       coalesce(u.reason, ''), coalesce(um.handle, ''), u.undone_at
	  FROM import AS i
	  JOIN member AS m ON m.commons_id = i.commons_id AND m.member_id = i.imported_by
	  LEFT JOIN import_undo AS u ON u.commons_id = i.commons_id AND u.import_id = i.import_id
	  LEFT JOIN member AS um ON um.commons_id = u.commons_id AND um.member_id = u.undone_by
	 WHERE i.commons_id = $1`

// Imports lists imports, newest first, up to limit.
func (s *Store) Imports(ctx context.Context, by Caller, limit int) ([]ledger.Import, error) {
	return read(ctx, s, by.to(ledger.ReadContributions), func(w *work) ([]ledger.Import, error) {
		return w.imports(ctx, importQuery+` ORDER BY i.import_id DESC LIMIT $2`,
			string(w.commons.ID), limit)
	})
}

// StandingImport returns the import of the file with the digest that is not undone; a
// NotFound error says that there is none.
func (s *Store) StandingImport(
	ctx context.Context, by Caller, digest string,
) (ledger.Import, error) {
	return read(ctx, s, by.to(ledger.ReadContributions), func(w *work) (ledger.Import, error) {
		return one(w.imports(ctx, importQuery+` AND i.digest = $2 AND u.import_id IS NULL`,
			string(w.commons.ID), digest))
	})
}

func (w *work) imports(
	ctx context.Context, query string, args ...any,
) (imports []ledger.Import, err error) {
	rows, err := w.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i ledger.Import
		var u ledger.ImportUndo
		var withdrawn, reversed sql.NullInt64
		var at sql.NullTime
		err := rows.Scan(&i.ID, &i.File, &i.Digest, &i.Rows, &i.By, &i.At, &withdrawn, &reversed,
			&u.Reason, &u.By, &at)
		if err != nil {
			return nil, err
		}
		i.At = i.At.UTC()
		if at.Valid {
			u.Withdrawn, u.Reversed, u.At = int(withdrawn.Int64), int(reversed.Int64), at.Time.UTC()
			i.Undo = &u
		}
		imports = append(imports, i)
	}
	return imports, rows.Err()
}

// importByID returns one import.
func (w *work) importByID(ctx context.Context, id ledger.ImportID) (ledger.Import, error) {
	return one(w.imports(ctx, importQuery+` AND i.import_id = $2`, string(w.commons.ID), string(id)))
}

// one returns the only import that was found.
func one(found []ledger.Import, err error) (ledger.Import, error) {
	if err == nil && len(found) == 0 {
		err = notFound(sql.ErrNoRows, "import")
	}
	if err != nil {
		return ledger.Import{}, err
	}
	return found[0], nil
}
