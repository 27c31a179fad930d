package main

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"phyle/ledger/postgres/server"
)

// secret is a password with everything that an address must write differently, and
// blanks that belong to it.
const secret = ` pa/ss:w@rd %41?#"' `

// givenFile writes a file for a variable and returns its name.
func givenFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestDatabaseAddress(t *testing.T) {
	const plain = "postgres://ana@db.example.org/books"
	const full = "postgres://ana:%20pa%2Fss%3Aw%40rd%20%2541%3F%23%22%27%20@db.example.org/books"
	const missing = "/nowhere/sesame"
	for _, c := range []struct {
		name                    string
		address, file, password string
		want, wantError         string
	}{
		{name: "nothing"},
		{name: "address", address: plain, want: plain},
		{name: "file", file: givenFile(t, plain+"\n"), want: plain},
		{name: "file without a line break", file: givenFile(t, plain), want: plain},
		{name: "password", address: plain, password: givenFile(t, secret+"\n"), want: full},
		{name: "both from files", file: givenFile(t, plain), password: givenFile(t, secret), want: full},
		{name: "two addresses", address: plain, file: givenFile(t, plain), wantError: "both give"},
		{name: "no address", password: givenFile(t, secret), wantError: "no database is given"},
		{
			name: "two passwords", address: "postgres://ana:sesame@db.example.org/books",
			password: givenFile(t, secret), wantError: "DATABASE_URL holds a password",
		},
		{
			name: "two passwords, one as a setting", file: givenFile(t, plain+"?password=sesame"),
			password: givenFile(t, secret), wantError: "DATABASE_URL_FILE holds a password",
		},
		{
			name: "nobody", address: "postgres://db.example.org/books",
			password: givenFile(t, secret), wantError: "names no user",
		},
		{name: "missing", file: missing, wantError: "cannot be read: no such file"},
		{name: "missing password", address: plain, password: missing, wantError: "cannot be read"},
		{name: "the secret instead of its file", file: "postgres://ana:sesame@db/books",
			wantError: "cannot be read"},
		{name: "directory", file: t.TempDir(), wantError: "cannot be read"},
		{name: "empty", file: givenFile(t, "\n"), wantError: "is empty"},
		{name: "empty password", address: plain, password: givenFile(t, ""), wantError: "is empty"},
		{name: "two lines", file: givenFile(t, "sesame\nsesame\n"), wantError: "more than one line"},
		{name: "line ends of Windows", file: givenFile(t, plain+"\r\n"), wantError: "one line"},
		{name: "endless", file: "/dev/zero", wantError: "too long"},
		{
			name: "no address at all", address: "host=db user=ana", password: givenFile(t, secret),
			wantError: "names no user",
		},
		{
			name: "malformed", address: "postgres://ana%zz@db/books", password: givenFile(t, secret),
			want: "postgres://ana%zz@db/books", // for the store to refuse
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(addressVariable, c.address)
			t.Setenv(addressFile, c.file)
			t.Setenv(passwordFile, c.password)
			got, err := databaseAddress()
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			message, hint := "", ""
			if err != nil {
				message, hint, _ = explain(err)
			}
			if c.wantError == "" && err != nil || !strings.Contains(message, c.wantError) {
				t.Errorf("got %v, want %q", err, c.wantError)
			}
			if strings.Contains(message+hint, "sesame") || strings.Contains(message+hint, secret) {
				t.Errorf("it tells the secret: %s %s", message, hint)
			}
			for _, part := range []string{c.address, got} {
				text := withoutAddress("dial " + part + ": refused, " + secret)
				if part != "" && strings.Contains(text, part) ||
					c.password != "" && c.wantError == "" && strings.Contains(text, secret) {
					t.Errorf("it is shown: %s", text)
				}
			}
		})
	}
}

// TestPasswordFile has a database ask for the password that stands in a file.
func TestPasswordFile(t *testing.T) {
	t.Parallel()
	home := lockedHome(t)
	address := "postgres://locked@/locked?sslmode=disable&host=" + filepath.Join(home, "run")
	for _, c := range []struct{ name, password, want string }{
		{"right", secret, ""},
		{"wrong", "sesame", "password authentication failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath("phyle")
			if err != nil {
				t.Fatal(err)
			}
			command := exec.Command(path, "migrate")
			command.Env = []string{
				"HOME=/nonexistent", addressFile + "=" + givenFile(t, address),
				passwordFile + "=" + givenFile(t, c.password+"\n"),
			}
			said, err := command.CombinedOutput()
			var failed *exec.ExitError
			if c.want == "" && err != nil || c.want != "" && !errors.As(err, &failed) {
				t.Fatalf("%v: %s", err, said)
			}
			if !strings.Contains(string(said), c.want) || strings.Contains(string(said), c.password) {
				t.Errorf("it says: %s", said)
			}
		})
	}
}

// lockedHome runs a PostgreSQL with a database that only the account locked opens,
// by its password.
func lockedHome(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	home, err := temporaryHome()
	if err != nil {
		t.Fatal(err)
	}
	running, err := server.Open(ctx, server.Options{Home: home, Settings: map[string]string{
		"fsync": "off",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(running.Close(ctx), os.RemoveAll(home)); err != nil {
			t.Error(err)
		}
	})
	rules := filepath.Join(home, "data", "pg_hba.conf")
	before, err := os.ReadFile(rules)
	if err != nil {
		t.Fatal(err)
	}
	after := append([]byte("local all locked scram-sha-256\n"), before...)
	if err := os.WriteFile(rules, after, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("postgres", running.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, statement := range []string{
		`CREATE ROLE locked LOGIN PASSWORD '` + strings.ReplaceAll(secret, "'", "''") + `'`,
		`CREATE DATABASE locked OWNER locked`,
		`SELECT pg_reload_conf()`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	return home
}
