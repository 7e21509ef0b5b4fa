package site

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/sms"
)

func upper(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }

func senderHint(ctx context.Context, demo, works bool) string {
	if works && !demo {
		return t(ctx, "field.sender.hint.new")
	}
	if demo {
		return t(ctx, "field.sender.hint.demo")
	}
	return t(ctx, "field.sender.hint")
}

func registeredHint(ctx context.Context, demo bool) string {
	if demo {
		return t(ctx, "field.registered.hint.demo")
	}
	return t(ctx, "field.registered.hint")
}

// states are the choices of the state field, by code.
func states(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: t(ctx, "field.choose")}}
	for i := 1; i < place.NumStates; i++ {
		if st := place.State(i); st.US() {
			out = append(out, ui.Option{Value: st.String(), Label: st.String()})
		}
	}
	return out
}

// zoneChoices are the zones that the typed ZIP code and state leave, with an
// empty first choice: nobody should get a zone that they did not look at.
func zoneChoices(ctx context.Context, form onboard.Form) []ui.Option {
	st, _ := place.ParseState(upper(form.State))
	zones, _ := onboard.Zones(st, strings.TrimSpace(form.ZIP))
	out := []ui.Option{{Value: "", Label: t(ctx, "field.choose")}}
	for _, z := range zones {
		out = append(out, ui.Option{Value: z.String(), Label: zoneName(z)})
	}
	return out
}

// zoneName makes "America/Indiana/Knox" readable: "Indiana, Knox".
func zoneName(z place.Zone) string {
	_, name, _ := strings.Cut(z.String(), "/")
	return strings.NewReplacer("/", ", ", "_", " ").Replace(name)
}

// encodingName says which alphabet the text needs, where it is not the usual.
func encodingName(ctx context.Context, c check) string {
	if c.Size.Encoding == sms.UCS2 {
		return t(ctx, "meter.ucs2")
	}
	return ""
}

func composeLead(ctx context.Context, reach int) string {
	if reach == 0 {
		return t(ctx, "compose.lead.none")
	}
	return t(ctx, "compose.lead", "n", reach)
}

// classChoices are AT&T's classes with what they allow.
func classChoices(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: t(ctx, "field.not_known")}}
	for c := pace.ClassAB; c.Rate().Limited(); c++ {
		out = append(out, ui.Option{Value: strconv.Itoa(int(c)), Label: t(ctx, "field.att_class.option", "class", c.String(), "n", c.Rate().N)})
	}
	return out
}

// tierChoices are T-Mobile's daily limits.
func tierChoices(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: t(ctx, "field.not_known")}}
	for x := pace.TierTop; x.Daily() > 0; x++ {
		out = append(out, ui.Option{Value: strconv.Itoa(int(x)), Label: t(ctx, "field.tmobile_tier.option", "n", x.Daily())})
	}
	return out
}

// dash stands where there is no figure yet.
func dash(s string) string { return cmp.Or(s, "–") }

func dashLabel(label, of string) string {
	if of == "" {
		return label
	}
	return label + ", " + of
}

// lightBadge is the compliance light in a word.
func lightBadge(ctx context.Context, signs []sign) ui.Badge {
	for _, s := range signs {
		if s.Tone != "good" {
			return ui.Badge{Tone: s.Tone, Icon: "warn", Text: t(ctx, "light.look")}
		}
	}
	return ui.Badge{Tone: "good", Icon: "check", Text: t(ctx, "light.good")}
}
