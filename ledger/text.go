package ledger

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const handleHint = "Use 1 to 32 of the letters a to z, digits and hyphens."

// CheckText refuses text that is longer than most characters, is not UTF-8, or
// holds characters that cannot be seen: control, bidirectional and zero-width
// ones. Line breaks and tabs are allowed.
func CheckText(s string, most int) error {
	if len(s) > 4*most || utf8.RuneCountInString(s) > most {
		return Errorf(Invalid, "too_long", "At most %d characters fit here.", most)
	}
	if !utf8.ValidString(s) {
		return Errorf(Invalid, "invalid_text", "This is not UTF-8 text; save it as UTF-8.")
	}
	for _, r := range s {
		if r == '\n' || r == '\t' || r == '\r' {
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && !joinsLetters(r) || r == utf8.RuneError {
			return Errorf(Invalid, "invalid_text",
				"The character U+%04X cannot be seen; leave it out.", r)
		}
	}
	return nil
}

// joinsLetters reports whether the invisible r is part of ordinary writing: the
// zero-width joiners inside emoji and Indic and Persian words are refused too,
// the soft hyphen is not.
func joinsLetters(r rune) bool { return r == '\u00ad' }

// RequiredLine is RequiredText for names: one line that is more than blanks, so that
// a name cannot pass for a line of a report.
func RequiredLine(s string, most int) error {
	switch {
	case strings.TrimSpace(s) == "":
		return RequiredText("", most)
	case strings.ContainsAny(s, "\n\r\t\u2028\u2029"):
		return Errorf(Invalid, "invalid_text", "Write it in one line, without tabs.")
	}
	return RequiredText(s, most)
}

// RequiredText is CheckText for text that must not be empty.
func RequiredText(s string, most int) error {
	if s == "" {
		return Errorf(Invalid, "required", "This is needed.")
	}
	return CheckText(s, most)
}
