package http

import (
	"bytes"
	"embed"
	"html/template"
	nethttp "net/http"

	"github.com/labstack/echo/v4"
)

//go:embed static/docs.css
var static embed.FS

//go:embed templates/docs.html templates/problem.html
var templateFiles embed.FS

var templates = template.Must(template.ParseFS(templateFiles, "templates/*.html"))

// documentPolicy lets the pages use the stylesheet that is served beside them,
// and nothing else.
const documentPolicy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; " +
	"form-action 'none'; base-uri 'none'"

// registerDocuments puts what needs no token beside the table: the state of the
// program and what it says about itself.
func (s *Server) registerDocuments() {
	s.echo.GET("/healthz", func(c echo.Context) error { return c.String(nethttp.StatusOK, "ok\n") })
	s.echo.GET("/readyz", s.showReadiness)
	s.echo.GET("/openapi.json", func(c echo.Context) error {
		return c.Blob(nethttp.StatusOK, echo.MIMEApplicationJSON, s.openAPI)
	})
	s.echo.GET("/docs", showOperations)
	s.echo.GET("/docs/problems/:code", showProblem)
	s.echo.GET("/static/docs.css", showStylesheet)
}

// showReadiness says whether requests can be answered, which takes the database.
func (s *Server) showReadiness(c echo.Context) error {
	if err := s.store.Ping(c.Request().Context()); err != nil {
		return err
	}
	return c.String(nethttp.StatusOK, "ready\n")
}

func showOperations(c echo.Context) error {
	return showPage(c, "docs.html", operations(routes()))
}

func showProblem(c echo.Context) error {
	code := c.Param("code")
	if len(code) > 64 || !consistsOf(code, "_") {
		return notFound()
	}
	return showPage(c, "problem.html", map[string]string{"Code": code, "Title": inWords(code)})
}

func showPage(c echo.Context, name string, data any) error {
	var page bytes.Buffer
	if err := templates.ExecuteTemplate(&page, name, data); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy", documentPolicy)
	return c.HTMLBlob(nethttp.StatusOK, page.Bytes())
}

func showStylesheet(c echo.Context) error {
	text, err := static.ReadFile("static/docs.css")
	if err != nil {
		return err
	}
	return c.Blob(nethttp.StatusOK, "text/css; charset=utf-8", text)
}

// operation is a row as the page shows it.
type operation struct{ Method, Path, Summary string }

func operations(table []route) []operation {
	var list []operation
	for _, r := range table {
		if !r.undocumented {
			list = append(list, operation{Method: r.method, Path: "/v1" + r.path, Summary: r.summary})
		}
	}
	return list
}
