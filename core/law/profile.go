package law

// A Profile says how much of the law is applied to texts that were consented
// to. The zero Profile is none at all, and the engine refuses it.
type Profile uint8

// The profiles, from the widest to the narrowest.
const (
	NoProfile Profile = iota
	Federal           // 47 CFR 64.1200(c)(1) alone
	Default           // and the states whose rule may bind consented texts
	Strict            // and the rules written for calls or unsolicited contacts
)

// NumProfiles is one more than the greatest Profile.
const NumProfiles = 4

var profileNames = [NumProfiles]string{"", "federal", "default", "strict"}

// ParseProfile reads a name as [Profile.String] writes it.
func ParseProfile(name string) (Profile, bool) {
	for p := Federal; p < NumProfiles; p++ {
		if profileNames[p] == name {
			return p, true
		}
	}
	return NoProfile, false
}

// String returns "federal", "default" or "strict", and "" for none.
func (p Profile) String() string {
	if p < NumProfiles {
		return profileNames[p]
	}
	return ""
}

// MarshalText returns the name.
func (p Profile) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name; any other gives NoProfile, which the engine
// refuses.
func (p *Profile) UnmarshalText(b []byte) error {
	*p, _ = ParseProfile(string(b))
	return nil
}
