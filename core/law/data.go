package law

import "bytes"

// USData returns the file that [US] is made of, for whoever wants to [Load] it
// later, when the embedded one is newer. The caller may change the copy.
func USData() []byte { return bytes.Clone(usJSON) }
