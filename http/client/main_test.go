package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	phyle "phyle/http"
	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/postgres/postgrestest"

	"github.com/shopspring/decimal"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// place is a server over a database of one test, with the commons riverside.
type place struct {
	t *testing.T
	// address is where the server listens.
	address  string
	handler  http.Handler
	store    *postgres.Store
	instance string // the token that founds commons
	token    string // of ana, who began riverside
	books    client.Books
}

// newPlace starts a server and founds riverside through the client.
func newPlace(t *testing.T, o phyle.Options) *place {
	t.Helper()
	ctx := t.Context()
	store, err := postgres.Open(ctx, postgrestest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	store.SetClock(func() time.Time { return time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC) })
	p := &place{t: t, store: store}
	made, err := store.CreateInstanceToken(ctx, ledger.NewToken{Label: "test"})
	if err != nil {
		t.Fatal(err)
	}
	p.instance = made.Secret
	if o.Rate == 0 {
		o.Rate = -1
	}
	o.Log = quiet()
	server := phyle.New(store, o)
	p.handler = server.Handler()
	p.address = serve(t, server.Serve)
	founded := must(p.client(p.address, p.instance).CreateCommons(ctx, client.CommonsRequest{
		Slug: "riverside", Name: "Riverside", Currency: "EUR", TimeZone: "Europe/Berlin",
		FirstMember: &client.FirstMemberRequest{Handle: "ana", Name: "Ana"},
	}))(t)
	p.token = founded.Token
	p.books = p.client(p.address, p.token).In("riverside")
	return p
}

// serve serves on a port of its own until the test ends, and returns the address.
func serve(t *testing.T, run func(context.Context, net.Listener) error) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

// client returns a client with connections of its own, each for one request.
func (p *place) client(address, token string, options ...client.Option) *client.Client {
	p.t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	own := client.HTTPClient(&http.Client{Transport: transport})
	return must(client.New(address, token, append([]client.Option{own}, options...)...))(p.t)
}

// as returns the books as another member of riverside sees them.
func (p *place) as(handle string, options ...client.Option) client.Books {
	p.t.Helper()
	by := must(p.store.AsMember(p.t.Context(), "riverside", handle))(p.t)
	token := must(p.store.CreateToken(p.t.Context(), &postgres.Act{By: by}, ledger.NewToken{Label: "test"}))(p.t)
	return p.client(p.address, token.Secret, options...).In("riverside")
}

// must returns the value of a call that has to go well.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func euro(amount string) client.Money {
	return client.Money{Amount: decimal.RequireFromString(amount), Currency: "EUR"}
}

// withWork adds bo and a kind of work that needs no review.
func (p *place) withWork() *place {
	p.t.Helper()
	ctx := p.t.Context()
	must(p.books.AddMember(ctx, client.MemberRequest{Handle: "bo", Name: "Bo"}))(p.t)
	must(p.books.AddKind(ctx, client.KindRequest{
		Code: "work", Name: "Work", Unit: "hour", Reviews: new(int64(0)),
	}))(p.t)
	return p
}

func work(member string, quantity client.Number) client.ContributionRequest {
	return client.ContributionRequest{
		Member: member, Kind: "work", Quantity: quantity, Date: "2026-10-05",
	}
}

// contributions returns all there are, asked for without anything in between.
func (p *place) contributions() (all []client.Contribution) {
	p.t.Helper()
	for one, err := range p.books.AllContributions(p.t.Context(), client.ListContributionsQuery{}) {
		if err != nil {
			p.t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// recorder is a transport that remembers the last answer's body and what was asked
// for with success.
type recorder struct {
	http.Transport
	body  []byte
	asked map[string]bool // method and path
	count atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.count.Add(1)
	response, err := r.Transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if r.body, err = io.ReadAll(response.Body); err != nil {
		return nil, err
	}
	if response.StatusCode < 300 {
		r.asked[request.Method+" "+request.URL.Path] = true
	}
	response.Body = io.NopCloser(bytes.NewReader(r.body))
	return response, nil
}

// sameAs holds a result to the answer it was read from: nothing is left out, nothing
// is changed, and every id has a type.
func (r *recorder) sameAs(t testing.TB, result any) {
	t.Helper()
	text, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	var sent, read any
	if err := json.Unmarshal(r.body, &sent); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	compare(t, "", sent, read)
	noLooseIDs(t, "", reflect.ValueOf(result))
}

// compare holds that what was read has everything that was sent, numbers by value.
func compare(t testing.TB, at string, sent, read any) {
	t.Helper()
	switch sent := sent.(type) {
	case nil:
	case map[string]any:
		members, _ := read.(map[string]any)
		for name, value := range sent {
			if found, ok := members[name]; !ok && value != nil {
				t.Errorf("%s/%s is left out: %v", at, name, value)
			} else {
				compare(t, at+"/"+name, value, found)
			}
		}
	case []any:
		items, _ := read.([]any)
		if len(items) != len(sent) {
			t.Fatalf("%s has %d items instead of %d", at, len(items), len(sent))
		}
		for i := range sent {
			compare(t, at+"/*", sent[i], items[i])
		}
	default:
		if sent != read && !sameNumber(sent, read) {
			t.Errorf("%s is %v instead of %v", at, read, sent)
		}
	}
}

func sameNumber(a, b any) bool {
	one, isText := a.(string)
	other, isTextToo := b.(string)
	if !isText || !isTextToo {
		return false
	}
	d, err := decimal.NewFromString(one)
	e, err2 := decimal.NewFromString(other)
	return err == nil && err2 == nil && d.Equal(e)
}

// noLooseIDs complains about ids that are plain strings.
func noLooseIDs(t testing.TB, at string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && looksLikeID.MatchString(v.String()) {
			t.Errorf("%s is an id without a type: %s", at, v)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			noLooseIDs(t, at+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			noLooseIDs(t, at, v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			noLooseIDs(t, at, v.Elem())
		}
	}
}
