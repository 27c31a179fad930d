package http

import (
	nethttp "net/http"

	"github.com/labstack/echo/v4"

	"phyle/ledger"
	"phyle/ledger/report"
)

// rightPage is a row of the matrix with the operations of the API that it is for.
type rightPage struct {
	report.RightJSON
	Routes []string
}

// Rules returns the cells of the row in the order of the columns.
func (p rightPage) Rules() []string {
	return []string{
		p.Anonymous, p.Left, p.Suspended, p.Member, p.Steward, p.Treasurer, p.Auditor, p.Approver,
		p.Instance,
	}
}

// showRights answers with the page of who may do what: the same to everybody.
func (s *Server) showRights(c echo.Context) error {
	return s.showPage(c, nethttp.StatusOK, "rights", rightPages(routes()))
}

func rightPages(table []route) []rightPage {
	ids := map[ledger.Operation][]string{}
	for _, r := range table {
		if !r.undocumented {
			ids[r.operation] = append(ids[r.operation], r.id)
		}
	}
	var pages []rightPage
	for _, row := range report.Rights() {
		pages = append(pages, rightPage{row, ids[row.Operation]})
	}
	return pages
}
