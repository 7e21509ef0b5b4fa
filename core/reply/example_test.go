package reply_test

import (
	"fmt"

	"github.com/jobfluss/nexo/core/reply"
)

func ExampleRead() {
	for _, text := range []string{
		"STOP",
		"pls take me off ur list",
		"you have the wrong number",
		"stop by at 8?",
		"Liked “Taco Tuesday! Reply STOP to end”",
	} {
		m := reply.Read(text, reply.Context{})
		fmt.Printf("%v %v %q\n", m.Intent, m.Certainty, m.Rule)
	}
	// Output:
	// opt_out certain "fcc.stop"
	// opt_out certain "plain.take_me_off"
	// opt_out likely "plain.wrong_number"
	// none certain ""
	// none certain ""
}

// Yes is consent only as the answer to our own question.
func ExampleRead_answer() {
	asked := reply.Context{LastToThem: "Luna Bar: reply YES to get about 4 texts a month."}
	fmt.Println(reply.Read("Yes!", asked).Intent)
	fmt.Println(reply.Read("Yes!", reply.Context{}).Intent)
	// Output:
	// opt_in
	// none
}

func ExampleFold() {
	fmt.Println(reply.Fold("🆃🅰🅲🅾 — Ｔｕｅｓｄａｙ!!"))
	// Output: taco tuesday
}

func ExampleReserved() {
	fmt.Println(reply.Reserved("TACOS"), reply.Reserved("S.T.O.P"), reply.Reserved("Ayuda"))
	// Output: false true true
}
