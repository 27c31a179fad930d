package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"phyle/ledger"
)

// Mistake is a store's connections with a mistake in them: from a statement on, every
// transaction names another commons than the one it works for.
type Mistake struct {
	mutex sync.Mutex
	// commons is named instead, after so many statements that follow the reading of the
	// caller's rights; never, for less than none.
	commons ledger.CommonsID
	after   int
	// statements counts those of the last transaction that had any after its beginning; said
	// is what came back after the mistake.
	statements int
	said       []string
}

// OpenMistaken opens a store whose connections make the mistake.
func OpenMistaken(ctx context.Context, address string, m *Mistake) (*Store, error) {
	s, err := Open(ctx, address)
	if err != nil {
		return nil, err
	}
	connector, err := pq.NewConnector(address + "&search_path=phyle,pg_temp&binary_parameters=yes&timezone=UTC")
	if err != nil {
		return nil, err
	}
	err = s.db.Close()
	s.db = sqlx.NewDb(sql.OpenDB(mistakenConnector{connector, m}), "postgres")
	return s, err
}

// Make has the mistake made after so many statements of each transaction.
func (m *Mistake) Make(commons ledger.CommonsID, after int) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.commons, m.after, m.statements, m.said = commons, after, 0, nil
}

// Seen returns how many statements the last transaction had after its beginning, and
// what came back after the mistake.
func (m *Mistake) Seen() (statements int, said []string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.statements, m.said
}

type mistakenConnector struct {
	driver.Connector
	mistake *Mistake
}

// Connect opens a connection that makes the mistake.
func (c mistakenConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &mistaken{conn: opened.(conn), Mistake: c.mistake}, nil
}

// conn is what a connection of the driver can do.
type conn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.SessionResetter
	driver.Validator
}

// mistaken is a connection that makes the mistake. begun says that the transaction has
// read the caller's rights, and counted how many statements have followed: refusals are
// written by transactions at the side, which read none.
type mistaken struct {
	conn
	*Mistake
	begun   bool
	counted int
}

// BeginTx begins a transaction, in which nothing has been counted yet.
func (c *mistaken) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.mutex.Lock()
	c.begun, c.counted = false, 0
	c.mutex.Unlock()
	return c.conn.BeginTx(ctx, o)
}

// ExecContext runs a statement, after the mistake if it is its turn.
func (c *mistaken) ExecContext(
	ctx context.Context, query string, args []driver.NamedValue,
) (driver.Result, error) {
	if _, err := c.turn(ctx, query); err != nil {
		return nil, err
	}
	return c.conn.ExecContext(ctx, query, args)
}

// QueryContext asks, after the mistake if it is its turn, and keeps what comes back.
func (c *mistaken) QueryContext(
	ctx context.Context, query string, args []driver.NamedValue,
) (driver.Rows, error) {
	made, err := c.turn(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := c.conn.QueryContext(ctx, query, args)
	if err == nil && made {
		rows = watched{rows, c.Mistake}
	}
	return rows, err
}

// turn counts the statement, and makes the mistake if it is its turn. What only settles
// constraints asks for nothing, and is not counted.
func (c *mistaken) turn(ctx context.Context, query string) (made bool, err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if strings.Contains(query, "roles_on($1") {
		c.begun = true
		return false, nil
	}
	if !c.begun || strings.HasPrefix(query, "SET CONSTRAINTS") {
		return false, nil
	}
	c.counted++
	c.statements = c.counted
	if c.commons == "" || c.counted <= c.after {
		return false, nil
	}
	_, err = c.conn.ExecContext(ctx, fmt.Sprintf(`SET LOCAL phyle.commons = '%s'`, string(c.commons)), nil)
	return true, err
}

// watched are rows that are kept as they are read.
type watched struct {
	driver.Rows
	mistake *Mistake
}

// Next reads a row and keeps what it says: neither null, nor zero, nor empty.
func (w watched) Next(values []driver.Value) error {
	err := w.Rows.Next(values)
	if err != nil {
		return err
	}
	w.mistake.mutex.Lock()
	defer w.mistake.mutex.Unlock()
	for _, value := range values {
		if text, isBytes := value.([]byte); isBytes {
			value = string(text)
		}
		if said := fmt.Sprint(value); value != nil && !slices.Contains(empty, said) {
			w.mistake.said = append(w.mistake.said, said)
		}
	}
	return nil
}

// empty are the values that say nothing about anything; 1 is the number after none.
var empty = []string{"", "0", "1", "false", "{}", "[]"}
