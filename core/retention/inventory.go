package retention

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Table is what its columns hold.
type Table struct {
	Name    string
	Columns map[string]Class
}

// columns names those of one class.
type columns struct {
	class Class
	names string
}

func table(name string, cs ...columns) Table {
	t := Table{Name: name, Columns: make(map[string]Class)}
	for _, c := range cs {
		for n := range strings.FieldsSeq(c.names) {
			t.Columns[n] = c.class
		}
	}
	return t
}

// Tables returns every table of ours by name, with the class of every column.
// The job queue's tables hold ids only, and are not among them.
func Tables() []Table {
	ts := []Table{
		table("businesses", columns{Account, `id name legal_name street city state zip zone website terms_url privacy_url help_contact
			monthly_texts serves_alcohol sender profile_id status registered created rhythm_hours rhythm_texts att_class tmobile_tier
			age_gate double_opt_in`}),
		table("users", columns{Account, "business_id id email name password_hash role created phone confirmed"}),
		table("memberships", columns{Account, "business_id user_id role added"}),
		table("terms_notes", columns{Account, "user_id doc version what at"}),
		table("factors", columns{Account, "user_id id kind name hash secret added used step"}),
		table("access_tokens", columns{Session, "hash kind user_id business_id role email made until_at used"}),
		table("sign_ins", columns{Session, "id user_id role begun seen device"}),
		table("security_notices", columns{Session, "user_id id by_id kind at detail told"}),
		table("keywords", columns{Account, "business_id number word code created place retired"}),
		table("lines", columns{Account, "business_id due leased brand_id campaign_id request_id order_id body"}),
		table("sessions", columns{Session, "token data expiry"}),
		table("posters", columns{Account, "business_id sha256 version size page made"}),
		table("disclosures", columns{Account, "business_id version keyword text ref since monthly"}),
		table("scans", columns{Nothing, "business_id day keyword sheet device n place"}),
		table("meters", columns{Nothing, "business_id not_before free_at until_at slow slow_at"}),
		table("spools", columns{Nothing, "name holds beat"}),
		table("billing_accounts", columns{Account, "business_id customer_id body"}, columns{Nothing, "due revision"}),
		table("links", columns{Clicks, "business_id message_id n token campaign_id number url made opened"}),
		table("draft_uses", columns{Nothing, "business_id day asked tokens"}),

		table("subscribers", columns{Subscriber, `business_id number state since scope method disclosure event_id proven venue_state
			venue_zone age_gate age_at joined revision keyword promised`}),
		table("guest_notes", columns{Subscriber, "business_id number wrote"}),
		table("guest_tags", columns{Subscriber, "business_id number tag"}),
		table("threads", columns{Subscriber, "business_id id number state assignee heard seen asked at said_by made"}, columns{Words, "last"}),
		table("thread_items", columns{Subscriber, "business_id id thread_id kind at author read_as media"}, columns{Words, "body"}),
		table("thread_words", columns{Words, "business_id thread_id word item_id"}),
		table("media", columns{Subscriber, "business_id id thread_id item_id made"}, columns{Words, "url kind size"}, columns{Nothing, "state attempts due"}),
		table("thread_marks", columns{Nothing, "business_id mark"}),
		// Rows of opt-outs are Revocations; see sweeps.
		table("consent_events", columns{ConsentProof, `business_id id number kind method scope at recorded venue_state venue_zone
			disclosure raw_text keyword to_number carrier_id inbox_id rule actor note promised poster`}),
		table("suppressions", columns{Suppressions, "business_id id number reason source at lifted words actor"}),
		table("suppression_tags", columns{Suppressions, "business_id tag id key_name reason source at lifted"}),
		table("carrier_optouts", columns{Suppressions, "business_id number pass"}),
		table("carrier_passes", columns{Nothing, "business_id pass page started ended counts"}),

		table("messages", columns{Words, "body media"}, columns{Texts, `business_id id campaign_id to_number from_number class priority
			state segments attempt plan_key due not_after answers lease reason_at planned decided submitted settled carrier_id code
			reason lane arm looked`}),
		table("campaigns", columns{Account, `business_id id name body media status send_at not_after created approved approved_by
			segments needs_age_gate cursor_number launched planned ended revision wall audience test repeats series_id`}),
		table("campaign_moves", columns{Account, "business_id campaign_id revision from_status to_status moved_by moved_at"}),
		table("campaign_figures", columns{Account, "business_id campaign_id arm state reason slot n"}),
		table("subscriber_figures", columns{Account, "business_id kind hour state slot n"}),
		table("inbox", columns{Webhooks, "id provider kind type occurred received due attempts handled note raw"}),

		// Records of opt-ins, opt-outs and acts have their own periods; see sweeps.
		table("evidence_bundles", columns{Decisions, "content"},
			columns{Nothing, "business_id n txid count campaign_id heads"}),
		table("evidence_records", columns{Decisions, "number"},
			columns{Nothing, "business_id id n at message_id kind erased"}),
		table("holds", columns{Acts, "business_id id number campaign_id from_at to_at matter reason placed_by placed lifted lifted_by"}),
		table("privacy_requests", columns{Requests, `business_id id number kind source words reason entered_by at acknowledged extended
			closed closed_by outcome`}),
		table("closings", columns{Acts, "business_id asked asked_by erase_at was erased"}),
		table("api_tokens", columns{Account, "business_id id name prefix hash scopes created created_by expires revoked revoked_by used"}),
		table("webhook_endpoints", columns{Account, "business_id id url about events secret previous previous_ends created created_by failing_since off_since why"}),
		// Guests are named as in the API. Rows go thirty days after they arrived or were given up.
		table("webhook_deliveries", columns{Webhooks, "business_id id endpoint_id event at guest message_id campaign_id detail due leased attempts done arrived status note"}),
		table("api_keys", columns{Account, "business_id value made"}),
		// Answers are gone a day after their request.
		table("api_answers", columns{Session, "business_id token_id name request begun expires status body"}),
		table("hold_gate", columns{Nothing, "n"}),
		table("sweeps", columns{Nothing, "business_id pile mark at"}),
		table("evidence_runs", columns{Nothing, "business_id seq count txid n leaves"}),
		table("evidence_tiles", columns{Nothing, "level n data"}),
		table("evidence_checkpoints", columns{Nothing, "size root at note txid n"}),
		table("evidence_anchorings", columns{Nothing, "anchor size at receipt"}),
	}
	slices.SortFunc(ts, func(x, y Table) int { return strings.Compare(x.Name, y.Name) })
	return ts
}

// AccountTables returns by name the tables whose rows go when an account is deleted: those that
// are about the venue, its people and its guests and prove nothing, each with a
// column business_id. Disclosures and posters, which hold words that were shown, are proof; figures
// are what a database counts of other tables, and go down with them.
func AccountTables() (names []string) {
	for _, t := range Tables() {
		goes := false
		stays := t.Columns["business_id"] == NoClass || slices.Contains([]string{"disclosures", "posters", "campaign_figures", "subscriber_figures"}, t.Name)
		for _, c := range t.Columns {
			switch c {
			case Account, Subscriber, Words, Clicks, Session:
				goes = true
			case Nothing:
			default:
				stays = true
			}
		}
		if goes && !stays {
			names = append(names, t.Name)
		}
	}
	return names
}

// Check compares a schema, the columns of each table, with [Tables]: each line
// says what is wrong and what to do. Tables of libraries are left out by the
// caller.
func Check(schema map[string][]string) []string {
	var bad []string
	known := make(map[string]Table)
	for _, t := range Tables() {
		known[t.Name] = t
	}
	for _, name := range slices.Sorted(maps.Keys(schema)) {
		t, ok := known[name]
		if !ok {
			bad = append(bad, fmt.Sprintf("table %s has no class: say in core/retention how long its rows are kept, or that they say nothing about anybody", name))
			continue
		}
		for _, c := range schema[name] {
			if t.Columns[c] == NoClass {
				bad = append(bad, fmt.Sprintf("column %s.%s has no class: say in core/retention how long it is kept, or that it says nothing about anybody", name, c))
			}
		}
		for _, c := range slices.Sorted(maps.Keys(t.Columns)) {
			if !slices.Contains(schema[name], c) {
				bad = append(bad, fmt.Sprintf("column %s.%s is in core/retention and not in the database: take it out", name, c))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if _, ok := schema[name]; !ok {
			bad = append(bad, fmt.Sprintf("table %s is in core/retention and not in the database: take it out", name))
		}
	}
	return bad
}
