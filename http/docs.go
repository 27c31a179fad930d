package http

import (
	nethttp "net/http"
	"slices"

	"github.com/labstack/echo/v4"
)

// Demo is what the explorer is filled with when the books are a demonstration:
// the slug of its commons, a token that only reads, and what stands for the names
// in paths and bodies, such as "member" or "distribution". Names that are not in
// IDs have an example of no particular commons.
type Demo struct {
	Commons string
	Token   string
	IDs     map[string]string
}

// explorerPage is the page that describes every operation and lets it be tried.
type explorerPage struct {
	Demo       *Demo
	Groups     []operationGroup
	Operations int
	Shapes     []shapePage
}

// operationGroup is the operations about one matter.
type operationGroup struct {
	Title, ID  string
	Operations []operationPage
}

// groupTitles names the groups of what would otherwise stand alone.
var groupTitles = map[string]string{
	"spendings": "Money moved", "refunds": "Money moved", "transfers": "Money moved",
	"gifts": "Money moved", "capital": "Money moved", "advances": "Money moved",
	"payments": "Money moved", "openings": "Money moved",
	"agreement-templates": "Agreements", "agreement.schema.json": "Agreements",
	"accounts": "Accounts and balances", "balances": "Accounts and balances",
}

// showExplorer answers with the page, which is made once: it says the same to
// everybody. It may hold the token of a demonstration, so nobody stores it.
func (s *Server) showExplorer(c echo.Context) error {
	page, err := s.explorer()
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return sendPage(c, nethttp.StatusOK, page)
}

// renderExplorer makes the page of the operations in the table.
func (s *Server) renderExplorer() ([]byte, error) {
	return s.render("explorer", newExplorer(routes(), s.options.Version, s.options.Demo))
}

// newExplorer describes the operations in the order of the table, a group where
// its first operation is.
func newExplorer(table []route, version string, demo *Demo) explorerPage {
	w := &pageWriter{describer: drawn(table, version), names: namesFor(demo), shown: map[string]bool{}}
	page := explorerPage{Demo: demo}
	for _, r := range table {
		if r.undocumented {
			continue
		}
		title := groupTitles[group(r.path)]
		if title == "" {
			title = inWords(group(r.path))
		}
		i := slices.IndexFunc(page.Groups, func(g operationGroup) bool { return g.Title == title })
		if i < 0 {
			i = len(page.Groups)
			page.Groups = append(page.Groups, operationGroup{Title: title, ID: "about-" + group(r.path)})
		}
		page.Groups[i].Operations = append(page.Groups[i].Operations, w.operation(r))
		page.Operations++
	}
	w.link(schemaPrefix + "Problem")
	page.Shapes = w.shapes()
	return page
}

// namesFor returns what stands for each name in paths and bodies.
func namesFor(demo *Demo) map[string]string {
	names := map[string]string{"digest": exampleDigest, "other": "bo"}
	for name, about := range pathNames {
		names[name] = about[1]
	}
	if demo != nil {
		names["commons"] = demo.Commons
		for name, id := range demo.IDs {
			names[name] = id
		}
	}
	return names
}
