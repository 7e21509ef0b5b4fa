package telnyx

import (
	"github.com/jobfluss/nexo/adapters/telnyx/internal/jsonenc"
	"github.com/jobfluss/nexo/core/message"
)

// encode writes the body of POST /messages. The buffer is new each time: the
// transport may hold on to it after a failed call.
func (c *Client) encode(m message.Message) []byte {
	size := 160 + len(c.webhookBase) + 52 + len(m.Body) + len(m.Body)/8
	for _, u := range m.Media {
		size += len(u) + 3
	}
	b := make([]byte, 0, size)
	b = append(b, `{"from":"`...)
	b = append(b, m.From.E164()...)
	b = append(b, `","to":"`...)
	b = append(b, m.To.E164()...)
	b = append(b, '"')
	if m.Body != "" {
		b = append(b, `,"text":`...)
		b = jsonenc.String(b, m.Body)
	}
	if len(m.Media) > 0 {
		b = append(b, `,"type":"MMS","media_urls":`...)
		b = jsonenc.Strings(b, m.Media)
	} else {
		b = append(b, `,"type":"SMS"`...)
	}
	if c.webhookBase != "" {
		b = append(b, `,"webhook_url":`...)
		b = jsonenc.String(b, c.webhookBase+string(m.Token()))
		// By default the carrier tells the profile's address too. That one is for
		// what guests write; a receipt belongs to the address that names its text.
		// Inbound texts have no address of their own and are not touched by it.
		b = append(b, `,"use_profile_webhooks":false`...)
	}
	return append(b, '}')
}
