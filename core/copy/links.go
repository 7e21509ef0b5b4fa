package copy

import (
	"slices"
	"strings"
)

// A link is a web address in the text, as bytes from..to.
type link struct {
	host     string
	from, to int
	mail     bool // an e-mail address: no link, and no prose either
	shady    bool // a bare IP address, a user name before the host, or punycode
}

// Domains of link shorteners that anyone may use (AT&T's code forbids them; CTIA
// §5.3.2 wants a domain whose owner is evident).
var shorteners = list(`bit.ly bitly.com tinyurl.com tiny.cc tiny.one t.co goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly
	cutt.ly shorturl.at shorturl.com rb.gy lnkd.in t.ly s.id bl.ink qrco.de adf.ly bc.vc j.mp x.co po.st soo.gd su.pr
	tr.im u.to short.io short.cm shorte.st ity.im q.gs snip.ly snipurl.com clck.ru cli.gs dlvr.it ht.ly hubs.ly hubs.la
	ift.tt mcaf.ee moourl.com tny.im trib.al twurl.nl url.ie urlz.fr vzturl.com yourls.org zpr.io wp.me fb.me amzn.to
	bitly.ws linklyhq.com l.ead.me shrtco.de 1url.com 2.gp 3.ly 4sq.com 7.ly a.gg b.link bit.do bitl.ee budurl.com
	chilp.it clicky.me cutt.us db.tt dft.ba fur.ly gg.gg git.io gowat.ch hyperurl.co idek.net kutt.it lc.chat link.gd
	lnk.to lnk.bio lstu.fr micro.pm mz.gl n9.cl oe.cd onelink.to ouo.io ow.li p.pw plu.sh ppt.cc
	qr.ae qr.net reurl.cc rotf.lol s2r.co shor.by shortest.link shortlink.link shrt.li shorten.ee shorturl.gg sl.al smarturl.it
	spoo.me srnk.us t2m.io t2mio.com tinu.be tinyurl.so tinyurls.com tl.gd to.ly turl.ca twtr.to txt.do u.nu ur1.ca
	url.kr urlshort.dev vu.fr w.wiki waa.ai we.tl x.gd y2u.be yep.it ulvis.net zi.ma zzb.bz clk.im dub.sh dub.co
	short.gy bitlylinks.com tinylink.net tiny.pl tinyurl.mobi t1p.de kurzelinks.de is.gy shurl.co sho.rt slink.to
	da.gd chl.li lihi.cc lihi1.com pse.is acortar.link acortaurl.com n.pr rebrandly.com txtly.io lnks.gd urls.fr
	me2.do han.gl c11.kr vo.la mtr.cool linkd.in deck.ly alturl.com doiop.com fwd4.me merky.de nutshellurl.com`)

// Top-level domains that are safe to see without http:// or a path, and those
// that are English words, which must be lower case and stand alone.
var (
	plainTLDs = list(`com net org edu gov mil biz info mobi io co ly ca uk mx au de fr es nl eu tv cc gg gy gl gd ws dev app shop store
		online site website xyz tech link click page blog menu pizza restaurant cafe coffee beer wine bar pub kitchen catering recipes
		social vip icu top buzz rest club ai bio cl ru cn ee tt st sh ms fm vc pw su cx nu la lu ch it.com one space agency rocks
		delivery express cash casino bet loans credit money finance porn sex xxx adult cam dating tickets events party art rip`)
	wordTLDs = list(`us me to in it is so at be by am my no do id as we re pe pr ph host today live fun world life love now
		free best band city land zone email news win bid sale deals pro plus cool wtf`)
)

// findLinks finds every web address: with a scheme, with a path, or bare. It
// starts at full stops between letters, so prose costs nothing.
func findLinks(t *text) []link {
	var out []link
	for i := range t.glyphs {
		if t.glyphs[i].r != '.' || !hostRune(t.at(i-1)) || !hostRune(t.at(i+1)) {
			continue
		}
		first, _ := t.span(i, i+1)
		if n := len(out); n > 0 && first < out[n-1].to {
			continue
		}
		if l, ok := t.linkAround(i); ok {
			out = append(out, l)
		}
	}
	return t.spelledLinks(out)
}

func hostRune(r rune) bool { return isWordRune(r) || r == '-' }

// linkAround reads the address that the full stop at glyph i belongs to.
func (t *text) linkAround(i int) (link, bool) {
	a, b := i, i+1
	for a > 0 && (hostRune(t.at(a-1)) || t.at(a-1) == '.') {
		a--
	}
	for b < len(t.glyphs) && (hostRune(t.at(b)) || t.at(b) == '.' && hostRune(t.at(b+1))) {
		b++
	}
	host := strings.Trim(t.letters(a, b), ".-")
	if t.at(a-1) == '@' && !t.schemeBefore(a-1) {
		for a > 0 && t.at(a-1) != ' ' && t.at(a-1) != '\n' {
			a--
		}
		l := link{mail: true}
		l.from, l.to = t.span(a, b)
		return l, true
	}
	scheme := t.schemeBefore(a)
	if t.at(b) == '@' && !scheme {
		return link{}, false
	}
	l := link{host: strings.TrimPrefix(host, "www."), shady: t.at(a-1) == '@'}
	if scheme {
		for a > 0 && t.at(a-1) != ' ' && t.at(a-1) != '\n' && t.at(a-1) != '(' {
			a--
		}
	}
	path := false
	if c := t.at(b); c == '@' || c == '/' || c == '?' || c == '#' || c == ':' && isDigit(t.at(b+1)) {
		path = c != '#' && (c != '?' || hostRune(t.at(b+1)))
		l.shady = l.shady || c == '@'
		if path {
			b = t.pathEnd(b)
		}
	}
	if !isHost(t, l.host, a, b, scheme || strings.HasPrefix(host, "www."), path) {
		return link{}, false
	}
	l.shady = l.shady || isIP(l.host) || strings.Contains(l.host, "xn--")
	l.from, l.to = t.span(a, b)
	return l, true
}

func (t *text) letters(a, b int) string {
	var s strings.Builder
	for _, g := range t.glyphs[a:b] {
		s.WriteRune(g.r)
	}
	return s.String()
}

// schemeBefore reports whether :// precedes glyph a, perhaps with a user name.
func (t *text) schemeBefore(a int) bool {
	for ; a > 2 && t.at(a-1) != ' '; a-- {
		if t.at(a-1) == '/' && t.at(a-2) == '/' && t.at(a-3) == ':' {
			return true
		}
	}
	return false
}

func (t *text) pathEnd(b int) int {
	for b < len(t.glyphs) {
		switch t.at(b) {
		case ' ', '\n', '\r', '\t', '"', '<', '>', ')':
			goto end
		}
		b++
	}
end:
	for b > 0 && strings.ContainsRune(".,!?;:'", t.at(b-1)) {
		b--
	}
	return b
}

// isHost decides whether host is an address or a full stop without its space:
// "9pm.Come" and "$5.Wings" are prose.
func isHost(t *text, host string, a, b int, scheme, path bool) bool {
	if isIP(host) {
		return scheme || path
	}
	k := strings.LastIndexByte(host, '.')
	if k <= 0 || k+2 >= len(host) {
		return false
	}
	tld := host[k+1:]
	if strings.IndexFunc(tld, func(r rune) bool { return r >= '0' && r <= '9' || r == '-' }) >= 0 && !strings.HasPrefix(tld, "xn--") {
		return false
	}
	if scheme || shortener(host) {
		return true
	}
	if t.at(a-1) == '$' {
		return false
	}
	if path {
		// With a path an unknown domain is one too, unless it reads as "and.or/more".
		return len(tld) == 2 || plainTLDs.has(tld) || wordTLDs.has(tld) || strings.Count(host, ".") > 1
	}
	if t.titled(a, b, len(tld)) {
		return false
	}
	return plainTLDs.has(tld) || wordTLDs.has(tld) && !t.anyUpper(a, b) && len(host) > len(tld)+3 && t.at(b) != 0 && t.at(b) != ' '
}

// titled reports whether the last label begins a sentence: "tonight.Bar opens".
func (t *text) titled(a, b, tld int) bool {
	first := b - tld
	return first > a && t.glyphs[first].upper && first+1 < b && !t.glyphs[first+1].upper
}

func (t *text) anyUpper(a, b int) bool {
	return slices.ContainsFunc(t.glyphs[a:b], func(g glyph) bool { return g.upper })
}

func isIP(host string) bool {
	dots := 0
	for _, c := range host {
		if c == '.' {
			dots++
		} else if !isDigit(c) {
			return false
		}
	}
	return dots == 3
}

// spelledLinks adds shorteners written around the full stop: "bit dot ly/x",
// "bit(.)ly", "bit .ly".
func (t *text) spelledLinks(out []link) []link {
	for i := 0; i+1 < len(t.tokens); i++ {
		j := i + 1
		dotted := t.tokens[j].dot
		if t.tokens[j].w == "dot" && j+1 < len(t.tokens) {
			j, dotted = j+1, true
		}
		host := t.tokens[i].w + "." + t.tokens[j].w
		if !dotted || !shorteners.has(host) || len(t.tokens[j].w) > 3 {
			continue
		}
		from, to := t.tokens[i].from, t.tokens[j].to
		// "See it. Is…" is prose: what is spelled out has no capital after the dot.
		if slices.ContainsFunc(out, func(l link) bool { return from < l.to && l.from < to }) || t.glyphs[t.tokens[j].first].upper {
			continue
		}
		if t.tokens[j].end < len(t.glyphs) && t.at(t.tokens[j].end) == '/' || j == i+2 || spelledNames.has(t.tokens[i].w) {
			out = append(out, link{host: host, from: from, to: to})
		}
	}
	return out
}

var spelledNames = list("bit tinyurl ow goo cutt rebrand buff rb adf")

func shortener(host string) bool { return under(host, shorteners.has) }

// under reports whether host, or a domain it is under, is one of those.
func under(host string, is func(string) bool) bool {
	for {
		if is(host) {
			return true
		}
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return false
		}
		host = rest
	}
}

// hide takes the words of links out of the text: the path of a link is no prose.
func (t *text) hide(links []link) {
	for _, l := range links {
		for i := range t.tokens {
			if t.tokens[i].from < l.to && l.from < t.tokens[i].to {
				t.tokens[i].off = true
			}
		}
	}
}

func (r *reader) checkLinks() {
	own := map[string]bool{}
	for _, d := range r.draft.Domains {
		own[domain(d)] = true
	}
	for _, l := range r.links {
		switch {
		case l.mail:
		case shortener(l.host):
			r.add("url_shortener", Block, l.from, l.to)
		case l.shady:
			r.add("suspicious_link", Block, l.from, l.to)
		case !under(l.host, func(h string) bool { return own[h] }):
			r.add("foreign_domain", Warn, l.from, l.to)
		}
	}
}

// domain returns the bare domain of what someone typed as theirs.
func domain(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	s, _, _ = strings.Cut(s, "/")
	s, _, _ = strings.Cut(s, ":")
	return strings.TrimPrefix(strings.Trim(s, "."), "www.")
}
