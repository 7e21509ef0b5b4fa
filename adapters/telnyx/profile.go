package telnyx

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/enroll"
	"github.com/jobfluss/nexo/core/registration"
)

var _ enroll.Carrier = (*Client)(nil)

// A profile is a messaging profile. What is null is off.
type profile struct {
	ID          loose           `json:"id,omitempty"`
	Name        string          `json:"name"`
	Enabled     bool            `json:"enabled"`
	WebhookURL  string          `json:"webhook_url"`
	FailoverURL string          `json:"webhook_failover_url"`
	APIVersion  string          `json:"webhook_api_version"`
	Countries   []string        `json:"whitelisted_destinations"`
	Pool        json.RawMessage `json:"number_pool_settings"`
	Shortener   json.RawMessage `json:"url_shortener_settings"`
	Alpha       *string         `json:"alpha_sender"`
	Encoding    bool            `json:"smart_encoding"`
	Fallback    bool            `json:"mms_fall_back_to_sms"`
}

// An autoresponse is one of the carrier's own answers.
type autoresponse struct {
	ID       string   `json:"id,omitempty"`
	Op       string   `json:"op"`
	Keywords []string `json:"keywords"`
	Text     string   `json:"resp_text"`
	Country  string   `json:"country_code"`
}

// answersIn is where our answers hold: the carrier goes by the guest's country.
const answersIn = "US"

func profileOf(s registration.Settings) profile {
	null := json.RawMessage("null")
	return profile{
		Name: s.Name, Enabled: s.Enabled, WebhookURL: s.WebhookURL, FailoverURL: s.FailoverURL, APIVersion: s.APIVersion,
		Countries: s.Countries, Pool: null, Shortener: null,
	}
}

func isSet(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// FindProfile implements [enroll.Carrier].
func (c *Client) FindProfile(ctx context.Context, name string) (string, bool, error) {
	const op = "telnyx.FindProfile"
	var a struct {
		Data []profile `json:"data"`
	}
	err := c.call(ctx, op, http.MethodGet, with(c.at("messaging_profiles"), url.Values{"filter[name][eq]": {name}, "page[size]": {"20"}}), nil, &a)
	if err != nil {
		return "", false, err
	}
	for _, p := range a.Data {
		if p.Name == name && p.ID != "" {
			return string(p.ID), true, nil
		}
	}
	return "", false, nil
}

// MakeProfile implements [enroll.Carrier].
func (c *Client) MakeProfile(ctx context.Context, want registration.Settings) (string, error) {
	const op = "telnyx.MakeProfile"
	var a struct {
		Data profile `json:"data"`
	}
	if err := c.call(ctx, op, http.MethodPost, c.at("messaging_profiles"), profileOf(want), &a); err != nil {
		return "", err
	}
	if a.Data.ID == "" || len(a.Data.ID) > maxID {
		return "", core.E(op, core.Ambiguous, "the carrier's answer names no profile")
	}
	return string(a.Data.ID), nil
}

// Settings implements [enroll.Carrier].
func (c *Client) Settings(ctx context.Context, id string) (registration.Settings, bool, error) {
	const op = "telnyx.Settings"
	var a struct {
		Data profile `json:"data"`
	}
	if ok, err := found(c.call(ctx, op, http.MethodGet, c.at("messaging_profiles", id), nil, &a)); !ok || err != nil {
		return registration.Settings{}, false, err
	}
	p := a.Data
	s := registration.Settings{
		Name: p.Name, Enabled: p.Enabled, WebhookURL: p.WebhookURL, FailoverURL: p.FailoverURL, APIVersion: p.APIVersion, Countries: p.Countries,
		NumberPool: isSet(p.Pool), LinkShortener: isSet(p.Shortener), SmartEncoding: p.Encoding, MMSFallback: p.Fallback,
	}
	if p.Alpha != nil {
		s.AlphaSender = *p.Alpha
	}
	as, err := c.autoresponses(ctx, op, id)
	for _, r := range as {
		s.Answers = append(s.Answers, registration.Answer{ID: r.ID, Op: opOf(r.Op), Words: r.Keywords, Text: r.Text})
	}
	return s, err == nil, err
}

// autoresponses are those for our guests.
func (c *Client) autoresponses(ctx context.Context, op, id string) ([]autoresponse, error) {
	var a struct {
		Data []autoresponse `json:"data"`
	}
	err := c.call(ctx, op, http.MethodGet, with(c.at("messaging_profiles", id, "autoresp_configs"), url.Values{"country_code": {answersIn}}), nil, &a)
	return slices.DeleteFunc(a.Data, func(r autoresponse) bool { return r.Country != "" && r.Country != answersIn }), err
}

// opOf reads the carrier's two words for help as one.
func opOf(op string) string {
	if op == "help" {
		return registration.OpHelp
	}
	return op
}

// SaveSettings implements [enroll.Carrier].
func (c *Client) SaveSettings(ctx context.Context, id string, want registration.Settings) error {
	const op = "telnyx.SaveSettings"
	if err := c.call(ctx, op, http.MethodPatch, c.at("messaging_profiles", id), profileOf(want), nil); err != nil {
		return err
	}
	have, err := c.autoresponses(ctx, op, id)
	if err != nil {
		return err
	}
	for _, w := range want.Answers {
		r := autoresponse{Op: w.Op, Keywords: w.Words, Text: w.Text, Country: answersIn}
		method, at := http.MethodPost, c.at("messaging_profiles", id, "autoresp_configs")
		if i := slices.IndexFunc(have, func(h autoresponse) bool { return opOf(h.Op) == w.Op }); i >= 0 {
			method, at = http.MethodPut, c.at("messaging_profiles", id, "autoresp_configs", have[i].ID)
		}
		if err := c.call(ctx, op, method, at, r, nil); err != nil {
			return err
		}
	}
	return nil
}

// plain is a text of the carrier's as it may be shown.
func plain(s string) string { return clip(clean(strings.TrimSpace(s)), maxType) }
