package agreement

import (
	"embed"
	"fmt"
	"strings"

	"phyle/ledger"
)

// templateFiles are the templates, each with what is said about it as a comment at
// its head.
//
//go:embed templates/*.yaml
var templateFiles embed.FS

// templateSlugs are in the order in which templates are shown, the plainest first.
var templateSlugs = []string{
	"equal-shares", "by-hours", "fund-first", "disco", "patronage", "open-value-network",
}

// Template is an agreement to begin with, whose examples come to what they expect.
type Template struct {
	Slug, Title string
	// Summary is one sentence. Who and Watch are a paragraph each: who uses such an
	// agreement, and what to watch.
	Summary, Who, Watch string
	// Text is the file in YAML, with all this as a comment at its head.
	Text      []byte
	Agreement Agreement
}

// Templates returns the templates, the plainest first.
func Templates() []Template {
	templates := make([]Template, len(templateSlugs))
	for i, slug := range templateSlugs {
		templates[i] = template(slug)
	}
	return templates
}

// TemplateBySlug returns the template of that name, or an error that suggests a
// nearby one.
func TemplateBySlug(slug string) (Template, error) {
	for _, known := range templateSlugs {
		if known == slug {
			return template(slug), nil
		}
	}
	return Template{}, ledger.Errorf(ledger.NotFound, "not_found", "There is no template %q%s",
		clip(slug), suggestion(slug, templateSlugs))
}

// template reads a template. One that is not right is our own defect.
func template(slug string) Template {
	text, err := templateFiles.ReadFile("templates/" + slug + ".yaml")
	if err != nil {
		panic(err)
	}
	t := Template{Slug: slug, Text: text}
	if t.Agreement, err = Parse(text, YAML); err != nil {
		panic(fmt.Sprintf("template %s: %v", slug, err))
	}
	said := headComment(string(text))
	if len(said) != 4 {
		panic(fmt.Sprintf("template %s begins with %d paragraphs instead of 4", slug, len(said)))
	}
	t.Title, t.Summary = said[0], said[1]
	t.Who = strings.TrimPrefix(said[2], "Who uses it: ")
	t.Watch = strings.TrimPrefix(said[3], "What to watch: ")
	return t
}

// headComment returns the paragraphs of the comment that a file begins with.
func headComment(text string) (paragraphs []string) {
	var lines []string
	for line := range strings.Lines(text) {
		said, isComment := strings.CutPrefix(line, "#")
		said = strings.TrimSpace(said)
		if isComment && said != "" {
			lines = append(lines, said)
			continue
		}
		if len(lines) > 0 {
			paragraphs = append(paragraphs, strings.Join(lines, " "))
		}
		if !isComment {
			break
		}
		lines = nil
	}
	return paragraphs
}
