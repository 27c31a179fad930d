package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"phyle/http"
)

// peopleFlags say how people get codes to sign in.
type peopleFlags struct {
	mailFlags
	Development bool `help:"Write codes to sign in into the log, where there is no mail server."`
}

// mailFlags say how mail is sent.
type mailFlags struct {
	SMTP         string `name:"smtp" env:"PHYLE_SMTP" placeholder:"URL" help:"The mail server that sends codes to sign in, such as smtp://phyle@mail.example.org:587."`
	PasswordFile string `name:"smtp-password-file" env:"PHYLE_SMTP_PASSWORD_FILE" placeholder:"FILE" help:"The file with the password for the mail server."`
	MailFrom     string `env:"PHYLE_MAIL_FROM" placeholder:"ADDRESS" help:"From whom that mail is, such as phyle@example.org."`
}

// mail returns how it is sent.
func (f mailFlags) mail() (http.Mail, error) {
	if f.SMTP == "" {
		return http.Mail{}, nil
	}
	password := ""
	if f.PasswordFile != "" {
		text, err := os.ReadFile(f.PasswordFile)
		if err != nil {
			return http.Mail{}, refuse("Check PHYLE_SMTP_PASSWORD_FILE.",
				"The password for the mail server cannot be read: %v.", err)
		}
		password = strings.TrimRight(string(text), "\r\n")
	}
	m, err := http.NewMail(f.SMTP, password, f.MailFrom)
	if err != nil {
		return m, refuse("See PHYLE_SMTP and PHYLE_MAIL_FROM in phyle serve --help.",
			"No mail can be sent: %v.", err)
	}
	return m, nil
}

// sayHowToSetUp says how the first commons is founded in a browser, as long as there is
// none. A demonstration is for nobody in particular.
func (s *session) sayHowToSetUp(ctx context.Context, out io.Writer, api *http.Server) error {
	if s.demo != nil {
		return nil
	}
	link, err := api.SetUpLink(ctx)
	if err != nil || link == "" {
		return err
	}
	_, err = fmt.Fprintf(out, `Or found it in a browser by this link, once and within a day:

  %s

`, link)
	return err
}
