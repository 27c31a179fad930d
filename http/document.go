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
	"docs.css":   "text/css; charset=utf-8",
	"docs.js":    "text/javascript; charset=utf-8",
	"icon.svg":   "image/svg+xml; charset=utf-8",
	"passkey.js": "text/javascript; charset=utf-8",
	"web.css":    "text/css; charset=utf-8",
}

// registerDocuments puts what needs no token beside the table: the state of the
// program and what it says about itself.
func (s *Server) registerDocuments() {
	s.answer("/healthz", func(c echo.Context) error { return c.String(nethttp.StatusOK, "ok\n") })
	s.answer("/readyz", s.showReadiness)
	s.show("/openapi.json", func(c echo.Context) error { return sendFile(c, jsonMedia, s.openAPI) })
	s.show("/docs", s.showExplorer)
	s.show("/docs/problems", s.showProblems)
	s.show("/docs/rights", s.showRights)
	s.show("/docs/problems/:code", s.showProblem)
	for name, media := range staticFiles {
		s.show("/static/"+name, func(c echo.Context) error {
			text, err := static.ReadFile("static/" + name)
			if err != nil {
				return err
			}
			return sendFile(c, media, text)
		})
	}
}

// show answers at the path, as fast as each address may ask.
func (s *Server) show(path string, answer echo.HandlerFunc) {
	s.answer(path, func(c echo.Context) error {
		if err := s.readers.takeFrom(c); err != nil {
			return err
		}
		return answer(c)
	})
}

// answer answers at the path, and says by HEAD what it would answer.
func (s *Server) answer(path string, answer echo.HandlerFunc) {
	s.echo.Match([]string{nethttp.MethodGet, nethttp.MethodHead}, path, answer)
}

// sendFile answers with a file that is the same until the program is another.
func sendFile(c echo.Context, media string, text []byte) error {
	c.Response().Header().Set("Cache-Control", "no-cache")
	return sendTagged(c, media, text)
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
