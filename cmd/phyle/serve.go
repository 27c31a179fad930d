package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"phyle/http"
	"phyle/ledger"
)

// listenFlag says where requests are answered.
type listenFlag struct {
	Listen string `default:"127.0.0.1:8080" env:"PHYLE_LISTEN" placeholder:"HOST:PORT" help:"Where to answer; 127.0.0.1:8080 unless given."`
}

// serveFlags say where and how requests are answered.
type serveFlags struct {
	listenFlag
	edgeFlags
	logFlags
	metricsFlags
	peopleFlags
	Rate  float64       `default:"100" env:"PHYLE_RATE" placeholder:"N" help:"How many requests a second each member may make, and twice as many at once; --rate=-1 for no limit."`
	Drain time.Duration `default:"0s" env:"PHYLE_DRAIN" placeholder:"TIME" help:"How long to answer while no longer ready, once told to end, such as 5s; for load balancers."`
}

type serveCommand struct {
	serveFlags
}

// Help shows examples.
func (serveCommand) Help() string {
	return `Serves until Ctrl-C, then finishes what is begun. A second Ctrl-C ends it at once.

Examples:

    phyle serve
    phyle serve --listen 127.0.0.1:9000
    phyle serve --url https://phyle.example.org --proxy 127.0.0.1
    phyle serve --metrics 127.0.0.1:9090 --log-format json
    DATABASE_URL=postgres://phyle@db.example.org/phyle phyle serve`
}

// Run serves the books that there are, or says how to begin.
func (c serveCommand) Run(ctx context.Context, s *session) error {
	return s.serve(ctx, c.serveFlags, c.logger(s.remarks), s.greet)
}

// serve listens, opens the books, has them greeted on the output and answers
// requests until ctx ends.
func (s *session) serve(
	ctx context.Context, flags serveFlags, log *slog.Logger,
	greet func(ctx context.Context, out io.Writer, b *books, address string) error,
) (err error) {
	outside, err := flags.outside()
	if err != nil {
		return err
	}
	believed, err := flags.believed()
	if err != nil {
		return err
	}
	mail, err := flags.mail()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", flags.Listen)
	if err != nil {
		return cannotListen("--listen", flags.Listen, err)
	}
	defer func() { _ = listener.Close() }() // in case it was never served on
	metrics, err := flags.listenForMetrics()
	if err != nil {
		return err
	}
	if metrics != nil {
		defer func() { _ = metrics.Close() }()
	}
	b, err := s.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	var words strings.Builder
	err = b.patiently(ctx, func() error { // what a demonstration shows is known after it
		words.Reset()
		return greet(ctx, &words, b, addressOf(listener))
	})
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	api := http.New(b.Store, http.Options{
		Version: version(), Log: log, Rate: flags.Rate, Drain: flags.Drain, Demo: s.demo,
		URL: cmp.Or(outside, urlOf(listener)), Proxies: believed, Mail: mail,
		Development: flags.Development,
	})
	if err := b.patiently(ctx, func() error { return s.sayHowToSetUp(ctx, &words, api) }); err != nil {
		return err
	}
	if metrics != nil {
		defer serveMetrics(api, metrics, log)()
	}
	ended := make(chan error, 1)
	go func() { ended <- api.Serve(serving, listener) }()
	if _, err := io.WriteString(s.out, words.String()); err != nil {
		return err
	}
	select {
	case err := <-ended:
		return err
	case gone := <-b.died():
		stop()
		return errors.Join(fmt.Errorf("PostgreSQL is gone: %w", gone), <-ended)
	case <-ctx.Done():
		s.sayEnd(flags, log)
		return <-ended
	}
}

// sayEnd says that it was understood. Where programs read the log, it is a line of
// the log.
func (s *session) sayEnd(flags serveFlags, log *slog.Logger) {
	if flags.LogFormat == "json" {
		log.Info("ending, once what is begun is finished")
		return
	}
	fmt.Fprintln(s.remarks, "Finishing what is begun; Ctrl-C again ends it at once.")
}

// greet says where the program answers and, where there is no commons yet, how to
// found the first.
func (s *session) greet(ctx context.Context, out io.Writer, b *books, address string) error {
	var slugs []string
	err := b.EveryCommons(ctx, func(c ledger.Commons) error {
		slugs = append(slugs, c.Slug)
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Phyle answers on %s, and is described on %s/docs.\n", address, address)
	fmt.Fprintf(out, "Its books are in %s.\n", s.place(b))
	if len(slugs) > 0 {
		fmt.Fprintf(out, "It keeps %s.\n", strings.Join(slugs, ", "))
		return nil
	}
	fmt.Fprintf(out, `There is no commons in them yet. Found the first one in another terminal:

  %s commons create riverside --name Riverside --currency EUR --time-zone Europe/Berlin --first-member ana

That prints a token, which acts for Ana. With it in place of TOKEN, this shows the commons:

  curl -sS -H "Authorization: Bearer TOKEN" %s/v1/commons

`, s.program(), address)
	return nil
}

// place says where the books are, without an address that may hold a password.
func (s *session) place(b *books) string {
	if b.private == nil {
		return "the database that " + givenBy() + " names"
	}
	home, err := s.directory()
	if err != nil {
		return "a private database"
	}
	return home
}

// program returns how this program is called from another terminal, with the home
// if that is not the usual one.
func (s *session) program() string {
	name := os.Args[0]
	switch {
	case strings.Contains(name, string(filepath.Separator)+"go-build"):
		name = "go run ./cmd/phyle"
	case strings.ContainsRune(name, filepath.Separator):
		name = quoted(name)
	}
	if s.home == "" && (s.hasAddress() || os.Getenv("PHYLE_HOME") == "") {
		return name
	}
	home, err := s.directory()
	if err != nil {
		return name
	}
	return name + " --home " + quoted(home)
}

// plainWord matches what every shell leaves as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9/._+:@%,-]+$`)

// quoted returns a word as a shell reads it back.
func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// addressOf returns the URL of a listener as seen from this machine.
func addressOf(listener net.Listener) string {
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return "http://" + listener.Addr().String()
	}
	if address := net.ParseIP(host); address == nil || address.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// urlOf returns the address of a listener for those who make links of it.
func urlOf(listener net.Listener) *url.URL {
	host := strings.TrimPrefix(addressOf(listener), "http://")
	return &url.URL{Scheme: "http", Host: host}
}

// cannotListen says why nothing can be answered on the address that the flag gave.
func cannotListen(flag, listen string, err error) error {
	hint := "Choose another address with " + flag + ", such as 127.0.0.1:8081."
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return &refusal{
			message: fmt.Sprintf("Another program answers on %s already.", listen),
			hint: fmt.Sprintf("End that program, or choose another: %s %s.", flag,
				neighbour(listen)),
			cause: err,
		}
	case errors.Is(err, syscall.EACCES):
		return &refusal{
			message: fmt.Sprintf("Only root may answer on %s.", listen),
			hint:    "Choose a port from 1024 on with " + flag + ".", cause: err,
		}
	}
	return &refusal{message: fmt.Sprintf("%q is no address to answer on.", listen), hint: hint,
		cause: err}
}

// neighbour returns the address with the next port.
func neighbour(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	number, wrong := strconv.Atoi(port)
	if err != nil || wrong != nil || number >= 65535 {
		return "127.0.0.1:8081"
	}
	return net.JoinHostPort(host, strconv.Itoa(number+1))
}
