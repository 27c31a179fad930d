package http

import (
	"fmt"
	nethttp "net/http"
	"slices"

	"github.com/labstack/echo/v4"
)

// The statuses of problems, as the table of pages names them.
const (
	malformed400   = nethttp.StatusBadRequest
	unknown401     = nethttp.StatusUnauthorized
	forbidden403   = nethttp.StatusForbidden
	missing404     = nethttp.StatusNotFound
	conflict409    = nethttp.StatusConflict
	invalid422     = nethttp.StatusUnprocessableEntity
	unavailable503 = nethttp.StatusServiceUnavailable
)

// problemPage is what there is to say about one code, whatever the request was.
type problemPage struct {
	Code   string
	Status int
	// Also is a second status that answers with the code can have, else 0.
	Also int
	// Means says what has happened, Do what to do about it.
	Means, Do string
}

// Title returns the code in words.
func (p problemPage) Title() string { return inWords(p.Code) }

// Statuses returns the status or both, each with its words.
func (p problemPage) Statuses() []string {
	list := []string{statusText(p.Status)}
	if p.Also != 0 {
		list = append(list, statusText(p.Also))
	}
	return list
}

// statusText returns a status as HTTP writes it: 404 as "404 Not Found".
func statusText(status int) string {
	return fmt.Sprintf("%d %s", status, nethttp.StatusText(status))
}

// IsCertain reports whether nothing was written for certain: after a fault of our
// own, or a wait that was given up, the key of the request tells.
func (p problemPage) IsCertain() bool { return p.Status < nethttp.StatusInternalServerError }

// IsOfField reports whether the code is one that stands beside a wrong field.
func (p problemPage) IsOfField() bool {
	return p.Status == invalid422 || p.Also == invalid422
}

// problemGroup is the pages about one matter.
type problemGroup struct {
	Title string
	Pages []problemPage
}

// problemGroups returns every page there is.
func problemGroups() []problemGroup {
	return []problemGroup{
		{"The request", requestProblems},
		{"Who may do it", rightProblems},
		{"People and signing in", personProblems},
		{"Values", valueProblems},
		{"Names that are not there", nameProblems},
		{"Agreements", agreementProblems},
		{"Decisions", decisionProblems},
		{"What needs a second person", approvalProblems},
		{"Suspended members", suspensionProblems},
		{"Erasing personal data", erasureProblems},
		{"Files of contributions", importProblems},
		{"The state of the books", stateProblems},
		{"The server", serverProblems},
	}
}

// problemPages holds the pages by their code.
var problemPages = indexProblems(problemGroups())

func indexProblems(groups []problemGroup) map[string]problemPage {
	pages := map[string]problemPage{}
	for _, group := range groups {
		for _, page := range group.Pages {
			if _, twice := pages[page.Code]; twice {
				panic(fmt.Sprintf("the problem %s has two pages", page.Code))
			}
			pages[page.Code] = page
		}
	}
	return pages
}

// showProblems lists all pages.
func (s *Server) showProblems(c echo.Context) error {
	groups := problemGroups()
	for i := range groups {
		groups[i].Pages = slices.SortedFunc(slices.Values(groups[i].Pages), byCode)
	}
	return s.showPage(c, nethttp.StatusOK, "problems", groups)
}

func byCode(a, b problemPage) int {
	if a.Code < b.Code {
		return -1
	}
	return 1
}

// showProblem shows the page of one code, or says that there is no such code.
func (s *Server) showProblem(c echo.Context) error {
	page, found := problemPages[c.Param("code")]
	if !found {
		return s.showPage(c, nethttp.StatusNotFound, "no_problem", nil)
	}
	return s.showPage(c, nethttp.StatusOK, "problem", page)
}
