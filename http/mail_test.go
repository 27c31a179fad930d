package http

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/mail"
	"net/smtp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// mailServer takes mail on the loopback, as a real one does over SMTP.
type mailServer struct {
	*testing.T
	address string
	config  *tls.Config // nil: it offers no STARTTLS
	roots   *x509.CertPool

	mutex sync.Mutex
	mails []received
}

// received is a mail as it came in.
type received struct {
	from, to, auth string
	encrypted      bool
	text           string
}

func newMailServer(t *testing.T, encrypts bool) *mailServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailServer{T: t, address: listener.Addr().String()}
	if encrypts {
		m.config, m.roots = certified(t)
	}
	var running sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); running.Wait() })
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { m.converse(conn) })
		}
	})
	return m
}

// certified returns a certificate for the loopback, and who vouches for it.
func certified(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return &tls.Config{Certificates: []tls.Certificate{{
		Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, roots
}

// converse speaks SMTP until the other side quits.
func (m *mailServer) converse(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say("220 mail ESMTP")
	var mail received
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		switch verb, rest, _ := strings.Cut(line, " "); strings.ToUpper(verb) {
		case "EHLO":
			say("250-mail")
			if m.config != nil && !mail.encrypted {
				say("250-STARTTLS")
			}
			say("250-8BITMIME")
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			secure := tls.Server(conn, m.config)
			conn, in, mail = secure, bufio.NewReader(secure), received{encrypted: true}
		case "AUTH":
			secret, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			mail.auth = string(secret)
			say("235 welcome")
		case "MAIL":
			mail.from = rest
			say("250 ok")
		case "RCPT":
			mail.to = rest
			say("250 ok")
		case "DATA":
			say("354 go on")
			mail.text = dataOf(in)
			m.mutex.Lock()
			m.mails = append(m.mails, mail)
			m.mutex.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 what?")
		}
	}
}

// dataOf reads a mail up to its dot.
func dataOf(in *bufio.Reader) string {
	var text bytes.Buffer
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return text.String()
		}
		text.WriteString(line)
	}
}

// taken waits for the n-th mail.
func (m *mailServer) taken(n int) received {
	m.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		m.mutex.Lock()
		if len(m.mails) >= n {
			defer m.mutex.Unlock()
			return m.mails[n-1]
		}
		m.mutex.Unlock()
		time.Sleep(5 * time.Millisecond)
	}
	m.Fatalf("mail %d has not come", n)
	return received{}
}

// mail returns what a Server needs to send mail through it.
func (m *mailServer) mail() Mail {
	m.Helper()
	mail, err := NewMail("smtp://phyle@"+m.address, "s3cret", "Phyle <phyle@example.org>")
	if err != nil {
		m.Fatal(err)
	}
	mail.roots = m.roots
	return mail
}

// codeIn returns the code that a mail holds, once it is read as mail programs do.
func codeIn(t *testing.T, in received) string {
	t.Helper()
	message, err := mail.ReadMessage(strings.NewReader(in.text))
	if err != nil {
		t.Fatal(err)
	}
	code, rest, _ := strings.Cut(message.Header.Get("Subject"), " ")
	body, err := io.ReadAll(message.Body)
	if err != nil || len(code) != 6 || rest != "is your code to sign in" ||
		!strings.Contains(string(body), "\r\n    "+code+"\r\n") {
		t.Errorf("%v in %s", err, in.text)
	}
	return code
}

// TestMailedCode signs somebody in with a code that came by mail, encrypted on its way;
// for an address that nobody has no mail is sent.
func TestMailedCode(t *testing.T) {
	t.Parallel()
	m := newMailServer(t, true)
	s := newSite(t, Options{Mail: m.mail()})
	path := s.invite("bo")
	bo := s.browser().open(path).fill(path, "email", "bo@example.org").sees("/sign-in/code", 200)
	in := m.taken(1)
	want := received{
		from: "FROM:<phyle@example.org> BODY=8BITMIME", to: "TO:<bo@example.org>",
		auth: "\x00phyle\x00s3cret", encrypted: true, text: in.text,
	}
	if diff := cmp.Diff(want, in, cmp.AllowUnexported(received{})); diff != "" {
		t.Error(diff)
	}
	bo.fill("/sign-in/code", "code", codeIn(t, in)).sees("/commons/riverside", 200)
	bo.fill("/sign-out").sees("/sign-in", 200)
	bo.fill("/sign-in", "email", "nobody@example.org").sees("/sign-in/code", 200)
	bo.open("/sign-in").fill("/sign-in", "email", "BO@example.org").sees("/sign-in/code", 200)
	bo.fill("/sign-in/code", "code", codeIn(t, m.taken(2))).sees("/commons/riverside", 200)
	s.server.post.running.Wait()
	if len(m.mails) != 2 || m.mails[1].to != "TO:<bo@example.org>" {
		t.Errorf("mails went to %+v", m.mails)
	}
	if log := s.log.String(); strings.Contains(log, codeIn(t, in)) || strings.Contains(log, "@") {
		t.Errorf("the log says too much: %s", log)
	}
}

// TestMailOnTheWay sends beyond this machine encrypted or not at all, to a server that
// proves its name.
func TestMailOnTheWay(t *testing.T) {
	t.Parallel()
	encrypts, plain := newMailServer(t, true), newMailServer(t, false)
	unknown := encrypts.mail()
	unknown.roots = x509.NewCertPool()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, c := range []struct {
		name, to, want string
		mail           Mail
	}{
		{"encrypted", "bo@example.org", "", encrypts.mail()},
		{"plain on this machine", "bo@example.org", "", plain.mail()},
		{"another's certificate", "bo@example.org", "certificate", unknown},
		{"two lines", "bo@example.org\r\nBcc: eve@example.org", "more than one line", encrypts.mail()},
		{"nobody there", "bo@example.org", "refused", Mail{server: "127.0.0.1:1"}},
	} {
		err := c.mail.send(ctx, letter{to: c.to, subject: "Hello", text: "there"})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	client, err := smtp.Dial(plain.address)
	if err != nil {
		t.Fatal(err)
	}
	if err := plain.mail().secure(client, "mail.example.org"); err == nil ||
		!strings.Contains(err.Error(), "no STARTTLS") {
		t.Errorf("plain to another machine: %v", err)
	}
	if err := client.Quit(); err != nil {
		t.Error(err)
	}
	for host, want := range map[string]bool{
		"127.0.0.1": true, "::1": true, "localhost": true, "mail.example.org": false, "192.0.2.1": false,
		"": false,
	} {
		if got := isLoopback(host); got != want {
			t.Errorf("%s is on this machine: %v", host, got)
		}
	}
}

// TestMailThatFails is said in the log, without whom it was for, and the reader waits
// for nothing.
func TestMailThatFails(t *testing.T) {
	t.Parallel()
	var log journal
	p := newPostbox(Mail{server: "127.0.0.1:1"}, slog.New(slog.NewTextHandler(&log, nil)))
	for range 3 {
		p.post(letter{to: "bo@example.org", subject: "Hello"})
	}
	p.running.Wait()
	for range mostMail {
		p.slots <- struct{}{}
	}
	p.post(letter{to: "bo@example.org", subject: "Hello"})
	if n := strings.Count(log.String(), "mail not sent"); n != 4 ||
		!strings.Contains(log.String(), "too many letters") || strings.Contains(log.String(), "bo@") {
		t.Errorf("%d lines: %s", n, log.String())
	}
}

func TestNewMail(t *testing.T) {
	for _, c := range []struct{ server, from, want string }{
		{"smtp://mail.example.org", "phyle@example.org", ""},
		{"smtp://phyle@mail.example.org:25", "Phyle <phyle@example.org>", ""},
		{"mail.example.org:587", "phyle@example.org", "smtp://"},
		{"https://mail.example.org", "phyle@example.org", "smtp://"},
		{"smtp://phyle:s3cret@mail.example.org", "phyle@example.org", "password out"},
		{"smtp://mail.example.org", "phyle", "sender"},
	} {
		_, err := NewMail(c.server, "", c.from)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s from %s: %v, want %q", c.server, c.from, err, c.want)
		}
	}
}
