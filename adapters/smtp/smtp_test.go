package smtp_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/adapters/smtp"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/seal"
)

// serve plays a mail server for one letter: to each command it gives the answer
// of its first word, or 250. It returns what was said.
func serve(t *testing.T, answers map[string]string) (address string, said chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	said = make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		var all strings.Builder
		defer func() { said <- all.String() }()
		fmt.Fprint(c, "220 mail\r\n")
		r, inData := bufio.NewReader(c), false
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			all.WriteString(line)
			word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			answer := "250 ok"
			switch {
			case inData && line != ".\r\n":
				continue
			case inData:
				inData, word = false, "END"
			case word == "DATA":
				inData, answer = true, "354 go on"
			case word == "QUIT":
				answer = "221 bye"
			}
			if a := answers[word]; a != "" {
				answer = a
			}
			fmt.Fprint(c, answer+"\r\n")
		}
	}()
	return l.Addr().String(), said
}

var letter = seal.Letter{ID: "42.x", To: "luna@example.com", Subject: "Your log ☕", Body: "A line of more than seventy-six bytes, which quoted-printable has to break into two, and é.\n.\nEnd\n"}

func open(t *testing.T, address string) *smtp.Server {
	t.Helper()
	s, err := smtp.Open("smtp://"+address, "NexoAlerts <log@nexo.example>")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLetterArrivesWhole(t *testing.T) {
	address, said := serve(t, nil)
	if err := open(t, address).Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	all := <-said
	if !strings.Contains(all, "MAIL FROM:<log@nexo.example>") || !strings.Contains(all, "RCPT TO:<luna@example.com>") {
		t.Errorf("the server heard %q", all)
	}
	_, text, _ := strings.Cut(all, "DATA\r\n")
	text, _, _ = strings.Cut(text, "\r\n.\r\n")
	m, err := mail.ReadMessage(strings.NewReader(strings.ReplaceAll(text, "\r\n..", "\r\n.")))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n")) != strings.TrimSpace(letter.Body) {
		t.Errorf("the body is %q, %v", body, err)
	}
	if m.Header.Get("Message-ID") != "<42.x@nexo.example>" || m.Header.Get("Subject") != "=?utf-8?q?Your_log_=E2=98=95?=" {
		t.Errorf("the header is %v", m.Header)
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string]string
		to      string
		want    core.Kind
	}{
		"no such mailbox": {map[string]string{"RCPT": "550 luna@example.com: no such user"}, letter.To, core.Invalid},
		"come again":      {map[string]string{"RCPT": "451 luna@example.com: greylisted"}, letter.To, core.Unavailable},
		"not ours":        {map[string]string{"MAIL": "550 who are you"}, letter.To, core.Unavailable},
		"spam":            {map[string]string{"END": "554 luna@example.com thinks this is spam"}, letter.To, core.Invalid},
		"disk full":       {map[string]string{"END": "452 full"}, letter.To, core.Unavailable},
		"no address":      {nil, "luna at example.com\r\nRCPT TO:<x@example.com>", core.Invalid},
	} {
		address, _ := serve(t, c.answers)
		l := letter
		l.To = c.to
		err := open(t, address).Send(t.Context(), l)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "luna") {
			t.Errorf("%s: the error shows the address: %v", name, err)
		}
	}
}

// A server that says nothing does not keep a program that stops.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if c, err := l.Accept(); err == nil {
			cancel()
			defer c.Close()
			_, _ = io.Copy(io.Discard, c)
		}
	}()
	if err := open(t, l.Addr().String()).Send(ctx, letter); !errors.Is(err, core.Unavailable) {
		t.Errorf("%v", err)
	}
}

func TestConfiguration(t *testing.T) {
	for _, server := range []string{"", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://hunter2@mail.example.com/path"} {
		_, err := smtp.Open(server, "a@example.com")
		if !errors.Is(err, core.Invalid) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", server, err)
		}
	}
	if _, err := smtp.Open("smtps://u:p@mail.example.com", "nobody"); !errors.Is(err, core.Invalid) {
		t.Errorf("a sender without an address: %v", err)
	}
}
