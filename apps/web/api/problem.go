package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/optout"
)

// A Problem is an error as RFC 9457 writes it. It never repeats what was sent:
// that may hold a phone number.
type Problem struct {
	Title  string `json:"title" doc:"The status in words."`
	Status int    `json:"status" doc:"The HTTP status."`
	Detail string `json:"detail" doc:"What is wrong, and what to do."`
	Code   string `json:"code" enum:"invalid,unauthenticated,denied,not_found,conflict,too_large,rate_limited,unavailable,internal" doc:"The kind of the problem, for programs."`
	Errors []Flaw `json:"errors,omitempty" nullable:"false" doc:"What is wrong with which part of the request."`
}

// A Flaw is one thing that is wrong with a request.
type Flaw struct {
	Location string `json:"location" doc:"Where, such as body.send_at or query.limit."`
	Message  string `json:"message"`
}

var _ huma.StatusError = (*Problem)(nil)

func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes it a problem.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

var codes = map[int]string{
	http.StatusUnauthorized: "unauthenticated", http.StatusForbidden: "denied", http.StatusNotFound: "not_found", http.StatusConflict: "conflict",
	http.StatusRequestEntityTooLarge: "too_large", http.StatusTooManyRequests: "rate_limited", http.StatusServiceUnavailable: "unavailable",
}

func newProblem(status int, detail string) *Problem {
	code := codes[status]
	switch {
	case code != "":
	case status < 500:
		code = "invalid"
	default:
		code, detail = "internal", "this is a mistake of ours; it has been written down. Try again, and tell us if it stays"
	}
	return &Problem{Title: http.StatusText(status), Status: status, Detail: redact(detail), Code: code}
}

// huma makes its own errors, of requests that the schema refuses, through this
// variable.
func init() {
	huma.NewError = func(status int, detail string, errs ...error) huma.StatusError {
		var tooBig *http.MaxBytesError
		for _, err := range errs {
			if errors.As(err, &tooBig) {
				status, detail = http.StatusRequestEntityTooLarge, ""
			}
		}
		if status == http.StatusRequestEntityTooLarge {
			return newProblem(status, "the request is too large; its body may have "+strconv.Itoa(mostBody)+" bytes")
		}
		p := newProblem(status, detail)
		for _, err := range errs {
			var d huma.ErrorDetailer
			if errors.As(err, &d) {
				x := d.ErrorDetail()
				p.Errors = append(p.Errors, Flaw{Location: redact(x.Location), Message: redact(x.Message)})
			}
		}
		return p
	}
}

// manyDigits is what could be a phone number, however it is written.
var manyDigits = regexp.MustCompile(`\d(?:[-\s().]{0,3}\d){6,}`)

func redact(s string) string { return manyDigits.ReplaceAllString(s, "…") }

// problemOf maps errors to answers: the one place that does. Of an error of ours
// it shows nothing.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var fields optout.Problems
	if errors.As(err, &fields) {
		p := newProblem(http.StatusUnprocessableEntity, "some fields need a change")
		for _, name := range []string{optout.FieldNumber, optout.FieldMeans, optout.FieldWords, optout.FieldDay} {
			if msg := fields[name]; msg != "" {
				p.Errors = append(p.Errors, Flaw{Location: "body." + name, Message: msg})
			}
		}
		return p
	}
	return newProblem(statusOf(err), sentence(err))
}

func sentence(err error) string {
	if msg := core.MessageOf(err); msg != "" {
		return msg
	}
	switch core.KindOf(err) {
	case core.NotFound:
		return "there is no such thing, or none that this token may see"
	case core.Unavailable:
		return "this cannot be done at the moment; nothing was changed, try again shortly"
	}
	return strings.ToLower(http.StatusText(statusOf(err)))
}

func statusOf(err error) int {
	switch core.KindOf(err) {
	case core.Invalid:
		return http.StatusUnprocessableEntity
	case core.NotFound:
		return http.StatusNotFound
	case core.Conflict:
		return http.StatusConflict
	case core.Denied:
		return http.StatusForbidden
	case core.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// writeProblem answers outside of huma.
func writeProblem(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	h.Set("Content-Type", problemType)
	if p.Status == http.StatusServiceUnavailable && h.Get("Retry-After") == "" {
		h.Set("Retry-After", "5")
	}
	w.WriteHeader(p.Status)
	b, _ := json.Marshal(p) //nolint:errcheck // it is made of strings
	_, _ = w.Write(b)
}
