package spool

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"time"

	"github.com/jobfluss/nexo/core/intake"
)

// What a segment begins with, and each record in it. Neither is valid UTF-8, so
// no text of a guest's holds a mark.
const (
	header = "nexo spool 1\xff\n"
	mark   = "\xfe\xffNX"
)

// prefix is what comes before a record's payload: mark, length, checksum of the
// two, checksum of the payload.
const prefix = len(mark) + 4 + 4 + 4

// maxPayload is more than any record has: a body of 1 MiB, and names.
const maxPayload = 1<<20 + 1<<12

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendRecord writes one record: received, names with their lengths, the body.
func appendRecord(b []byte, e intake.Spooled) []byte {
	start := len(b)
	b = append(b, mark...)
	b = append(b, make([]byte, prefix-len(mark))...)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Received.UnixMicro()))
	for _, name := range []string{e.Provider, e.ID} {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
		b = append(b, name...)
	}
	b = append(b, e.Raw...)
	head, payload := b[start:], b[start+prefix:]
	binary.LittleEndian.PutUint32(head[4:], uint32(len(payload)))
	binary.LittleEndian.PutUint32(head[8:], crc32.Checksum(head[:8], castagnoli))
	binary.LittleEndian.PutUint32(head[12:], crc32.Checksum(payload, castagnoli))
	return b
}

// readRecord reads the record that b begins with and returns its size. ok is
// false if it is damaged; torn, if the bytes end before it does.
func readRecord(b []byte) (e intake.Spooled, size int, ok, torn bool) {
	if len(b) < prefix {
		return e, 0, false, true
	}
	n := int(binary.LittleEndian.Uint32(b[4:]))
	if string(b[:4]) != mark || crc32.Checksum(b[:8], castagnoli) != binary.LittleEndian.Uint32(b[8:]) || n > maxPayload {
		return e, 0, false, false
	}
	if len(b) < prefix+n {
		return e, 0, false, true
	}
	payload := b[prefix : prefix+n]
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(b[12:]) {
		return e, 0, false, false
	}
	e, ok = readPayload(payload)
	return e, prefix + n, ok, false
}

func readPayload(p []byte) (e intake.Spooled, ok bool) {
	if len(p) < 8 {
		return e, false
	}
	e.Received = time.UnixMicro(int64(binary.LittleEndian.Uint64(p))).UTC()
	p = p[8:]
	for _, name := range []*string{&e.Provider, &e.ID} {
		if len(p) < 2 || len(p)-2 < int(binary.LittleEndian.Uint16(p)) {
			return e, false
		}
		n := int(binary.LittleEndian.Uint16(p))
		*name, p = string(p[2:2+n]), p[2+n:]
	}
	e.Raw = p
	return e, true
}

// A piece of a segment is a record, or damage.
type piece struct {
	event intake.Spooled
	bytes []byte // of the file
	at    int    // where they begin in it
	ok    bool
	torn  bool // damage at the very end, where writing was cut off
}

// pieces takes a segment's bytes apart. After damage it looks for the next
// record that is whole.
func pieces(b []byte) []piece {
	var out []piece
	at := 0
	if bytes.HasPrefix(b, []byte(header)) {
		at = len(header)
	} else {
		// Cut off before anything was in it; or damaged, which says nothing about
		// the records.
		at = nextRecord(b, 0)
		out = append(out, piece{bytes: b[:at], torn: bytes.HasPrefix([]byte(header), b)})
	}
	for at < len(b) {
		rest := b[at:]
		e, size, ok, torn := readRecord(rest)
		if !ok {
			size = nextRecord(rest, 1)
			// A file system may have made room at the end and not filled it.
			torn = size == len(rest) && (torn || len(bytes.Trim(rest, "\x00")) == 0)
		}
		out = append(out, piece{event: e, bytes: rest[:size], at: at, ok: ok, torn: torn})
		at += size
	}
	return out
}

// nextRecord returns where the first whole record at or after from begins,
// len(b) if there is none.
func nextRecord(b []byte, from int) int {
	for from < len(b) {
		i := bytes.Index(b[from:], []byte(mark))
		if i < 0 {
			break
		}
		if _, _, ok, _ := readRecord(b[from+i:]); ok {
			return from + i
		}
		from += i + 1
	}
	return len(b)
}
