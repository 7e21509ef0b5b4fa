package api

import (
	"bytes"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/jobfluss/nexo/core/token"
)

// config is everything about the API that is not an operation.
func (a *API) config() huma.Config {
	c := huma.DefaultConfig("NexoAlerts API", Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil // served by hand, and no links to schemas in answers
	c.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	c.RejectUnknownQueryParameters = true
	c.Info.Description = "What the pages of NexoAlerts do, for programs. Send a token as a bearer token; tokens are made under Settings, API. " +
		"Errors are problems as of RFC 9457, and never repeat what was sent. Lists go by next_cursor. " +
		"RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset (in seconds) are in every answer."
	if a.o.PublicURL != "" {
		c.Servers = []*huma.Server{{URL: a.o.PublicURL}}
	}
	scopes := "Scopes: " + token.All.String() + "."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "A token of this account. " + scopes}}
	return c
}

// describe writes the document and the reference once.
func (a *API) describe() {
	b, err := a.huma.OpenAPI().MarshalJSON()
	if err == nil {
		var out bytes.Buffer
		if err = json.Indent(&out, b, "", "  "); err == nil {
			out.WriteByte('\n')
			a.document = out.Bytes()
			a.page, err = reference(a.document)
		}
	}
	if err != nil {
		panic("api: " + err.Error()) // it is made of our own source
	}
}

// Document returns the OpenAPI document. It must not be changed.
func (a *API) Document() []byte { return a.document }

// Huma returns the operations with their schemas, for tests of the contract.
func (a *API) Huma() huma.API { return a.huma }
