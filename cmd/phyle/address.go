package main

import (
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode"
)

// The variables that give a database: its address, a file that holds the address,
// and a file that holds the password which the address leaves out.
const (
	addressVariable = "DATABASE_URL"
	addressFile     = "DATABASE_URL_FILE"
	passwordFile    = "PHYLE_DATABASE_PASSWORD_FILE"
)

// longestSecret is how many bytes of such a file are read at the most.
const longestSecret = 16 << 10

// isAddressGiven reports whether any of the variables is set. What they say may
// still be wrong.
func isAddressGiven() bool {
	return os.Getenv(addressVariable) != "" || os.Getenv(addressFile) != "" ||
		os.Getenv(passwordFile) != ""
}

// givenBy returns the variable that the address comes from.
func givenBy() string {
	if os.Getenv(addressFile) != "" {
		return addressFile
	}
	return addressVariable
}

// databaseAddress returns the address of the database that is given. Nothing that
// it says about a mistake shows any of it, not even the name of a file: the secret
// itself may stand there by mistake.
func databaseAddress() (address string, err error) {
	address, file := os.Getenv(addressVariable), os.Getenv(addressFile)
	switch {
	case address != "" && file != "":
		return "", refuse("Unset one of them.",
			"%s and %s both give a database.", addressVariable, addressFile)
	case file != "":
		if address, err = readSecret(addressFile, file); err != nil {
			return "", err
		}
	}
	if file = os.Getenv(passwordFile); file == "" {
		return address, nil
	}
	if address == "" {
		return "", refuse(
			"Give the address without its password in "+addressVariable+", or unset it.",
			"%s is set, but no database is given.", passwordFile)
	}
	password, err := readSecret(passwordFile, file)
	if err != nil {
		return "", err
	}
	return withPassword(address, password)
}

// readSecret returns the one line that the file holds, without its end.
func readSecret(variable, name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", unreadableSecret(variable, err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, longestSecret+1))
	if err != nil {
		return "", unreadableSecret(variable, err)
	}
	// Other programs that read such files leave out the line breaks at the end, too.
	secret := strings.TrimRight(string(text), "\n")
	switch {
	case secret == "":
		return "", refuse("Write the secret into it.", "The file that %s names is empty.", variable)
	case len(secret) > longestSecret:
		return "", refuse("Name the file that holds the secret and nothing else.",
			"The file that %s names is too long for a secret.", variable)
	case strings.ContainsFunc(secret, unicode.IsControl):
		return "", refuse("Write the secret on one line, as in: printf '%s' SECRET > FILE.",
			"The file that %s names holds more than one line.", variable)
	}
	return secret, nil
}

// unreadableSecret says why a file cannot be read, but not its name.
func unreadableSecret(variable string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return refuse("Check that it names a file, and that the account which runs Phyle may read it.",
		"The file that %s names cannot be read: %v.", variable, err)
}

// withPassword puts the password into an address that has none. An address that
// cannot be read is returned as it is, for the store to refuse.
func withPassword(address, password string) (string, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return address, nil
	}
	if _, given := parsed.User.Password(); given || parsed.Query().Has("password") {
		return "", refuse("Take it out of the address, or unset "+passwordFile+".",
			"%s holds a password, and %s names another.", givenBy(), passwordFile)
	}
	if parsed.User.Username() == "" {
		return "", refuse("Write the address as postgres://user@host/database.",
			"%s names no user for the password in %s.", givenBy(), passwordFile)
	}
	parsed.User = url.UserPassword(parsed.User.Username(), password)
	return parsed.String(), nil
}

// withoutAddress takes the address of the database out of a text, and its
// password by itself. Nothing prints them; this is for errors of others.
func withoutAddress(text string) string {
	for _, secret := range addressSecrets() {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return text
}

// addressSecrets lists what must not be shown of the address, the longest first.
func addressSecrets() (secrets []string) {
	addresses := []string{os.Getenv(addressVariable)}
	for _, variable := range []string{addressFile, passwordFile} {
		if secret, err := readSecret(variable, os.Getenv(variable)); err == nil {
			addresses = append(addresses, secret)
		}
	}
	if whole, err := databaseAddress(); err == nil {
		addresses = append([]string{whole}, addresses...)
	}
	for _, address := range addresses {
		secrets = append(secrets, address)
		parsed, err := url.Parse(address)
		if err != nil {
			continue
		}
		if password, given := parsed.User.Password(); given && password != "" {
			secrets = append(secrets, parsed.User.String(), password, url.QueryEscape(password))
		}
		secrets = append(secrets, parsed.Query()["password"]...)
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	return secrets
}
