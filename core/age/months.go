package age

// monthOf returns the number of a month's name, in English or Spanish, short or
// whole, or within one slip of the whole name; 0 for any other word.
func monthOf(word string) int {
	if m := short[word]; m > 0 {
		return m
	}
	if len(word) < 5 {
		return 0
	}
	for m, names := range whole {
		for _, name := range names {
			if near(word, name) {
				return m + 1
			}
		}
	}
	return 0
}

var short = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
	"june": 6, "july": 7, "ene": 1, "abr": 4, "mayo": 5, "ago": 8, "dic": 12, "marz": 3,
}

var whole = [12][]string{
	{"january", "enero"}, {"february", "febrero"}, {"march", "marzo"}, {"april", "abril"}, {"mayo"}, {"june", "junio"},
	{"july", "julio"}, {"august", "agosto"}, {"september", "septiembre", "setiembre"}, {"october", "octubre"},
	{"november", "noviembre"}, {"december", "diciembre"},
}

// near reports whether a word is a name, or has one letter too few, too many,
// wrong, or two in the wrong order. Names of five letters and fewer must be
// whole: march is one slip from many words.
func near(word, name string) bool {
	if word == name {
		return true
	}
	if len(name) < 6 || word[0] != name[0] || len(word) < len(name)-1 || len(word) > len(name)+1 {
		return false
	}
	i := 0
	for i < len(word) && i < len(name) && word[i] == name[i] {
		i++
	}
	switch {
	case len(word) < len(name):
		return word[i:] == name[i+1:]
	case len(word) > len(name):
		return word[i+1:] == name[i:]
	}
	return word[i+1:] == name[i+1:] || i+1 < len(word) && word[i] == name[i+1] && word[i+1] == name[i] && word[i+2:] == name[i+2:]
}
