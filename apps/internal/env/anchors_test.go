package env_test

import (
	"strings"
	"testing"

	"github.com/jobfluss/nexo/apps/internal/env"
)

func TestAnchorsAreWholeOrNotThere(t *testing.T) {
	for name, c := range map[string]struct {
		set  map[string]string
		says []string // nothing: it can be used
	}{
		"none": {nil, nil},
		"all": {map[string]string{"NEXO_ANCHOR_DIR": "/mnt/heads", "NEXO_ANCHOR_S3": "https://b.s3.us-east-1.amazonaws.com/nexo", "NEXO_ANCHOR_S3_REGION": "us-east-1",
			"NEXO_ANCHOR_S3_KEY_ID": "id", "NEXO_ANCHOR_S3_SECRET": "s3cret", "NEXO_ANCHOR_TSA": "https://tsa.example.com/tsr",
			"NEXO_MAIL_SERVER": "smtp://u:s3cret@mail.example.com:587", "NEXO_MAIL_FROM": "NexoAlerts <log@example.com>"}, nil},
		"a bucket alone": {map[string]string{"NEXO_ANCHOR_S3": "https://b.example"}, []string{"NEXO_ANCHOR_S3_REGION is", "NEXO_ANCHOR_S3_KEY_ID is", "NEXO_ANCHOR_S3_SECRET is"}},
		"no addresses":   {map[string]string{"NEXO_ANCHOR_S3": "bucket", "NEXO_ANCHOR_TSA": "tsa.example.com"}, []string{"NEXO_ANCHOR_S3 must", "NEXO_ANCHOR_TSA must"}},
		"no sender":      {map[string]string{"NEXO_MAIL_SERVER": "smtp://u:s3cret@mail.example.com"}, []string{"NEXO_MAIL_FROM is not set"}},
		"no server":      {map[string]string{"NEXO_MAIL_FROM": "log@example.com"}, []string{"NEXO_MAIL_SERVER is not set"}},
		"neither right":  {map[string]string{"NEXO_MAIL_SERVER": "imap://u:s3cret@mail.example.com", "NEXO_MAIL_FROM": "log"}, []string{"NEXO_MAIL_SERVER cannot", "NEXO_MAIL_FROM cannot"}},
	} {
		_, err := env.Read(from(c.set), ":1", env.Needs{})
		if (err != nil) != (len(c.says) > 0) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, s := range c.says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%s: %v says nothing of %q", name, err, s)
			}
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error shows a secret: %v", name, err)
		}
	}
}
