package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

// curl is as much of the program of that name as the documents use, so that what
// they say can be run where there is none.
func curl() {
	code, err := fetch(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "curl:", err)
	}
	os.Exit(code)
}

func fetch(arguments []string) (code int, err error) {
	method, address, fails := http.MethodGet, "", false
	var body []byte
	header := http.Header{}
	for i := 0; i < len(arguments); i++ {
		value := func() string {
			if i++; i < len(arguments) {
				return arguments[i]
			}
			return ""
		}
		switch argument := arguments[i]; argument {
		case "-s", "-S", "-sS":
		case "-f", "--fail-with-body":
			fails = true
		case "-X":
			method = value()
		case "-H":
			name, text, _ := strings.Cut(value(), ":")
			header.Add(name, strings.TrimSpace(text))
		case "-d", "--data-binary":
			if body, err = data(value()); err != nil {
				return 26, err
			}
			method = http.MethodPost
		default:
			if strings.HasPrefix(argument, "-") || address != "" {
				return 2, fmt.Errorf("%q is not known to the curl of the tests", argument)
			}
			address = argument
		}
	}
	return send(method, address, header, body, fails)
}

func data(argument string) ([]byte, error) {
	if name, isFile := strings.CutPrefix(argument, "@"); isFile {
		return os.ReadFile(name)
	}
	return []byte(argument), nil
}

func send(method, address string, header http.Header, body []byte, fails bool) (int, error) {
	request, err := http.NewRequest(method, address, bytes.NewReader(body))
	if err != nil {
		return 3, err
	}
	request.Header = header
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 7, err
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(os.Stdout, answer.Body); err != nil {
		return 23, err
	}
	if fails && answer.StatusCode >= 400 {
		return 22, fmt.Errorf("the answer was %s", answer.Status)
	}
	return 0, nil
}
