package reply

// spanish and french hold what Spanish and French speakers of American towns
// write, with English mixed in. Their words are readings, not a rule's list.
var spanish = []section{
	{tier: tierPlain, intent: OptOut, rule: "plain.es.no_me_manden", lines: `
		no|ya|nunca|tampoco no|ya? me|nos|le|se|te? @essend
		no|ya|nunca @essend
		no|ya no? quiero|deseo|necesito|queremos|quisiera|kiero|quieren|deseamos|pedi que|de|mas|recibir|seguir|recibiendo|me|nos|ver|sus|tus|estos|sus|mas|ya|mande|manden|envien|esos|este|ese|tantos|a* @esmsg|lista|@essend
		no|ya no? quiero|deseo|queremos|kiero mas|recibir|saber|nada|esto|estar|ya $|de|en|@esmsg|mas|por|gracias|nada
		no quiero esto|nada|eso
		no|ni mas|mas|un|otro|por|favor|de|sus|estos mas|de|sus|estos|tantos? @esmsg
		no|sin mensajes|textos|promociones|mensaje|promos|msjs $|por|gracias
		mensajes|textos no $
		no me|nos? vuelvan|vuelva|vuelvas|vuelven|sigan|siga|sigas a? ~1 @essend
		harto|harta|hartos|cansado|cansada ~1 de|con ~2 @esmsg
		no me interesan? ~1 @esmsg
		sin mas @esmsg
		nunca pedi|autorice|di
	`},
	{tier: tierPlain, intent: OptOut, rule: "plain.es.dejen_de", lines: `
		@esstop ya|de|con|a|por|favor|todo|todos|the|el|las|los|sus|estos|esos|tanto|tantos|tus|la|este|mi|me|fucking|pinche|pinches* @essend|@esmsg|@text
		@esstop ya $|por|de
		dejen|deje|deja|paren ya $|@any
		cancelar|cancele|cancelen|cancela|anular|anule|detener|detenga|detengan|desactivar|desactiven|terminar|eliminar|suspender|suspendan|suspenda|cancelo|cesar|quitar|quiten|quita|pausar la|los|mi|mis|las|el|estos|sus|todos|esta|tus|de|todo|recibir|me|por|favor|esos* suscripcion|inscripcion|subscripcion|@esmsg|servicio|lista
		ya|pinche|pinches basta|parenle|parale ~1 @any
		basta de|con @any
		stop de|mandando|enviando|texteando|molestando|con|mandar|enviar
	`},
	{tier: tierPlain, intent: OptOut, rule: "plain.es.quitenme", lines: `
		@esrem a|de|la|su|tu|sus|todas|me|por|favor|@poss|este|mi|esta|ya|el* numero|telefono|celular|contacto|lista|nombre|list|listas|datos
		quitame|quiteme|quitenme|borrame|borreme|borrenme|eliminame|elimineme|eliminenme|sacame|saqueme|saquenme|remueveme|remuevame|remuevanme|removeme|quitarme|borrarme|eliminarme|sacarme|retirenme|desuscribir|desuscribirme|desuscribeme|desuscribame|desuscribanme|desinscribir|desinscribirme|desapuntenme|desapuntame
		me borran|quitan|sacan|eliminan|quitas|borras $|por|de|please
		me @essend|quiten|borren|saquen|eliminen|quitan|borran|sacan|eliminan|quita|quites|retiren|quiten ~1 de ~2 lista|aqui|list
		dar|darme|denme|deme|dame|darse|darnos|den|doy|dense|dar|pedir|solicito|quiero|de ~1 de? baja
		baja del|de|por|please|a ~1 lista|servicio|favor|@esmsg|suscripcion
		quiero|deseo|necesito|como|quisiera|puedo ~2 salir|salirme|quitar|cancelar|unsubscribe|parar|detener|desuscribo ~3 lista|@esmsg|esto|$|grupo
		como me? ~1 salgo|quito|borro|cancelo|paro|desuscribo|desinscribo ~3 $|lista|esto|@esmsg
		fuera de ~1 lista
		quiero|pedi|pido|favor|les|solicito ~1 que ~2 borren|quiten|saquen|eliminen|quitaran|borraran|sacaran|eliminaran|dejen|dejaran
		me quitaran|borraran|sacaran|eliminaran
		dejar|dejo|deje|dejen|salir|parar de recibir|mandar|mandarme|enviar|enviarme
		no autorizo|permito|doy|autorice|di ~3 @essend|permiso|consentimiento|autorizacion
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.es.likely", lines: `
		numero equivocado|incorrecto|errado|erroneo
		equivoco|equivocaste|equivocado|equivocaron|equivocada|equivocados|error de|el|con? numero|persona
		equivocado|equivocada $
		no tiene|tengo|usa este|ese|mi numero|telefono
		vivo|vive|vivimos en otro|otra|afuera|fuera
		estoy|ya|me harto|harta|hartos ~1 @any?
		^^ para $$
		persona|telefono equivocada|incorrecta|equivocado
		yo? no soy !de|mayor|vegetariano|vegetariana|el|alergico|alergica|nuevo
		numero|telefono|celular ya? no es|pertenece
		equivocaron|equivocaste $|de|persona|numero
		no es|pertenece ~2 numero|telefono|celular
		no conozco|vive ~1 a|ningun|ninguna|nadie|aqui @any
		dejame|dejenme|dejeme|dejanos|dejennos en paz
		en paz $
		ya? no|ni me? interesa|interesan|interesado|interesada|interes $|gracias|por|para|nada|@esmsg
		no estoy|estamos interesado|interesada|interesados
		me|nos|ya mude|mudamos|cambie $|a|de|ya|lejos|para
		ya no vivo|vivimos|resido|estoy|voy ~1 ahi|alli|aqui|en|cerca|ahy|alla
		fallecio|murio|falleci|difunto|finado
		^ ya? basta $|por|gracias|ya
		no molesten|moleste|molestes|chinguen|jodan|mames
		^ ya no $|por|gracias|mas
		^ no mas $|por|gracias|please
		vete|vayanse|vayase al|a ~2 diablo|chingar|mierda|carajo|infierno
		chinga|chinguen|chingada|chinguese|putos|pendejos|cabrones ~1 @any
		mucho|mucha|tanto|puro|demasiado|demasiados|muchos|tantos spam|@esmsg
		voy|los|vamos|les a? ~1 reportar|demandar|bloquear|denunciar
		reportado|reportados|bloqueado|bloqueados|acoso|acosando|reportare|reportando|bloqueando
		quien|como|de les|le|donde|consiguieron|tienen|obtuvo ~1 dio|consiguieron|sacaron|obtuvieron|consiguio|tiene|tienen|mi ~1 mi? numero
		nunca|no me ~1 inscribi|suscribi|apunte|registre
	`},
}

var french = []section{
	{tier: tierPlain, intent: OptOut, rule: "plain.fr.arretez", lines: `
		@frstop de|d|m|me|nous|moi|avec|aux|les|ces|vos|tous|tout|svp|a|l|la|ca|ce|cela|s|il|vous|plait|immediatement|maintenant|tes|tant|d* @frsend|@frmsg|envois|textage|communications|ca|harcelement|@text
		@frstop tout|ca|svp|immediatement|maintenant|donc|merci $|de|svp
		n|ne|plus|veuillez|pas me|m|nous|moi|plus|rien|jamais|pas|de|ne|cesser|n* @frsend ~1 plus|pas|rien|jamais
		veuillez|pouvez|merci|priere|svp ~3 cesser|arreter|retirer|desabonner|desinscrire|supprimer|enlever|effacer
		@frsend|m|me plus|pas|rien de|ces|vos|rien|aucun|d|moi* @frmsg|$
		@frsend moi|m plus|pas
		ne plus me|m|nous|te? @frsend
		ne plus recevoir
		veux|souhaite|desire|voudrais|veut|aimerais|veu|voulons plus|pas|rien ~1 recevoir|de|ces|vos|etre|que|d|entendre|aucun|vous|tes|rien|avoir|@frmsg
		plus|aucun|pas|jamais de|aucun|vos|ces|d* message|messages|textos|texto|sms|pub|pubs|promos|publicite|courriels|textes $|svp|merci|s|sil|de|texte|pour|texto
		demande|demander|demandons|dit|dis|repete ~2 d|de? arreter|cesser|arretez|stop|arret
		stop aux|les|a|vos|avec @any
	`},
	{tier: tierPlain, intent: OptOut, rule: "plain.fr.desabonnez", lines: `
		@frunsub
		@frrem moi|mon|ce|me|m|nous|notre|le ~1 de|numero|liste|telephone|cellulaire|nom|contact|$|vos|svp|des|no|num|s
		me|m|nous|etre|mon ~1 retirer|retire|enlever|enleve|supprimer|supprime|effacer|desabonner|desinscrire|rayer|sortir|efface ~2 liste|vos|$|numero|svp|de
		annuler|annulez|resilier|resiliez|annule ~1 abonnement|inscription|textos|messages|sms|alertes
		retirez|retire|enlevez|supprimez ~2 liste|numero|contacts|base
	`},
	{tier: tierPlain, intent: OptOut, certainty: Likely, rule: "plain.fr.likely", lines: `
		mauvais|faux|pas ~1 numero
		mauvaise personne
		trompez|trompe|trompes|erreur de|d? numero|personne
		erreur de numero
		pas le bon numero
		laisse|laissez|laisser|lachez|lache|fichez|foutez|fiche|fous moi|nous|me|m|la ~2 tranquille|tranquilles|paix|patience|$
		pas|plus|aucunement interesse|interessee|interesses|interessez
		m|me|nous interesse|interessent plus|pas
		ca|cela suffit
		assez $|de|c
		trop de @frmsg
		tanne|tannee|tannes|ecoeure|ecoeuree de|d ~2 @any
		en? ai|j marre|assez|tanne ~1 de|$
		j|ai|avons|a ai|avons|a? demenage|demenagee|demenages
		est|a|sont decede|decedee|mort|morte|decedes
		n|ne|habite habite|habitons|vis|vit|suis|demeure plus|pas ~1 la|ici|a|en|au|dans|ville|$
		je|suis ne|pas? suis pas !la|certain|sur|sure|disponible|libre|en
		connais pas|personne ~1 @any
		allez|va|aller vous|te? ~1 faire|chier|foutre|promener
		harcelement|signaler|signale|bloque|bloquer|pourriel
		comment avez|as|vous ~2 obtenu|eu|mon numero?
		jamais donne|inscrit|abonne|consenti|demande
		me|suis ~1 jamais|pas inscrit|abonne|abonnee|inscrite
		c|cest est? du? spam|harcelement|pourriel
	`},
}

// others holds opt-in, heard only where no opt-out was.
var others = []section{
	{tier: tierOther, intent: OptIn, certainty: Likely, rule: "plain.sign_me_up", lines: `
		^ please|yes|hi|hello|hey|can|could|would|you|i|want|like|to|id|ok|sure|pls|wanna|love|how|do|does|we|us|me|need|again|wants* sign|signed|signing|enroll|register me|us|up|my|for|in ~2 $|text|texts|alerts|list|for|please|back|again|deals|@text|club|updates|promos|vip
		add|put|place me|us|my|back ~2 back|on|to|$|please|in|number|list|in ~2 $|list|texts|text|please|again|@text|club|@list|vip|alerts|thanks $|@soft|again|back|for ~1 @text|$|@soft
		add me|us $|@soft|back|again
		opt|opting me|us? back? in
		resubscribe|subscribe|subscribing me|us|please|to|$|my|again|back|for|@soft
		how ~3 i|we ~2 join|subscribe|resubscribe ~3 list|texts|text|club|alerts|$|@text|vip
		i|we|id|wed want|like|love|wanna|would|can|may ~3 join|subscribe|join|optin|rejoin|resubscribe ~3 list|texts|text|club|alerts|$|@text|vip
		start|resume|restart|begin|continue|keep ~1 @ing me|us|again|texts|@text|my|them|the
		like|want|love ~2 to? start|get|receive|resume|restart ~2 getting|receiving|your|the|these? ~2 @text ~1 again
		start|resume|restart ~2 @text
		turn ~3 back on
		quiero|deseo|me|quisiera|como|puedo ~2 suscribirme|unirme|inscribirme|suscribo|inscribo|recibir|registrarme ~3 $|lista|@esmsg|promos
		suscribanme|suscribame|suscribeme|inscribanme|agreguenme|agregame|apuntame|apuntenme
		abonnez|inscrivez|ajoutez|abonner|inscrire|reabonnez moi|nous|$|a|svp
		veux|aimerais|voudrais ~2 abonner|inscrire|recevoir|reabonner
	`},
}
