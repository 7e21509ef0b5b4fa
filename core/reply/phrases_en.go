package reply

// hearing holds the phrases that are heard: English here, the rest in the file
// of its language.
var hearing = append(append(append(append([]section{}, english...), likelyEnglish...), spanish...), append(french, others...)...)

// english holds what no reasonable person could take for anything but a
// revocation.
var english = []section{
	{tier: tierStrong, intent: OptOut, rule: "plain.asked_before", lines: `
		i|ive|we|weve|already|keep|kept|id have? ~2 said|texted|txted|replied|replying|responded|typed|sent|sending|wrote|say|saying|text|texting|reply|messaged|hit|answered ~2 stop|unsubscribe|unsub|quit|optout
		i|ive|we|weve|already|told|asked|tell|telling|asking ~1 @you ~3 @stop|unsubscribe
		asked|told|tell|telling|asking|ask|asks ~2 to? stop|quit|remove|unsubscribe|removed|leave $|@ing|@msg|these|multiple|several|many|me|so|#|twice|already|before
		asked|told|tell|said|telling not to text|contact|message|call|send|texting
		times|#rd|second|third|fourth|last|3rd|4th|2nd|5th time? ~6 stop|unsubscribe|unsubscribed|optout
		said|sent|texted|replied|typed|wrote|responded stop|unsubscribe|quit $|already|like|multiple|several|#|twice|times|and|but|yesterday|last|before|still|three|so|many|a|to
		said no more @msg
		stop|unsubscribe|unsubscribing|texting|optout|keyword ~1 @cant ~1 work|working|works
		stop|unsubscribe|unsubscribing|texting does|is|was nothing|broken|ignored|useless
		stop is|was not|isnt working
		keep|kept unsubscribing|stopping
		@you stopped|quit $|@ing|sending
		said no $|more|texts
		want|need|like|wish|ask|asking|request|requesting|demand|demanding|beg|begging|require|insist|that @you|this|these|it|them|the|@msg ~2 to? stop|end|quit|cease $|@ing|@msg|these|this
		stop at once
		@you|why|texts|messages|msgs|they|@text|these|it @cant @adv|get|you|u|yall|guys* stop $|@ing|sending|@text|these|please
		these|texts|messages|it to stop $|please|coming
		part of stop|unsubscribe|no
		stop means|is|equals stop
		unable|tried|trying|tryna|cant|cannot|couldnt ~2 unsubscribe|unsub|optout
		unable|tried|trying|tryna|cant|cannot|couldnt ~2 opt out
		process|honor|honour|respect|acknowledge|accept|handle ~3 stop|unsubscribe|optout|removal
		process|honor|honour|respect|acknowledge|accept|handle ~3 opt out
	`},
	{tier: tierStrong, intent: OptOut, rule: "plain.do_not_contact", lines: `
		do|to not|no|never @adv* call|text|contact|solicit ~2 list|registry
		dont call|text|contact list|registry
		donotcall|dnc|donottext|donotcontact list|registry|me|$
		on|to ~3 dnc
		cease and desist
		cease|halt|discontinue|refrain|desist @adv|from* contact|communication|communications|and|all|$|@ing|@msg|service|services|further
		refrain from ~2 @ing|contacting
		revoke|revoking|revoked|withdraw|withdrawing|rescind|rescinding|withdrawn|retract ~4 consent|permission|authorization|authorisation|opt
		consent|permission ~3 revoked|withdrawn|rescinded|denied
		i hereby? revoke
		@dont ~1 have|given|give|gave|got ~2 permission|consent|authorization ~1 to|for text|this|these|you|send|be|contact|message|send|call|txt
		@dont|do|you have|given|no ~2 no permission|consent to|for text|contact|message|send|call
		@dont ~1 consent|agree to ~3 @msg|@list|texted|contacted|this|these|being
		without ~2 consent|permission
		not|never|longer authorized|allowed|permitted|authorize to? text|contact|message|send
	`},
	{tier: tierPlain, intent: OptOut, rule: "plain.stop_texting", lines: `
		@stop|end|stopping @adv* @ing please|pls|fucking|fuckin|fing|ing|damn|ever|just|all|even|w|with* me|us|my|this|here|to|these|those|them|at|$|@msg|anymore|again|now|already|please|her|him|our|people|from|so|after|before|every|yall|bruh|bro|with|everyday|or|and|until|both|on|our|his|her|their|mine
		@stop|end @adv|the* sending|sendin|giving|getting|receiving|delivering ~4 @msg|@list
		@stop|end @adv* getting|receiving|sending|sendin @these|$|from
		@stop|end @adv* sending|sendin me|us|to
		@stop @adv* text|txt|send|message|msg|contact|call|spam|bother|harass|email|sms me|us|my|this|here
		@stop|end @adv* the? calls|calling and|or|nor @msg
		@stop|cancel|end|kill @adv|@det|@ing* @msg
		no|stop|end @adv* more? @ing $|me|us|my|this|please
		@stop @adv|@det|at|on|for* number|phone
		@stop @adv* this|the|these|it $
		@stop for|on me|my|this|good|@poss
		tell|have|get|make @you|your ~2 stop @ing
		stop bothering|harassing|bugging|hounding
		stop|quit blowing|hitting ~1 up|my|me
		stop|quit reaching out
		thought ~2 stop|stopped|cancelled|canceled|ended @these|@msg|@det
	`},
	{tier: tierPlain, intent: OptOut, rule: "plain.cancel_texts", lines: `
		cancel|end|terminate|discontinue|close @det|my|our* subscription|subscriptions|enrollment|sub|service|services|texting|account|membership $|to|please|for|with|now|@msg|thanks
		cancel @adv* me|us from|out|off|$|please
		cancel|end|terminate @det|@adv|future|further* @msg
		turn|shut|switch|cut @det|@adv* @msg|@these off
		turn|shut|switch|cut|opt off|out|down @det|@adv* @msg
		turn|shut|switch these|this|them|it off
		how ~3 turn|shut ~3 off
		stop|end service|services|subscription|enrollment|communication $|please|now
	`},
	{tier: tierPlain, intent: OptOut, rule: "plain.unsubscribe", lines: `
		unsubscribe|unsub|unsubscribing|unsubs|optout|desubscribe|unsubcribe|unsuscribe|unsubscribed|unenroll|unenrolled|unsubscription
		opt|opting|opted|op @adv|me|us|this|number|my|phone|above|@poss|@num* out|ou $|request|of|from|please|now|me|us|all|thanks|this|these|pls|already|last|twice|to|for|here|because|and|of|thx|immediately|asap|too|but|yesterday
		opted|opting out $|here|of|from|now|please
		want|like|wish|need|trying|request|how|wanna|gotta|gonna|going|ill|must|id|have|prefer|able|id|choose|wants ~4 opt ~1 out
		opt me|us|this ~2 out
		opt|op oit|put|ot|our|ouy|iut $
		opt out $|here|request|this|that
		sign|signed|logging|log me|us off|out|off
		sign me|us out
		un subscribe|subscribed|enroll
	`},
	{tier: tierPlain, intent: OptOut, rule: "plain.remove_me", lines: `
		@rem @adv* me|us|myself
		@rem @adv* @poss* number|phone|cell|digits|nbr|num|cellphone|mobile|info|contact|name|information|data|details
		@rem|removed|deleted|taken|erased|off|unlist ~3 from|off ~3 @list
		i|we|number|phone|me|us ~3 be|get|been|gotten|have|removed|deleted|taken|unsubscribed ~1 removed|deleted|unsubscribed|taken|dropped|erased
		want|like|ask|asking|request|requesting|demand|demanding|wish|need|prefer|wanting|please ~3 be|get|have removed|deleted|taken|unsubscribed|dropped|erased|off
		me|us|number removed|deleted ~2 $
		have|get me|us|my ~2 removed|deleted|unsubscribed|taken|off
		remove|delete|removing|deleting ~1 from ~3 @list
		@rem|unsubscribe ~3 from ~2 @text|@list
		@you ~1 removed|remove me|us
		@you|havent never|havent|not|haven ~2 removed|taken|unsubscribed|deleted me|us|off
		removal|removed from ~3 @list
		@list removal
		request|requesting ~2 removal
		being|am|get|were removed|unsubscribed|deleted $|from|please|off
		removed|remove|delete|close|cancel|terminate ~1 account
		remove|delete from @any
	`},
	{tier: tierPlain, intent: OptOut, rule: "plain.take_me_off", lines: `
		take|get|leave|keep|kick|drop|pull|scratch|want|taking|knock|cut|let|bump|strike|cross|wipe me|us|my|this|our|mine|@poss @poss|@num|@adv|the* off|out|outta of? ~3 @list|@msg|this|these
		take|get|leave|keep|kick|drop|pull|scratch|taking|knock|cut|bump|strike|cross|wipe me|us|my|this|our|mine|@poss|@num|@adv|the* off $|please|now|immediately|asap|your|your|whatever|thanks|yall|yalls
		take|get|drop|scratch|pull|leave|keep|strike|wipe @poss|the|a* number|phone|name|cell|digits|info ~1 off|out|from ~4 @list|this|these|@msg|your|system|please
		take|get|drop|scratch|pull|strike|wipe @poss|the|a* number|phone|name|cell|digits|info off|out|from $
		take off $|me|my|us|this|list|please|from
		want|like|get|getting|need|let|be|wanna|getme|lemme|me ~2 off|out|outta of? ~4 @list|@msg
		want|need|wants off|out $|now|please|of|this|these
		like|want|need to? off $
		off|out|outta of? @det* @list $|please|now|asap|immediately|thanks
		how ~4 off|out|outta of? ~3 this|these|@list|@msg|$
		not|dont|never|longer ~3 on|part ~3 list|lists|database
		lose|loose|forget|erase|trash|burn|toss|ditch|delete|shred|destroy @poss|@adv|the* number|digits|nbr|num|no|contact|info
		take|get|pull|drop ~2 number|phone|cell|name off|out $|of|please|from|this|your
		take|takes|took|taken|taking|remove|removed @you? me|us off $|already|the|your
		list removal
	`},
	{tier: tierPlain, intent: OptOut, rule: "plain.do_not_text", lines: `
		dont|never|not|dnt|donot @adv|be|you|u|yall* @textv @adv* me|us|my|this|here|again|anymore|any|@msg|ever|at|these|$|or|her|him|our|me|nor|on
		dont|never|not|dnt @adv|be* call|text|contact or|and|nor @verb
		dont|never|not|dnt @adv* call @adv* me|us|this|my|again|anymore ~1 again|anymore|ever|number|phone|cell|or
		^^ @soft* do? dont|not|never @adv* call me|us|again|anymore? @soft* $$
		dont|never|not|dnt|no @adv|be|need|you|to* send|sending|mail me|us|my|this|@msg|these|those|any|more|$|stuff|anything|to|another|them|crap|shit
		dont|never|not|dnt|donot|dont @adv|be* send|sending|sent ~4 @msg|these|anymore|again|more
		no|zero more|further|additional|future|mor|mo @det* @msg|ones|texted
		nomore|nomo|enough @det* @text
		no @adv|sms|text|more* texts|texting|txts|texted|texting|txt|spam|calls|messages|solicitation|solicitations|soliciting|marketing|msgs|promos|notifications|ads|alerts|offers|newsletters $|please|pls|after|anymore|to|or|thanks|plz|thx|for|ever|from|on|just|i|nor|thank|ok|messages
		no calls|emails|call or|and|nor @msg
		@verb|dont|not|never use this|my number|phone|cell for|again|anymore
		never again ~1 text|contact|message
		not|dont|never to? be contacted|texted|messaged|called|disturbed
	`},
	{tier: tierPlain, intent: OptOut, rule: "plain.not_wanted", lines: `
		dont|no|longer|not|never|dnt|didnt|nolonger ~2 want|wish|need|care|wanna|like|interested|appreciate|request|desire|wants|wishes|enjoy|requested|care @det|to|for|in|@adv|receive|get|see|hear|be|getting|receiving|anything|about|having* @text|promotions|promotional|marketing|crap|shit|spam|alerts|updates|newsletter|communications|subscription|mailings|bs|junk|texted|contacted|messaged|bothered
		dont|no|longer|not|never|dnt ~2 want|wish|need|wanna|care|interested|like|desire|wishes to|in? ~1 receive|get|getting|receiving|see ~2 @msg|@these|from|$|anything|any|stuff|anymore
		dont|no|longer|not|never|dnt ~2 want|wish|need|wanna|like|care to|be? ~1 contacted|texted|messaged|subscribed|bothered|solicited|notified|on
		dont|no|longer|not|never|dnt ~2 want|wish|need|wanna|care|like to? hear|hearing from|of|any|about
		dont|longer|not|never ~1 want|wanna|wish|like @you|him|her|people ~1 to? text|texting|message|contact|contacting|send|sending|messaging
		no|dont longer|not|want|need|wish ~2 want|wish|need|interested|these|texts @these|@msg|$
		dont|do|dnt|not @adv* want|need|like @these $|anymore|any|more|please|thanks|at|thx|coming|sent|on
		want|like|need|wish ~1 to? stop|quit|end receiving|getting|these|@msg|this|being
		how do|can|could|would|to|should|d i|we|you|u|ya|one|someone|a|ppl|people? ~1 stop|end|quit|cancel|kill|avoid|block @det|@adv|getting|receiving|@ing|this|these|it* $|@msg|@these
		how ~5 unsubscribe|unsub|optout
		how ~4 remove|delete myself|me|my|us|this
		how ~4 make|get @det|@msg* stop|end
		make|get|want|need|have|made @these|it|@msg|the @det|@msg* to? stop|end|quit $|now|please|already
		can|could|will|would|please @you ~3 stop|quit $|now|please|it|this
		@you just|really|all|guys|people|@adv* need|have|got|must|better|should|gotta to? ~1 stop|quit|cease $|@ing|with|now
		longer receive|get|want|see|receiving|getting|need ~2 @these|@text|anything
		dont|longer|not ~2 participate|participating|enrolled $|in|anymore|please
		so|that i|we dont|stop|no get|receive|getting ~1 @these|@text
		update|change|set|edit ~2 preferences|settings|preference ~4 none|off|no|not|stop|unsubscribe
		rather|prefer|prefers|preferred ~2 not|no|without ~3 @text|@these|texted|contacted|text|contact|receive|get
		dont|not|longer|never ~2 be|wanna part|member of|a ~3 @list|this|these|$
		not|longer part of ~2 @list|this
		dont|no want in|on $
		dont|no|longer|not need|have|use|reason|point ~3 @ing|@text me|us|anymore|$|us|again|please
		can|could i|we ~1 not|no get|receive ~2 @msg|these
		please|and|just|now|but|so stop $
		stop please|pls|now|plz|immediately|asap|already $
	`},
}
