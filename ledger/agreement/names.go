package agreement

import (
	"slices"
	"strings"
	"unicode"
)

// Names holds what people call the funds, kinds, areas and members that an
// agreement names by code. What is missing is shown by its code, made readable.
type Names struct{ Funds, Kinds, Areas, Members map[string]string }

// Names returns the names that a file declares for its kinds.
func (a Agreement) Names() Names {
	kinds := map[string]string{}
	for code, kind := range a.Kinds {
		if kind.Name != "" {
			kinds[code] = kind.Name
		}
	}
	return Names{Kinds: kinds}
}

func (n Names) fund(code string) string   { return show(n.Funds, code, capital(spaced(code))) }
func (n Names) kind(code string) string   { return show(n.Kinds, code, spaced(code)) }
func (n Names) area(code string) string   { return show(n.Areas, code, spaced(code)) }
func (n Names) member(code string) string { return show(n.Members, code, capital(spaced(code))) }

// Kind returns what a kind is called.
func (n Names) Kind(code string) string { return strings.ReplaceAll(n.kind(code), tie, " ") }

func spaced(code string) string { return strings.ReplaceAll(code, "-", " ") }

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// tie stands for a space inside what reads as one word in a sentence: a name, or a
// number and its unit. It is in no text that anybody can write.
const tie = "\x1f"

// show returns a name that no other code is shown by: in quotes where it could be
// mistaken for a part of the sentence, with the code where another has it too.
func show(names map[string]string, code, otherwise string) string {
	name := names[code]
	if name == "" {
		name = otherwise
	}
	shown := name
	if !isPlain(name) {
		shown = "“" + name + "”"
	}
	alike := strings.ContainsAny(name, "“”")
	for other, its := range names {
		alike = alike || its == name && other != code
	}
	if alike {
		shown += " (" + code + ")"
	}
	return strings.ReplaceAll(shown, " ", tie)
}

// structural are the words that hold sentences together.
var structural = []string{
	"a", "all", "and", "anything", "as", "by", "counts", "each", "from", "goes", "if", "in", "is",
	"its", "nobody", "of", "on", "once", "or", "so", "the", "to", "until", "what", "who", "whoever",
}

// isPlain reports whether a name consists of ordinary words, none of them one that
// holds sentences together.
func isPlain(name string) bool {
	for word := range strings.SplitSeq(name, " ") {
		strange := strings.ContainsFunc(word, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) &&
				!strings.ContainsRune("-'’/&", r)
		})
		if word == "" || strange || slices.Contains(structural, word) {
			return false
		}
	}
	return true
}
