package sms_test

import (
	"fmt"

	"github.com/jobfluss/nexo/core/sms"
)

func ExampleMeasure() {
	fmt.Println(sms.Measure("Luna's Cantina: tacos 2-for-1 until 9pm. Reply STOP to opt out"))
	fmt.Println(sms.Measure("Luna’s Cantina: tacos 2-for-1 until 9pm. Reply STOP to opt out, HELP for help"))
	// Output:
	// {GSM-7 62 1}
	// {UCS-2 77 2}
}

func ExampleCostly() {
	for _, c := range sms.Costly("Café “Luna” 🌮") {
		fmt.Printf("%c at %d, plain: %q %v\n", c.Rune, c.At, c.Plain, c.HasPlain)
	}
	// Output:
	// “ at 5, plain: "\"" true
	// ” at 10, plain: "\"" true
	// 🌮 at 12, plain: "" false
}

func ExamplePlain() {
	fmt.Println(sms.Plain("Luna’s — música y café…"))
	// Output: Luna's - musica y café...
}

func ExampleParseTemplate() {
	t, err := sms.ParseTemplate("Hi {first_name|there}, your code is {code||8}.")
	if err != nil {
		fmt.Println(err)
		return
	}
	values := map[string]string{"code": "LUNA-25"}
	fmt.Println(t.Render(func(name string) (string, bool) { v, ok := values[name]; return v, ok }))
	fmt.Println(t.Worst())
	// Output:
	// Hi there, your code is LUNA-25.
	// {UCS-2 67 1}
}
