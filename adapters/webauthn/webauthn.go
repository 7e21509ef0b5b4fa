// Package webauthn registers passkeys and checks what they sign (W3C Web
// Authentication, level 3), with github.com/go-webauthn/webauthn.
package webauthn

import (
	"bytes"
	"encoding/json"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
)

// Passkeys implements [access.Passkeys]. It is safe for concurrent use.
type Passkeys struct{ w *webauthn.WebAuthn }

var _ access.Passkeys = (*Passkeys)(nil)

// New returns Passkeys for the pages at an address. A passkey is for its host
// and no other: it cannot be used on a page that only looks like ours.
func New(site string) (*Passkeys, error) {
	const op = "webauthn.New"
	u, err := url.Parse(site)
	if err != nil || u.Hostname() == "" {
		return nil, core.E(op, core.Invalid, "the address of the pages is none")
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "NexoAlerts", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
		AttestationPreference: protocol.PreferNoAttestation,
	})
	if err != nil {
		return nil, core.Wrap(op, core.Invalid, "passkeys do not work at this address", err)
	}
	return &Passkeys{w}, nil
}

// person is a user as the library sees one.
type person struct {
	account.User
	credentials []webauthn.Credential
}

func (p person) WebAuthnID() []byte                         { return p.ID[:] }
func (p person) WebAuthnName() string                       { return p.Email }
func (p person) WebAuthnDisplayName() string                { return p.Name }
func (p person) WebAuthnCredentials() []webauthn.Credential { return p.credentials }

func personOf(u account.User, keys [][]byte) (person, error) {
	p := person{User: u}
	for _, k := range keys {
		var c webauthn.Credential
		if err := json.Unmarshal(k, &c); err != nil {
			return p, core.Wrap("webauthn", core.Internal, "", err)
		}
		p.credentials = append(p.credentials, c)
	}
	return p, nil
}

// BeginAdd returns what the browser is asked, and what is to be kept meanwhile.
func (s *Passkeys) BeginAdd(u account.User, keys [][]byte) (ask, state []byte, err error) {
	p, err := personOf(u, keys)
	if err != nil {
		return nil, nil, err
	}
	creation, session, err := s.w.BeginRegistration(p, webauthn.WithExclusions(webauthn.Credentials(p.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, nil, core.Wrap("webauthn.BeginAdd", core.Internal, "", err)
	}
	return both(creation, session)
}

func both(ask, state any) (a, s []byte, err error) {
	if a, err = json.Marshal(ask); err == nil {
		s, err = json.Marshal(state)
	}
	if err != nil {
		err = core.Wrap("webauthn", core.Internal, "", err)
	}
	return a, s, err
}

const notThis = "This passkey was not taken. Try again, or use another way to sign in."

// FinishAdd returns the key, for keeping.
func (s *Passkeys) FinishAdd(u account.User, state, answer []byte) ([]byte, error) {
	const op = "webauthn.FinishAdd"
	var session webauthn.SessionData
	if err := json.Unmarshal(state, &session); err != nil {
		return nil, core.Wrap(op, core.Denied, notThis, err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, core.Wrap(op, core.Denied, notThis, err)
	}
	c, err := s.w.CreateCredential(person{User: u}, session, parsed)
	if err != nil {
		return nil, core.Wrap(op, core.Denied, notThis, err)
	}
	key, err := json.Marshal(c)
	if err != nil {
		return nil, core.Wrap(op, core.Internal, "", err)
	}
	return key, nil
}

// BeginUse returns what the browser is asked: for any passkey of this site.
func (s *Passkeys) BeginUse() (ask, state []byte, err error) {
	assertion, session, err := s.w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, nil, core.Wrap("webauthn.BeginUse", core.Internal, "", err)
	}
	return both(assertion, session)
}

// FinishUse finds whose passkey signed, and returns the key as it is to be kept
// from now on and which of the user's it was. A key whose counter went back may
// have been copied: it is Denied.
func (s *Passkeys) FinishUse(state, answer []byte, find func(core.UserID) (account.User, [][]byte, error)) (core.UserID, int, []byte, error) {
	const op = "webauthn.FinishUse"
	denied := func(err error) (core.UserID, int, []byte, error) {
		return core.UserID{}, 0, nil, core.Wrap(op, core.Denied, notThis, err)
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(state, &session); err != nil {
		return denied(err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return denied(err)
	}
	var who person
	c, err := s.w.ValidateDiscoverableLogin(func(_, handle []byte) (webauthn.User, error) {
		var id core.UserID
		if len(handle) != len(id) {
			return nil, core.E(op, core.Denied, notThis)
		}
		copy(id[:], handle)
		u, keys, err := find(id)
		if err != nil {
			return nil, err
		}
		who, err = personOf(u, keys)
		return who, err
	}, session, parsed)
	if err != nil {
		return denied(err)
	}
	if c.Authenticator.CloneWarning {
		return denied(core.E(op, core.Denied, "the passkey's counter went back"))
	}
	for i, k := range who.credentials {
		if bytes.Equal(k.ID, c.ID) {
			key, err := json.Marshal(c)
			if err != nil {
				return core.UserID{}, 0, nil, core.Wrap(op, core.Internal, "", err)
			}
			return who.ID, i, key, nil
		}
	}
	return denied(nil)
}
