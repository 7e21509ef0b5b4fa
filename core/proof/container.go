package proof

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"github.com/jobfluss/nexo/core"
)

// The container is a zip archive of the plainest kind: files are stored as they
// are, one after the other, with nothing between them. Each byte of it that is not
// a file's is a function of the files' names and contents, and the reader demands
// just that one. A compressed archive has bits that no reader looks at, and can be
// small and unfold to anything.
const (
	// maxFiles is the most files that a container holds.
	maxFiles = 4096
	// maxName is the length of the longest name.
	maxName = 128

	localSize, afterSize, centralSize, endSize = 30, 16, 46, 22

	// zipVersion is what a reader must be able to do: 2.0, sizes behind the file.
	zipVersion = 20
	// zipFlags: bit 3, sizes and checksum come behind the file.
	zipFlags = 8
	// zipDay is 1 January 1980 in the form of MS-DOS: the files have no date.
	zipDay = 1<<5 | 1
)

// An entry is one file in a container.
type entry struct {
	name   string
	offset int64 // of the local header
	size   int64
	crc    uint32
}

func (e entry) start() int64 { return e.offset + localSize + int64(len(e.name)) }
func (e entry) end() int64   { return e.start() + e.size + afterSize }

func (e entry) local() []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0x04034b50)
	b = e.common(b, 0, 0, 0)
	return append(b, e.name...)
}

func (e entry) after() []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0x08074b50)
	b = binary.LittleEndian.AppendUint32(b, e.crc)
	b = binary.LittleEndian.AppendUint32(b, uint32(e.size))
	return binary.LittleEndian.AppendUint32(b, uint32(e.size))
}

func (e entry) central() []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0x02014b50)
	b = binary.LittleEndian.AppendUint16(b, zipVersion)
	b = e.common(b, e.crc, uint32(e.size), uint32(e.size))
	b = append(b, make([]byte, 10)...) // comment, disk, attributes
	b = binary.LittleEndian.AppendUint32(b, uint32(e.offset))
	return append(b, e.name...)
}

// common appends what the two headers have in common.
func (e entry) common(b []byte, crc, packed, size uint32) []byte {
	b = binary.LittleEndian.AppendUint16(b, zipVersion)
	b = binary.LittleEndian.AppendUint16(b, zipFlags)
	b = append(b, 0, 0, 0, 0) // stored; midnight
	b = binary.LittleEndian.AppendUint16(b, zipDay)
	for _, n := range [...]uint32{crc, packed, size} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(e.name)))
	return append(b, 0, 0) // nothing extra
}

func endOf(files int, size, offset int64) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0x06054b50)
	b = append(b, 0, 0, 0, 0) // disks
	b = binary.LittleEndian.AppendUint16(b, uint16(files))
	b = binary.LittleEndian.AppendUint16(b, uint16(files))
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, uint32(offset))
	return append(b, 0, 0) // no comment
}

// A boxer writes a container in one stream. It keeps nothing but the list of files.
type boxer struct {
	w     io.Writer
	at    int64
	files []entry
	open  bool
	err   error
}

// file begins the next file; what is written to the boxer from now on is its.
func (b *boxer) file(name string) {
	b.shut()
	e := entry{name: name, offset: b.at}
	b.raw(e.local())
	b.files, b.open = append(b.files, e), true
}

// Write appends to the file that was begun last.
func (b *boxer) Write(p []byte) (int, error) {
	e := &b.files[len(b.files)-1]
	e.crc = crc32.Update(e.crc, crc32.IEEETable, p)
	e.size += int64(len(p))
	b.raw(p)
	return len(p), b.err
}

// close ends the container.
func (b *boxer) close() error {
	b.shut()
	start := b.at
	for _, e := range b.files {
		b.raw(e.central())
	}
	b.raw(endOf(len(b.files), b.at-start, start))
	if b.err == nil && (b.at >= maxPack || len(b.files) > maxFiles) {
		return core.E("proof.Write", core.Invalid, "a pack holds less than 4 GiB and 4096 files; export the business instead")
	}
	return b.err
}

func (b *boxer) shut() {
	if b.open {
		b.raw(b.files[len(b.files)-1].after())
		b.open = false
	}
}

func (b *boxer) raw(p []byte) {
	if b.err != nil {
		return
	}
	n, err := b.w.Write(p)
	b.at += int64(n)
	if err != nil {
		b.err = core.Wrap("proof.Write", core.Unavailable, "the pack could not be written to its end", err)
	}
}

// maxPack is one more than the most bytes of a container: what 32 bits count.
const maxPack = 1<<32 - 1

// A box is a container that was read: its files in order.
type box struct {
	r     io.ReaderAt
	files []entry
}

// unbox reads the list of files and demands every byte of the container that is
// not a file's. It reads at most maxFiles names into memory.
func unbox(r io.ReaderAt, size int64) (*box, error) {
	if size < endSize || size >= maxPack {
		return nil, bad("this is no pack: it has %d bytes", size)
	}
	end := make([]byte, endSize)
	if err := readAt(r, end, size-endSize); err != nil {
		return nil, err
	}
	n, length, offset := int(binary.LittleEndian.Uint16(end[10:])), int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	switch {
	case !bytes.Equal(end[:4], []byte("PK\x05\x06")):
		return nil, bad("this is no pack, or one that was cut off: it does not end as a zip archive without comment ends")
	case n > maxFiles || length > maxFiles*(centralSize+maxName):
		return nil, bad("the archive has more than %d files", maxFiles)
	case offset+length+endSize != size || !bytes.Equal(end, endOf(n, length, offset)):
		return nil, bad("the end of the archive does not fit the rest: something was cut off, put in front or behind")
	}
	b := &box{r: r}
	list := make([]byte, length)
	if err := readAt(r, list, offset); err != nil {
		return nil, err
	}
	return b, b.read(list, n, offset)
}

// read reads the archive's list of files and checks what lies between them.
func (b *box) read(list []byte, n int, dataEnd int64) error {
	seen, at := make(map[string]bool, n), int64(0)
	for i := range n {
		e, size, err := readEntry(list)
		if err != nil {
			return bad("file %d of the archive: %s", i+1, err)
		}
		list = list[size:]
		if seen[e.name] {
			return bad("the archive has two files named %s", e.name)
		}
		seen[e.name] = true
		if e.offset != at || e.end() > dataEnd {
			return bad("the file %s does not lie where the one before it ends", e.name)
		}
		if err := b.demand(e.offset, e.local(), e.name); err != nil {
			return err
		}
		if err := b.demand(e.end()-afterSize, e.after(), e.name); err != nil {
			return err
		}
		at = e.end()
		b.files = append(b.files, e)
	}
	if len(list) != 0 || at != dataEnd {
		return bad("the archive holds something that its list of files does not name")
	}
	return nil
}

func readEntry(list []byte) (entry, int, error) {
	if len(list) < centralSize {
		return entry{}, 0, fmt.Errorf("the list of files is cut off")
	}
	size := centralSize + int(binary.LittleEndian.Uint16(list[28:]))
	if size > centralSize+maxName || size > len(list) {
		return entry{}, 0, fmt.Errorf("its name is too long")
	}
	e := entry{
		name:   string(list[centralSize:size]),
		offset: int64(binary.LittleEndian.Uint32(list[42:])),
		size:   int64(binary.LittleEndian.Uint32(list[24:])),
		crc:    binary.LittleEndian.Uint32(list[16:]),
	}
	if !goodName(e.name) {
		return entry{}, 0, fmt.Errorf("the name %q is none that a pack has: no path may lead out of it", e.name)
	}
	if method := binary.LittleEndian.Uint16(list[10:]); method != 0 {
		return entry{}, 0, fmt.Errorf("%s is compressed: files in a pack are stored as they are", e.name)
	}
	if !bytes.Equal(list[:size], e.central()) {
		return entry{}, 0, fmt.Errorf("its entry in the list of files is not as it is written")
	}
	return e, size, nil
}

// goodName allows small letters, digits, - . _ and /, and no path that leads out.
func goodName(s string) bool {
	if s == "" || len(s) > maxName || s[0] == '/' || strings.HasSuffix(s, "/") || strings.Contains(s, "..") || strings.Contains(s, "//") {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '-' || c == '.' || c == '_' || c == '/') {
			return false
		}
	}
	return true
}

func (b *box) demand(at int64, want []byte, name string) error {
	got := make([]byte, len(want))
	if err := readAt(b.r, got, at); err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return bad("the header of the file %s is not as it is written", name)
	}
	return nil
}

// file returns the file of a name.
func (b *box) file(name string) (*io.SectionReader, entry, bool) {
	for _, e := range b.files {
		if e.name == name {
			return io.NewSectionReader(b.r, e.start(), e.size), e, true
		}
	}
	return nil, entry{}, false
}

// read returns a whole file that must not be longer than limit.
func (b *box) bytes(name string, limit int64) ([]byte, error) {
	r, e, ok := b.file(name)
	if !ok {
		return nil, bad("the pack has no %s", name)
	}
	if e.size > limit {
		return nil, bad("%s has %d bytes, and must not have more than %d", name, e.size, limit)
	}
	data := make([]byte, e.size)
	return data, readAt(r, data, 0)
}

func readAt(r io.ReaderAt, p []byte, at int64) error {
	if len(p) == 0 {
		return nil
	}
	if n, err := r.ReadAt(p, at); n < len(p) {
		return core.Wrap("proof.Verify", core.Invalid, "the file ends before it should", err)
	}
	return nil
}

// bad is what every failed check returns.
func bad(format string, args ...any) error {
	return core.E("proof.Verify", core.Invalid, fmt.Sprintf(format, args...))
}
