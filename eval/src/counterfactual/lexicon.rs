//! Word lists: people, adjectives, determiners, things, verbs and topics of each language.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use relat_engine::Language;

use super::inflect::plural;

/// A language with rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Tongue {
    Ca,
    Es,
    En,
}

impl Tongue {
    /// The rules for a record's language.
    pub(crate) fn of(language: Language) -> Option<Self> {
        match language {
            Language::Ca => Some(Self::Ca),
            Language::Es => Some(Self::Es),
            Language::En => Some(Self::En),
            Language::Other => None,
        }
    }
}

/// Grammatical gender, which for people is also the gender told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Gender {
    F,
    M,
}

impl Gender {
    /// The other one.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::F => Self::M,
            Self::M => Self::F,
        }
    }
}

/// Grammatical number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Number {
    Sg,
    Pl,
}

/// What kind of word for a person it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum NounKind {
    /// mother, cousin: of someone.
    Kin,
    /// husband, wife.
    Spouse,
    /// woman, lady, patient: how a worker calls the person described.
    Client,
    /// neighbour, friend, landlord.
    Person,
    /// doctor, cook.
    Trade,
    /// Mr, doña.
    Title,
    /// "the elder": a word for a person only after an article.
    Substantive,
}

/// What an adjective is said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SaidOf {
    /// Nearly always a person.
    People,
    /// Persons and things.
    Both,
}

/// One reading of a word form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form<K> {
    pub(crate) kind: K,
    /// None when both genders have this form.
    pub(crate) gender: Option<Gender>,
    pub(crate) number: Number,
    row: usize,
}

/// Words with a masculine and a feminine, by form.
#[derive(Debug, Default)]
pub(crate) struct Pairs<K> {
    /// Masculine and feminine singular, masculine and feminine plural.
    rows: Vec<[String; 4]>,
    forms: HashMap<String, Vec<Form<K>>>,
}

impl<K: Copy + PartialEq> Pairs<K> {
    fn new() -> Self {
        Self { rows: Vec::new(), forms: HashMap::new() }
    }

    fn add(&mut self, kind: K, row: [String; 4]) {
        let index = self.rows.len();
        let [m, f, mp, fp] = &row;
        for (number, m, f) in [(Number::Sg, m, f), (Number::Pl, mp, fp)] {
            let both = (m == f).then_some((m, None));
            let each = [(m, Some(Gender::M)), (f, Some(Gender::F))];
            let readings = both.into_iter().chain(each.into_iter().filter(|_| m != f));
            for (form, gender) in readings.filter(|(form, _)| !form.is_empty()) {
                let readings = self.forms.entry(form.clone()).or_default();
                readings.push(Form { kind, gender, number, row: index });
            }
        }
        self.rows.push(row);
    }

    /// A row that is read in the feminine only.
    fn add_feminine(&mut self, kind: K, row: [String; 4]) {
        let index = self.rows.len();
        for (number, form) in [(Number::Sg, 1), (Number::Pl, 3)] {
            if let Some(form) = row.get(form) {
                let reading = Form { kind, gender: Some(Gender::F), number, row: index };
                self.forms.entry(form.clone()).or_default().push(reading);
            }
        }
        self.rows.push(row);
    }

    /// Readings of a word in lower case.
    pub(crate) fn readings(&self, word: &str) -> &[Form<K>] {
        self.forms.get(word).map_or(&[], Vec::as_slice)
    }

    /// The reading with a gender (or with none of its own) and a number.
    pub(crate) fn reading(&self, word: &str, gender: Gender, number: Number) -> Option<Form<K>> {
        let fits = |f: &&Form<K>| f.gender.is_none_or(|g| g == gender) && f.number == number;
        self.readings(word).iter().find(fits).copied()
    }

    /// The same word in a gender.
    pub(crate) fn inflected(&self, form: &Form<K>, gender: Gender) -> &str {
        let column = match (form.number, gender) {
            (Number::Sg, Gender::M) => 0,
            (Number::Sg, Gender::F) => 1,
            (Number::Pl, Gender::M) => 2,
            (Number::Pl, Gender::F) => 3,
        };
        self.rows.get(form.row).and_then(|row| row.get(column)).map_or("", String::as_str)
    }
}

/// The lists of one language.
#[derive(Debug)]
pub(crate) struct Lexicon {
    pub(crate) nouns: Pairs<NounKind>,
    pub(crate) adjectives: Pairs<SaidOf>,
    pub(crate) determiners: Pairs<()>,
    /// Nouns that name things, with gender and number; also without their accents, as hurried notes write them.
    things: HashMap<String, (Gender, Number)>,
    plain_things: HashMap<String, (Gender, Number)>,
    /// Stems of verbs with what their object may be, longest first.
    verbs: Vec<(String, SaidOf)>,
    /// Stems of words that tell of a topic that depends on gender.
    topics: BTreeSet<String>,
}

/// The lists shipped, by language.
static SHIPPED: LazyLock<BTreeMap<Tongue, Lexicon>> = LazyLock::new(|| {
    macro_rules! list {
        ($name:literal) => {
            include_str!(concat!("../../../corpora/lexicon/", $name, ".tsv"))
        };
    }
    let lists = [
        (
            Tongue::Ca,
            [
                list!("ca_nouns"),
                list!("ca_adjectives"),
                list!("ca_determiners"),
                list!("ca_things"),
                list!("ca_verbs"),
            ],
        ),
        (
            Tongue::Es,
            [
                list!("es_nouns"),
                list!("es_adjectives"),
                list!("es_determiners"),
                list!("es_things"),
                list!("es_verbs"),
            ],
        ),
        (Tongue::En, [list!("en_nouns"), "", "", "", ""]),
    ];
    let topics = list!("gendered_topics");
    lists.into_iter().map(|(tongue, lists)| (tongue, Lexicon::parse(tongue, lists, topics))).collect()
});

impl Lexicon {
    /// The lists of a language.
    pub(crate) fn of(tongue: Tongue) -> &'static Self {
        #[expect(clippy::expect_used, reason = "the lists of all three languages are compiled in")]
        SHIPPED.get(&tongue).expect("BUG: no lists for a language")
    }

    fn parse(
        tongue: Tongue,
        [nouns, adjectives, determiners, things, verbs]: [&str; 5],
        topics: &str,
    ) -> Self {
        let four = |m: &str, f: &str| {
            [m.to_owned(), f.to_owned(), plural(tongue, Gender::M, m), plural(tongue, Gender::F, f)]
        };
        let mut out = Self {
            nouns: Pairs::new(),
            adjectives: Pairs::new(),
            determiners: Pairs::new(),
            things: HashMap::new(),
            plain_things: HashMap::new(),
            verbs: Vec::new(),
            topics: BTreeSet::new(),
        };
        for [m, f, kind] in rows(nouns) {
            // The masculine of these is first of all a machine: el cajero.
            if kind == "trade_f" {
                out.nouns.add_feminine(NounKind::Trade, four(m, f));
            } else if let Some(kind) = noun_kind(kind) {
                out.nouns.add(kind, four(m, f));
            }
        }
        for [m, f, said] in rows(adjectives) {
            out.adjectives.add(said_of(said), four(m, f));
        }
        for row in rows::<4>(determiners) {
            out.determiners.add((), row.map(str::to_owned));
        }
        for [word, gender, number, _] in rows(things) {
            let gender = if gender == "f" { Gender::F } else { Gender::M };
            let number = if number == "pl" { Number::Pl } else { Number::Sg };
            out.things.insert(word.to_owned(), (gender, number));
            let plain = without_accents(word);
            if plain != word {
                out.plain_things.insert(plain, (gender, number));
            }
        }
        out.verbs = rows(verbs).map(|[stem, object]| (stem.to_owned(), said_of(object))).collect();
        out.verbs.sort_by_key(|(stem, _)| std::cmp::Reverse(stem.len()));
        let own = match tongue {
            Tongue::Ca => "ca",
            Tongue::Es => "es",
            Tongue::En => "en",
        };
        out.topics = rows(topics).filter(|[l, _]| *l == own).map(|[_, stem]| stem.to_owned()).collect();
        out
    }

    /// Gender and number of a word that names a thing.
    pub(crate) fn thing(&self, word: &str) -> Option<(Gender, Number)> {
        self.things.get(word).or_else(|| self.plain_things.get(word)).copied()
    }

    /// What the object of a verb form may be; None for a form that is not in the list.
    pub(crate) fn object_of(&self, form: &str) -> Option<SaidOf> {
        // A stem of two letters is a whole form: ve, té.
        let fits = |stem: &str| if stem.chars().count() < 3 { form == stem } else { form.starts_with(stem) };
        self.verbs.iter().find(|(stem, _)| fits(stem)).map(|(_, object)| *object)
    }

    /// True when a word tells of a topic that depends on gender.
    pub(crate) fn is_gendered_topic(&self, word: &str) -> bool {
        self.topics.iter().any(|stem| word.starts_with(stem.as_str()))
    }
}

/// Rows of a list with `N` columns, the header left out; a row of another length is left out too (a test counts them).
fn rows<const N: usize>(list: &str) -> impl Iterator<Item = [&str; N]> {
    list.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        fields.try_into().ok()
    })
}

fn without_accents(word: &str) -> String {
    let plain = |c: char| match c {
        'à' | 'á' => 'a',
        'è' | 'é' => 'e',
        'í' | 'ï' => 'i',
        'ò' | 'ó' => 'o',
        'ú' | 'ü' => 'u',
        other => other,
    };
    word.chars().map(plain).collect()
}

fn noun_kind(name: &str) -> Option<NounKind> {
    match name {
        "kin" => Some(NounKind::Kin),
        "spouse" => Some(NounKind::Spouse),
        "client" => Some(NounKind::Client),
        "person" => Some(NounKind::Person),
        "trade" => Some(NounKind::Trade),
        "title" => Some(NounKind::Title),
        "substantive" => Some(NounKind::Substantive),
        _ => None,
    }
}

fn said_of(name: &str) -> SaidOf {
    if name == "people" { SaidOf::People } else { SaidOf::Both }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_every_list_is_read_and_swaps_back() {
        for (tongue, name) in [(Tongue::Ca, "ca"), (Tongue::Es, "es"), (Tongue::En, "en")] {
            let lexicon = Lexicon::of(tongue);
            let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/lexicon");
            let lines = |list: &str| {
                std::fs::read_to_string(dir.join(format!("{name}_{list}.tsv")))
                    .map_or(0, |t| t.lines().count() - 1)
            };
            assert_eq!(lexicon.nouns.rows.len(), lines("nouns"), "help: a row of {name}_nouns is malformed");
            assert_eq!(
                lexicon.adjectives.rows.len(),
                lines("adjectives"),
                "help: a row of {name}_adjectives"
            );
            assert_eq!(lexicon.things.len(), lines("things"), "help: a row of {name}_things stands twice");
            for row in &lexicon.nouns.rows {
                for form in lexicon.nouns.readings(&row[0]) {
                    assert_eq!(lexicon.nouns.inflected(form, Gender::M), row[0]);
                }
            }
        }
    }

    #[test]
    fn every_determiner_has_two_forms_that_differ() {
        for tongue in [Tongue::Ca, Tongue::Es] {
            for [m, f, mp, fp] in &Lexicon::of(tongue).determiners.rows {
                assert!((m.is_empty() || m != f) && (mp != fp || mp.ends_with("es")), "{m} {f} {mp} {fp}");
            }
        }
    }
}
