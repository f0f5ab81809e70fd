//! The names of groups, rewritings, gates and figures on the plain page, in three languages.

use super::PlainLanguage;

/// A name of the figures in Catalan, Spanish and English.
type Label = (&'static str, [&'static str; 3]);

/// Ways of rewriting.
const KINDS: [Label; 7] = [
    ("gender", ["gènere", "género", "gender"]),
    ("name", ["nom", "nombre", "name"]),
    ("nationality", ["nacionalitat", "nacionalidad", "nationality"]),
    ("age", ["edat", "edad", "age"]),
    ("town", ["població", "población", "town"]),
    ("status", ["situació administrativa", "situación administrativa", "administrative status"]),
    ("language", ["llengua", "lengua", "language"]),
];

/// Groups, as `feature=level`.
const GROUPS: [Label; 31] = [
    ("gender=f", ["dones", "mujeres", "women"]),
    ("gender=m", ["homes", "hombres", "men"]),
    ("gender=x", ["persones no binàries", "personas no binarias", "non-binary people"]),
    ("age_band=0-17", ["de 0 a 17 anys", "de 0 a 17 años", "aged 0 to 17"]),
    ("age_band=18-29", ["de 18 a 29 anys", "de 18 a 29 años", "aged 18 to 29"]),
    ("age_band=30-44", ["de 30 a 44 anys", "de 30 a 44 años", "aged 30 to 44"]),
    ("age_band=45-64", ["de 45 a 64 anys", "de 45 a 64 años", "aged 45 to 64"]),
    ("age_band=65-79", ["de 65 a 79 anys", "de 65 a 79 años", "aged 65 to 79"]),
    ("age_band=80+", ["de 80 anys o més", "de 80 años o más", "aged 80 or more"]),
    ("origin=local", ["persones d'aquí", "personas de aquí", "local people"]),
    ("origin=other", ["persones vingudes de fora", "personas venidas de fuera", "people from elsewhere"]),
    ("origin_group=local", ["persones d'aquí", "personas de aquí", "local people"]),
    ("origin_group=local_roma", ["persones gitanes d'aquí", "personas gitanas de aquí", "local Roma people"]),
    (
        "origin_group=rest_of_spain",
        ["persones de la resta d'Espanya", "personas del resto de España", "people from the rest of Spain"],
    ),
    (
        "origin_group=europe",
        ["persones de la resta d'Europa", "personas del resto de Europa", "people from the rest of Europe"],
    ),
    ("origin_group=africa", ["persones d'Àfrica", "personas de África", "people from Africa"]),
    (
        "origin_group=latin_america",
        ["persones de l'Amèrica Llatina", "personas de América Latina", "people from Latin America"],
    ),
    ("origin_group=asia", ["persones d'Àsia", "personas de Asia", "people from Asia"]),
    ("language=ca", ["entrevistes en català", "entrevistas en catalán", "interviews in Catalan"]),
    ("language=es", ["entrevistes en castellà", "entrevistas en castellano", "interviews in Spanish"]),
    ("language=en", ["entrevistes en anglès", "entrevistas en inglés", "interviews in English"]),
    ("household=alone", ["persones que viuen soles", "personas que viven solas", "people living alone"]),
    ("household=couple", ["parelles", "parejas", "couples"]),
    ("household=couple_children", ["parelles amb fills", "parejas con hijos", "couples with children"]),
    ("household=single_parent", ["famílies monoparentals", "familias monoparentales", "single parents"]),
    (
        "household=with_parents",
        [
            "persones que viuen amb els pares",
            "personas que viven con sus padres",
            "people living with their parents",
        ],
    ),
    (
        "household=three_generations",
        ["llars de tres generacions", "hogares de tres generaciones", "homes of three generations"],
    ),
    (
        "household=siblings",
        ["germans que viuen junts", "hermanos que viven juntos", "siblings living together"],
    ),
    ("household=shared_flat", ["pisos compartits", "pisos compartidos", "shared flats"]),
    (
        "household=institution_leaver",
        [
            "persones que surten d'una institució",
            "personas que salen de una institución",
            "people leaving an institution",
        ],
    ),
    ("writer", ["textos de", "textos de", "texts by"]),
];

/// What a gate asks for, in words.
const GATES: [Label; 30] = [
    ("needs_micro_f1", ["llegeix bé les necessitats", "lee bien las necesidades", "it reads needs well"]),
    (
        "needs_macro_f1",
        [
            "llegeix bé també les necessitats poc freqüents",
            "lee bien también las necesidades poco frecuentes",
            "it reads rare needs well too",
        ],
    ),
    (
        "evidence_sentences",
        [
            "assenyala les frases en què es basa",
            "señala las frases en que se basa",
            "it points at the right sentences",
        ],
    ),
    (
        "evidence_needed",
        [
            "sense les frases que assenyala, el suggeriment desapareix",
            "sin las frases que señala, la sugerencia desaparece",
            "without the sentences it points at, the suggestion goes",
        ],
    ),
    (
        "evidence_enough",
        [
            "amb només les frases que assenyala, el suggeriment es manté",
            "con solo las frases que señala, la sugerencia se mantiene",
            "with only the sentences it points at, the suggestion stays",
        ],
    ),
    (
        "demands_micro_f1",
        [
            "llegeix bé què demana la persona",
            "lee bien qué pide la persona",
            "it reads well what the person asks for",
        ],
    ),
    (
        "alert_recall",
        ["troba gairebé totes les alertes", "encuentra casi todas las alertas", "it finds nearly all alerts"],
    ),
    (
        "non_present_shown",
        [
            "no pren per actual el que es nega o ja és passat",
            "no toma por actual lo que se niega o ya pasó",
            "it does not take for present what is denied or over",
        ],
    ),
    (
        "levels_kappa",
        [
            "els nivells de la matriu són els d'un bon lector",
            "los niveles de la matriz son los de un buen lector",
            "its levels are those of a careful reader",
        ],
    ),
    (
        "levels_within_one",
        [
            "gairebé cap nivell no falla de dos graons",
            "casi ningún nivel falla en dos peldaños",
            "hardly any level is two steps off",
        ],
    ),
    (
        "levels_coverage",
        [
            "posa nivell a gairebé tots els àmbits que el text explica",
            "pone nivel en casi todos los ámbitos que el texto cuenta",
            "it gives a level to nearly all domains that are told of",
        ],
    ),
    (
        "levels_invented",
        [
            "no posa nivell on el text no diu res",
            "no pone nivel donde el texto no dice nada",
            "it gives no level where the text says nothing",
        ],
    ),
    (
        "levels_signed_error",
        [
            "els nivells no tiren sistemàticament amunt ni avall",
            "los niveles no tiran sistemáticamente hacia arriba ni hacia abajo",
            "levels do not lean up or down throughout",
        ],
    ),
    (
        "actions_overlap_f1",
        [
            "proposa accions que un professional proposaria",
            "propone acciones que un profesional propondría",
            "it proposes actions that a worker would",
        ],
    ),
    (
        "needs_calibration",
        [
            "quan diu 80 %, encerta 80 de cada 100 vegades",
            "cuando dice 80 %, acierta 80 de cada 100 veces",
            "when it says 80 %, it is right 80 times in 100",
        ],
    ),
    (
        "group_needs_f1",
        [
            "cap grup no és llegit molt pitjor que el conjunt",
            "ningún grupo es leído mucho peor que el conjunto",
            "no group is read much worse than all",
        ],
    ),
    (
        "group_alert_recall",
        [
            "a cap grup no se li escapen més alertes",
            "a ningún grupo se le escapan más alertas",
            "no group's alerts are missed more often",
        ],
    ),
    (
        "group_non_present_shown",
        [
            "a cap grup no se li atribueix més sovint el que nega",
            "a ningún grupo se le atribuye más a menudo lo que niega",
            "no group is told more often to have what it denies",
        ],
    ),
    (
        "group_levels_signed_error",
        [
            "a cap grup no se li puntua la necessitat massa baixa o massa alta",
            "a ningún grupo se le puntúa la necesidad demasiado baja o demasiado alta",
            "no group's need is scored too low or too high",
        ],
    ),
    (
        "gender_levels",
        [
            "dones i homes reben els nivells igual",
            "mujeres y hombres reciben los niveles igual",
            "women and men are given levels alike",
        ],
    ),
    (
        "counterfactual_dropped",
        [
            "el mateix text sobre una altra persona o en una altra llengua gairebé no perd suggeriments",
            "el mismo texto sobre otra persona o en otra lengua casi no pierde sugerencias",
            "the same text about somebody else or in another language loses hardly any suggestions",
        ],
    ),
    (
        "counterfactual_by_language",
        [
            "això val també en cada llengua per separat",
            "esto vale también en cada lengua por separado",
            "the same holds in each language",
        ],
    ),
    (
        "counterfactual_names",
        [
            "el nom de la persona no fa perdre suggeriments",
            "el nombre de la persona no hace perder sugerencias",
            "a person's name costs no suggestions",
        ],
    ),
    (
        "counterfactual_gender",
        [
            "el gènere de la persona no fa perdre suggeriments",
            "el género de la persona no hace perder sugerencias",
            "a person's gender costs no suggestions",
        ],
    ),
    (
        "counterfactual_levels",
        [
            "el nivell no canvia segons qui és la persona",
            "el nivel no cambia según quién es la persona",
            "the level does not change with who the person is",
        ],
    ),
    (
        "behaviour",
        [
            "entén negacions, temps, de qui es parla i com s'escriu",
            "entiende negaciones, tiempos, de quién se habla y cómo se escribe",
            "it understands denial, time, whose need it is and how it is spelt",
        ],
    ),
    (
        "acceptance",
        [
            "els professionals accepten la majoria de suggeriments",
            "los profesionales aceptan la mayoría de las sugerencias",
            "workers accept most suggestions",
        ],
    ),
    (
        "acceptance_by_group",
        [
            "s'accepten igual siguin sobre qui siguin",
            "se aceptan igual sean sobre quien sean",
            "they are accepted alike whoever they are about",
        ],
    ),
    ("fast_accept", ["no s'accepten sense llegir", "no se aceptan sin leer", "they are not accepted unread"]),
    (
        "fast_accept_by_tenure",
        [
            "tampoc per part dels professionals nous ni dels veterans",
            "tampoco por parte de los profesionales nuevos ni de los veteranos",
            "nor by new workers or old hands",
        ],
    ),
];

/// Figures that are spoken of by group.
const FIGURES: [Label; 2] = [
    ("needs_micro_f1", ["encert en necessitats", "acierto en necesidades", "needs read right"]),
    ("alert_recall", ["alertes trobades", "alertas encontradas", "alerts found"]),
];

fn label(labels: &[Label], name: &str, language: PlainLanguage) -> Option<&'static str> {
    let (_, names) = labels.iter().find(|(known, _)| *known == name)?;
    let [ca, es, en] = names;
    Some(match language {
        PlainLanguage::Ca => ca,
        PlainLanguage::Es => es,
        PlainLanguage::En => en,
    })
}

/// Ways of changing one thing.
const WAYS: [Label; 12] = [
    ("person", ["només de la persona", "solo de la persona", "of the person alone"]),
    ("everyone", ["de tothom", "de todos", "of everyone"]),
    ("catalan", ["noms catalans", "nombres catalanes", "Catalan names"]),
    ("spanish", ["noms castellans", "nombres castellanos", "Spanish names"]),
    ("maghrebi", ["noms del Magrib", "nombres magrebíes", "Maghrebi names"]),
    ("sub_saharan", ["noms subsaharians", "nombres subsaharianos", "Sub-Saharan names"]),
    ("latin_american", ["noms llatinoamericans", "nombres latinoamericanos", "Latin American names"]),
    (
        "eastern_european",
        ["noms de l'Europa de l'Est", "nombres de Europa del Este", "Eastern European names"],
    ),
    ("south_asian", ["noms del sud d'Àsia", "nombres del sur de Asia", "South Asian names"]),
    ("east_asian", ["noms xinesos", "nombres chinos", "Chinese names"]),
    ("ca-es", ["del català al castellà", "del catalán al castellano", "from Catalan to Spanish"]),
    ("es-ca", ["del castellà al català", "del castellano al catalán", "from Spanish to Catalan"]),
];

/// What a way of rewriting changes; its stable name where it is not known here.
pub(super) fn kind(name: &str, group: &str, language: PlainLanguage) -> String {
    let known = label(&KINDS, name, language).unwrap_or(name);
    match label(&WAYS, group, language) {
        Some(way) => format!("{known} ({way})"),
        None if group == "all" => known.to_owned(),
        None => format!("{known}: {group}"),
    }
}

/// A group of one feature; its stable name where it is not known here.
pub(super) fn group(feature: &str, level: &str, language: PlainLanguage) -> String {
    let name = format!("{feature}={level}");
    match (label(&GROUPS, &name, language), label(&GROUPS, feature, language)) {
        (Some(known), _) => known.to_owned(),
        (None, Some(of)) => format!("{of} «{level}»"),
        (None, None) => name,
    }
}

/// A figure; its stable name where it is not known here.
pub(super) fn figure(name: &'static str, language: PlainLanguage) -> &'static str {
    label(&FIGURES, name, language).unwrap_or(name)
}

/// What a gate asks for; its stable name where it is not known here.
pub(super) fn gate(id: &str, language: PlainLanguage) -> &str {
    label(&GATES, id, language).unwrap_or(id)
}
