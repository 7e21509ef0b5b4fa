package reply

// likelyEnglish holds what a reasonable person may read as a revocation, and
// may not: anger, a stranger at the other end, a threat.
var likelyEnglish = []section{
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.wrong_number", lines: `
		wrong|incorrect|bad number|person|guy|girl|lady|dude|num|phone|man|woman|nbr|no|digits|contact|cell|chick|recipient|individual|#
		texted|texting|have|got|messaging|reached|contacted|calling|text|messaged the? wrong|incorrect $|one|person|number
		not|isnt|longer|aint|wasnt|isn|was @any? @any? number|phone|cell|nbr $|anymore|any|now|sorry|so|please|stop|remove|since
		this|number|phone|its is? not|isnt|aint|longer|isnt|wasnt ~2 @Name $|anymore|and|sorry|so|please|stop|but
		im|am|is|isnt|its not|isnt @Name
		^ @soft* this|im isnt|aint|not @any anymore
		im|am not|isnt the? person|who|one
		not me|him|her $
		not the? person|one|owner|individual @you|youre|your|of|that|ur
		looking for someone|somebody|another|a else|different|person
		isnt|not who ~1 @you think|want|need|looking|are|thought
		by the? name of
		@Name|he|she doesnt|dont|no live|lives|longer ~1 here|there|at
		@Name|he|she moved out|away $|@soft
		isnt @Name
		no|nobody|noone|anyone|anybody|one|someone|somebody|person ~2 named|name|called ~2 @any
		by that name
		no|nobody|isnt ~1 @Name|here|lives|live at|with|on this|here|number
		there|theres is? no @Name here|at|on
		no @Name here|at|lives
		dont|not|dnt|idk|dunno ~1 know ~1 any|anyone|anybody|no|a @Name|named|called|by|who|with
		idk|dont|not|dunno know? who|any|what tf|the|a? that|this|is|you|u|she|he|they|@Name|yall
		dont|not|never|do know you|u|yall|ya|who|this|restaurant|heard $|@you|are|is|this
		dont know this|your restaurant|place|bar|number|company|business|venue
		never|dont|not heard ~1 of you|u|yall|this|your|it
		belongs|belong|belonged to ~1 someone|somebody|a|my|me|another|new|@Name
		number|phone|line ~2 reassigned|recycled|belongs
		new phone|number|cell|fone who|whos|whose
		not intended recipient
		doesnt|longer|dont|not have|has|own|use|owns this|that number|phone|cell|#
		changed|changes his|her|their number|phone|cell
		meant|intended ~1 for someone|somebody|another|a ~1 @any
		just|recently|only got|have|bought|received this number|phone|cell|line
		new owner of this|the number|phone
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.leave_me_alone", lines: `
		leave|leaving|let|lemme|leav me|us|my|her|him|this|the ~3 alone|be|tf $|already|please|now|and|or|alone|ok
		leave me tf? alone
		do not disturb $|@soft
		dont bother $|me
		go away $|@soft
		get lost|bent|stuffed|fucked $|@soft
		get a life
		buzz|bugger|piss|sod|jog|back|buz|f|fuk off $|@soft
		@fuck|fing|piss|eff|bug|fuckin|fking|kindly @any? off
		@fuck @you|this|off|your|the|ur|all|outta|these|k
		@fuck k|ck? off|you|u
		f k|ck off|you|u
		go to hell
		go @fuck|jump|kick|pound|die|f
		screw @you|off|this
		kiss my ass
		eat shit
		eat a $|dick|bag|fat
		stfu
		shut up|the|it|tf
		knock it off
		cut it out
		quit it|that $|@soft
		stop it
		give it a? rest|up
		^ oh|ok|okay|seriously|really|wow|please? enough $|already|now|please|thanks|thank
		thats|that|had|its|is enough $|already|now|of|thanks|please
		enough with|of @det* @msg
		enough is enough
		^ @soft|the|ok|stop* no more $|@soft
		no more of? these|them|those|this|that|it $|@soft
		^ no mas $|@soft|por|gracias
		never again $
		woke ~1 up|my|me ~1 baby|kid|kids|wife|husband|up
		give up $
		bye felicia
		can|could|would @you ~1 not $|@soft
		give me|us a break $
		hate you|yall|u guys? $
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.not_interested", lines: `
		^ @soft|sorry|no|nope|we|im|i|am|were|are|really|hi|hello|hey|still* not|longer|uninterested|disinterested interested $|@soft
		no longer interested
		not interested $|@soft
		uninterested
		do not want $|@soft
		dont|longer|not|never want|need|wish this|it|any|anything $|@soft|from|more
		dont|not|no want $|@soft
		not|no interested|interest in @det* @msg|this|these|$
		no thanks|thank|ty you? to? ~1 @text|texts
		dont|didnt|not|never|no|didn|havent|dint ~2 sign|signed|subscribe|subscribed|opt|opted|consent|consented|enroll|enrolled|register|registered|authorize|authorized|agree|agreed|sighn|signup up|in|to|for|this|these|$|@adv|@you
		dont|didnt|not|never|didn ~1 ask|asked|request|requested|requests for|to|@these|your? ~1 @msg|@these|be
		dont|didnt|not|never|who|havent ~1 give|gave|given|authorized ~2 @you|this|my|number|permission|consent|out ~1 number|info|permission|consent|phone|cell|contact|it
		no|without permission|consent
		unwanted|unsolicited
		not|never|longer|isnt a|your|ur|an|been? customer|client|patron|customers
		not|never|no|dont ~1 a|your|ur customer|client
		dont|not|never|no ~1 know how @you got|have|get|found
		how|where|who ~4 @you|guys|people|it|yall ~3 get|got|find|have|found|obtain|getting ~1 my|this|our ~1 number|info|contact|name|phone|from|information|cell|#
		howd|whered|how ~2 @you|ya ~1 get|got|find my|this|our number|info|contact|phone
		why|how ~4 on|get|got|gotten|added|added|in|part ~2 @list
		who ~1 put|added|signed|enrolled|subscribed ~2 me|us
		when|did ~1 i|we sign|signed|subscribe|agree|opt up|for|to|in
		who gave|give|sold|shared ~3 number|info|contact|my
		@dont|not ~3 remember|recall ~2 signing|subscribing|giving|opting
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.not_a_customer", calm: true, lines: `
		dont|no|not|longer|never|havent|havnt ~2 go|eat|come|drink|dine|visit|drinking|going|been|visited|eaten|frequent|ate ~2 there|here|out|your|to|at|alcohol|anywhere ~3 anymore|$|before|ever
		never|havent|havnt even|ever? been|eaten|visited|ate ~1 there|here|to $|before|your|this
		dont|longer even? drink|drinking $|anymore|alcohol|any
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.threat", lines: `
		report|reporting|reported|reports|reportin|rpt @you|this|as|them|number|your|ur|ya|these|spam|junk|and|for|it|yall $|@soft|@any
		block|blocked and? report|reported|reporting
		^ already|been|im|ive|i|youve|you? reported $|@soft|and|to|as|for
		file|filing|filed|lodge|submit|submitting a|an|my|formal? complaint|complaints|report $|with|against|to|on|for
		7726
		sue|suing|lawsuit @you|your|ur|yall|$|@soft|for|over|them|if|against
		taking ~3 court
		see|seeing @you in court
		my|our|their lawyer|attorney|lawyers|attorneys|attny|atty|solicitor $|will|is|about|to|on|and|has|at|knows|@soft|next|if
		contacting|calling|getting|hiring|talking|speaking|from|call|contact|get|hire|by ~3 lawyer|attorney|lawyers|attorneys
		cancel these|them|those $|@soft
		legal action|counsel|complaint|department
		small claims
		get|be|getting sued
		last|final warning|notice|chance|request
		class action
		tcpa|fcc|ftc|bbb|lawsuit
		attorney general
		@you|youre|your|is|of|stop|borderline|this|on|considered|as|are|called|a|just|for|quit harassment|harassing|harass|harrassment|harrassing|harasment|harrasment|harassement
		harassment|harrassment $|@soft
		harassing|harrassing me|people
		this|thats|its|is|are|texting illegal
		illegal|violation|violating to|of|the ~2 @text|tcpa|law|send|contact|rights|my
		invasion of privacy
		calling the? police|cops
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.blocked", lines: `
		block|blocking|blocked|blockin @you|this|your|these|ya|them $|@soft|number|guys|if|and|texts|now|next|@any
		number|youre|ur|you|been|im|i|ill blocked|block|blocking $|@soft|and|you|u|number|this
		^ gonna|going|about|will to? block|blocking|blocked
		mute|muting|muted @you|this|these
		@soft|will|gonna block $|@soft
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.spam", lines: `
		this|its|thats|these|is|just|total|so|are|such|more|youre|as|of|all|mark|marked|marking|marketing is|all|just|pure|total|a|as? spam|spamming|spammer|spammers|scam|junk $|@soft
		^ spam|spammer|spammers|spamming $|@soft
		quit|stop|no|enough @det* spam
		mark|marking|marked|flag|flagging|flagged ~2 spam|junk
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.tired_of_texts", lines: `
		done|over|sick|tired|annoyed|fed|exhausted|irritated|pissed|bored|upset|sickof with|of|by|up|off|about|from|all|these|your|at|the @det|up|so|many* @msg|@ing|$
		over|sick|tired|annoyed|done @det* @msg $|@soft
		chill|ease|lay|cool|slow|dial|tone|cut|knock|let|simmer|calm|back|easy|relax off|up|down|back|out|it? on|with|w|off|it? @det* @text
		whats|what|every|all|day|week|so|damn|good|fine|set|ok|pass|over|out with|w|on|of @det* texts|messages|msgs|txts|notifications
		spamming me|us|people|my|everyone
		spot|stoop|strop|shop|step|stob @ing me|us
		tired of|about it|this|you $
		hate|hating|despise|dislike|cant|detest|loathe stand? @det|getting|receiving* @text|promos
		so|too|this|soo|way|sooo|toomany|enough|crazy too? many|much|manny @det|effing* @text|msgs|spam|ads
		too many $|@msg
		too|so many|much of these|them|those $|@soft
		^^ unfollow|unfriend me? $$
		lawyer|attorney|lawyers|attorneys will|gonna|is|wants|shall ~3 hear|about|contact|you|this|these
		@you|guys|folks|people text|message|txt|send|texting|spam|contact|@msg me? way? too|so|entirely|constantly|everyday|every|nonstop much|many|often|frequently|day|damn|$
		text|texts|texting|messages|@msg is|are|getting|r|way|all|just|been* too|so|way much|many|often|frequent|annoying
		@text ~4 @bad|bad|out|overkill|constant|nonstop $|@soft|of|as|me|and|to|amount
		@these|this|it|its|thats|youre|yall|you|getting ~2 annoying|ridiculous|harassment|excessive|annoyed|obnoxious|irritating|unacceptable|bothersome|overkill|intrusive $|@soft|with|by|now|every|texts|guys|all|the
		^ annoying|ridiculous|obnoxious|harassment $|@soft
		all day|night ~3 @text
		why|y|what|how ~3 texting|messaging|txting|contacting|bothering|spamming|text|message|contact ~1 me|us|my|this
		why|y ~4 getting|get|receiving|got|receive|gettin|recieving ~2 @text|these|this|msgs|alerts|promos|spam
		@you|i|why|still|they|and|but|yet|keeps|to still|keep|keeps|kept|continue|continuing|am|are|to* getting|receiving|texting|sending|messaging|get|text|send|contacting|spamming|gettin|recieving ~1 me|us|@text|promos|alerts @text|after|$|spam|and|@soft|promos|even|when|from|anymore|though|every|again|so
		still getting|receiving them|those|em $
		still ~1 getting|receiving|gettin|get|sending|texting ~2 @text|these|this|msgs|alerts|promos|spam|me
		in|at|the|middle night|middle|am|midnight ~2 stop
		wake|waking|woke me|my|us|up up|baby|kid|kids? ~3 @text|stop|text|texts
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.moved", calm: true, lines: `
		i|we|ive|weve|have|just|since|recently|family|he|she|im|longer|has @adv|just|since|recently|have|also* moved|relocated $|away|out|back|states|overseas|across|from|cities|far|abroad|last|and|so|now|sorry|years|a|long|town
		i|we|ive|weve|have|just|has|he|she|recently @adv|just|since|recently|have|also* moved|relocated to !the|a|our|table|tables|patio|your|another|bar|#|saturday|sunday|friday|monday|tuesday|wednesday|thursday|next|tomorrow|outside|inside|this|my|sit|one
		^ moved|relocated $|away|out|@soft|last|sorry|and|from|states|far
		dont|no|longer|not|dnt|never|nolonger|havent|hasnt ~2 live|living|lived|reside|local|lives|leave $|here|there|in|near|around|at|that|by|close|nearby|local|anywhere|anymore|within|to|even
		not ~1 local|locals $|@soft|to|anymore
		i|we live|living|reside|are|am|lives|based ~1 in|out ~3 now|of
		live|living|in ~1 different|another|other state|city|country|states|town|area
		live out of state|town
		live|living|am|im|live far|hours|states away
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.died", lines: `
		hospice
		@person|@Name ~2 died|dead|deceased|passed|dies $|last|in|this|away|on|please|a|from|and|of|recently|remove|stop|take|years|suddenly|months|weeks
		passed away
		deceased|decedent $|please|and|stop|person|since|so
		is|was|are deceased
		no longer with us
		no longer alive|living
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.not_this_phone", lines: `
		landline
		minor|minors|child|childs|kids|kid|daughters|sons phone|number|cell
		texting|messaging a|an|my|# ~2 kid|child|minor|year|yr|old|kids|daughter|son|wife|mom|teenager
		this|its is|a|my|our* work|business|company|office|hospital|emergency|government|school|corporate phone|number|cell|line|mobile ~2 stop|remove|not|dont|please
	`},
}
