package ledger

import (
	"strings"
	"unicode"
)

// NameWarning says what about a name could make it pass for another's, so that a
// steward looks twice; "" for names that give no reason. Such names are accepted.
func NameWarning(name string) string {
	scripts := 0
	for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek} {
		if strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(script, r) }) {
			scripts++
		}
	}
	switch {
	case scripts > 1:
		return "This name mixes letters of several scripts that look alike; make sure whose it is."
	case strings.TrimSpace(name) != name || strings.Contains(name, "  "):
		return "This name has blanks that cannot be seen; make sure that it is not another's."
	case strings.ContainsFunc(name, func(r rune) bool { return r == 'ſ' || r >= 0xFF00 && r <= 0xFFEF }):
		return "This name has letters that look like plain ones; make sure whose it is."
	}
	return ""
}
