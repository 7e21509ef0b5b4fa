package copy_test

import (
	"fmt"

	"github.com/jobfluss/nexo/core/copy"
)

func ExampleCheck() {
	d := copy.Draft{
		Text:    "Two-for-one margaritas tonight! bit.ly/luna",
		Brand:   "Luna's Cantina",
		Domains: []string{"lunascantina.com"},
	}
	r := copy.Check(d)
	fmt.Println(r.Verdict)
	for _, f := range r.Findings {
		fmt.Printf("%s %q: %s\n", f.Code, d.Text[f.Span[0]:f.Span[1]], f.Mend)
	}
	// Output:
	// block
	// brand_missing "": Begin with the venue's name, as in “Luna's Cantina: …”.
	// optout_missing "": End with “Reply STOP to opt out”.
	// alcohol_not_age_gated "margaritas": Send it to the age-gated audience only, or take the alcohol out.
	// url_shortener "bit.ly/luna": Link to the venue's own domain.
}

// Alcohol is welcome where every recipient passed a 21+ check; a shot of
// espresso is welcome everywhere.
func ExampleCheck_ageGate() {
	wine := copy.Draft{Text: "Luna's Cantina: half-price wine. Reply STOP to opt out", Brand: "Luna's Cantina"}
	fmt.Println(copy.Check(wine).Verdict)
	wine.AgeGated = true
	fmt.Println(copy.Check(wine).Verdict)
	coffee := copy.Draft{Text: "Luna's Cantina: free shot of espresso. Reply STOP to opt out", Brand: "Luna's Cantina"}
	fmt.Println(copy.Check(coffee).Verdict)
	// Output:
	// block
	// pass
	// pass
}
