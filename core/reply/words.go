package reply

// A whole is a word that commands when it is the whole text.
type whole struct {
	intent    Intent
	certainty Certainty
	rule      string
	strong    bool // commands as a sentence of its own in a longer text too
	filler    bool // carries no meaning: please, thanks
}

// wholes holds the words of command, folded and without spaces. Sources: the
// seven words of 47 CFR 64.1200(a)(10); CTIA Messaging Principles (May 2023)
// 5.1.3; the default keywords of Telnyx, Twilio, AWS and Vonage; those of the
// toll-free network and of Canadian short codes (STOP, ARRET). Further Spanish
// and French words are what a reasonable person would understand.
var wholes = func() map[string]whole {
	t := make(map[string]whole)
	for _, g := range []struct {
		w     whole
		words string
	}{
		{whole{intent: OptOut, rule: "fcc.stop", strong: true}, "stop"},
		{whole{intent: OptOut, rule: "fcc.quit"}, "quit"},
		{whole{intent: OptOut, rule: "fcc.end"}, "end"},
		{whole{intent: OptOut, rule: "fcc.revoke", strong: true}, "revoke"},
		{whole{intent: OptOut, rule: "fcc.opt_out", strong: true}, "optout"},
		{whole{intent: OptOut, rule: "fcc.cancel"}, "cancel"},
		{whole{intent: OptOut, rule: "fcc.unsubscribe", strong: true}, "unsubscribe"},
		{whole{intent: OptOut, rule: "ctia.please_opt_me_out", strong: true}, "pleaseoptmeout optmeout"},
		{whole{intent: OptOut, rule: "carrier.stopall", strong: true}, "stopall"},
		{whole{intent: OptOut, rule: "carrier.remove"}, "remove"},
		{whole{intent: OptOut, rule: "carrier.arret", strong: true}, "arret arrets"},
		{whole{intent: OptOut, rule: "carrier.alto", strong: true}, "alto"},
		// TD is one of the words AWS must obey; at a sports bar it is a touchdown too.
		{whole{intent: OptOut, certainty: Likely, rule: "carrier.td"}, "td"},
		{whole{intent: OptOut, rule: "word.en", strong: true}, `unsub unsubscribeme unsubme unsubscribed stoptexting stoptext
			stoptexts stopmessages stopmsgs stopsms stopspam stoptxt stop2end stop2quit stoptoend stoptexing stopit stopnow stopplease
			plsstop pleasestop stoptextingme unsuscribe unsubcribe unsubscibe dontext donttext donttextme removeme takemeoff nomoretexts unenroll unregister optingout optedout`},
		{whole{intent: OptOut, rule: "word.en"}, `cease discontinue removal delete deactivate
			quitit unlist cancelall endall removeall quitall`},
		{whole{intent: OptOut, certainty: Likely, rule: "word.en"}, `remover scam scammer scammers remov rmv neveragain foff kma mute stoop stap stahp stp arett blocked block blocking spam reported deceased
			nomas halt removed enough stopbot wrongnumber deleted moved`},
		{whole{intent: OptOut, rule: "word.es", strong: true}, `parele parenle parale parar pare paren pares parenya darmedebaja darmebaja dardebaja demedebaja
			denmedebaja damedebaja desuscribir desuscribirme desuscribirse desuscribeme desuscribame desuscripcion quitenme quiteme quitame
			borrenme borreme borrame eliminame elimineme eliminenme saquenme saqueme sacame desactivar nomasmensajes bajas`},
		{whole{intent: OptOut, rule: "word.es"}, "baja cancelar cancele cancelen detener detenga detengan eliminar elimine cancelarsuscripcion suprimir"},
		{whole{intent: OptOut, certainty: Likely, rule: "word.es"}, "basta salir yano anular anule fallecio murio terminar borrar yabasta quitar numeroequivocado"},
		{whole{intent: OptOut, rule: "word.fr", strong: true}, `arreter arretez arrete arretes stopper desabonner desabonnez desabonne
			desabonnement desabonnezmoi desabonnemoi desinscrire desinscrivez desinscription desinscrivezmoi sedesabonner medesabonner sedesinscrire
			medesinscrire`},
		{whole{intent: OptOut, rule: "word.fr"}, "cessez cesser cesse resilier resiliez retirer supprimer annuler annulez"},
		{whole{intent: OptOut, certainty: Likely, rule: "word.fr"}, "fin casuffit suffit assez"},
		// The same word in other tongues of American towns.
		{whole{intent: OptOut, certainty: Likely, rule: "word.other"}, "cton ctop 停止 取消 退订 退訂 dung parada sair"},
		{whole{intent: OptIn, rule: "carrier.start", strong: true}, "start"},
		{whole{intent: OptIn, rule: "carrier.unstop", strong: true}, "unstop nonarret"},
		{whole{intent: OptIn, rule: "carrier.join"}, "join"},
		{whole{intent: OptIn, rule: "word.opt_in"}, "subscribe optin resubscribe optbackin optmein optmebackin subscribeme"},
		{whole{intent: OptIn, certainty: Likely, rule: "word.opt_in"}, `enroll signup signmeup addme resume restart iniciar inicio comenzar empezar unirse
			unirme suscribir suscribirme suscribirse suscribeme inscribirme inscribirse abonner sabonner mabonner abonnezmoi commencer debut reabonner inscrire`},
		{whole{intent: Help, rule: "carrier.help"}, "help info"},
		{whole{intent: Help, certainty: Likely, rule: "word.help"}, "helpme ineedhelp needhelp canyouhelpme moreinfo information needinfo sendinfo informacion necesitoayuda ayudame besoindaide jaibesoindaide ineedinfo wanthelp canihavehelp gethelp"},
		{whole{intent: Help, rule: "carrier.ayuda"}, "ayuda"},
		{whole{intent: Help, rule: "carrier.aide"}, "aide"},
		{whole{filler: true}, `please pls plz plse pleas pleasee pleaes plss pleasse plez plzz kindly thanks thank thankyou thanku thnx thx thks ty tysm tks tx tyvm
			now it this already immediately asap today right hi hey hello yo ok okay k sir maam guys guy folks yall all everything just omg ugh wtf
			god jeez jesus christ lord fucking fuckin fkn fkg fcking fing fn effing freaking frickin damn goddamn dammit bitch bro bruh dude man mane fam rn fr
			seriously literally por favor porfavor porfis porfa gracias grax ya merci svp stp silvousplait silteplait silvousplaît bonjour hola
			sentfrommyiphone sentfrommy sentviamobile sorry n and forgodssake forgodsake ffs forfuckssake fuckssake sake ever anymore immediatly finally yes
			jesuschrist oh uh so immediatement maintenant ahora inmediatamente ahorita hoy amigo señor senor desole thatsall regards best cheers
			sincerely madam again everyone gracious thankz enfavor mil muchas period todo omfg tout la`},
	} {
		addWords(t, g.w, g.words)
	}
	return t
}()

// answers are words that mean something only as an answer to our question.
var answers = map[string]bool{
	"yes": true, "y": true, "si": true, "oui": true, "yep": true, "yeah": true, "yup": true, "yea": true, "sure": true, "ya": true,
	"no": false, "n": false, "non": false, "nope": false,
}

func addWords(t map[string]whole, w whole, words string) {
	for _, s := range fields(words) {
		if _, ok := t[s]; !ok {
			t[s] = w
		}
	}
}

// classes names groups of words for the phrases of phrases_*.go.
var classes = map[string]string{
	// English: the act of stopping, what is stopped, the list, the guest.
	"stop": "stop stp stahp stap quit cease discontinue halt",
	"ing": `texting txting txtin textin txtn texing txing messaging messagin msging msgn contacting calling callin emailing spamming spammin
		harassing harrassing bothering botherin bugging annoying pestering notifying soliciting hitting blowing blasting reaching sending sendin disturbing
		badgering hounding tormenting smsing dming pinging advertising marketing stalking`,
	"verb": `text txt texts message msg mesage contact contacted call email sms spam bother harass bug disturb notify solicit ping dm hit txting texting
		messaging contacting calling spamming reply write`,
	"textv": `text txt texts message msg mesage contact contacted email sms spam bother harass bug disturb notify solicit ping dm hit txting texting messaging contacting spamming reply write`,
	"msg": `text texts txt txts txting texting message messages msg msgs messege messeges mesage mesages massage massages messaging sms mms notification notifications
		notices alert alerts promo promos promotion promotions promotional ad ads advert adverts advertisement advertisements advertising spam offers coupons
		deals blast blasts updates newsletter newsletters marketing announcements crap shit bs bullshit junk garbage stuff nonsense solicitation
		solicitations solicitations communication communications subscription subscriptions correspondence reminders emails mensajes textos
		invites contact spamming bots bot robotexts robotext contacting`,
	"text": `text texts txt txts txting texting message messages msg msgs messege messeges messaging sms notification notifications alert alerts spam
		mensajes textos emails promos ads`,
	"these": "these this those them that thes theese dese",
	"det": `the this these those that your ur ya you all any my of with w wit it more such from annoying stupid dumb text daily sending getting receiving
		fucking fuckin fkn fking fcking fing fn effing freaking frickin damn goddamn marketing promo promotional unwanted bullshit bs automated spam sms
		constant please pls plz me us other further future stinking endless silly random also`,
	"adv": `please pls plz kindly just ever again even anymore any fucking fuckin fkn fking fcking fing fn effing freaking frickin damn goddamn
		already now right always all immediately constantly it with w and ing bloody friggin flipping goddam both either to`,
	"me": "me us my myself mi",
	"poss": `my our this the that his her their your wifes husbands daughters sons kids moms dads mothers fathers girlfriends boyfriends roommates work
		cell phone mobile telephone contact personal home business wife husband daughter son kid mom dad mine above`,
	"num": "number numbers num nbr phone cell cellphone mobile digits contact info information name data details no",
	"rem": `rmv rmve remov remove removing delete deleting erase drop pull scratch strike purge purging scrub unlist unenroll deactivate unregister deregister disenroll exclude
		unfollow disconnect disable trash`,
	"list": `list lists listing mailing distribution database db system contacts records roster rolodex subscription subscriptions program club lista
		textlist chain loop directory server campaign blast service platform rotation listserv thread`,
	"neg":  "dont do_not never not no cannot dnt don doesnt didnt wont shouldnt",
	"dont": "dont never not dnt dontt donot dint no",
	"cant": `cant cannot couldnt wont dont dnt donot didnt never not wouldnt doesnt aint hardly shouldnt isnt arent wasnt`,
	"want": "want wants wanted wish need needs care wanna like interested appreciate request desire consent agree require asking looking",
	"you":  "you u yall ya ur yu yous yinz someone somebody anyone whoever they",
	"fuck": "fukc fuck fck fk fuk eff f screw fuk fuckk phuck fvck",
	"soft": "please pls plz now already thanks thx thank you ty sorry anymore again bye goodbye guys yall lol bro dude man and so just really im for at all ok okay but",
	"book": `table tables reservation reservations rez reso booking bookings order orders ticket tickets dinner lunch brunch party appointment seat seats
		delivery pickup spot spots waitlist guestlist event tab card check bill room`,
	"wait": "waitlist waiting wait guest guestlist reservation reservations rez booking table tables queue tab bill order check party waitinglist seating hold door card",
	"yum": `drool drooling hungry starving yum yummy delicious amazing insane craving diet queso killing making looks look mouth watering tempting
		kind sweet flattering blushing blush hot cute gorgeous drooled craving hungryy lol haha lmao hahaha hahahaha lmfao crying screaming dying rofl obsessed fire bomb gorgeous`,
	"laugh": "lol omg haha lmao ok oh okay hahaha stahp dude bro girl yall omfg",
	"kw":    "stop end quit cancel unsubscribe optout stopall alto arret baja parar revoke remove salir start help info ayuda aide yes",
	"kwverb": `end quit cancel stop unsubscribe optout opt unsub cancelar terminar salir parar darse dejar cancela out discontinue leave remove finish
		desuscribirse desabonner annuler arreter vous quitter eliminar be end`,
	"replyv": `reply text txt send respond msg answer rply responda responde responder envia envie enviar mande manda texto textea textee conteste contesta repondez
		reponds envoyez envoie textez texte rpl txtstop message`,
	"bad": `annoying ridiculous excessive harassment harassing spam unwanted obnoxious irritating unacceptable constant insane stupid bothersome much
		unsolicited intrusive crazy nuts relentless illegal old pissing driving bothering aggravating`,
	// Spanish
	"essend": `mande manden mandes mandar mandarme mandarnos envie envien envies enviar enviarme enviarnos escriba escriban escribas escribir escribirme molesten moleste
		molestes molestar molestarme contacten contacte contactes contactarme llamen llame llames llamar llamarme texteen textee textees textear textearme texten texte
		texteanme mensajeen mensajes jodan jodas chinguen chingues chingar joder joderme fastidien fastidies notifiquen spamear spameen mandando
		enviando escribiendo molestando texteando llamando chingando manda envia enviando chingarme spameando fregar frieguen fregando texteandome mandandome enviandome escribiendome molestandome llamandome spameandome manden`,
	"esmsg": `mensaje mensajes msj msjs mensajitos texto textos texts text promociones promos promo promocion anuncios ofertas publicidad spam notificaciones
		correos sms alertas nada cosas mensages mensaj messages mamadas`,
	"esstop": "dejen deje deja dejar paren pare para parar basta detengan detenga cesen cese stop alto",
	"esrem": `quitame quiteme quitenme quiten quita quite quitar quitarme borrame borreme borrenme borra borre borren borrar borrarme eliminame elimineme
		eliminenme elimina elimine eliminen eliminar eliminarme sacame saqueme saquenme sacar sacarme remueveme remuevame remuevanme remueva remuevan remover removerme
		removeme remuevan suprima saquen retirenme retireme retirame retirar`,
	// French
	"frstop": "arretez arrete arreter arretes cessez cesse cesser stop stopper stoppez",
	"frsend": `envoyez envoyer envoie envoies envoyes ecrivez ecrire ecris textez texter texte textes contactez contacter contacte contactes appelez appeler
		appelle appelles derangez deranger derange harceler harcelez spammer spammez embeter menvoyez menvoyer menvoie mecrire mecrivez solliciter sollicitez
		importuner menvoyez emmerder emmerdez`,
	"frmsg": `message messages msg texto textos texte textes sms promo promos promotion promotions publicite publicites pub pubs rien notifications
		courriels spam offres infolettre alertes`,
	"frrem":   "retirez retire retirer enlevez enleve enlever supprimez supprime supprimer effacez efface effacer otez ote oter rayez radiez sortez sors",
	"frunsub": `desabonner desabonnez desabonne desabonnement desinscrire desinscrivez desinscris desinscription desabonnes desengager`,
	"wh":      "where wheres what whats when which whens",
	"askverb": "is are do does can could any anyone will would",
	"but":     "but though however tho pero mais although",
	// What our own texts ask: reply YES to receive texts, or to confirm a table.
	"asks":     "reply text txt respond send answer responda responde envia envie mande repondez textez envoyez",
	"yeswords": "yes y si oui",
	"joins":    "texts alerts subscribe subscribed join joining optin opt messages msgs msg promos offers deals list club marketing suscribirse recibir mensajes recevoir textos recurring signup",
	"visits":   "reservation booking table order confirm party reserva mesa appointment pickup seat rsvp",
	"person":   "he she they husband wife mother father mom dad son daughter brother sister person owner grandma grandpa grandmother grandfather mum uncle aunt mama papa",
}

// decoys are plain words so near to a word of command that they would be taken
// for a slip of the thumb.
const decoys = `shop slop step strop stomp stow atop top drop crop prop chop stock sop soup spot shot stoop estop steps stone store story
	stout quite quilt suit quip quiet quits cancer cancels remote remover removes revoked removed stored stopper stops stopped stepped topped
	cane canal camel council chancel arrest aret alta altos auto stepping snop swap snap sto setup stor adios cop mop pop hop bop stoup stamp
	text test next taxi tasting testing resting fixing messages sensing ending sanding spending stove move moved remodel store sip sap
	ramone romano removable tastings bending lending vending massaging passage passages spot stob stoff`

func fields(s string) []string {
	var out []string
	start := -1
	for i, r := range s + " " {
		if r == ' ' || r == '\n' || r == '\t' {
			if start >= 0 {
				out = append(out, s[start:i])
			}
			start = -1
		} else if start < 0 {
			start = i
		}
	}
	return out
}
