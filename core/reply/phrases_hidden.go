package reply

// A section is phrases of one tier that mean the same. See phrase.go for how
// they are written.
type section struct {
	tier      tier
	intent    Intent
	certainty Certainty
	rule      string
	lines     string
	// calm sections are not heard in a text that asks a question: "We moved,
	// where is your closest bar?"
	calm bool
}

// sections is the whole grammar, in the order in which phrases are tried.
var sections = append(hiding, hearing...)

// hiding holds the phrases that keep words from being heard.
var hiding = []section{
	{tier: tierTrap, rule: "trap.visit", lines: `
		stop|stops|stopping|stopped by|in|into|over|off|here|there|outside|through|thru|light|lights|sign|signs|downtown|back|payment|and|along|near|inside|down|up
		stop|stops|stopping|stopped on|for !@these|good|me|god|my|ever|fuck|fucks|christ|us
		stop|stops|stopping|stopped at !once
		bus|train|subway|metro|shuttle|trolley|pit|truck|tram|rest|tour|first|second|third|next|last|final|one|another|quick|every|a|our|streetcar|taxi|full|rail|line|l|door|whistle stop|stops
		non|none stop
		dont|never|not ~2 want|wanna @these|@det|@text ~2 to? stop|end
		week|dead|west|east|north|south|the|this|book|rear|back|front|tail|by|at|until|till|month|months|years|weeks|year|far|other|high|low|bar|deep|at end|ends
		end of|is|zone|table|tables|booth|seat|seats|result|date|user|piece|pieces|cut
		ends|ended|ending up|at|early|late
		weekend|weekends
		spam musubi|sliders|fries|fried|sushi|sandwich|sandwiches|roll|rolls|tacos|burger|and|bites|dish|special|folder|filter|on
		have|serve|the|got|back|more|still|carry|love|eat|like spam ~2 sliders|menu|dish|musubi|back|today|special|now $
		is spam musubi
		went|going|gone|in|into|go|to|your|my|filed spam|junk folder|filter|box
		quit smoking|drinking|vaping|hogging|my|beer|early|on|his|her|work|school|sugar|meat|alcohol|carbs|coffee|the|caffeine|booze
		quitting time
		we|i|he|she|they|just quit early|my|the|a|today|work|drinking
		shut up and take
		fuck|fuckin|fucking|fck yeah|yes|ya|yea
		full stop
		blocked|block|blocking in|off|by|party|the|parking|out|my|a|from
		phone|battery|cell|car|ipad|charger died|dead|is
		cant|couldnt|never get|got|had|have|eat enough of? ~2
		not too|that|so many|much ~1 @text?
		love|thanks|thank|glad|appreciate|like ~4 dont|not|never spam|spamming|text|texting|blow|bother ~2
		shut up ~4 @yum
		go|going|goin away party|parties|cake|bash|dinner|drinks
		enough room|seats|seating|parking|chairs|space|tables|food|for|time|people|cheese|sauce|spots|money
		baja la|el|los|las|calidad|en|california|grasa|precio
		para !de
		para de !@essend
		alto|altos|alta el|la|de|en|volumen
		arret|arrets de|d|autobus|bus|du|metro
		quel|prochain|premier|dernier|a|l|cet arret
		fin de|du
		im|i am? deceased|dead|dying
		lot|street|garage|driveway|road|entrance|exit|view|spot|car|door|st|ave|main is|was|are blocked
		un|el|al|en|hasta fin
		por|a|el|en|al|de fin|finde
		hasta|al|en|por el? fin|final
		wrong number of
		td|touchdown garden|bank|pass
	`},
	{tier: tierTrap, rule: "trap.praise", lines: `
		@laugh stop|end|quit it? ~5 @yum
		stop|end|quit it ~5 @yum
		stop|quit it? youre|your|u|ur|yall|you are? killing|making|teasing|tempting|too
		@laugh stop|quit it? im|i|you|that|those|these|youre|u
		stop it? you had|have me
		stop|quit with|posting|showing|sending|tempting|teasing ~4 pics|pictures|photos|posts|food|posting|pix
		stop teasing|tempting|posting|showing|torturing me|us
		stop|end|quit these|that|those|this ~2 look|looks|looking|sound|sounds|is|are ~4 @yum
		stop|quit|end ~4 @yum
		have to|got to? stop posting|making|tempting|teasing
		gotta stop posting|making|tempting|teasing|with ~4 hungry|starving|drooling
	`},
	{tier: tierTrap, rule: "trap.booking", lines: `
		cancel|canceling|cancelling|remove|delete|drop|cancels|end|quit|stop @poss* the|our|my|a|that|this|it|his|her|their|his|last|second|first|other|online|whole|entire|dinner|# @any? @book
		cancel|cancelling|canceling|cancels @any? @book
		cancel @any? for|tonight|tomorrow|our|trivia|karaoke|#|at|on|under|if|lunch|dinner|brunch|last|one|that
		cancel ~3 for|under|tonight|tomorrow|saturday|sunday|friday|monday|tuesday|wednesday|thursday|#|pm|am|@book
		remove|take|delete|get|pull|drop|put|add|keep|leave|scratch|bump ~5 off|from|on|of|in|to ~3 @wait
		remove|take|delete|drop ~2 charge|tip|gratuity|fee|card|items|item
		off|from the list for|tonight|at
		removed|taken|deleted ~2 off|from ~3 @wait
		remove|removing|delete onions|pickles|cheese|mayo|the|one|two|three|#
		which|what stop ~4 get off
		get off at|the? @any? stop|exit|highway|freeway|work|train|bus
		no more @any? left|room|tables|seats|tickets|ice|onions
		cancelar|cancele|cancelen|cancela|anular|anule|cancelo ~2 reservacion|reserva|reservas|mesa|orden|pedido|cita|cena|comida|reservaciones|lugar|cumpleanos|fiesta
		annuler|annulez|annule|annulons ~2 reservation|table|commande|reservations|souper|diner|repas
		retirer|enlever|enlevez|retirez ~2 oignons|fromage|commande|reservation|sauce
		quitar|quita|quite|quiten|elimine|elimina|borra|borre ~3 cebolla|queso|reservacion|reserva|orden|pedido|salsa|espera|mesa|propina|cargo|tomate|chile
		wrong table|order|bill|drink|item|pizza|food|address|card|amount|one|side|location|time|day|date|check
		opt out of ~1 !@msg|@list|@these|me|all|everything|receiving|getting|being|you|future|further|any|text|marketing|whatever|your|the|this|of|promotional|from|please|now
		opt out of ~1 service|cover charge|fee
		opt out of the|that|our|my|any|a|your|auto|service !@msg|@list|marketing|text|promo|mailing
		unsubscribe|unsubscribing|unsubscribed from my !@list|@msg
		unsubscribe|unsubscribing|unsubscribed from !@det|@msg|@list|@these|me|all|everything|future|further|any|text|marketing|whatever|you|your|each|ur|yall|here|now|texting
	`},
	{tier: tierFooter, rule: "footer", lines: `
		@replyv with? @kw to|2|for|para|pour|a|at|ou|or|o @kwverb|@msg|help|info|any|receiving|future|vous|de|la|more|assistance out|msgs|messages|texts|abonner|receiving|baja|lista|promos|alerts|info|time|desabonner|me|further|all|future?
		to|2|para|pour vous|se|darse|get|be|receive? @kwverb|baja|desabonner|no? out|de|removed|off|more? baja|texts|messages|msgs? @replyv with? @kw
		unsubscribe|optout|cancelar|desabonnement|opt out? @replyv with? @kw
		@kw to|2|for|para|pour @kwverb|help|info out? msgs|messages|texts|promos|alerts|help|info?
		help|info|ayuda|aide for|to|4|para|pour help|info|ayuda|aide|more|terms|support
		txt|text|reply stop $
		msg and? data rates may apply
	`},
	{tier: tierNegated, rule: "negation", lines: `
		@cant @adv|will|going|gonna|want|wanna|mean|meant|meaning|trying|have|need|to|you|u|help|believe|think|intend|yall|guys|hit|say|send|text|reply|type|press|plan|like|get|be|them|us|him|myself|dare* stop|stopping|stopped|quit|end
		dont|didnt|never|not|wont|wouldnt|do_not @adv|will|going|gonna|want|wanna|mean|meant|meaning|trying|have|need|to|you|u|think|intend|yall|guys|hit|say|send|text|reply|type|press|plan|like|get|be|them|us* unsubscribe|unsubscribed|unsub|cancel|unsubscribing|optout|remove|opt out?
		@cant ~1 to|mean|want|trying|wanna|meant ~2 stop|opt out?
		@dont @adv* you|u|yall? @adv* take|remove|drop|delete|kick|get|block|lose|forget @poss* me|us|number|it|this off|from|out? ~1 @list?
		@dont @adv* cancel|end|discontinue @det* @msg|them|these|it
		@cant @adv|will|ever|even|to|have|need* stop|quit
		without stopping|unsubscribing
		accidentally|accidently|mistakenly ~2 unsubscribe|unsubscribed|stop|stopped|opt|opted|sent|texted|hit|removed ~1 out|stop|unsubscribe?
		stop|stopped|unsubscribe|unsubscribed|unsub|opted|opt out? ~2 accident|mistake|accidentally|accidently|mistakenly
		got|was|been|getting|were|am|get i? unsubscribed|removed|dropped|deleted|kicked ~3 mistake|accident|somehow|list|why|error|$|fix|resubscribe|texts
		why|how ~2 unsubscribed|removed|dropped ~4 list?
		undo|ignore|disregard|reverse|oops|cancel my|the|that|last|previous? stop|unsubscribe|optout|cancellation
		what|when|which time|day|hour ~5 stop|stopping|end
		should|when|where|how|why|if|did|do|does i|we stop|end|quit ~1 at|by|in|the|for
		why|when|come did|have|do|would|has ~2 stop|stopped getting|receiving|sending|doing|texting|having|serving|making
		i|we|ive|weve|it|they|he|she|just stopped|stops|quits getting|receiving|seeing|hearing|doing|coming
		no|nunca me? pares|paren|pare|parar|dejes|dejen|deje|dejar de? @essend?
		no me? quiten|borren|saquen|quites|quite|saque|eliminen|den|cancelen ~1 lista|baja|numero?
		no puedo|podia|quiero|quise|queria|podemos ~1 parar|cancelar|dejar|baja|darme|salir de?
		n|ne arretez|arrete|arreter|cessez|desabonnez|retirez ~1 pas|jamais
		pas|jamais desabonner|arreter
		dont|never @adv* call me|us? just? text|txt|message
		dont|never @adv* text|txt|call me|us? yet|until|unless|the|directions|and drive?
		can|could|may|does|do|will|would|has|have|did|is|are ~2 band|kitchen|music|dj|bus|rain|shuttle|bartender|show ~1 stop|end|quit
		got|get|getting|received|have|had|seen|see|why|are|were|been|receiving no|not ~2 @msg
		shuttle|bus|train|music|band|dj|rain|specials stop|stops|end|ends|stopped
		tell|told|asked|ask|telling him|her|joe|them|@Name to? stop|quit
	`},
}
