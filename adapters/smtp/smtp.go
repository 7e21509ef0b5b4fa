// Package smtp sends e-mail in plain text through a mail server that takes it
// from us (RFC 5321, RFC 6409).
package smtp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/seal"
)

// Server sends letters. It is safe for concurrent use: each letter has a
// connection of its own.
type Server struct {
	host, address string
	implicit      bool // TLS from the first byte, else STARTTLS
	local         bool // on this machine, where TLS is not asked for
	auth          smtp.Auth
	from          *mail.Address
	tls           *tls.Config
}

var _ seal.Post = (*Server)(nil)

// Open reads the server's address, smtp://user:password@host:587 (STARTTLS) or
// smtps://… (port 465), and the sender's, which may have a name. It does not
// connect. Its errors do not show the address: it holds a password.
func Open(server, from string) (*Server, error) {
	const op = "smtp.Open"
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		return nil, core.E(op, core.Invalid, "the mail server's address must be like smtp://user:password@mail.example.com:587, or smtps://…")
	}
	a, err := mail.ParseAddress(from)
	if err != nil {
		return nil, core.E(op, core.Invalid, "the sender must be an address like NexoAlerts <log@example.com>")
	}
	s := &Server{host: u.Hostname(), implicit: u.Scheme == "smtps", from: a}
	port := u.Port()
	if port == "" {
		port = map[bool]string{false: "587", true: "465"}[s.implicit]
	}
	s.address = net.JoinHostPort(s.host, port)
	s.local = s.host == "localhost" || net.ParseIP(s.host).IsLoopback()
	s.tls = &tls.Config{ServerName: s.host}
	if u.User != nil {
		password, _ := u.User.Password()
		s.auth = smtp.PlainAuth("", u.User.Username(), password, s.host)
	}
	return s, nil
}

// patience is how long one letter may take.
const patience = time.Minute

// Send delivers a letter to the server.
func (s *Server) Send(ctx context.Context, l seal.Letter) error {
	const op = "smtp.Send"
	to, err := mail.ParseAddress(l.To)
	if err != nil {
		return core.E(op, core.Invalid, "the receiver's address is none")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := s.connect(ctx)
	if err != nil {
		return core.Wrap(op, core.Unavailable, "the mail server cannot be reached, or not safely", err)
	}
	defer func() { _ = c.Close() }() // after Quit it is closed already
	if s.auth != nil {
		if err := c.Auth(s.auth); err != nil {
			return core.Wrap(op, core.Denied, "the mail server does not take our name and password", err)
		}
	}
	if err := c.Mail(s.from.Address); err != nil {
		return core.Wrap(op, core.Unavailable, "the mail server does not take letters from our address", err)
	}
	if err := c.Rcpt(to.Address); err != nil {
		return core.Wrap(op, kind(err), "the mail server does not take a letter to this address", plain(err))
	}
	w, err := c.Data()
	if err == nil {
		if _, err = w.Write(s.message(to, l)); err == nil {
			err = w.Close()
		}
	}
	if err != nil {
		return core.Wrap(op, kind(err), "the mail server does not take the letter", plain(err))
	}
	_ = c.Quit() // it has the letter
	return nil
}

// kind: 5xx is for good.
func kind(err error) core.Kind {
	var e *textproto.Error
	if errors.As(err, &e) && e.Code >= 500 {
		return core.Invalid
	}
	return core.Unavailable
}

// plain keeps the code only: servers repeat the address in their text, and it
// would go to the log.
func plain(err error) error {
	var e *textproto.Error
	if errors.As(err, &e) {
		return &textproto.Error{Code: e.Code, Msg: "(its words are left out: they may hold an address)"}
	}
	return err
}

func (s *Server) connect(ctx context.Context) (*smtp.Client, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, err
	}
	if end, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(end)
	}
	// A server that is silent does not keep a program from stopping.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	if s.implicit {
		conn = tls.Client(conn, s.tls)
	}
	c, err := smtp.NewClient(conn, s.host)
	if err == nil && !s.implicit {
		err = s.starttls(c)
	}
	if err != nil {
		stop()
		_ = conn.Close()
		return nil, err
	}
	return c, nil
}

func (s *Server) starttls(c *smtp.Client) error {
	if ok, _ := c.Extension("STARTTLS"); ok {
		return c.StartTLS(s.tls)
	}
	if s.local {
		return nil
	}
	return errors.New("the server offers no STARTTLS")
}

// message writes headers and body. The date is left to the server, which adds it
// (RFC 6409, 8.3).
func (s *Server) message(to *mail.Address, l seal.Letter) []byte {
	_, domain, _ := strings.Cut(s.from.Address, "@")
	var b bytes.Buffer
	for _, h := range [][2]string{
		{"From", s.from.String()}, {"To", to.String()}, {"Subject", mime.QEncoding.Encode("utf-8", l.Subject)},
		{"Message-ID", "<" + l.ID + "@" + domain + ">"}, {"Auto-Submitted", "auto-generated"}, {"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "quoted-printable"},
	} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	q := quotedprintable.NewWriter(&b)
	_, _ = q.Write([]byte(l.Body))
	_ = q.Close()
	return b.Bytes()
}
