// Command phyle keeps the books of commons-based cooperatives: who gave what,
// who is owed what and why, and whether it was paid. See phyle --help.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"phyle/http"
)

// The exit codes: a refusal, a command line that says nothing, an interruption.
const (
	exitRefused     = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// commandLine is everything that can be typed.
type commandLine struct {
	Home   string `placeholder:"DIR" help:"Where the private database lives; wins over PHYLE_HOME and DATABASE_URL."`
	Server string `env:"PHYLE_SERVER" placeholder:"URL" help:"Ask the Phyle that answers there, with the token in PHYLE_TOKEN, and open no database."`

	Serve      serveCommand      `cmd:"" help:"Serve the API and its documentation."`
	Demo       demoCommand       `cmd:"" help:"Serve a small commons to try things out with."`
	Commons    commonsCommand    `cmd:"" help:"Found a commons."`
	Member     memberCommand     `cmd:"" help:"Add members, invite their persons, leave, and erase who has left."`
	Change     changeCommand     `cmd:"" help:"List, confirm and withdraw what needs a second person."`
	Token      tokenCommand      `cmd:"" help:"Make, list, renew and end tokens for the API."`
	Rights     rightsCommand     `cmd:"" help:"Show who may do what, and with which scope of a token."`
	Import     importCommand     `cmd:"" help:"Log contributions from a file, and take that back."`
	Report     reportCommand     `cmd:"" help:"Report payouts, balances, funds, claims or the trial balance."`
	Explain    explainCommand    `cmd:"" help:"Explain why a member got what they got."`
	Agreement  agreementCommand  `cmd:"" help:"Write, check, propose, vote on and adopt agreements."`
	Take       takeCommand       `cmd:"" help:"Say what a member takes of a rule that gives what is asked for."`
	Takes      takesCommand      `cmd:"" help:"List what members take."`
	Audit      auditCommand      `cmd:"" help:"List who did what, and who was refused it."`
	Verify     verifyCommand     `cmd:"" help:"Recompute the books from their rows."`
	Doctor     doctorCommand     `cmd:"" help:"Look at what the guarantees of the books rest on."`
	Migrate    migrateCommand    `cmd:"" help:"Bring the database to the newest schema."`
	Health     healthCommand     `cmd:"" help:"Ask a running server whether it is ready."`
	Completion completionCommand `cmd:"" help:"Write a script by which the shell completes commands."`
	Man        manCommand        `cmd:"" help:"Write the manual page."`
	Version    versionCommand    `cmd:"" help:"Say which program this is."`
}

// Help is what stands below the usage of the program.
func (commandLine) Help() string {
	return `The books are in the database that DATABASE_URL names, or the file that DATABASE_URL_FILE
names; its password may be in the file that PHYLE_DATABASE_PASSWORD_FILE names. Without one, Phyle
runs a PostgreSQL of its own in PHYLE_HOME, which nobody else can reach. Commands work while
"phyle serve" runs.

"phyle man | man -l -" shows every flag and every variable of the environment.

Examples:

    phyle demo
    phyle serve
    phyle report payouts --from 2026-10-01 --to 2026-10-31`
}

// inJSON is part of every command whose output a program may want to read.
type inJSON struct {
	JSON bool `name:"json" help:"Write JSON."`
}

// session is one run of the program: where it reads, where results and remarks
// go, and which home or server was named.
type session struct {
	in      io.Reader
	out     io.Writer
	remarks io.Writer
	home    string
	server  string
	// demo fills the explorer; nil unless the books are the demonstration.
	demo *http.Demo
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(exitInterrupted)
	}()
	s := &session{in: os.Stdin, out: os.Stdout, remarks: os.Stderr}
	os.Exit(s.run(ctx, os.Args[1:]))
}

// run does what the arguments say and returns the exit code.
func (s *session) run(ctx context.Context, arguments []string) int {
	if len(arguments) == 0 {
		arguments = []string{"--help"}
	}
	var typed commandLine
	parser := kong.Must(&typed,
		kong.Name("phyle"),
		kong.Description("The books of a commons: who gave what, who is owed what, was it paid?"),
		kong.Writers(s.out, s.remarks),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(s),
	)
	command, err := parser.Parse(arguments)
	if err == nil {
		s.home, s.server = typed.Home, typed.Server
		err = s.runCommand(ctx, command)
	}
	if err == nil {
		return 0
	}
	return complain(ctx, s.remarks, err)
}
