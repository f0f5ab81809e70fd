## Every page

tagline = El model proposa. Vostè decideix.
skip = Ves al contingut
interface-language = Llengua de la pàgina
demo = Demostració amb una clau d'un sol ús: tothom hi té accés, i el que s'hi introdueix es perd en tancar el programa. Feu servir només textos inventats.

## sign in

sign-in-heading = Entrar
sign-in-login = Usuari
sign-in-password = Contrasenya
sign-in-enter = Entrar
sign-in-provider = Entrar amb el compte de l’organització
sign-in-bind = O entreu sempre amb el compte de l’organització
sign-in-wrong = L'usuari i la contrasenya no es corresponen.
sign-in-locked = Massa contrasenyes errònies. Torneu-ho a provar d'aquí a un quart d'hora.
sign-in-choose = Trieu la contrasenya
sign-in-set = Desar-la
sign-in-short = Almenys 12 caràcters; unes quantes paraules fan el fet.
sign-in-used = Aquest enllaç ja s'ha fet servir o ha caducat. Demaneu-ne un de nou a qui administra el servei.
sign-in-leave = Sortir
sign-in-welcome = Us han donat accés a Relat. Aquest enllaç només serveix una vegada.

## text

text-heading = Entrevista
text-label = El que explica la persona
text-placeholder =
    Escriviu o enganxeu el que explica la persona.

    Els suggeriments surten al costat quan s'acaba una frase, cadascun amb les frases en què es basa.
text-read = Suggereix
text-example = Prova-ho amb una entrevista inventada
text-marked = El text, amb les frases marcades
text-resting = En aquesta frase
text-resting-nothing = Cap suggeriment no es basa en aquesta frase
text-private = El text no es desa, i només surt d'aquest ordinador cap al servidor de relat que ha obert aquesta pàgina.
text-noscript = Aquest navegador no executa programes: premeu «Suggereix» per veure els suggeriments.

## state

state-reading = Llegint…
state-read-at = Llegit a les { $time }
state-changed = Ha canviat des que es va llegir
state-offline = El servidor no respon. El text continua aquí: premeu «Suggereix» per tornar-ho a provar.
state-word = { $n ->
    [one] paraula
   *[other] paraules
}

## findings

findings-heading = Suggeriments
findings-alerts = Primer de tot
findings-alerts-hint = cal que un servei actuï de seguida
findings-needs = Necessitats
findings-demands = Demandes
findings-demands-hint = el que la persona demana
findings-quiet = Llegit, no suggerit
findings-quiet-hint = ho nega, és passat o és d'algú altre
findings-weak = { $n ->
    [one] troballa dubtosa, per sota del llindar
   *[other] troballes dubtoses, per sota del llindar
}
findings-more = { $n ->
    [one] frase més
   *[other] frases més
}
findings-none = Res que el model suggereixi. Això no demostra que tot vagi bé.
findings-empty-text = Aquí sortirà el que es trobi al text, amb les frases en què es basa.
findings-legend = Com es llegeixen les marques
findings-legend-alert = una necessitat davant la qual cal actuar de seguida
findings-legend-need = una necessitat
findings-legend-demand = el que la persona demana
findings-legend-quiet = negat, passat o d'algú altre: no és cap suggeriment
findings-how = Premeu un suggeriment per veure'n les frases. Premeu una frase per veure què s'hi basa.

## levels

levels-heading = Matriu d'autosuficiència
levels-hint = com n'està de segur, el model, de cada nivell
levels-domain = Àmbit
levels-level = Nivell
levels-names-1 = agut
levels-names-2 = baix
levels-names-3 = just
levels-names-4 = prou
levels-names-5 = ple
levels-not-told = no se'n parla
levels-not-told-hint = el text no n'explica prou. El silenci no és mai un 5.

## actions

actions-heading = Es podria explorar
actions-hint = del catàleg; aquesta llista no dona dret a res
actions-because = per
actions-to-check = Cal comprovar
actions-facts = El que encara cal saber
actions-facts-hint = les respostes redueixen la llista de sota; no decideixen res
actions-fact-yes = Sí
actions-fact-no = No
actions-fact-unknown = No se sap
actions-facts-more = { $n ->
    [one] { $n } dada més
   *[other] { $n } dades més
}
actions-aside = Apartades per les respostes
actions-none = Res del catàleg no respon al que s'ha llegit.
actions-more = { $n ->
    [one] actuació menys probable
   *[other] actuacions menys probables
}
actions-kinds-benefit = prestació
actions-kinds-service = servei
actions-kinds-referral = derivació
actions-kinds-coordination = coordinació
actions-kinds-emergency = avui

## warnings

warnings-heading = Cal tenir en compte
warnings-other-language = { $n ->
    [one] { $n } frase és en una llengua amb què el model no s'ha entrenat.
   *[other] { $n } frases són en una llengua amb què el model no s'ha entrenat.
}
warnings-very-short = { $n ->
    [one] El text només té { $n } paraula: els suggeriments es basen en molt poc.
   *[other] El text només té { $n } paraules: els suggeriments es basen en molt poc.
}
warnings-nothing-found = No s'ha trobat res que el model suggereixi.
warnings-control-characters = { $n ->
    [one] El text té { $n } caràcter invisible.
   *[other] El text té { $n } caràcters invisibles.
}
warnings-long-sentence = Hi ha una frase molt llarga, probablement diverses sense punts: el que s'hi basa és poc precís.
warnings-contradiction = De «{ $need }» es diu que sí i també que no.
warnings-unknown = El text s'ha llegit amb una reserva.

## likelihood

likelihood-very-likely = molt probable
likelihood-likely = probable
likelihood-possible = possible
likelihood-doubtful = dubtós

## status

status-present = present
status-absent = diu que no
status-past = passat
status-other = d'algú altre, o només temut

## languages

languages-ca = català
languages-es = castellà
languages-en = anglès
languages-other = una altra llengua

## problems

problems-signed-out = La sessió s'ha acabat. Entra en una altra pestanya i torna-ho a provar; el text continua aquí.
problems-empty-text = Encara no hi ha text.
problems-text-too-long = El text és massa llarg: escurceu-lo o llegiu-lo per parts.
problems-busy = Ara mateix s'estan llegint massa textos. Torneu-ho a provar d'aquí a un segon; el text continua aquí.
problems-store-unavailable = No es pot escriure al registre i, per tant, ara no es pot suggerir res. El text continua aquí.
problems-other = Alguna cosa ha fallat. El text continua aquí: torneu-ho a provar i, si segueix, aviseu qui porta aquest servei.
problems-heading = No ha pogut ser
problems-back = Torna a l’inici
problems-forbidden = El vostre rol no hi dona accés.
problems-not-let-in = El vostre proveïdor no us ha deixat passar, o la vostra identitat no és de cap compte actiu d’aquí. Demaneu un enllaç nou a qui administra.
problems-provider = El proveïdor d’identitats no respon. Torneu-ho a provar, o entreu amb contrasenya.
problems-cross-site = Això no ha començat en aquesta pàgina, o fa massa estona: no s’ha fet res. Torneu a començar.
problems-not-found = Aquí no hi ha res, o no és del vostre centre.
problems-conflict = Algú altre hi ha escrit mentrestant. Mireu-ho de nou i torneu a decidir.
problems-alerts = Abans de tancar cal decidir sobre tots els avisos.
problems-taken = Ja n’hi ha un amb aquest nom.
problems-field = Falta alguna dada o no té la forma esperada.
problems-closed = L’entrevista és tancada: torneu-la a obrir primer.
problems-blind = Primer puntueu tots els àmbits de la matriu.
problems-undo = No hi ha res per desfer o refer.

## about

about-versions = Fet amb
about-thresholds = llindars
about-taxonomy = taxonomia
about-catalogue = catàleg
about-engine = motor
about-api = API

## navigation

nav-heading = Apartats
nav-cases = Expedients
nav-scratch = Prova un text
nav-accessibility = Accessibilitat

## cases

cases-heading = Expedients
cases-new = Expedient nou
cases-search = Cerca pel codi
cases-find = Cerca
cases-none = Encara no hi ha cap expedient al vostre centre. Comenceu amb «Expedient nou».
cases-not-found = Cap expedient no té aquest codi.
cases-case = Expedient
cases-last = Última entrevista
cases-interviews = Entrevistes
cases-state = Estat
cases-open = per acabar
cases-closed = tancada
cases-more = Més antics
cases-pseudonym = Codi de l’expedient
cases-pseudonym-hint = El que fa servir el centre per a aquesta persona, com ara 2026-0417. No hi poseu el nom.
cases-groups = Dades de grup
cases-groups-hint = Opcionals. Només serveixen per saber si el model s’equivoca més amb uns grups que amb altres.
cases-gender = Gènere
cases-gender-f = dona
cases-gender-m = home
cases-gender-x = no binari
cases-age = Edat
cases-origin = Origen
cases-origin-local = Catalunya o resta de l’Estat
cases-origin-europe = resta d’Europa
cases-origin-africa = Àfrica
cases-origin-america = Amèrica
cases-origin-asia = Àsia i Oceania
cases-language = Llengua
cases-make = Crea l’expedient i comença
cases-cancel = Cancel·la
interviews-new = Entrevista nova
interviews-none = Encara no hi ha cap entrevista.
interviews-held-on = Feta el
interviews-language = Llengua
interviews-author = Qui la va fer

## accessibility

accessibility-heading = Declaració d’accessibilitat
accessibility-what = Relat ha de servir a tothom que hi treballi: sense ratolí, amb lector de pantalla, amb la lletra grossa, en un mòbil. S’ha fet seguint WCAG 2.1 nivell AA i la norma EN 301 549.
accessibility-state = Com està
accessibility-state-text = Parcialment conforme. Cada pàgina i cada estat es comproven amb axe-core en tres llengües, en clar i en fosc, a 1280 i a 360 píxels, i no hi ha cap defecte greu conegut. Les comprovacions automàtiques no ho veuen tot.
accessibility-how = Com s’ha fet
accessibility-how-keys = Tot es pot fer amb el teclat. Les tecles d’una sola lletra només funcionen quan el focus és als suggeriments; «?» les mostra.
accessibility-how-shape = Res no es distingeix només pel color: cada mena de troballa té la seva forma i la seva línia.
accessibility-how-reader = Cada suggeriment diu les seves frases; el que es desa i el que falla s’anuncia sense moure el focus.
accessibility-how-zoom = Es pot ampliar al 200 % i llegir a 360 píxels d’amplada sense desplaçar-se de costat.
accessibility-how-motion = Qui ha demanat menys moviment no en veu. Hi ha mode fosc i respecta els colors forçats.
accessibility-how-script = Sense JavaScript es pot llegir tot i decidir amb formularis.
accessibility-limits = El que no està bé
accessibility-limits-box = Les marques dins la caixa on s’escriu són només visuals: un lector de pantalla troba les mateixes frases a cada suggeriment i, quan el cursor s’hi mou, sota el text.
accessibility-limits-people = Encara no l’ha provat ningú que faci servir un lector de pantalla cada dia.
accessibility-tell = Si alguna cosa no va bé
accessibility-tell-text = Digueu-ho a qui administra el servei al vostre centre, o obriu una incidència al projecte. Es respon abans de quinze dies.

## intake

intake-nth = { $n }a entrevista
intake-saved = Desat
intake-keys = Tecles
intake-keys-where = Les lletres funcionen quan el focus és als suggeriments o a la matriu, no dins del text.
intake-key-leave = del text als suggeriments
intake-key-move = suggeriment següent, anterior
intake-key-refuse = refusa, i per què
intake-key-edit = canvia el codi, l’estat o les frases
intake-key-skip = deixa-ho per després, al següent
intake-key-add = afegeix el que el model no ha dit
intake-key-add-selected = afegeix a partir del text triat
intake-key-undo = desfés, refés
intake-key-text = torna al text
intake-key-matrix = ves a la matriu
intake-key-level = nivell de l’àmbit; 0: no es pot valorar
intake-key-read = llegeix i desa ara
intake-shut = D’acord
intake-reopen = Torna a obrir l’entrevista
intake-undo = Desfés
intake-redo = Refés
intake-close = Tanca l’entrevista
intake-keep = Desa i suggereix
intake-document = Obre un DOCX o PDF
intake-private = El text es desa xifrat al servidor del vostre centre. No surt cap enlloc més.
intake-all-decided = tot decidit
intake-to-matrix = M: a la matriu
intake-blind = El vostre centre puntua primer. Els suggeriments sortiran quan hàgiu marcat els 13 àmbits: en porteu { $n }.
intake-must-decide = cal decidir-los per tancar
intake-added-heading = Afegit per vosaltres
intake-add = Afegeix
intake-is-present = Sí que hi és ara
intake-accept = Accepta
intake-refuse = Refusa
intake-edit = Edita
intake-skip = Salta
intake-space = espai
intake-confirmed = acceptat
intake-edited = editat
intake-refuted = refusat
intake-added = afegit
intake-reason-denied = ho nega
intake-reason-past = ja ha passat
intake-reason-other-person = és d’algú altre
intake-reason-already-handled = ja s’hi treballa
intake-reason-not-enough-evidence = el text no ho diu prou
intake-reason-wrong = mal llegit
intake-matrix-hint = barra: model · marc: la vostra marca · punt: última entrevista
intake-matrix-blind = puntueu els 13 àmbits pel que ha explicat
intake-not-assessable = no es pot valorar
intake-not-assessable-short = no val.
intake-before = abans
intake-model-says = el model hi dona un { $p } %
intake-keep-levels = Desa els nivells
intake-anchors = Què vol dir cada nivell
intake-anchors-hint = Rúbrica de treball del projecte: no és el text oficial de la SSM-Cat.
intake-questions = Encara per preguntar
intake-questions-hint = no s’ha dit res; no vol dir que vagi bé
intake-explore = Explorem-ho
intake-handled = Ja es fa
intake-not-for-them = No hi escau
intake-search = Cerca (en qualsevol de les tres llengües)
intake-what = Què és
intake-status = Com està
intake-evidence = Frases en què es basa
intake-evidence-hint = Trieu-les al text abans d’obrir aquest quadre.
intake-keep-this = Desa
intake-edit-heading = Edita
intake-left = { $n ->
    [one] { $n } decisió pendent
   *[other] { $n } decisions pendents
}
intake-bulk = { $n ->
    [one] Accepta { $n } de molt probable
   *[other] Accepta els { $n } molt probables
}

## case over time

case-summary = Resum per a l’expedient
case-for-person = Resum per a la persona
case-needs = Necessitats en el temps
case-needs-hint = només el que algú ha decidit
case-need = Necessitat
case-open = Ara
case-open-none = No hi ha cap necessitat confirmada.
case-closed = Ja no hi són
case-since = Des de
case-until = Fins a
case-again = { $n ->
    [one] confirmada { $n } vegada més
   *[other] confirmada { $n } vegades més
}
case-end-denied = diu que no
case-end-past = ja ha passat
case-end-handled = ja s’atén
case-alerts = { $n ->
    [one] { $n } avís per decidir
   *[other] { $n } avisos per decidir
}
case-levels = Nivells en el temps
case-levels-hint = 1 agut, 5 ple
case-key-decided = decidit per una persona
case-key-suggested = el model, sense decidir
case-nothing = res
case-left-out = { $n ->
    [one] { $n } entrevista anterior és només al gràfic.
   *[other] { $n } entrevistes anteriors són només al gràfic.
}
case-own = La visió de la persona
case-own-hint = amb les seves paraules; no es tradueix mai
case-own-by = { $at } · ho va anotar { $by }
case-own-earlier = { $n ->
    [one] { $n } visió anterior
   *[other] { $n } visions anteriors
}
case-own-words = Què en diu la persona
case-own-new = Si ara ho veu d’una altra manera
case-own-rule = Es desa xifrat i surt al resum i a la còpia que la persona pot demanar. L’anterior no s’esborra.
case-own-keep = Desa-ho
case-own-problem = Escriviu el que diu la persona: entre una paraula i unes quatre pàgines.
case-log = Qui ha decidit què
case-log-of = { $n ->
    [one] { $day } · { $n } acte
   *[other] { $day } · { $n } actes
}
case-log-when = Quan
case-log-who = Qui
case-log-did = Què ha fet
case-log-what = Sobre què
case-taken-back = (desfet)
case-did-undo = ha desfet
case-did-redo = ha refet
case-did-close = ha tancat l’entrevista
case-did-reopen = ha tornat a obrir l’entrevista
case-back = Torna a l’expedient
case-print = Imprimeix o desa en PDF
case-print-how = Imprimiu-lo amb el menú del navegador; també en fa un PDF.
case-summary-of = Resum de l’expedient { $name }
case-printed = { $at }, { $by }
case-summary-rule = Només hi ha el que han decidit persones. El relat no hi és.
case-summary-model = Suggeriments fets amb: { $model }.
case-summary-last = Última decisió: { $at }.
case-paper = Llengua del paper
case-careful = Inclou-hi el que demana cura
case-careful-hint = La violència, els maltractaments i el risc de suïcidi no surten al paper si no ho marqueu: podria llegir-lo algú altre. Parleu-ne abans amb la persona.
case-careful-out = { $n ->
    [one] Ara n’hi ha { $n } fora.
   *[other] Ara n’hi ha { $n } fora.
}
case-renew = Actualitza
person-heading = El que hem parlat
person-when = Conversa del { $day } amb { $by }, { $centre }.
person-needs = El que hem vist junts
person-needs-none = De moment no hem anotat cap dificultat.
person-over = El que ja no passa
person-over-hint = El que abans passava i ara no, o de què ja s’ocupa algú:
person-demands = El que ens ha demanat
person-actions = El que podem mirar
person-actions-hint = Mirarem si és possible. No és cap promesa ni cap decisió.
person-own = Com ho veu vostè
person-own-blank = Si vol, escrigui-ho aquí. També ho podem anotar nosaltres, amb les seves paraules.
person-rights = Bo de saber
person-rights-change = Si alguna cosa no és així, digui’ns-ho i ho canviem.
person-rights-copy = Pot demanar una còpia de tot el que hi ha escrit, i saber qui ho ha llegit.
person-rights-program = Un programa d’ordinador ha ajudat a llegir les notes. Les decisions les pren sempre una persona.
person-rights-who = Si té dubtes, pregunti per { $by } a { $centre }.
person-next = Propera cita:

## figures

nav-figures = Quadre
figures-all = tots els centres
figures-year = Any
figures-rule = Un punt és un nombre darrere del qual hi ha menys de { $n } persones, o cap, o que permetria esbrinar-ne un altre així.
figures-few = menys de { $n } o reservat
figures-alerts = Avisos per decidir
figures-alerts-hint = de qualsevol any; primer els que fa més que esperen
figures-alerts-none = No n’hi ha cap.
figures-needs = Necessitats per àrea i mes
figures-needs-hint = confirmades per una persona, pel mes de l’entrevista
figures-total = total
figures-work = Feina
figures-workers = Per professional
figures-workers-hint = per repartir la feina, no per comparar ningú
figures-worker = Professional
figures-none = Encara no hi ha res per comptar.
figures-accepted = Què se n’ha fet, dels suggeriments
figures-accepted-hint = per codi i versió del model
figures-code = Codi
figures-share = Acceptats
figures-only-total = { $n ->
    [one] { $n } codi del qual només es pot mostrar el total
   *[other] { $n } codis dels quals només es pot mostrar el total
}
figures-left-out = { $n ->
    [one] { $n } codi més és de poques persones.
   *[other] { $n } codis més són de poques persones.
}

## administration

nav-admin = Administració
admin-people = Persones
admin-centres = Centres
admin-keys = Claus
admin-model = Model
admin-retention = Conservació
admin-audit = Registre
admin-name = Nom
admin-roles = Funcions
admin-centre = Centre
admin-no-centre = cap centre: només funcions que miren tots els centres
admin-role-worker = professional
admin-role-supervisor = coordinació
admin-role-data = dades
admin-role-ethics = ètica
admin-role-admin = administració
admin-enabled = pot entrar
admin-disabled = no pot entrar
admin-add-person = Afegeix una persona
admin-started = Primer dia de feina
admin-started-hint = Només serveix per dir a les dades si fa poc o molt que hi treballa.
admin-invite = Afegeix i crea l’enllaç
admin-invited = L’enllaç d’entrada
admin-invited-how = Doneu aquest enllaç a { $name } en mà o per un canal segur. Serveix un sol cop durant tres dies.
admin-invited-link = Darrere l’adreça d’aquest servei. No es tornarà a mostrar.
admin-done = Fet
admin-since = des del { $day }
admin-duties = Què pot fer i on
admin-keep = Desa
admin-new-link = Contrasenya nova
admin-new-link-hint = Si l’ha oblidada o no ha entrat mai. La contrasenya d’ara val fins que en triï una altra.
admin-make-link = Crea un enllaç
admin-access = Accés
admin-disable-hint = Surt de tot arreu a l’instant. El que ha decidit es conserva.
admin-enable-hint = Podrà tornar a entrar amb la contrasenya que tenia.
admin-disable = Tanca-li l’accés
admin-enable = Obre-li l’accés
admin-blind = Puntuar abans de veure el model
admin-blind-hint = Quan és actiu, el professional puntua els tretze àmbits abans de veure cap suggeriment: així se sap si el model el fa canviar de parer.
admin-on = actiu
admin-off = inactiu
admin-turn-on = Activa
admin-turn-off = Desactiva
admin-change = Canvia
admin-centres-none = Encara no hi ha cap centre.
admin-add-centre = Afegeix un centre
admin-add = Afegeix
admin-keys-hint = Amb una clau, un altre programa pot demanar suggeriments o dades. No pot decidir ni llegir relats desats.
admin-keys-none = No hi ha cap clau.
admin-key-for = Per a què és
admin-scopes = Què obre
admin-scope-assess = suggeriments
admin-scope-export = decisions sense text
admin-scope-audit = registre
admin-rate = Peticions per minut
admin-days = Dies de validesa
admin-expires = Fins a
admin-revoked = anul·lada
admin-revoke = Anul·la
admin-add-key = Fes una clau
admin-make-key = Fes la clau
admin-key-made = La clau
admin-key-made-how = Copieu ara la clau per a «{ $name }» i deseu-la on es guarden els secrets.
admin-key-secret = No es tornarà a mostrar: aquí només se’n desa l’empremta.
admin-card-hint = La fitxa del model: per a què serveix, per a què no, i com s’equivoca. L’escriu qui l’entrena, en anglès.
admin-card-none = Aquest model no porta fitxa.
admin-card-table = Taula de la fitxa
admin-rules = Regles
admin-rule-cases = Expedients: quan fa tants dies que no hi ha cap entrevista, s’esborra la persona i tot el que s’hi ha escrit. En queda una fila al registre que en dóna fe.
admin-rule-answers = Respostes a escriptures: es desen perquè un formulari enviat dos cops es faci un sol cop, i s’obliden després de tants dies.
admin-rule-audit = El registre i el que va suggerir el model, sense text, no s’esborren.
admin-rule-apply = S’apliquen des de la línia d’ordres, expressament:
admin-try = Prova sense esborrar
admin-try-hint = Compta què s’esborraria avui. No toca res.
admin-days-cases = Dies sense entrevista
admin-days-answers = Dies de les respostes
admin-count = Compta
admin-tried = S’esborraria avui
admin-tried-cases = { $n ->
    [one] { $n } expedient
   *[other] { $n } expedients
}
admin-tried-answers = { $n ->
    [one] { $n } resposta a una escriptura
   *[other] { $n } respostes a escriptures
}
admin-verify = Comprova la cadena
admin-audit-sound = El registre és com es va escriure: { $n } files. Per provar-ho més endavant, anoteu aquest final fora d’aquí: { $tail }
admin-audit-broken = El registre no és com es va escriure ({ $finding }). Aviseu qui respon de les dades.
admin-audit-none = Cap fila no hi respon.
admin-who = Qui
admin-who-hint = Un nom o un usuari, o l’identificador tal com surt a la fila.
admin-what = Què
admin-on-what = Sobre què
admin-from = Des del
admin-to = Fins al
admin-clear = Treu els filtres
admin-detail = Detall
admin-problem-taken = Ja n’hi ha un amb aquest nom.
admin-problem-login = L’usuari ha de tenir entre 1 i 100 lletres.
admin-problem-name = El nom ha de tenir entre 1 i 100 lletres.
admin-problem-roles = Trieu almenys una funció.
admin-problem-centre = Trieu un centre dels vostres.
admin-problem-started = Escriviu el primer dia de feina.
admin-problem-scopes = Trieu almenys una cosa que obri.
admin-problem-rate = Les peticions per minut van d’1 a 100000.
admin-problem-days = Els dies van d’1 a 366.
admin-problem-yourself = No us podeu canviar les funcions ni tancar l’accés: demaneu-ho a un altre administrador.
admin-problem-days-of-rule = Els dies són un nombre entre 1 i 36525.

## scripts

js-rubric-of = { $domain }: què vol dir cada nivell
js-kind-demand = demanda
js-kind-action = actuació
js-resting = En aquesta frase
js-resting-nothing = Cap suggeriment no es basa en aquesta frase
js-reading = Llegint…
js-opening = Obrint el document…
js-saving = Desant…
js-saved = Desat { $time } ✓
js-offline = Sense connexió · { $n } per enviar. Podeu continuar.
js-signed-out = S’ha tancat la sessió: entreu en una altra pestanya i s’enviarà tot.
js-accepted = acceptat
js-refused = refusat
js-edited = editat
js-added = afegit
js-all-decided = tot decidit
js-to-matrix = M: a la matriu
js-left = { $n } decisions pendents
js-left-one = 1 decisió pendent
js-word = 1 paraula
js-words = { $n } paraules
js-alerts-first = Abans de tancar cal decidir els avisos: en falten { $n }.
js-close-undecided-one = Queda 1 suggeriment sense decisió. Premeu «Tanca» un altre cop per tancar igualment.
js-close-undecided = Queden { $n } suggeriments sense decisió. Premeu «Tanca» un altre cop per tancar igualment.
js-close-look = Mostra
js-bulk-done = { $n } acceptats.
js-bulk-undo = Desfés-los tots
js-refused-by-server = No s’ha desat: { $why }.
js-text-changed = Algú altre ha canviat el text: aquest és el nou.
js-text-conflict = Algú altre ha canviat el text mentre escrivíeu. El vostre encara és aquí.
js-keep-mine = Poso el meu
js-keep-theirs = Deixo el seu
js-conflict = Mentrestant algú altre ha decidit sobre «{ $label }»: { $decided }
js-undo-conflict = Mentrestant algú altre ha decidit: desfer ara desfaria la seva decisió.
js-somebody = Algú altre hi ha escrit: la pàgina està al dia.
js-restored = S’ha recuperat el que no s’havia enviat.
js-unsealed = Sense connexió segura (https) aquest navegador no pot guardar res fins que s’enviï.
js-document-no-text = El document no té text: potser és un escaneig.
js-document-kind = Només es poden obrir DOCX i PDF.
js-document-too-long = El document és massa llarg.
js-document-broken = El document no es pot llegir: està malmès o té contrasenya.
js-to-be-sent = per enviar
js-fact-aside = Apartada: a «{ $question }», la resposta és no.
js-facts-narrowed = { $n } per explorar; apartades: { $aside }.
js-undone = Desfet: { $label }
js-redone = Refet: { $label }
intake-fallen = · els seus motius s’han refusat
