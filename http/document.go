package http

import (
	"bytes"
	"embed"
	"html/template"
	nethttp "net/http"

	"github.com/labstack/echo/v4"
)

//go:embed static
var static embed.FS

//go:embed templates
var templateFiles embed.FS

var templates = template.Must(template.ParseFS(templateFiles, "templates/*.html"))

// documentPolicy lets the pages use the script, the stylesheet and the icon that
// are served beside them, ask this server, and nothing else.
const documentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; " +
	"connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'none'"

// staticFiles are those that the pages use, with their types.
var staticFiles = map[string]string{
	"docs.css": "text/css; charset=utf-8",
	"docs.js":  "text/javascript; charset=utf-8",
	"icon.svg": "image/svg+xml",
}

// registerDocuments puts what needs no token beside the table: the state of the
// program and what it says about itself.
func (s *Server) registerDocuments() {
	s.echo.GET("/healthz", func(c echo.Context) error { return c.String(nethttp.StatusOK, "ok\n") })
	s.echo.GET("/readyz", s.showReadiness)
	s.echo.GET("/openapi.json", func(c echo.Context) error {
		return c.Blob(nethttp.StatusOK, echo.MIMEApplicationJSON, s.openAPI)
	})
	s.echo.GET("/docs", s.showExplorer)
	s.echo.GET("/docs/problems", s.showProblems)
	s.echo.GET("/docs/problems/:code", s.showProblem)
	for name, media := range staticFiles {
		s.echo.GET("/static/"+name, func(c echo.Context) error {
			text, err := static.ReadFile("static/" + name)
			if err != nil {
				return err
			}
			return c.Blob(nethttp.StatusOK, media, text)
		})
	}
}

// documentPage is what every template is given.
type documentPage struct {
	Version string
	Data    any
}

// render returns the page that the template makes of the data.
func (s *Server) render(name string, data any) ([]byte, error) {
	var page bytes.Buffer
	err := templates.ExecuteTemplate(&page, name, documentPage{Version: s.options.Version, Data: data})
	return page.Bytes(), err
}

// showPage answers with the page that the template makes of the data.
func (s *Server) showPage(c echo.Context, status int, name string, data any) error {
	page, err := s.render(name, data)
	if err != nil {
		return err
	}
	return sendPage(c, status, page)
}

func sendPage(c echo.Context, status int, page []byte) error {
	c.Response().Header().Set("Content-Security-Policy", documentPolicy)
	return c.HTMLBlob(status, page)
}
