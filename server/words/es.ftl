## Every page

tagline = El modelo propone. Usted decide.
skip = Ir al contenido
interface-language = Idioma de la página
demo = Demostración con una clave desechable: cualquiera está dentro, y lo que se introduce se pierde al cerrar el programa. Usad solo textos inventados.

## sign in

sign-in-heading = Entrar
sign-in-login = Usuario
sign-in-password = Contraseña
sign-in-enter = Entrar
sign-in-provider = Entrar con la cuenta de la organización
sign-in-bind = O entre siempre con la cuenta de la organización
sign-in-wrong = El usuario y la contraseña no se corresponden.
sign-in-locked = Demasiadas contraseñas erróneas. Vuelva a intentarlo dentro de un cuarto de hora.
sign-in-choose = Elija su contraseña
sign-in-set = Guardarla
sign-in-short = Al menos 12 caracteres; unas cuantas palabras sirven.
sign-in-used = Este enlace ya se usó o ha caducado. Pida uno nuevo a quien administra el servicio.
sign-in-leave = Salir
sign-in-welcome = Le han dado acceso a Relat. Este enlace solo sirve una vez.

## text

text-heading = Entrevista
text-label = Lo que cuenta la persona
text-placeholder =
    Escriba o pegue lo que cuenta la persona.

    Las sugerencias salen al lado cuando acaba una frase, cada una con las frases en que se basa.
text-read = Sugerir
text-example = Probar con una entrevista inventada
text-marked = El texto, con las frases marcadas
text-resting = En esta frase
text-resting-nothing = Ninguna sugerencia se basa en esta frase
text-private = El texto no se guarda, y solo sale de este ordenador hacia el servidor de relat que ha abierto esta página.
text-noscript = Este navegador no ejecuta programas: pulse «Sugerir» para ver las sugerencias.

## state

state-reading = Leyendo…
state-read-at = Leído a las { $time }
state-changed = Ha cambiado desde que se leyó
state-offline = El servidor no responde. El texto sigue aquí: pulse «Sugerir» para volver a probar.
state-word = { $n ->
    [one] palabra
   *[other] palabras
}

## findings

findings-heading = Sugerencias
findings-alerts = Lo primero
findings-alerts-hint = un servicio debe actuar enseguida
findings-needs = Necesidades
findings-demands = Demandas
findings-demands-hint = lo que la persona pide
findings-quiet = Leído, no sugerido
findings-quiet-hint = lo niega, es pasado o es de otra persona
findings-weak = { $n ->
    [one] hallazgo dudoso, por debajo del umbral
   *[other] hallazgos dudosos, por debajo del umbral
}
findings-more = { $n ->
    [one] frase más
   *[other] frases más
}
findings-none = Nada que el modelo sugiera. Eso no demuestra que todo vaya bien.
findings-empty-text = Aquí saldrá lo que se encuentre en el texto, con las frases en que se basa.
findings-legend = Cómo se leen las marcas
findings-legend-alert = una necesidad ante la que hay que actuar enseguida
findings-legend-need = una necesidad
findings-legend-demand = lo que la persona pide
findings-legend-quiet = negado, pasado o de otra persona: no es una sugerencia
findings-how = Pulse una sugerencia para ver sus frases. Pulse una frase para ver qué se basa en ella.

## levels

levels-heading = Matriz de autosuficiencia
levels-hint = cuánta seguridad tiene el modelo en cada nivel
levels-domain = Ámbito
levels-level = Nivel
levels-names-1 = agudo
levels-names-2 = bajo
levels-names-3 = justo
levels-names-4 = suficiente
levels-names-5 = pleno
levels-not-told = no se cuenta
levels-not-told-hint = el texto no cuenta lo suficiente. El silencio nunca es un 5.

## actions

actions-heading = Se podría explorar
actions-hint = del catálogo; esta lista no da derecho a nada
actions-because = por
actions-to-check = Falta comprobar
actions-facts = Lo que falta saber
actions-facts-hint = las respuestas reducen la lista de abajo; no deciden nada
actions-fact-yes = Sí
actions-fact-no = No
actions-fact-unknown = No se sabe
actions-facts-more = { $n ->
    [one] { $n } dato más
   *[other] { $n } datos más
}
actions-aside = Apartadas por las respuestas
actions-none = Nada del catálogo responde a lo que se ha leído.
actions-more = { $n ->
    [one] actuación menos probable
   *[other] actuaciones menos probables
}
actions-kinds-benefit = prestación
actions-kinds-service = servicio
actions-kinds-referral = derivación
actions-kinds-coordination = coordinación
actions-kinds-emergency = hoy

## warnings

warnings-heading = Conviene tener en cuenta
warnings-other-language = { $n ->
    [one] { $n } frase está en un idioma con el que el modelo no se ha entrenado.
   *[other] { $n } frases están en un idioma con el que el modelo no se ha entrenado.
}
warnings-very-short = { $n ->
    [one] El texto solo tiene { $n } palabra: las sugerencias se basan en muy poco.
   *[other] El texto solo tiene { $n } palabras: las sugerencias se basan en muy poco.
}
warnings-nothing-found = No se ha encontrado nada que el modelo sugiera.
warnings-control-characters = { $n ->
    [one] El texto tiene { $n } carácter invisible.
   *[other] El texto tiene { $n } caracteres invisibles.
}
warnings-long-sentence = Hay una frase muy larga, probablemente varias sin puntos: lo que se basa en ella es poco preciso.
warnings-contradiction = De «{ $need }» se dice que sí y también que no.
warnings-unknown = El texto se ha leído con una reserva.

## likelihood

likelihood-very-likely = muy probable
likelihood-likely = probable
likelihood-possible = posible
likelihood-doubtful = dudoso

## status

status-present = presente
status-absent = dice que no
status-past = pasado
status-other = de otra persona, o solo temido

## languages

languages-ca = catalán
languages-es = castellano
languages-en = inglés
languages-other = otro idioma

## problems

problems-signed-out = La sesión ha terminado. Entra en otra pestaña y vuelve a intentarlo; el texto sigue aquí.
problems-empty-text = Todavía no hay texto.
problems-text-too-long = El texto es demasiado largo: acórtelo o léalo por partes.
problems-busy = Ahora mismo se están leyendo demasiados textos. Vuelva a probar dentro de un segundo; el texto sigue aquí.
problems-store-unavailable = No se puede escribir en el registro y, por tanto, ahora no se puede sugerir nada. El texto sigue aquí.
problems-other = Algo ha fallado. El texto sigue aquí: vuelva a probar y, si continúa, avise a quien lleva este servicio.
problems-heading = No ha podido ser
problems-back = Volver al inicio
problems-forbidden = Su rol no da acceso a esto.
problems-not-let-in = Su proveedor no le ha dejado pasar, o su identidad no es de ninguna cuenta activa de aquí. Pida un enlace nuevo a quien administra.
problems-provider = El proveedor de identidades no responde. Vuelva a probar, o entre con contraseña.
problems-cross-site = Esto no ha empezado en esta página, o hace demasiado: no se ha hecho nada. Vuelva a empezar.
problems-not-found = Aquí no hay nada, o no es de su centro.
problems-conflict = Otra persona ha escrito mientras tanto. Mírelo de nuevo y vuelva a decidir.
problems-alerts = Antes de cerrar hay que decidir sobre todos los avisos.
problems-taken = Ya hay uno con ese nombre.
problems-field = Falta algún dato o no tiene la forma esperada.
problems-closed = La entrevista está cerrada: vuélvala a abrir primero.
problems-blind = Puntúe primero todos los ámbitos de la matriz.
problems-undo = No hay nada que deshacer o rehacer.

## about

about-versions = Hecho con
about-thresholds = umbrales
about-taxonomy = taxonomía
about-catalogue = catálogo
about-engine = motor
about-api = API

## navigation

nav-heading = Apartados
nav-cases = Expedientes
nav-scratch = Probar un texto
nav-accessibility = Accesibilidad

## cases

cases-heading = Expedientes
cases-new = Expediente nuevo
cases-search = Buscar por código
cases-find = Buscar
cases-none = Todavía no hay ningún expediente en su centro. Empiece con «Expediente nuevo».
cases-not-found = Ningún expediente tiene ese código.
cases-case = Expediente
cases-last = Última entrevista
cases-interviews = Entrevistas
cases-state = Estado
cases-open = por acabar
cases-closed = cerrada
cases-more = Más antiguos
cases-pseudonym = Código del expediente
cases-pseudonym-hint = El que usa el centro para esta persona, como 2026-0417. No ponga el nombre.
cases-groups = Datos de grupo
cases-groups-hint = Opcionales. Solo sirven para saber si el modelo se equivoca más con unos grupos que con otros.
cases-gender = Género
cases-gender-f = mujer
cases-gender-m = hombre
cases-gender-x = no binario
cases-age = Edad
cases-origin = Origen
cases-origin-local = Cataluña o resto del Estado
cases-origin-europe = resto de Europa
cases-origin-africa = África
cases-origin-america = América
cases-origin-asia = Asia y Oceanía
cases-language = Lengua
cases-make = Crear el expediente y empezar
cases-cancel = Cancelar
interviews-new = Entrevista nueva
interviews-none = Todavía no hay ninguna entrevista.
interviews-held-on = Hecha el
interviews-language = Lengua
interviews-author = Quién la hizo

## accessibility

accessibility-heading = Declaración de accesibilidad
accessibility-what = Relat debe servir a todas las personas que trabajen con él: sin ratón, con lector de pantalla, con la letra grande, en un móvil. Se ha hecho siguiendo WCAG 2.1 nivel AA y la norma EN 301 549.
accessibility-state = Cómo está
accessibility-state-text = Parcialmente conforme. Cada página y cada estado se comprueban con axe-core en tres lenguas, en claro y en oscuro, a 1280 y a 360 píxeles, y no hay ningún defecto grave conocido. Las comprobaciones automáticas no lo ven todo.
accessibility-how = Cómo se ha hecho
accessibility-how-keys = Todo se puede hacer con el teclado. Las teclas de una sola letra solo funcionan cuando el foco está en las sugerencias; «?» las muestra.
accessibility-how-shape = Nada se distingue solo por el color: cada tipo de hallazgo tiene su forma y su línea.
accessibility-how-reader = Cada sugerencia dice sus frases; lo que se guarda y lo que falla se anuncia sin mover el foco.
accessibility-how-zoom = Se puede ampliar al 200 % y leer a 360 píxeles de ancho sin desplazarse de lado.
accessibility-how-motion = Quien ha pedido menos movimiento no lo ve. Hay modo oscuro y respeta los colores forzados.
accessibility-how-script = Sin JavaScript se puede leer todo y decidir con formularios.
accessibility-limits = Lo que no está bien
accessibility-limits-box = Las marcas dentro de la caja donde se escribe son solo visuales: un lector de pantalla encuentra las mismas frases en cada sugerencia y, cuando el cursor se mueve, debajo del texto.
accessibility-limits-people = Todavía no lo ha probado nadie que use un lector de pantalla cada día.
accessibility-tell = Si algo no va bien
accessibility-tell-text = Dígalo a quien administra el servicio en su centro, o abra una incidencia en el proyecto. Se responde antes de quince días.

## intake

intake-nth = { $n }ª entrevista
intake-saved = Guardado
intake-keys = Teclas
intake-keys-where = Las letras funcionan cuando el foco está en las sugerencias o en la matriz, no dentro del texto.
intake-key-leave = del texto a las sugerencias
intake-key-move = sugerencia siguiente, anterior
intake-key-refuse = rechazar, y por qué
intake-key-edit = cambiar el código, el estado o las frases
intake-key-skip = dejarlo para luego, a la siguiente
intake-key-add = añadir lo que el modelo no ha dicho
intake-key-add-selected = añadir a partir del texto elegido
intake-key-undo = deshacer, rehacer
intake-key-text = volver al texto
intake-key-matrix = ir a la matriz
intake-key-level = nivel del ámbito; 0: no se puede valorar
intake-key-read = leer y guardar ahora
intake-shut = De acuerdo
intake-reopen = Volver a abrir la entrevista
intake-undo = Deshacer
intake-redo = Rehacer
intake-close = Cerrar la entrevista
intake-keep = Guardar y sugerir
intake-document = Abrir un DOCX o PDF
intake-private = El texto se guarda cifrado en el servidor de su centro. No sale a ningún otro sitio.
intake-all-decided = todo decidido
intake-to-matrix = M: a la matriz
intake-blind = Su centro puntúa primero. Las sugerencias saldrán cuando haya marcado los 13 ámbitos: lleva { $n }.
intake-must-decide = hay que decidirlos para cerrar
intake-added-heading = Añadido por ustedes
intake-add = Añadir
intake-is-present = Sí que está ahora
intake-accept = Aceptar
intake-refuse = Rechazar
intake-edit = Editar
intake-skip = Saltar
intake-space = espacio
intake-confirmed = aceptado
intake-edited = editado
intake-refuted = rechazado
intake-added = añadido
intake-reason-denied = lo niega
intake-reason-past = ya pasó
intake-reason-other-person = es de otra persona
intake-reason-already-handled = ya se está atendiendo
intake-reason-not-enough-evidence = el texto no lo dice bastante
intake-reason-wrong = mal leído
intake-matrix-hint = barra: modelo · marco: su marca · punto: última entrevista
intake-matrix-blind = puntúe los 13 ámbitos por lo que ha contado
intake-not-assessable = no se puede valorar
intake-not-assessable-short = no val.
intake-before = antes
intake-model-says = el modelo le da un { $p } %
intake-keep-levels = Guardar los niveles
intake-anchors = Qué quiere decir cada nivel
intake-anchors-hint = Rúbrica de trabajo del proyecto: no es el texto oficial de la SSM-Cat.
intake-questions = Todavía por preguntar
intake-questions-hint = no se ha dicho nada; no quiere decir que vaya bien
intake-explore = Explorarlo
intake-handled = Ya se hace
intake-not-for-them = No procede
intake-search = Buscar (en cualquiera de las tres lenguas)
intake-what = Qué es
intake-status = Cómo está
intake-evidence = Frases en que se basa
intake-evidence-hint = Elíjalas en el texto antes de abrir este cuadro.
intake-keep-this = Guardar
intake-edit-heading = Editar
intake-left = { $n ->
    [one] { $n } decisión pendiente
   *[other] { $n } decisiones pendientes
}
intake-bulk = { $n ->
    [one] Aceptar { $n } muy probable
   *[other] Aceptar los { $n } muy probables
}

## case over time

case-summary = Resumen para el expediente
case-for-person = Resumen para la persona
case-needs = Necesidades en el tiempo
case-needs-hint = solo lo que alguien ha decidido
case-need = Necesidad
case-open = Ahora
case-open-none = No hay ninguna necesidad confirmada.
case-closed = Ya no están
case-since = Desde
case-until = Hasta
case-again = { $n ->
    [one] confirmada { $n } vez más
   *[other] confirmada { $n } veces más
}
case-end-denied = dice que no
case-end-past = ya ha pasado
case-end-handled = ya se atiende
case-alerts = { $n ->
    [one] { $n } aviso por decidir
   *[other] { $n } avisos por decidir
}
case-levels = Niveles en el tiempo
case-levels-hint = 1 agudo, 5 pleno
case-key-decided = decidido por una persona
case-key-suggested = el modelo, sin decidir
case-nothing = nada
case-left-out = { $n ->
    [one] { $n } entrevista anterior está solo en el gráfico.
   *[other] { $n } entrevistas anteriores están solo en el gráfico.
}
case-own = La visión de la persona
case-own-hint = con sus palabras; nunca se traduce
case-own-by = { $at } · lo anotó { $by }
case-own-earlier = { $n ->
    [one] { $n } visión anterior
   *[other] { $n } visiones anteriores
}
case-own-words = Qué dice la persona
case-own-new = Si ahora lo ve de otra manera
case-own-rule = Se guarda cifrado y sale en el resumen y en la copia que la persona puede pedir. La anterior no se borra.
case-own-keep = Guardarlo
case-own-problem = Escriba lo que dice la persona: entre una palabra y unas cuatro páginas.
case-log = Quién ha decidido qué
case-log-of = { $n ->
    [one] { $day } · { $n } acto
   *[other] { $day } · { $n } actos
}
case-log-when = Cuándo
case-log-who = Quién
case-log-did = Qué ha hecho
case-log-what = Sobre qué
case-taken-back = (deshecho)
case-did-undo = ha deshecho
case-did-redo = ha rehecho
case-did-close = ha cerrado la entrevista
case-did-reopen = ha vuelto a abrir la entrevista
case-back = Volver al expediente
case-print = Imprimir o guardar en PDF
case-print-how = Imprímalo con el menú del navegador; también hace un PDF.
case-summary-of = Resumen del expediente { $name }
case-printed = { $at }, { $by }
case-summary-rule = Solo está lo que han decidido personas. El relato no está.
case-summary-model = Sugerencias hechas con: { $model }.
case-summary-last = Última decisión: { $at }.
case-paper = Lengua del papel
case-careful = Incluir lo que requiere cuidado
case-careful-hint = La violencia, los malos tratos y el riesgo de suicidio no salen en el papel si no lo marca: podría leerlo otra persona. Háblelo antes con la persona.
case-careful-out = { $n ->
    [one] Ahora hay { $n } fuera.
   *[other] Ahora hay { $n } fuera.
}
case-renew = Actualizar
person-heading = Lo que hemos hablado
person-when = Conversación del { $day } con { $by }, { $centre }.
person-needs = Lo que hemos visto en conjunto
person-needs-none = De momento no hemos anotado ninguna dificultad.
person-over = Lo que ya no pasa
person-over-hint = Lo que antes pasaba y ahora no, o de lo que ya se ocupa alguien:
person-demands = Lo que nos ha pedido
person-actions = Lo que podemos mirar
person-actions-hint = Miraremos si es posible. No es una promesa ni una decisión.
person-own = Cómo lo ve usted
person-own-blank = Si quiere, escríbalo aquí. También lo podemos anotar nosotros, con sus palabras.
person-rights = Conviene saber
person-rights-change = Si algo no es así, díganoslo y lo cambiamos.
person-rights-copy = Puede pedir una copia de todo lo que hay escrito, y saber quién lo ha leído.
person-rights-program = Un programa de ordenador ha ayudado a leer las notas. Las decisiones las toma siempre una persona.
person-rights-who = Si tiene dudas, pregunte por { $by } en { $centre }.
person-next = Próxima cita:

## figures

nav-figures = Panel
figures-all = todos los centros
figures-year = Año
figures-rule = Un punto es un número detrás del cual hay menos de { $n } personas, o ninguna, o que permitiría averiguar otro así.
figures-few = menos de { $n } o reservado
figures-alerts = Avisos por decidir
figures-alerts-hint = de cualquier año; primero los que llevan más tiempo esperando
figures-alerts-none = No hay ninguno.
figures-needs = Necesidades por área y mes
figures-needs-hint = confirmadas por una persona, por el mes de la entrevista
figures-total = total
figures-work = Trabajo
figures-workers = Por profesional
figures-workers-hint = para repartir el trabajo, no para comparar a nadie
figures-worker = Profesional
figures-none = Todavía no hay nada que contar.
figures-accepted = Qué se ha hecho de las sugerencias
figures-accepted-hint = por código y versión del modelo
figures-code = Código
figures-share = Aceptadas
figures-only-total = { $n ->
    [one] { $n } código del que solo se puede mostrar el total
   *[other] { $n } códigos de los que solo se puede mostrar el total
}
figures-left-out = { $n ->
    [one] { $n } código más es de pocas personas.
   *[other] { $n } códigos más son de pocas personas.
}

## administration

nav-admin = Administración
admin-people = Personas
admin-centres = Centros
admin-keys = Claves
admin-model = Modelo
admin-retention = Conservación
admin-audit = Registro
admin-name = Nombre
admin-roles = Funciones
admin-centre = Centro
admin-no-centre = ningún centro: solo funciones que miran todos los centros
admin-role-worker = profesional
admin-role-supervisor = coordinación
admin-role-data = datos
admin-role-ethics = ética
admin-role-admin = administración
admin-enabled = puede entrar
admin-disabled = no puede entrar
admin-add-person = Añadir una persona
admin-started = Primer día de trabajo
admin-started-hint = Solo sirve para decir en los datos si hace poco o mucho que trabaja aquí.
admin-invite = Añadir y crear el enlace
admin-invited = El enlace de entrada
admin-invited-how = Dé este enlace a { $name } en mano o por un canal seguro. Sirve una sola vez durante tres días.
admin-invited-link = Detrás de la dirección de este servicio. No se volverá a mostrar.
admin-done = Hecho
admin-since = desde el { $day }
admin-duties = Qué puede hacer y dónde
admin-keep = Guardar
admin-new-link = Contraseña nueva
admin-new-link-hint = Si la ha olvidado o no ha entrado nunca. La contraseña de ahora vale hasta que elija otra.
admin-make-link = Crear un enlace
admin-access = Acceso
admin-disable-hint = Sale de todas partes al instante. Lo que ha decidido se conserva.
admin-enable-hint = Podrá volver a entrar con la contraseña que tenía.
admin-disable = Cerrarle el acceso
admin-enable = Abrirle el acceso
admin-blind = Puntuar antes de ver el modelo
admin-blind-hint = Cuando está activo, el profesional puntúa los trece ámbitos antes de ver ninguna sugerencia: así se sabe si el modelo le hace cambiar de parecer.
admin-on = activo
admin-off = inactivo
admin-turn-on = Activar
admin-turn-off = Desactivar
admin-change = Cambiar
admin-centres-none = Todavía no hay ningún centro.
admin-add-centre = Añadir un centro
admin-add = Añadir
admin-keys-hint = Con una clave, otro programa puede pedir sugerencias o datos. No puede decidir ni leer relatos guardados.
admin-keys-none = No hay ninguna clave.
admin-key-for = Para qué es
admin-scopes = Qué abre
admin-scope-assess = sugerencias
admin-scope-export = decisiones sin texto
admin-scope-audit = registro
admin-rate = Peticiones por minuto
admin-days = Días de validez
admin-expires = Hasta
admin-revoked = anulada
admin-revoke = Anular
admin-add-key = Hacer una clave
admin-make-key = Hacer la clave
admin-key-made = La clave
admin-key-made-how = Copie ahora la clave para «{ $name }» y guárdela donde se guardan los secretos.
admin-key-secret = No se volverá a mostrar: aquí solo se guarda su huella.
admin-card-hint = La ficha del modelo: para qué sirve, para qué no, y cómo se equivoca. La escribe quien lo entrena, en inglés.
admin-card-none = Este modelo no trae ficha.
admin-card-table = Tabla de la ficha
admin-rules = Reglas
admin-rule-cases = Expedientes: cuando hace tantos días que no hay ninguna entrevista, se borra la persona y todo lo escrito. Queda una fila en el registro que da fe.
admin-rule-answers = Respuestas a escrituras: se guardan para que un formulario enviado dos veces se haga una sola vez, y se olvidan después de tantos días.
admin-rule-audit = El registro y lo que sugirió el modelo, sin texto, no se borran.
admin-rule-apply = Se aplican desde la línea de órdenes, expresamente:
admin-try = Prueba sin borrar
admin-try-hint = Cuenta qué se borraría hoy. No toca nada.
admin-days-cases = Días sin entrevista
admin-days-answers = Días de las respuestas
admin-count = Contar
admin-tried = Se borraría hoy
admin-tried-cases = { $n ->
    [one] { $n } expediente
   *[other] { $n } expedientes
}
admin-tried-answers = { $n ->
    [one] { $n } respuesta a una escritura
   *[other] { $n } respuestas a escrituras
}
admin-verify = Comprobar la cadena
admin-audit-sound = El registro es como se escribió: { $n } filas. Para probarlo más adelante, anote este final fuera de aquí: { $tail }
admin-audit-broken = El registro no es como se escribió ({ $finding }). Avise a quien responde de los datos.
admin-audit-none = Ninguna fila responde.
admin-who = Quién
admin-who-hint = Un nombre o un usuario, o el identificador tal como sale en la fila.
admin-what = Qué
admin-on-what = Sobre qué
admin-from = Desde el
admin-to = Hasta el
admin-clear = Quitar los filtros
admin-detail = Detalle
admin-problem-taken = Ya hay uno con ese nombre.
admin-problem-login = El usuario debe tener entre 1 y 100 letras.
admin-problem-name = El nombre debe tener entre 1 y 100 letras.
admin-problem-roles = Elija al menos una función.
admin-problem-centre = Elija un centro que lleve usted.
admin-problem-started = Escriba el primer día de trabajo.
admin-problem-scopes = Elija al menos una cosa que abra.
admin-problem-rate = Las peticiones por minuto van de 1 a 100000.
admin-problem-days = Los días van de 1 a 366.
admin-problem-yourself = No puede cambiarse las funciones ni cerrarse el acceso: pídalo a otro administrador.
admin-problem-days-of-rule = Los días son un número entre 1 y 36525.

## scripts

js-rubric-of = { $domain }: qué quiere decir cada nivel
js-kind-demand = demanda
js-kind-action = actuación
js-resting = En esta frase
js-resting-nothing = Ninguna sugerencia se basa en esta frase
js-reading = Leyendo…
js-opening = Abriendo el documento…
js-saving = Guardando…
js-saved = Guardado { $time } ✓
js-offline = Sin conexión · { $n } por enviar. Puede continuar.
js-signed-out = Se ha cerrado la sesión: entre en otra pestaña y se enviará todo.
js-accepted = aceptado
js-refused = rechazado
js-edited = editado
js-added = añadido
js-all-decided = todo decidido
js-to-matrix = M: a la matriz
js-left = { $n } decisiones pendientes
js-left-one = 1 decisión pendiente
js-word = 1 palabra
js-words = { $n } palabras
js-alerts-first = Antes de cerrar hay que decidir los avisos: faltan { $n }.
js-close-undecided-one = Queda 1 sugerencia sin decisión. Pulse «Cerrar» otra vez para cerrar de todos modos.
js-close-undecided = Quedan { $n } sugerencias sin decisión. Pulse «Cerrar» otra vez para cerrar de todos modos.
js-close-look = Mostrar
js-bulk-done = { $n } aceptados.
js-bulk-undo = Deshacerlos todos
js-refused-by-server = No se ha guardado: { $why }.
js-text-changed = Otra persona ha cambiado el texto: este es el nuevo.
js-text-conflict = Otra persona ha cambiado el texto mientras escribía. El suyo sigue aquí.
js-keep-mine = Pongo lo mío
js-keep-theirs = Dejo lo suyo
js-conflict = Mientras tanto otra persona ha decidido sobre «{ $label }»: { $decided }
js-undo-conflict = Mientras tanto otra persona ha decidido: deshacer ahora desharía su decisión.
js-somebody = Otra persona ha escrito: la página está al día.
js-restored = Se ha recuperado lo que no se había enviado.
js-unsealed = Sin conexión segura (https) este navegador no puede guardar nada hasta que se envíe.
js-document-no-text = El documento no tiene texto: quizá es un escaneado.
js-document-kind = Solo se pueden abrir DOCX y PDF.
js-document-too-long = El documento es demasiado largo.
js-document-broken = El documento no se puede leer: está dañado o tiene contraseña.
js-to-be-sent = por enviar
js-fact-aside = Apartada: a «{ $question }», la respuesta es no.
js-facts-narrowed = { $n } por explorar; apartadas: { $aside }.
js-undone = Deshecho: { $label }
js-redone = Rehecho: { $label }
intake-fallen = · sus motivos se han rechazado
