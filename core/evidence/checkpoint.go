package evidence

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/internal/jcs"
)

// Text is what is signed of a checkpoint: the log's name, the size, the root in
// base64, and the time, each on a line.
func (c Checkpoint) Text(origin string) string {
	return origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root[:]) +
		"\ntime " + c.At.UTC().Format(jcs.TimeLayout) + "\n"
}

// ParseCheckpoint reads what Text writes; Note stays empty. It does not look at
// signatures: open the note first. Errors have kind Invalid.
func ParseCheckpoint(text string) (origin string, c Checkpoint, err error) {
	bad := core.E("evidence.ParseCheckpoint", core.Invalid, "this is no checkpoint: it has four lines, the log's name, size, root and time")
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || lines[0] == "" || lines[4] != "" {
		return "", Checkpoint{}, bad
	}
	root, errRoot := base64.StdEncoding.DecodeString(lines[2])
	when, isTime := strings.CutPrefix(lines[3], "time ")
	size, errSize := strconv.ParseInt(lines[1], 10, 64)
	at, errTime := time.Parse(jcs.TimeLayout, when)
	if errRoot != nil || len(root) != len(c.Root) || !isTime || errSize != nil || errTime != nil {
		return "", Checkpoint{}, bad
	}
	c = Checkpoint{Size: size, Root: Hash(root), At: at}
	if size < 0 || c.Text(lines[0]) != text {
		return "", Checkpoint{}, bad
	}
	return lines[0], c, nil
}
