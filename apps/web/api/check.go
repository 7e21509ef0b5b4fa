package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/jobfluss/nexo/apps/internal/check"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/token"
)

// checkers are the checks of docs/check.md. One answers one request at a time.
type checkers map[string]*sync.Pool

func newCheckers() checkers {
	out := make(checkers)
	for _, name := range check.Names() {
		out[name] = &sync.Pool{New: func() any {
			c, err := check.New(name, check.Options{})
			if err != nil {
				panic("api: " + err.Error()) // the name is one of Names
			}
			return c
		}}
	}
	return out
}

func (a *API) checks() {
	register(a, op{id: "check", method: http.MethodPost, path: "/check/{check}", tag: "Check", summary: "Ask the engine", scope: token.Check,
		about: "The questions and answers of nexo check, on the facts that you give: nothing is looked up, and nothing is kept. send is the whole decision on all the facts of a send. docs/check.md describes every field."}, a.check)
}

func (a *API) check(_ context.Context, _ grant.Grant, in *struct {
	Check string         `path:"check" enum:"text,reply,number,hours,copy,send,webhook" doc:"Which question."`
	Body  map[string]any `doc:"The facts, as docs/check.md has them."`
}) (*rawAnswer, error) {
	pool := a.checkers[in.Check]
	if pool == nil {
		return nil, core.E("api.check", core.NotFound, "there is no such check")
	}
	line, err := json.Marshal(in.Body)
	if err != nil {
		return nil, core.E("api.check", core.Invalid, "the body is no JSON object")
	}
	c := pool.Get().(*check.Checker)
	defer pool.Put(c)
	answer := c.Answer(nil, line)
	var failed struct {
		Error string `json:"error"`
	}
	if bytes.HasPrefix(answer, []byte(`{"error":`)) && json.Unmarshal(answer, &failed) == nil && failed.Error != "" {
		return nil, core.E("api.check", core.Invalid, failed.Error)
	}
	return &rawAnswer{Body: answer}, nil
}

// A rawAnswer is JSON that is written already.
type rawAnswer struct {
	Body json.RawMessage
}
