package api

import (
	"context"
	"net/http"
	"time"

	"github.com/jobfluss/nexo/core/grant"
)

// An Identity is what a token is.
type Identity struct {
	ID       string    `json:"id" format:"uuid" doc:"Records name it as who acted."`
	Name     string    `json:"name"`
	Business string    `json:"business" format:"uuid"`
	Brand    string    `json:"brand" doc:"The venue's name."`
	Scopes   []string  `json:"scopes" nullable:"false"`
	Expires  time.Time `json:"expires"`
}

type oneIdentity struct{ Body Identity }

func (a *API) identity() {
	register(a, op{id: "get-token", method: http.MethodGet, path: "/token", tag: "Token", summary: "What this token may do", about: "For any token that lets you in."},
		func(_ context.Context, g grant.Grant, _ *struct{}) (*oneIdentity, error) {
			return &oneIdentity{Identity{ID: g.Token.ID.String(), Name: g.Token.Name, Business: g.Business.ID.String(), Brand: g.Business.Name, Scopes: g.Token.Scopes.Names(), Expires: g.Token.Expires}}, nil
		})
}
