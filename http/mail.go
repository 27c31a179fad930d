package http

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/smtp"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	mailTime = 30 * time.Second
	// mostMail is how many letters may be on their way at once.
	mostMail = 64
)

// Mail says through which server letters are sent, and from which address. The zero
// Mail sends none.
type Mail struct {
	server   string // host:port
	user     string
	password string
	from     mail.Address
	// roots are whom to trust for the server's name; those of the system if nil.
	roots *x509.CertPool
}

// NewMail reads a server as smtp://USER@HOST:PORT, where the user may be left out, and
// an address such as "Phyle <phyle@example.org>".
func NewMail(server, password, from string) (Mail, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "smtp" || u.Hostname() == "" || u.Path != "" {
		return Mail{}, errors.New("write the mail server as smtp://USER@HOST:587, " +
			"with the password in a file")
	}
	if _, found := u.User.Password(); found {
		return Mail{}, errors.New("keep the password out of the mail server's address, in a file")
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return Mail{}, errors.New("write the sender of mail as phyle@example.org")
	}
	port := u.Port()
	if port == "" {
		port = "587"
	}
	return Mail{
		server: net.JoinHostPort(u.Hostname(), port), user: u.User.Username(), password: password,
		from: *sender,
	}, nil
}

// isSet reports whether there is a server to send through.
func (m Mail) isSet() bool { return m.server != "" }

// letter is what one address is told.
type letter struct {
	to, subject, text string
}

// Send hands a letter to the server, which has to be set. An error says that it was not
// taken.
func (m Mail) Send(ctx context.Context, to, subject, text string) error {
	return m.send(ctx, letter{to, subject, text})
}

// write returns the letter as it goes over the wire.
func (m Mail) write(l letter, now time.Time) ([]byte, error) {
	if strings.ContainsAny(l.to+l.subject, "\r\n") {
		return nil, errors.New("a header of a letter has more than one line")
	}
	_, domain, _ := strings.Cut(m.from.Address, "@")
	var text bytes.Buffer
	fmt.Fprintf(&text, "From: %s\r\nTo: <%s>\r\nSubject: %s\r\nDate: %s\r\n", m.from.String(),
		l.to, l.subject, now.Format(time.RFC1123Z))
	fmt.Fprintf(&text, "Message-ID: <%s@%s>\r\n", strings.ToLower(rand.Text()), domain)
	text.WriteString("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
	text.WriteString(strings.ReplaceAll(l.text, "\n", "\r\n"))
	return text.Bytes(), nil
}

// send hands the letter to the server. What goes beyond this machine goes encrypted,
// or not at all.
func (m Mail) send(ctx context.Context, l letter) error {
	text, err := m.write(l, time.Now())
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", m.server)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // it is closed already where all went well
	if deadline, found := ctx.Deadline(); found {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	host, _, _ := net.SplitHostPort(m.server)
	client, err := smtp.NewClient(conn, host)
	if err != nil {
		return err
	}
	if err := m.secure(client, host); err != nil {
		return err
	}
	return m.hand(client, l.to, text)
}

// secure encrypts the connection and says who sends.
func (m Mail) secure(client *smtp.Client, host string) error {
	if found, _ := client.Extension("STARTTLS"); found {
		err := client.StartTLS(&tls.Config{
			ServerName: host, RootCAs: m.roots, MinVersion: tls.VersionTLS12,
		})
		if err != nil {
			return err
		}
	} else if !isLoopback(host) {
		return errors.New("the mail server offers no STARTTLS, and is not on this machine")
	}
	if m.user == "" {
		return nil
	}
	return client.Auth(smtp.PlainAuth("", m.user, m.password, host))
}

func (m Mail) hand(client *smtp.Client, to string, text []byte) error {
	if err := client.Mail(m.from.Address); err != nil {
		return err
	}
	if err := client.Rcpt(to); err != nil {
		return err
	}
	body, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := body.Write(text); err != nil {
		return err
	}
	return errors.Join(body.Close(), client.Quit())
}

// isLoopback reports whether the host is this machine itself.
func isLoopback(host string) bool {
	address := net.ParseIP(host)
	return host == "localhost" || address != nil && address.IsLoopback()
}

// postbox takes letters at once and sends them by and by, so that nobody can tell by
// the time that it takes whether there was one.
type postbox struct {
	mail    Mail
	log     *slog.Logger
	slots   chan struct{}
	running sync.WaitGroup
}

func newPostbox(m Mail, log *slog.Logger) *postbox {
	return &postbox{mail: m, log: log, slots: make(chan struct{}, mostMail)}
}

// post takes a letter. Who it is for is in no log.
func (p *postbox) post(l letter) {
	select {
	case p.slots <- struct{}{}:
	default:
		p.log.Error("mail not sent", "error", "too many letters are on their way")
		return
	}
	p.running.Go(func() {
		defer func() { <-p.slots }()
		ctx, cancel := context.WithTimeout(context.Background(), mailTime)
		defer cancel()
		if err := p.mail.send(ctx, l); err != nil {
			p.log.Error("mail not sent", "error", withoutAddressee(err, l.to))
		}
	})
}

// withoutAddressee keeps the address of the receiver out of what is logged.
func withoutAddressee(err error, to string) string {
	return strings.ReplaceAll(withoutQuotations(err.Error()), to, "…")
}
