package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"phyle/ledger"
)

// readyTime is how long the database may take to answer for us to be ready.
const readyTime = 2 * time.Second

// showReadiness says whether requests can be answered, which takes the database,
// and whether more of them should be sent.
func (s *Server) showReadiness(c echo.Context) error {
	if s.leaving.Load() {
		return ledger.Errorf(ledger.Unavailable, "stopping",
			"This program finishes what is begun and then ends; ask another one, or ask again later.")
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTime)
	defer cancel()
	if err := s.store.Ping(ctx); err != nil {
		return err
	}
	return c.String(nethttp.StatusOK, "ready\n")
}

// CheckReady asks the Server at the URL whether it is ready, and returns an error
// that says why not.
func CheckReady(ctx context.Context, url string) error {
	request, err := nethttp.NewRequestWithContext(ctx, nethttp.MethodGet, url+"/readyz", nil)
	if err != nil {
		return err
	}
	client := &nethttp.Client{Transport: &nethttp.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode == nethttp.StatusOK {
		return nil
	}
	var refused problem
	text, err := io.ReadAll(io.LimitReader(answer.Body, usualBody))
	if err == nil && json.Unmarshal(text, &refused) == nil && refused.Detail != "" {
		return errors.New(refused.Detail)
	}
	return fmt.Errorf("it answers %s", answer.Status)
}
