package postgres

import (
	"context"
	"database/sql"
	"strings"

	"phyle/ledger"
)

// dataPage is how many rows are read at a time.
const dataPage = 500

// OwnData hands on everything that is kept about the member of the handle or id, who asks
// for it themself, part by part in the order of ledger.DataParts, some rows at a time; a
// part that is empty is handed on once. No more than that is held, and no connection while
// it is handed on: every page is read, and the right to it asked for, by itself. Rows are
// never taken back, so pages fit each other.
func (s *Store) OwnData(
	ctx context.Context, by Caller, name string,
	each func(part ledger.DataPart, rows []ledger.DataRow) error,
) error {
	for _, part := range ledger.DataParts {
		for after, more := "", true; more; {
			rows, last, err := s.dataPage(ctx, by, name, dataQuery{part, after, dataPage})
			if err != nil {
				return err
			}
			if err := each(part, rows); err != nil {
				return err
			}
			after, more = last, len(rows) == dataPage
		}
	}
	return nil
}

// dataQuery asks for so many rows of a part behind one of them.
type dataQuery struct {
	part  ledger.DataPart
	after string
	limit int
}

// dataPage returns rows of a part, and by what to ask for those behind them.
func (s *Store) dataPage(
	ctx context.Context, by Caller, name string, q dataQuery,
) (rows []ledger.DataRow, last string, err error) {
	asks := by.to(ledger.ReadOwnData)
	asks.own = true // whose it is, is known once the member is found
	rows, err = read(ctx, s, asks, func(w *work) ([]ledger.DataRow, error) {
		m, err := w.member(ctx, name)
		if err == nil {
			err = w.authorize(ledger.ReadOwnData, m.ID == w.by)
		}
		if err == nil {
			err = w.slow(ctx)
		}
		if err != nil {
			return nil, err
		}
		var page []ledger.DataRow
		page, last, err = w.dataRows(ctx, m.ID, q)
		return page, err
	})
	return rows, last, err
}

// dataRows reads a page: the first column of a row is its key, and the names of the others
// are those in the row, behind the prefix of an id that it is to be shown as.
func (w *work) dataRows(
	ctx context.Context, member ledger.MemberID, q dataQuery,
) (page []ledger.DataRow, last string, err error) {
	found, err := w.QueryContext(ctx, dataStatement(q.part),
		string(w.commons.ID), string(member), q.after, q.limit)
	if err != nil {
		return nil, "", err
	}
	defer found.Close()
	names, err := found.Columns()
	if err != nil {
		return nil, "", err
	}
	values := make([]sql.NullString, len(names))
	into := make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			return nil, "", err
		}
		row := ledger.DataRow{}
		for i, name := range names[1:] {
			value := values[i+1].String
			if prefix, rest, isID := strings.Cut(name, ":"); isID {
				name, value = rest, idTexts[prefix](value)
			}
			if value != "" {
				row[name] = value
			}
		}
		page, last = append(page, row), values[0].String
	}
	return page, last, found.Err()
}

// idTexts show UUIDs as ids, by their prefixes.
var idTexts = map[string]func(uuid string) string{
	"mem": idText[ledger.MemberID], "ctr": idText[ledger.ContributionID],
	"grp": idText[ledger.GroupID], "imp": idText[ledger.ImportID],
	"agr": idText[ledger.AgreementID],
	"dst": idText[ledger.DistributionID], "ent": idText[ledger.EntryID],
	"tok": idText[ledger.TokenID], "chg": idText[ledger.ChangeID],
	"ses": idText[ledger.SessionID], "pky": idText[ledger.PasskeyID],
}

func idText[ID interface {
	~string
	String() string
}](uuid string) string {
	return ID(uuid).String()
}
