//! What a full stop after a word means in Catalan, Spanish and English notes.

/// What a word written before a full stop says about that full stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// An ordinary word: the full stop ends a sentence.
    Word,
    /// Stands before a name or a number, `Sra.`, `Avda.`: never an end before a capital or a digit.
    Title,
    /// Stands before a name or for it, `bro.`, and so do initials: an end before a word that is no name.
    Kin,
    /// Stands before what it joins, `q.`, `p. ex.`: an end only at a line's end.
    Joint,
    /// Stands before a number, `núm.`: an end before a capital, not before a digit.
    Numbered,
    /// A day or a month, `dl.`, `Sept.`: the same, and written with a capital in English.
    Date,
    /// A shortened word that may close a sentence, `etc.`, `hab.`: an end before a capital.
    Short,
}

/// Longest folded word that the tables hold.
const LONGEST: usize = 10;

/// A word in lower-case ASCII without accents, so that composed and decomposed spellings are one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folded {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Folded {
    /// `None` when the word is longer than any in the tables or has letters of another script.
    pub(super) fn new(word: &str) -> Option<Self> {
        let mut folded = Self { bytes: [0; LONGEST], len: 0 };
        for c in word.chars() {
            if let Some(letter) = fold_char(c)? {
                *folded.bytes.get_mut(folded.len)? = letter;
                folded.len += 1;
            }
        }
        Some(folded)
    }

    fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
    }
}

/// The plain letter of a character; nothing for marks that a letter carries; `None` for another script's.
fn fold_char(c: char) -> Option<Option<u8>> {
    Some(Some(match c {
        'a'..='z' | '0'..='9' => u8::try_from(c).ok()?,
        'A'..='Z' => u8::try_from(c).ok()?.to_ascii_lowercase(),
        'à' | 'á' | 'ä' | 'À' | 'Á' | 'Ä' | 'ª' => b'a',
        'è' | 'é' | 'ë' | 'È' | 'É' | 'Ë' => b'e',
        'ì' | 'í' | 'ï' | 'Ì' | 'Í' | 'Ï' => b'i',
        'ò' | 'ó' | 'ö' | 'Ò' | 'Ó' | 'Ö' | 'º' => b'o',
        'ù' | 'ú' | 'ü' | 'Ù' | 'Ú' | 'Ü' => b'u',
        'ñ' | 'Ñ' => b'n',
        'ç' | 'Ç' => b'c',
        '·' | '\u{300}'..='\u{36f}' => return Some(None),
        _ => return None,
    }))
}

/// Tells what a full stop after `word` means.
pub(super) fn classify(word: &str) -> Class {
    let Some(folded) = Folded::new(word) else { return Class::Word };
    match folded.as_str() {
        "sr" | "sra" | "srs" | "sres" | "sras" | "srta" | "srtes" | "sta" | "sto" | "st" | "dr" | "dra"
        | "drs" | "dres" | "dna" | "mr" | "mrs" | "ms" | "mn" | "prof" | "av" | "avda" | "avgda" | "pza"
        | "plza" | "pl" | "pg" | "pge" | "ptge" | "ctra" | "crta" | "urb" | "bda" | "ntra" | "excm"
        | "excma" | "illm" | "illma" | "fam" | "hnos" | "fund" | "aj" | "ajt" | "ayto" | "abog" | "lic"
        | "ing" | "insp" | "sgt" | "ref" | "att" | "atn" | "dept" | "depto" | "instr" | "pt" => Class::Title,
        "hno" | "hna" | "bro" | "mo" | "dtr" | "matr" => Class::Kin,
        "q" | "x" | "d" | "p" | "ex" | "ej" | "pq" | "xq" | "pk" | "cf" | "vs" | "v" | "incl" | "esp"
        | "eg" | "ie" | "trim" | "seg" | "seguim" | "sgto" | "prox" | "coord" => Class::Joint,
        "num" | "nums" | "no" | "nro" | "n" | "tel" | "tels" | "telf" | "tlf" | "tfno" | "tf" | "mob"
        | "mov" | "art" | "arts" | "pag" | "pags" | "pp" | "aprox" | "approx" | "ca" | "exp" | "expte"
        | "exped" | "ext" | "fig" | "vol" | "cap" | "apt" | "apdo" | "ap" | "desp" | "esc" | "pta" | "km"
        | "cta" | "hab" | "inst" | "entrev" | "reun" | "arr" | "rel" | "rev" | "rm" | "assist" | "asist"
        | "alq" | "inf" | "c" | "s" | "setm" => Class::Numbered,
        "dl" | "dt" | "dc" | "dj" | "dv" | "ds" | "dg" | "dom" | "lun" | "mie" | "jue" | "vie" | "sab"
        | "mon" | "mons" | "tue" | "tues" | "wed" | "weds" | "thu" | "thur" | "thurs" | "fri" | "sat"
        | "sun" | "gen" | "ene" | "jan" | "feb" | "febr" | "mar" | "abr" | "apr" | "mai" | "may" | "jun"
        | "jul" | "ag" | "ago" | "aug" | "set" | "sep" | "sept" | "oct" | "nov" | "des" | "dic" | "dec" => {
            Class::Date
        }
        "etc" | "a" | "h" | "m" | "min" | "mod" | "doc" | "cert" | "past" | "comp" | "hosp" | "enf"
        | "psic" | "psicol" | "med" | "tb" | "contr" | "cat" | "esq" | "izq" | "dcha" | "prev" | "resol"
        | "sol" | "sollic" | "solic" | "jub" | "indef" | "emerg" | "pens" | "prest" | "fra" | "wk"
        | "wks" | "yr" | "yrs" | "mth" | "mths" | "hr" | "hrs" | "appt" | "temp" | "perm" | "adm"
        | "gral" | "nac" | "univ" | "treb" | "trab" | "educ" | "tract" | "dx" | "ant" | "sem" | "pers"
        | "econ" | "nom" | "adr" | "poss" => Class::Short,
        _ => Class::Word,
    }
}

/// True for a word that opens sentences and is no name: after `asked S.` it tells an end from a surname.
pub(super) fn opens_sentence(word: &str) -> bool {
    Folded::new(word).is_some_and(|folded| {
        matches!(
            folded.as_str(),
            "el" | "la"
                | "els"
                | "les"
                | "los"
                | "las"
                | "lo"
                | "un"
                | "una"
                | "i"
                | "y"
                | "o"
                | "pero"
                | "que"
                | "quan"
                | "cuando"
                | "com"
                | "como"
                | "si"
                | "no"
                | "ja"
                | "ya"
                | "es"
                | "se"
                | "em"
                | "me"
                | "et"
                | "te"
                | "li"
                | "le"
                | "ens"
                | "nos"
                | "hi"
                | "ho"
                | "ha"
                | "he"
                | "han"
                | "tiene"
                | "viu"
                | "vive"
                | "va"
                | "ve"
                | "viene"
                | "diu"
                | "dice"
                | "cobra"
                | "esta"
                | "fa"
                | "hace"
                | "ara"
                | "ahora"
                | "avui"
                | "hoy"
                | "ahir"
                | "ayer"
                | "des"
                | "desde"
                | "per"
                | "para"
                | "por"
                | "a"
                | "al"
                | "en"
                | "amb"
                | "con"
                | "sense"
                | "sin"
                | "su"
                | "sus"
                | "the"
                | "an"
                | "she"
                | "they"
                | "it"
                | "we"
                | "you"
                | "his"
                | "her"
                | "their"
                | "this"
                | "that"
                | "there"
                | "is"
                | "was"
                | "has"
                | "had"
                | "not"
                | "and"
                | "but"
                | "when"
                | "if"
                | "at"
                | "on"
                | "for"
                | "to"
                | "from"
                | "with"
                | "tambe"
                | "tampoc"
                | "tampoco"
                | "ell"
                | "ella"
                | "ellos"
                | "ells"
        )
    })
}

/// True for a word that hardly a sentence ends with: a line that ends so goes on below. Words that only an accent tells
/// from one that may end it, `el` and `él`, stand here without it and are compared as written.
pub(super) fn expects_more(word: &str) -> bool {
    matches!(
        word,
        "de" | "del"
            | "dels"
            | "la"
            | "el"
            | "els"
            | "les"
            | "los"
            | "las"
            | "i"
            | "y"
            | "que"
            | "amb"
            | "con"
            | "per"
            | "por"
            | "para"
            | "a"
            | "al"
            | "als"
            | "en"
            | "the"
            | "of"
            | "and"
            | "an"
            | "sra"
            | "sr"
            | "Sra"
            | "Sr"
    )
}
