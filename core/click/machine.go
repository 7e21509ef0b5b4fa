package click

import "strings"

// machines are words in the names of programs that open links before, or instead
// of, people: previews of messengers (iOS calls itself facebookexternalhit and
// Twitterbot, Android's messages go by a Google fetcher), scanners of mail and
// safe browsing, search engines, tools.
var machines = strings.Fields(`bot crawl spider slurp preview fetch scan monitor facebookexternalhit facebot whatsapp telegram
	slack discord skype viber linkedin pinterest embedly iframely google-pagerenderer googleimageproxy google-safety google-read-aloud
	googleother google-inspectiontool googlemessages com.google.android.apps.messaging bingpreview yahoo mediapartners lighthouse headless
	phantomjs puppeteer playwright selenium curl wget python java/ okhttp go-http-client axios node-fetch libwww httpclient
	ruby php/ perl proofpoint barracuda mimecast symantec trendmicro forcepoint zscaler fortinet sophos virustotal urlscan
	cfnetwork nexo`)

// Machine reports whether a request is of a program and not of a person: it asks
// for the head only, it says that it loads ahead, or its name is one of those that
// do. A request without a name is one too.
func Machine(method string, header func(string) string) bool {
	if method != "GET" {
		return true
	}
	for _, h := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		if v := strings.ToLower(header(h)); strings.Contains(v, "prefetch") || strings.Contains(v, "preview") || strings.Contains(v, "prerender") {
			return true
		}
	}
	agent := strings.ToLower(header("User-Agent"))
	if !strings.HasPrefix(agent, "mozilla/") && !strings.HasPrefix(agent, "opera/") {
		return true
	}
	for _, m := range machines {
		if strings.Contains(agent, m) {
			return true
		}
	}
	return false
}
