//go:build !embedded

package openai

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	api "github.com/sashabaranov/go-openai"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/draft"
)

// A Client is a [draft.Writer]. Its methods are safe for concurrent use.
type Client struct {
	api     *api.Client
	cfg     Config
	breaker breaker
}

var _ draft.Writer = (*Client)(nil)

// New is Invalid without a key.
func New(cfg Config) (*Client, error) {
	if cfg.Key == "" {
		return nil, core.E("openai.New", core.Invalid, "a key is needed")
	}
	if cfg.Model == "" {
		cfg.Model = DefaultModel
	}
	if cfg.Wait == 0 {
		cfg.Wait = 25 * time.Second
	}
	if cfg.Pause == 0 {
		cfg.Pause = time.Second
	}
	c := api.DefaultConfig(cfg.Key)
	if cfg.URL != "" {
		c.BaseURL = strings.TrimSuffix(cfg.URL, "/")
	}
	c.HTTPClient = &guard{http.Client{
		Timeout: cfg.Wait,
		// A redirect would carry the key to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	return &Client{api: api.NewClientWithConfig(c), cfg: cfg}, nil
}

// mostTokens is what an answer may cost; three texts take some two hundred.
const mostTokens = 1200

// schema is the shape of the answer. Lengths are not in it, since models do not
// keep to them: [draft.Brief.Judge] does.
var schema = json.RawMessage(`{"type":"object","properties":{"texts":{"type":"array","items":{"type":"string"}}},"required":["texts"],"additionalProperties":false}`)

// Write streams, so that the first text is there before the last is written.
func (c *Client) Write(ctx context.Context, p draft.Prompt, each func(string)) (draft.Usage, error) {
	const op = "openai.Write"
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Wait)
	defer cancel()
	var stream *api.ChatCompletionStream
	err := c.try(ctx, op, func() (http.Header, error) {
		var err error
		stream, err = c.api.CreateChatCompletionStream(ctx, c.request(p))
		if stream != nil {
			return stream.Header(), err
		}
		return nil, err
	})
	if err != nil {
		return draft.Usage{}, err
	}
	defer stream.Close() //nolint:errcheck // it was read to its end, or is given up
	a := &answer{stream: stream}
	err = a.texts(each)
	if err == nil {
		err = a.rest()
	}
	c.note(ctx, err == nil || core.KindOf(err) == core.Denied)
	return draft.Usage{Tokens: a.tokens}, err
}

func (c *Client) request(p draft.Prompt) api.ChatCompletionRequest {
	r := api.ChatCompletionRequest{
		Model: c.cfg.Model, MaxCompletionTokens: mostTokens, SafetyIdentifier: p.Venue(),
		ResponseFormat: &api.ChatCompletionResponseFormat{Type: api.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &api.ChatCompletionResponseFormatJSONSchema{Name: "texts", Schema: schema, Strict: true}},
		StreamOptions: &api.StreamOptions{IncludeUsage: true},
	}
	roles := [...]string{draft.System: api.ChatMessageRoleSystem, draft.User: api.ChatMessageRoleUser, draft.Model: api.ChatMessageRoleAssistant}
	for _, t := range p.Turns() {
		r.Messages = append(r.Messages, api.ChatCompletionMessage{Role: roles[t.Role], Content: t.Text})
	}
	return r
}

// Objectionable asks the service's moderation.
func (c *Client) Objectionable(ctx context.Context, text string) (bool, error) {
	const op = "openai.Objectionable"
	if c.cfg.NoModeration {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Wait)
	defer cancel()
	var got api.ModerationResponse
	err := c.try(ctx, op, func() (http.Header, error) {
		var err error
		got, err = c.api.Moderations(ctx, api.ModerationRequest{Input: text, Model: api.ModerationOmniLatest})
		return got.Header(), err
	})
	if err != nil {
		return false, err
	}
	if len(got.Results) == 0 {
		return false, core.E(op, core.Unavailable, nonsense) // not looked at is not approved
	}
	for _, r := range got.Results {
		if r.Flagged {
			return true, nil
		}
	}
	return false, nil
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 32 << 10

// An answer is the text of a stream, as it comes.
type answer struct {
	stream *api.ChatCompletionStream
	buffer string
	read   int
	tokens int
	reason api.FinishReason
	err    error // why the stream ended
}

// Read returns what the model has written next. It begins at the first brace:
// some services put other things around JSON.
func (a *answer) Read(b []byte) (int, error) {
	for a.buffer == "" {
		if a.err != nil {
			return 0, a.err
		}
		a.next()
	}
	n := copy(b, a.buffer)
	a.buffer = a.buffer[n:]
	return n, nil
}

func (a *answer) next() {
	got, err := a.stream.Recv()
	if err != nil {
		a.err = err
		return
	}
	if got.Usage != nil {
		a.tokens = got.Usage.TotalTokens
	}
	if len(got.Choices) == 0 {
		return
	}
	choice := got.Choices[0]
	if choice.Delta.Refusal != "" {
		a.reason = api.FinishReasonContentFilter
	}
	if choice.FinishReason != "" && a.reason != api.FinishReasonContentFilter {
		a.reason = choice.FinishReason
	}
	text := choice.Delta.Content
	if a.read == 0 {
		if i := strings.IndexByte(text, '{'); i >= 0 {
			text = text[i:]
		} else {
			text = ""
		}
	}
	if a.read += len(text); a.read > maxAnswer {
		a.err = io.ErrShortBuffer
		return
	}
	a.buffer = text
}

// texts calls each for every string of the list, as soon as it is closed.
func (a *answer) texts(each func(string)) error {
	d := json.NewDecoder(a)
	want := []json.Token{json.Delim('{'), "texts", json.Delim('[')}
	for _, w := range want {
		if t, err := d.Token(); err != nil || t != w {
			return a.bad(err)
		}
	}
	for d.More() {
		t, err := d.Token()
		s, ok := t.(string)
		if err != nil || !ok {
			return a.bad(err)
		}
		each(s)
	}
	if t, err := d.Token(); err != nil || t != json.Delim(']') {
		return a.bad(err)
	}
	return nil
}

// rest reads to the end: how it ended is said last.
func (a *answer) rest() error {
	for a.err == nil {
		a.next()
	}
	if !errors.Is(a.err, io.EOF) || a.reason != api.FinishReasonStop {
		return a.bad(a.err)
	}
	return nil
}

// bad says what was wrong with an answer that cannot be used to its end. Another
// end than that of the stream is the cause itself.
func (a *answer) bad(err error) error {
	const op = "openai.Write"
	for a.err == nil && err == nil {
		a.next() // the reason comes last
	}
	if a.err != nil && !errors.Is(a.err, io.EOF) && !errors.Is(a.err, io.ErrShortBuffer) {
		return fault(op, a.err, nil)
	}
	switch a.reason {
	case api.FinishReasonContentFilter:
		return core.E(op, core.Denied, "The AI will not write about this. Say it in another way, or write it yourself.")
	case api.FinishReasonLength, "":
		return core.E(op, core.Unavailable, "The AI's answer was cut off. Try again in a moment, or write it yourself.")
	}
	return core.E(op, core.Unavailable, nonsense)
}

const nonsense = "The AI's answer could not be read. Try again in a moment, or write it yourself."
