package copy

import (
	"maps"
	"slices"
)

// A note is what a finding says.
type note struct{ why, mend string }

// Codes returns every code that a finding may carry, sorted. Codes are stable:
// programs may depend on them.
func Codes() []string { return slices.Sorted(maps.Keys(notes)) }

const remove = "Take this out. Carriers refuse it from every sender, and fine the brand for trying."

var notes = map[string]note{
	"brand_missing":         {"The text does not say who it is from.", "Begin with the venue's name, as in “Luna's Cantina: …”."},
	"optout_missing":        {"The text does not say how to opt out.", "End with “Reply STOP to opt out”."},
	"optout_malformed":      {"The opt-out wording would not work: a guest must be able to reply with the word STOP.", "Write it plainly: “Reply STOP to opt out”."},
	"url_shortener":         {"Carriers block links of public shorteners: they hide where a link goes.", "Link to the venue's own domain."},
	"foreign_domain":        {"This link does not go to one of the venue's domains.", "Link to the venue's own domain, or add this one to its domains."},
	"suspicious_link":       {"This link has the shape of a phishing link.", "Link to a page on the venue's own domain, by name."},
	"alcohol_not_age_gated": {"This promotes alcohol, and the audience has not passed a 21+ check.", "Send it to the age-gated audience only, or take the alcohol out."},
	"alcohol_implied":       {"A reviewer may read this as alcohol, and the audience has not passed a 21+ check.", "Say what is meant (coffee, soft drinks, food), or send it to the age-gated audience."},
	"content_sex":           {"Sexual content is forbidden on business texting (SHAFT).", remove},
	"content_suggestive":    {"A reviewer may read this as sexual.", "Say it in another way."},
	"content_hate":          {"Hateful or violent content is forbidden on business texting (SHAFT).", remove},
	"content_profanity":     {"Carriers filter profanity.", "Say it in another way."},
	"content_firearms":      {"Firearms and ammunition are forbidden on business texting (SHAFT).", remove},
	"content_tobacco":       {"Tobacco, vapes and nicotine are forbidden on business texting (SHAFT).", remove},
	"content_cannabis":      {"Cannabis, hemp and CBD are forbidden on business texting, also where they are legal.", remove},
	"content_drugs":         {"Illegal and prescription drugs are forbidden on business texting.", remove},
	"content_gambling":      {"Gambling is forbidden on business texting.", remove},
	"games_of_chance":       {"Bingo, raffles and games of chance are often taken for gambling, and need their rules stated.", "Say that no purchase or stake is needed, or take it out."},
	"content_loans":         {"Loans and quick money are forbidden on business texting.", remove},
	"content_debt":          {"Debt relief and credit repair are forbidden on business texting.", remove},
	"content_finance":       {"Investment and get-rich offers are forbidden on business texting.", remove},
	"content_illegal":       {"Illegal or counterfeit goods are forbidden on business texting.", remove},
	"content_phishing":      {"This has the shape of a phishing text.", "Take it out. Never ask for accounts, cards or passwords by text."},
	"disguised_text":        {"Letters are disguised here (look-alikes, digits, spacing or invisible characters). Carriers treat that as evasion.", "Write the words in plain letters."},
	"all_caps":              {"Shouting in capitals is what spam filters look for.", "Use capitals for a word or two only."},
	"spam_shape":            {"This is what spam filters look for.", "Say it more quietly."},
	"long_text":             {"The text takes more than four parts, each paid for.", "Shorten it; “Costly characters” shows what makes it long."},
	"too_long":              {"The text takes more than ten parts, and carriers refuse it.", "Shorten it to ten parts or fewer."},
}
