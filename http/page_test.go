package http

import (
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

type sampleQuery struct {
	paging
	Stage ledger.Stage `json:"stage,omitzero" enum:"guest,member"`
	From  ledger.Date  `json:"from,omitzero"`
	Open  *bool        `json:"open,omitzero"`
}

func TestBindQuery(t *testing.T) {
	for _, test := range []struct{ name, query, code string }{
		{"none", "", ""},
		{"all", "limit=200&cursor=a&stage=guest&from=2026-10-31&open=false", ""},
		{"case 15 limit below", "limit=0", "invalid_parameter"},
		{"case 15 limit negative", "limit=-1", "invalid_parameter"},
		{"case 15 limit above", "limit=1000000000", "invalid_parameter"},
		{"case 15 limit no number", "limit=1%3BDROP", "invalid_parameter"},
		{"case 15 unknown column", "sort=name", "unknown_filter"},
		{"case 15 other case", "Stage=guest", "unknown_filter"},
		{"case 15 SQL", "stage=guest'%20OR%201=1", "invalid_parameter"},
		{"case 15 NUL", "stage=%00", "invalid_parameter"},
		{"case 15 bad bytes", "stage=%ff", "invalid_parameter"},
		{"case 15 bad escape", "stage=%zz", "invalid_parameter"},
		{"case 15 semicolon", "stage=guest;limit=1", "invalid_parameter"},
		{"twice", "stage=guest&stage=member", "invalid_parameter"},
		{"empty", "stage=", "invalid_parameter"},
		{"no day", "from=2026-02-30", "invalid_parameter"},
		{"no boolean", "open=yes", "invalid_parameter"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var into sampleQuery
			values, err := queryOf(&url.URL{RawQuery: test.query})
			if err == nil {
				err = bindQuery(values, &into)
			}
			if test.code == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			want := wrong{400, test.code, map[string]string{}}
			if diff := cmp.Diff(want, refusal(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// callFor returns a call of the member of a commons to the address.
func callFor(t *testing.T, commons ledger.CommonsID, id, address string) *call {
	t.Helper()
	r := httptest.NewRequest("GET", address, nil)
	query, err := queryOf(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &call{
		route: route{id: id}, query: query, echo: echo.New().NewContext(r, httptest.NewRecorder()),
		caller: postgres.Caller{Commons: ledger.Commons{ID: commons}},
	}
}

func viewNumber(_ *call, n int) string { return strconv.Itoa(n) }

type position struct {
	Number int    `json:"number"`
	ID     string `json:"id"`
}

func TestPagesFollowEachOther(t *testing.T) {
	items := []int{1, 2, 3, 4, 5}
	var got []string
	var cursor string
	for pages := 1; ; pages++ {
		c := callFor(t, "a", "list", "/v1/a?limit=2&stage=guest&cursor="+cursor)
		p := paging{Limit: 2, Cursor: cursor}
		from, err := after[position](c, p)
		if err != nil {
			t.Fatal(err)
		}
		out, err := newPage(c, p, items[from.Number:], viewNumber,
			func(i int) position { return position{Number: i} })
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, out.Data...)
		if cursor = out.next(); cursor == "" {
			if pages != 3 {
				t.Errorf("%d pages, want 3", pages)
			}
			break
		}
	}
	if diff := cmp.Diff([]string{"1", "2", "3", "4", "5"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCase15_Cursors(t *testing.T) {
	c := callFor(t, "a", "list", "/v1/a?stage=guest")
	out, err := newPage(c, paging{Limit: 1}, []int{1, 2}, viewNumber,
		func(i int) position { return position{Number: i} })
	if err != nil {
		t.Fatal(err)
	}
	good := out.next()
	for _, test := range []struct {
		name, commons, route, address, cursor, code string
	}{
		{"same list", "a", "list", "/v1/a?limit=7&stage=guest", good, ""},
		{"other filter", "a", "list", "/v1/a?stage=member", good, "cursor_mismatch"},
		{"filter left out", "a", "list", "/v1/a", good, "cursor_mismatch"},
		{"other route", "a", "other", "/v1/a?stage=guest", good, "cursor_mismatch"},
		{"other path", "a", "list", "/v1/b?stage=guest", good, "cursor_mismatch"},
		{"case 37 other commons", "b", "list", "/v1/a?stage=guest", good, "cursor_mismatch"},
		{"no base64", "a", "list", "/v1/a", "!", "bad_cursor"},
		{"no JSON", "a", "list", "/v1/a", "YWJj", "bad_cursor"},
		{"other shape", "a", "list", "/v1/a", "eyJ4IjoxfQ", "bad_cursor"},
		{"cut", "a", "list", "/v1/a?stage=guest", good[:len(good)-4], "bad_cursor"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := callFor(t, ledger.CommonsID(test.commons), test.route, test.address)
			from, err := after[position](c, paging{Cursor: test.cursor})
			if test.code == "" {
				if err != nil || from != (position{Number: 1}) {
					t.Errorf("got %v and %v", from, err)
				}
				return
			}
			want := wrong{400, test.code, map[string]string{}}
			if diff := cmp.Diff(want, refusal(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLink(t *testing.T) {
	c := callFor(t, "a", "list", "/v1/a?stage=guest&cursor=old")
	want := `</v1/a?cursor=new&stage=guest>; rel="next"`
	if got := c.link("new"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
