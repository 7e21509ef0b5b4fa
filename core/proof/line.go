package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/internal/jcs"
)

// maxLine is the longest line of a file of lines, in bytes. A record with the raw
// words of the longest text and a long disclosure is a twentieth of it.
const maxLine = 1 << 20

// maxProof is the most hashes from a leaf to the root: of a log with 2^62 records.
const maxProof = 62

// A line is one line of records.jsonl: one record, and where it is in the log.
//
//	{"index":7,"seq":3,"salt":"…","commitment":"…","proof":"…","body":{…}}
//
// The body stands there to the byte as it was committed to. A record that the log
// had not taken in yet has no index, seq and proof. One that was erased has neither
// salt nor body, but "erased", which says what it was about, of no person.
type line struct {
	sealed     bool
	index, seq int64
	proof      []byte // hashes, one after the other
	commitment evidence.Hash
	salt       evidence.Salt
	body       []byte // nil if erased; valid until the next line is read
	erased     stub
}

// A stub is what is left to say of an erased record.
type stub struct {
	at                time.Time
	id                core.RecordID
	kind              evidence.Kind
	message, campaign core.UUID
}

func (s *stub) append(dst []byte) []byte {
	o := jcs.Begin(dst)
	o.Time("at", s.at)
	o.Str("campaign", name(s.campaign))
	o.Str("id", s.id.String())
	o.Str("kind", s.kind.String())
	o.Str("message", name(s.message))
	return o.End()
}

// name is an id as bodies have it, "" for none.
func name(id core.UUID) string {
	if id == (core.UUID{}) {
		return ""
	}
	return id.String()
}

// parse reads what append writes, and nothing else.
func (s *stub) parse(b []byte) bool {
	var w struct {
		At       time.Time       `json:"at"`
		Campaign core.CampaignID `json:"campaign"`
		ID       core.RecordID   `json:"id"`
		Kind     string          `json:"kind"`
		Message  core.MessageID  `json:"message"`
	}
	if json.Unmarshal(b, &w) != nil {
		return false
	}
	k, ok := evidence.ParseKind(w.Kind)
	*s = stub{w.At, w.ID, k, core.UUID(w.Message), core.UUID(w.Campaign)}
	return ok && bytes.Equal(s.append(nil), b)
}

func (l *line) append(dst []byte) []byte {
	dst = append(dst, '{')
	if l.sealed {
		dst = append(dst, `"index":`...)
		dst = strconv.AppendInt(dst, l.index, 10)
		dst = append(dst, `,"seq":`...)
		dst = strconv.AppendInt(dst, l.seq, 10)
		dst = append(dst, ',')
	}
	if l.body != nil {
		dst = append(dst, `"salt":"`...)
		dst = hex.AppendEncode(dst, l.salt[:])
		dst = append(dst, `",`...)
	}
	dst = append(dst, `"commitment":"`...)
	dst = hex.AppendEncode(dst, l.commitment[:])
	dst = append(dst, '"')
	if l.sealed {
		dst = append(dst, `,"proof":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, l.proof)
		dst = append(dst, '"')
	}
	if l.body != nil {
		dst = append(dst, `,"body":`...)
		dst = append(dst, l.body...)
	} else {
		dst = append(dst, `,"erased":`...)
		dst = l.erased.append(dst)
	}
	return append(dst, "}\n"...)
}

// parse reads what append writes, without the newline, and nothing else: there is
// one way to write a line. It uses l's proof again. The body is part of b.
func (l *line) parse(b []byte) error {
	s := scanner{b: b, ok: true}
	*l = line{proof: l.proof[:0]}
	s.word("{")
	if s.try(`"index":`) {
		l.sealed = true
		l.index = s.int()
		s.word(`,"seq":`)
		l.seq = s.int()
		s.word(",")
	}
	salted := s.try(`"salt":"`)
	if salted {
		s.hex(l.salt[:])
		s.word(`",`)
	}
	s.word(`"commitment":"`)
	s.hex(l.commitment[:])
	s.word(`"`)
	if l.sealed {
		s.word(`,"proof":"`)
		l.proof = s.base64(l.proof)
		s.word(`"`)
	}
	if salted {
		s.word(`,"body":`)
		l.body = s.rest()
	} else {
		s.word(`,"erased":`)
		s.ok = s.ok && l.erased.parse(s.rest())
	}
	if !s.ok {
		return bad("the line is not of the form that a record has")
	}
	return nil
}

var strict64 = base64.StdEncoding.Strict()

// A scanner reads the parts of a line. Once something does not fit, ok is false.
type scanner struct {
	b  []byte
	ok bool
}

func (s *scanner) try(w string) bool {
	if !s.ok || len(s.b) < len(w) || string(s.b[:len(w)]) != w {
		return false
	}
	s.b = s.b[len(w):]
	return true
}

func (s *scanner) word(w string) {
	if !s.try(w) {
		s.ok = false
	}
}

func (s *scanner) int() int64 {
	n := 0
	for n < len(s.b) && n < 19 && s.b[n] >= '0' && s.b[n] <= '9' {
		n++
	}
	v, err := strconv.ParseInt(string(s.b[:n]), 10, 64)
	if err != nil || n > 1 && s.b[0] == '0' {
		s.ok = false
		return 0
	}
	s.b = s.b[n:]
	return v
}

func (s *scanner) hex(dst []byte) {
	n := 2 * len(dst)
	if len(s.b) < n {
		s.ok = false
		return
	}
	if _, err := hex.Decode(dst, s.b[:n]); err != nil || bytes.ContainsAny(s.b[:n], "ABCDEF") {
		s.ok = false
		return
	}
	s.b = s.b[n:]
}

func (s *scanner) base64(dst []byte) []byte {
	n := bytes.IndexByte(s.b, '"')
	if !s.ok || n < 0 || n > 4*(maxProof*tlog.HashSize+2)/3 {
		s.ok = false
		return dst
	}
	before := len(dst)
	dst, err := strict64.AppendDecode(dst, s.b[:n])
	// The decoder passes over line ends; the length tells.
	if err != nil || len(dst)%tlog.HashSize != 0 || base64.StdEncoding.EncodedLen(len(dst)-before) != n {
		s.ok = false
	}
	s.b = s.b[n:]
	return dst
}

// rest returns what comes before the line's last brace. That it is a whole value
// and nothing more is found out when it is read.
func (s *scanner) rest() []byte {
	n := len(s.b) - 1
	if !s.ok || n < 2 || s.b[n] != '}' {
		s.ok = false
		return nil
	}
	return s.b[:n:n]
}
