package telnyx

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// codeOptedOut is the carrier's code for a number on its own STOP list.
const codeOptedOut = "40300"

// codeDailyCap is the code for T-Mobile's daily allowance of a brand.
const codeDailyCap = "40016"

// slower are the codes that say that too much comes from one sender: too many
// requests, AT&T's minute, a full queue.
var slower = map[string]bool{"10011": true, "40011": true, "40018": true, "40318": true}

// maxPause bounds what RetryAfter a carrier can ask for.
const maxPause = time.Hour

// A meaning is what a code of the carrier says about the text it refused.
type meaning struct {
	kind core.Kind
	msg  string
}

// refusals has the codes by which the carrier refuses a request. It goes by the
// code and not by the HTTP status, which the carrier's documents leave open.
// Codes that usually come later, in a receipt, are here too, since some come
// both ways. https://developers.telnyx.com/docs/messaging/messages/error-codes
//
// A code about one recipient or one text is Invalid. One about the sending
// number, the profile or the account is Denied: the next text would fare no
// better. 10007 and 10008 ("unexpected error", "timeout") are Ambiguous: they
// may have come after the text was taken.
var refusals = buildRefusals()

func buildRefusals() map[string]meaning {
	m := map[string]meaning{}
	add := func(k core.Kind, msg string, codes ...string) {
		for _, c := range codes {
			m[c] = meaning{kind: k, msg: msg}
		}
	}
	add(core.Unavailable, "the carrier asks us to slow down", "10011", "40011", "40016", "40018")
	add(core.Unavailable, "the carrier is busy", "10036", "10037", "40006")
	add(core.Unavailable, "the carrier's queue for this sender is full", "40318")
	add(core.Unavailable, "the sending number cannot be used for the moment", "40320")

	add(core.Invalid, "the guest has opted out with the carrier", codeOptedOut)
	add(core.Invalid, "the number that it goes to is not one that can be texted", "10001", "10002", "10016", "40001", "40012", "40310")
	add(core.Invalid, "these two kinds of number cannot text each other", "40301", "40319")
	add(core.Invalid, "the sending number cannot send pictures", "40308")
	add(core.Invalid, "the profile may not text this country; add it at the carrier to reach it", "40309")
	add(core.Invalid, "the text is too long", "40302", "40328")
	add(core.Invalid, "the text or its pictures are not as the carrier takes them", "40009", "40304", "40316", "40317")
	add(core.Invalid, "the carrier's spam filter refused the text; change what it says", "40002", "40015", "40017", "40322")
	add(core.Invalid, "the carrier gave the text up", "40004", "40005", "40007", "40008", "40014")
	add(core.Invalid, "the carrier finds the request malformed", "10003", "10004", "10015", "10023", "10025", "10026", "10027", "10032", "10033")

	add(core.Denied, "the carrier does not accept our key; check it in the carrier's portal", "10009", "20001", "20002", "20003", "20008")
	add(core.Denied, "the account may not do this; see the carrier's portal", "10010", "10038", "10039", "20014", "20015", "20016", "20017", "40314")
	add(core.Denied, "the account is not active, often for want of funds; see the carrier's portal", "20012", "20013")
	add(core.Denied, "the messaging profile is not there or not usable; check it in the carrier's portal", "10005", "10006", "40312", "40331")
	add(core.Denied, "the day's spending limit of the messaging profile is reached; it ends at midnight UTC", "40333")
	add(core.Denied, "the sending number is not on the messaging profile; assign it at the carrier", "40305", "40306", "40307", "40325", "40326")
	add(core.Denied, "the sending number is not set up for texting; see the carrier's portal", "40013", "40100", "40150", "40151", "40155", "40321", "40323", "40324", "40330", "40332")
	add(core.Denied, "the sending number is not registered for this traffic; finish its registration", "40010", "40019", "40329")
	add(core.Denied, "the carriers block the sending number; ask the carrier why before sending on", "40003", "40020", "40315")
	add(core.Denied, "the account's link domain is not set up at the carrier", "40327")

	add(core.Ambiguous, "the carrier failed while it worked on the text; it may have gone out", "10007", "10008")
	add(core.NotFound, "the carrier has no such message", "40303")
	return m
}

// refusal makes an error of an answer that is not 2xx. It never repeats the
// carrier's words, which may quote the number.
func refusal(op string, res *http.Response, answer []byte) error {
	code := firstCode(answer)
	m, known := refusals[code]
	if !known {
		m = byStatus(res.StatusCode)
	}
	e := &core.Error{Kind: m.kind, Op: op, Msg: m.msg, Code: code}
	if code == "" {
		e.Code = "HTTP " + strconv.Itoa(res.StatusCode)
	}
	switch {
	case code == codeOptedOut:
		e.Err = message.ErrOptedOut
	case code == codeDailyCap:
		e.Err = message.ErrDailyCap
	case m.kind == core.Unavailable:
		e.RetryAfter = retryAfter(res.Header)
		if slower[code] || res.StatusCode == http.StatusTooManyRequests {
			e.Err = message.ErrSlowDown
		}
	}
	return e
}

// byStatus judges an answer without a code that we know. A 4xx says that the
// request itself was refused. Anything else may have come from a proxy after
// the carrier had taken the text.
func byStatus(status int) meaning {
	switch status {
	case http.StatusUnauthorized:
		return meaning{core.Denied, "the carrier does not accept our key; check it in the carrier's portal"}
	case http.StatusPaymentRequired:
		return meaning{core.Denied, "the carrier wants to be paid first; add funds in its portal"}
	case http.StatusForbidden:
		return meaning{core.Denied, "the carrier forbids the request; see its portal"}
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return meaning{core.Denied, "this is not the carrier's API; check its address"}
	case http.StatusTooManyRequests:
		return meaning{core.Unavailable, "the carrier asks us to slow down"}
	case http.StatusRequestTimeout, http.StatusConflict, 499:
		return meaning{core.Ambiguous, "the carrier gave no clear answer; the text may have gone out"}
	}
	if status/100 == 4 {
		return meaning{core.Invalid, "the carrier refused the text"}
	}
	return meaning{core.Ambiguous, "the carrier failed; the text may have gone out"}
}

// firstCode returns the code of the first error in the carrier's envelope, ""
// where there is none. A code longer than the carrier's own is no code: it
// could be a number.
func firstCode(answer []byte) string {
	var a struct {
		Errors []struct {
			Code loose `json:"code"`
		} `json:"errors"`
	}
	if json.Unmarshal(answer, &a) != nil || len(a.Errors) == 0 {
		return ""
	}
	return cleanCode(string(a.Errors[0].Code))
}

func cleanCode(c string) string {
	if len(c) > 8 || strings.ContainsFunc(c, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return c
}

// A loose is a string that the carrier sometimes writes as a number, or null.
type loose string

func (l *loose) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		if bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b) {
			*l = loose(b[1 : len(b)-1]) // as it is: most are
			return nil
		}
		return json.Unmarshal(b, (*string)(l))
	}
	if !bytes.Equal(b, []byte("null")) && b[0] != '{' && b[0] != '[' {
		*l = loose(b)
	}
	return nil
}

// retryAfter reads how long the carrier asks us to wait: Retry-After in either
// of its forms or, failing that, x-ratelimit-reset, which one page calls
// seconds and another a Unix time. Dates count from the answer's own Date, so
// that a wrong clock of ours does not matter. It is 0 if nothing can be read.
func retryAfter(h http.Header) time.Duration {
	date, dateErr := http.ParseTime(h.Get("Date"))
	for _, s := range []string{h.Get("Retry-After"), h.Get("X-Ratelimit-Reset")} {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 {
			if n < 1e9 {
				return time.Duration(min(n, int64(maxPause/time.Second))) * time.Second
			}
			if dateErr == nil {
				return clampPause(time.Unix(n, 0).Sub(date))
			}
		}
		if at, err := http.ParseTime(s); err == nil && dateErr == nil {
			return clampPause(at.Sub(date))
		}
	}
	return 0
}

func clampPause(d time.Duration) time.Duration { return max(0, min(d, maxPause)) }
