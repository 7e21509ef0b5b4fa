package env

import (
	"github.com/jobfluss/nexo/adapters/s3"
	"github.com/jobfluss/nexo/adapters/smtp"
	"github.com/jobfluss/nexo/core"
)

// bucket reads where checkpoints are kept, and demands the rest once an address
// is set.
func (r *reader) bucket(name string) s3.Config {
	c := s3.Config{URL: r.url(name, false), Region: r.get(name + "_REGION")}
	set := c.URL != ""
	c.KeyID, c.Secret = r.secret(name+"_KEY_ID", set), r.secret(name+"_SECRET", set)
	if set && c.Region == "" {
		r.wrong(name+"_REGION", "is not set; it must be the bucket's region, like us-east-1")
	}
	return c
}

// mail checks server and sender together, since neither is of use alone.
func (r *reader) mail(server, from string) {
	switch {
	case server == "" && from == "":
		return
	case server == "":
		r.wrong("NEXO_MAIL_SERVER", "is not set, and NEXO_MAIL_FROM is")
		return
	case from == "":
		r.wrong("NEXO_MAIL_FROM", "is not set; it must be whom letters are from, like NexoAlerts <log@example.com>")
		return
	}
	if _, err := smtp.Open(server, "log@example.com"); err != nil {
		r.wrong("NEXO_MAIL_SERVER", "cannot be used: %s", core.MessageOf(err))
	}
	if _, err := smtp.Open("smtp://localhost", from); err != nil {
		r.wrong("NEXO_MAIL_FROM", "cannot be used: %s", core.MessageOf(err))
	}
}
