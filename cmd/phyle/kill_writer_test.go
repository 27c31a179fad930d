package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// giveUp is how long a writer asks for one act before the test has failed.
const giveUp = 60 * time.Second

// request is one act that a writer asks for, as it stands in its file.
type request struct {
	Key  string          `json:"key"`
	Path string          `json:"path"`
	Body json.RawMessage `json:"body"`
}

// response is what came of one attempt, as it stands in the file.
type response struct {
	Key      string `json:"key"`
	Status   int    `json:"status"` // 0 if no answer came
	Replayed bool   `json:"replayed,omitempty"`
	Body     string `json:"body,omitempty"`
	Error    string `json:"error,omitempty"`
}

// writer is a person who logs work and records income, one act after the other,
// and asks again under the same key until there is an answer. All of it goes to a
// file first, and to the disk before anything follows.
type writer struct {
	name    string
	token   string
	address string
	date    string
	chance  *rand.Rand
	client  *http.Client
	file    *os.File

	mutex    sync.Mutex // of what follows, which others look at
	acts     int
	last     request
	lastBody string
	resolved int // answers that a first attempt had given and that were lost
	statuses map[int]int
}

func newWriter(t *testing.T, name, token, address string, seed uint64) *writer {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return &writer{
		name: name, token: token, address: address, file: file,
		date:     time.Now().AddDate(0, 0, -2).Format(time.DateOnly),
		chance:   rand.New(rand.NewPCG(seed, uint64(len(name))<<8+uint64(name[len(name)-1]))),
		client:   &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}},
		statuses: map[int]int{},
	}
}

// keep writes a line to the file and to the disk.
func (w *writer) keep(line any) error {
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	if _, err := w.file.Write(append(text, '\n')); err != nil {
		return err
	}
	return w.file.Sync()
}

// next makes up an act. Its key stands in the note or the payer, too, where the
// books can be asked for it.
func (w *writer) next() request {
	w.mutex.Lock()
	w.acts++
	key := fmt.Sprintf("%s-%d", w.name, w.acts)
	w.mutex.Unlock()
	path, body := "contributions", map[string]any{
		"member": w.name, "kind": "work", "date": w.date, "note": key,
		"quantity": fmt.Sprintf("%d.%d%d", w.chance.IntN(9), w.chance.IntN(10), 1+w.chance.IntN(9)),
	}
	if w.chance.IntN(3) == 0 {
		path, body = "incomes", map[string]any{
			"amount": map[string]string{
				"amount": fmt.Sprintf("%d.%02d", w.chance.IntN(900), 1+w.chance.IntN(99)), "currency": "EUR",
			},
			"date": w.date, "source": "sale", "payer": key,
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return request{Key: key, Path: path, Body: text}
}

// act asks for something new and returns when it is acknowledged.
func (w *writer) act(ctx context.Context) error {
	r := w.next()
	if err := w.keep(r); err != nil {
		return err
	}
	body, err := w.insist(ctx, r)
	if err != nil {
		return err
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.last, w.lastBody = r, body
	return nil
}

// again asks for the last act once more: the answer must be the same.
func (w *writer) again(ctx context.Context) error {
	if w.last.Key == "" {
		return nil
	}
	body, err := w.insist(ctx, w.last)
	if err == nil && body != w.lastBody {
		err = fmt.Errorf("%s was answered with %s, and now with %s", w.last.Key, w.lastBody, body)
	}
	return err
}

// insist asks until there is an answer. Only no answer and the answers that say
// so may be followed by another attempt.
func (w *writer) insist(ctx context.Context, r request) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, giveUp)
	defer cancel()
	for attempt := 0; ; attempt++ {
		got := w.ask(ctx, r)
		if err := w.keep(got); err != nil {
			return "", err
		}
		w.mutex.Lock()
		w.statuses[got.Status]++
		if got.Replayed && attempt > 0 {
			w.resolved++
		}
		w.mutex.Unlock()
		switch got.Status {
		case http.StatusOK, http.StatusCreated:
			return got.Body, nil
		case 0, http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusConflict:
		default:
			return "", fmt.Errorf("%s: status %d: %s", r.Key, got.Status, got.Body)
		}
		if got.Status == http.StatusConflict && !bytes.Contains([]byte(got.Body), []byte("idempotency_in_flight")) {
			return "", fmt.Errorf("%s: status %d: %s", r.Key, got.Status, got.Body)
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%s: no answer in %v; the last was %d %s%s", r.Key, giveUp, got.Status,
				got.Body, got.Error)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// ask makes one attempt.
func (w *writer) ask(ctx context.Context, r request) response {
	got := response{Key: r.Key}
	ask, err := http.NewRequestWithContext(ctx, http.MethodPost,
		"http://"+w.address+"/v1/commons/riverside/"+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		panic(err)
	}
	ask.GetBody = nil // the transport must not ask again by itself
	ask.Header.Set("Authorization", "Bearer "+w.token)
	ask.Header.Set("Content-Type", "application/json")
	ask.Header.Set("Idempotency-Key", r.Key)
	answer, err := w.client.Do(ask)
	if err != nil {
		got.Error = err.Error()
		return got
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		got.Error = err.Error()
		return got
	}
	got.Status, got.Body = answer.StatusCode, string(body)
	got.Replayed = answer.Header.Get("Idempotent-Replayed") == "true"
	return got
}

// fact is what the books must hold for one key.
type fact struct{ Path, Figure string }

// acknowledged reads in the writer's file what was asked and answered. Every
// answer under a key must be the same.
func (w *writer) acknowledged(t *testing.T) map[string]fact {
	t.Helper()
	text, err := os.ReadFile(w.file.Name())
	if err != nil {
		t.Fatal(err)
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1] // the last line may be being written
	asked, answers, facts := map[string]request{}, map[string]string{}, map[string]fact{}
	for line := range bytes.Lines(text) {
		var r request
		var got response
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		if r.Path != "" {
			asked[r.Key] = r
			continue
		}
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatal(err)
		}
		if got.Status != http.StatusOK && got.Status != http.StatusCreated {
			continue
		}
		if before, twice := answers[got.Key]; twice && before != got.Body {
			t.Errorf("%s was answered with %s, and then with %s", got.Key, before, got.Body)
		}
		if asked[got.Key].Path == "" {
			continue // what was set up before the books were counted
		}
		answers[got.Key] = got.Body
		facts[got.Key] = factOf(t, asked[got.Key])
	}
	return facts
}

func factOf(t *testing.T, r request) fact {
	t.Helper()
	var body struct {
		Quantity string
		Amount   struct{ Amount string }
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		t.Fatal(err)
	}
	return fact{Path: r.Path, Figure: body.Quantity + body.Amount.Amount}
}

// crowd is everybody who writes at the same time. Whoever holds the gate knows
// that every act asked for is acknowledged.
type crowd struct {
	writers []*writer
	gate    sync.RWMutex
	stop    context.CancelFunc
	group   sync.WaitGroup
	failed  chan error
}

// begin lets all but the last writer write; the last one is for probing.
func (c *crowd) begin(ctx context.Context) {
	ctx, c.stop = context.WithCancel(ctx)
	c.failed = make(chan error, len(c.writers))
	for _, w := range c.writers[:len(c.writers)-1] {
		c.group.Go(func() {
			for ctx.Err() == nil {
				c.gate.RLock()
				err := w.act(context.WithoutCancel(ctx))
				c.gate.RUnlock()
				if err != nil {
					c.failed <- err
					return
				}
			}
		})
	}
}

func (c *crowd) end() {
	c.stop()
	c.group.Wait()
}

// probe is the writer whose acts tell when the books can be written again.
func (c *crowd) probe() *writer { return c.writers[len(c.writers)-1] }

// acknowledged is what the files of all writers say.
func (c *crowd) acknowledged(t *testing.T) map[string]fact {
	t.Helper()
	all := map[string]fact{}
	for _, w := range c.writers {
		maps.Copy(all, w.acknowledged(t))
	}
	return all
}

// count is how many acts were acknowledged while the gate is held.
func (c *crowd) count() (acts, resolved int, statuses map[int]int) {
	statuses = map[int]int{}
	for _, w := range c.writers {
		w.mutex.Lock()
		acts, resolved = acts+w.acts, resolved+w.resolved
		for status, n := range w.statuses {
			statuses[status] += n
		}
		w.mutex.Unlock()
	}
	return acts, resolved, statuses
}
