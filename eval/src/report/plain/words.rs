//! The sentences and names of the plain page in three languages.

use super::PlainLanguage;

/// The sentences; `{}` is filled in order.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) out_of_fold: &'static str,
    pub(super) unseen: &'static str,
    pub(super) seen: &'static str,
    pub(super) run: &'static str,
    pub(super) well: &'static str,
    pub(super) errs: &'static str,
    pub(super) whom: &'static str,
    pub(super) release: &'static str,
    pub(super) not_for: &'static str,
    pub(super) best: &'static str,
    pub(super) no_best: &'static str,
    pub(super) weakest: &'static str,
    pub(super) found: &'static str,
    pub(super) right: &'static str,
    pub(super) alerts: &'static str,
    pub(super) denied: &'static str,
    pub(super) levels: &'static str,
    pub(super) invented: &'static str,
    pub(super) group_less: &'static str,
    pub(super) group_more: &'static str,
    pub(super) under_scored: &'static str,
    pub(super) over_scored: &'static str,
    pub(super) no_group: &'static str,
    pub(super) groups_caution: &'static str,
    pub(super) rewriting: &'static str,
    pub(super) rewriting_caution: &'static str,
    pub(super) no_rewriting: &'static str,
    pub(super) stopped: &'static str,
    pub(super) goes_on: &'static str,
    pub(super) failed: &'static str,
    pub(super) not_decide: &'static str,
    pub(super) silence: &'static str,
    pub(super) full: &'static str,
}

pub(super) const CA: Words = Words {
    title: "Què fa bé i on s'equivoca {}",
    out_of_fold: "Cada entrevista l'ha llegida un model que no havia vist res de qui la va escriure.",
    unseen: "Segons qui ha fet l'informe, el model no s'ha entrenat amb aquestes entrevistes.",
    seen: "ATENCIÓ: el model s'ha entrenat, o es pot haver entrenat, amb aquestes entrevistes. Les xifres l'afavoreixen.",
    run: "Informe fet per {} el {}, amb {} entrevistes de prova. Cada xifra porta entre parèntesis el marge en què cau amb força seguretat.",
    well: "Què fa bé",
    errs: "On s'equivoca",
    whom: "Amb qui",
    release: "Es pot publicar?",
    not_for: "Per a què no serveix",
    best: "Les necessitats que millor reconeix: {}.",
    no_best: "Cap necessitat amb prou casos no es reconeix encara prou bé per dir-ho aquí.",
    weakest: "Les necessitats que més se li escapen: {}.",
    found: "De cada 100 necessitats que hi ha, en troba {}.",
    right: "De cada 100 vegades que suggereix una alerta, encerta {}.",
    alerts: "De cada 100 alertes que hi ha (violència, infants, suïcidi, carrer), en troba {}: les altres només les veu qui llegeix.",
    denied: "De cada 100 frases que neguen una necessitat, la donen per acabada o parlen d'algú altre, en llegeix {} com si passés ara.",
    levels: "Quan posa un nivell de la matriu, de cada 100 n'encerta {} amb un graó de diferència com a molt.",
    invented: "De cada 100 àmbits dels quals el text no diu res, posa un nivell a {}.",
    group_less: "{}: llegeix pitjor que en conjunt ({}: {} menys que el conjunt).",
    group_more: "{}: llegeix millor que en conjunt ({}: {} més que el conjunt).",
    under_scored: "{}: la situació surt millor del que és, respecte del conjunt ({} graons): es queda curt amb la seva necessitat.",
    over_scored: "{}: la situació surt pitjor del que és, respecte del conjunt ({} graons).",
    no_group: "No s'ha trobat cap grup amb qui s'equivoqui clarament més que amb el conjunt.",
    groups_caution: "Hi ha poques entrevistes de molts grups: que no es trobi una diferència no vol dir que no hi sigui.",
    rewriting: "Si es reescriu el text canviant «{}», en {} de cada 100 textos canvia algun suggeriment i es perden {} de cada 100 suggeriments.",
    rewriting_caution: "De cada canvi es diu el cas en què es perden més suggeriments. Els textos els reescriuen unes regles que a vegades s'equivoquen: una part dels canvis pot venir d'una frase mal reescrita.",
    no_rewriting: "No s'ha provat què passa quan canvia el nom o el gènere de la persona.",
    stopped: "No: {} condicions no es compleixen.",
    goes_on: "Cap condició no ho impedeix.",
    failed: "No es compleix",
    not_decide: "No decideix res: cada suggeriment l'ha de confirmar o descartar una persona que ha llegit l'entrevista. No serveix per donar o negar prestacions ni per jutjar ningú.",
    silence: "Que no mostri una alerta no vol dir que no n'hi hagi.",
    full: "Informe complet (en anglès)",
};

pub(super) const ES: Words = Words {
    title: "Qué hace bien y dónde se equivoca {}",
    out_of_fold: "Cada entrevista la ha leído un modelo que no había visto nada de quien la escribió.",
    unseen: "Según quien ha hecho el informe, el modelo no se ha entrenado con estas entrevistas.",
    seen: "ATENCIÓN: el modelo se ha entrenado, o se puede haber entrenado, con estas entrevistas. Las cifras lo favorecen.",
    run: "Informe hecho por {} el {}, con {} entrevistas de prueba. Cada cifra lleva entre paréntesis el margen en el que cae con bastante seguridad.",
    well: "Qué hace bien",
    errs: "Dónde se equivoca",
    whom: "Con quién",
    release: "¿Se puede publicar?",
    not_for: "Para qué no sirve",
    best: "Las necesidades que mejor reconoce: {}.",
    no_best: "Ninguna necesidad con bastantes casos se reconoce aún tan bien como para decirlo aquí.",
    weakest: "Las necesidades que más se le escapan: {}.",
    found: "De cada 100 necesidades que hay, encuentra {}.",
    right: "De cada 100 veces que sugiere una alerta, acierta {}.",
    alerts: "De cada 100 alertas que hay (violencia, infancia, suicidio, calle), encuentra {}: las demás solo las ve quien lee.",
    denied: "De cada 100 frases que niegan una necesidad, la dan por terminada o hablan de otra persona, lee {} como si ocurriera ahora.",
    levels: "Cuando pone un nivel de la matriz, de cada 100 acierta {} con un peldaño de diferencia como mucho.",
    invented: "De cada 100 ámbitos de los que el texto no dice nada, pone un nivel en {}.",
    group_less: "{}: lee peor que en conjunto ({}: {} menos que el conjunto).",
    group_more: "{}: lee mejor que en conjunto ({}: {} más que el conjunto).",
    under_scored: "{}: la situación sale mejor de lo que es, respecto del conjunto ({} peldaños): se queda corto con su necesidad.",
    over_scored: "{}: la situación sale peor de lo que es, respecto del conjunto ({} peldaños).",
    no_group: "No se ha encontrado ningún grupo con el que se equivoque claramente más que con el conjunto.",
    groups_caution: "Hay pocas entrevistas de muchos grupos: que no se encuentre una diferencia no significa que no exista.",
    rewriting: "Si se reescribe el texto cambiando «{}», en {} de cada 100 textos cambia alguna sugerencia y se pierden {} de cada 100 sugerencias.",
    rewriting_caution: "De cada cambio se dice el caso en que se pierden más sugerencias. Los textos los reescriben unas reglas que a veces se equivocan: una parte de los cambios puede venir de una frase mal reescrita.",
    no_rewriting: "No se ha probado qué pasa cuando cambia el nombre o el género de la persona.",
    stopped: "No: {} condiciones no se cumplen.",
    goes_on: "Ninguna condición lo impide.",
    failed: "No se cumple",
    not_decide: "No decide nada: cada sugerencia la tiene que confirmar o descartar una persona que ha leído la entrevista. No sirve para dar o negar prestaciones ni para juzgar a nadie.",
    silence: "Que no muestre una alerta no significa que no la haya.",
    full: "Informe completo (en inglés)",
};

pub(super) const EN: Words = Words {
    title: "What {} does well and where it errs",
    out_of_fold: "Each interview was read by a model that had seen nothing of its writer.",
    unseen: "Whoever made the report says that the model was not trained on these interviews.",
    seen: "CAUTION: the model was trained on these interviews, or may have been. The figures flatter it.",
    run: "Made by {} on {}, with {} test interviews. In brackets beside each figure: the range in which it quite surely lies.",
    well: "What it does well",
    errs: "Where it errs",
    whom: "For whom",
    release: "May it be released?",
    not_for: "What it is not for",
    best: "The needs it recognises best: {}.",
    no_best: "No need with enough cases is recognised well enough yet to be named here.",
    weakest: "The needs it misses most: {}.",
    found: "Of every 100 needs that are there it finds {}.",
    right: "Of every 100 alerts it suggests {} are right.",
    alerts: "Of every 100 alerts that are there (violence, children, suicide, the street) it finds {}: the others are seen only by whoever reads.",
    denied: "Of every 100 sentences that deny a need, say that it is over or speak of somebody else, it reads {} as if it were so now.",
    levels: "When it gives a level of the matrix, {} of every 100 are right or one step off.",
    invented: "Of every 100 domains that the text says nothing of, it gives a level to {}.",
    group_less: "{}: read worse than all together ({}: {} less than all).",
    group_more: "{}: read better than all together ({}: {} more than all).",
    under_scored: "{}: shown as better off than they are, compared with all ({} steps): their need is under-scored.",
    over_scored: "{}: shown as worse off than they are, compared with all ({} steps).",
    no_group: "No group was found for which it clearly errs more than for all together.",
    groups_caution: "There are few interviews of many groups: that no difference is found does not mean that there is none.",
    rewriting: "When the text is rewritten with another “{}”, some suggestion changes in {} of every 100 texts, and {} of every 100 suggestions are lost.",
    rewriting_caution: "For each change, the case in which most suggestions are lost is told. The texts are rewritten by rules, which are sometimes wrong: part of the changes may come from a sentence rewritten badly.",
    no_rewriting: "What happens when the person's name or gender changes was not tested.",
    stopped: "No: {} conditions do not hold.",
    goes_on: "No condition stands in the way.",
    failed: "Does not hold",
    not_decide: "It decides nothing: each suggestion has to be confirmed or dismissed by a person who has read the interview. It is not for granting or refusing benefits, nor for judging anybody.",
    silence: "That it shows no alert does not mean that there is none.",
    full: "Full report",
};

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
