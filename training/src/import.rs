//! Converts the text files that annotators write into records, one JSON object a line.
//!
//! The formats are those of `corpora/GUIDE.md`: narratives open with `@ key=value…`, hold one `sentence || labels` a
//! line, then `= domain:level…` and `> action…`; bank files hold `lang || sentence || labels` lines.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use relat_engine::{Language, Status, Taxonomy};
use relat_eval::corpus::{CorpusError, GoldNeed, GoldSentence, Person, Record};

type LineResult<T> = Result<T, String>;

/// How many records and sentences were written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Records.
    pub records: usize,
    /// Sentences.
    pub sentences: usize,
}

/// Converts every `.txt` file of `from`: files named `bank…` into `to/bank`, the others into `to/narratives`.
/// # Errors
/// [`CorpusError`], with the file and the line; nothing of that file is written.
pub fn import_dir(from: &Path, to: &Path, taxonomy: &Taxonomy) -> Result<Imported, CorpusError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| CorpusError::Io { path, source }
    };
    let mut paths: Vec<PathBuf> = std::fs::read_dir(from)
        .map_err(io(from))?
        .map(|entry| entry.map(|e| e.path()).map_err(io(from)))
        .collect::<Result<_, _>>()?;
    paths.retain(|p| p.extension().is_some_and(|e| e == "txt"));
    paths.sort();
    let mut total = Imported::default();
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(io(&path))?;
        let name = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
        let (folder, records) = if name.starts_with("bank") {
            ("bank", parse_bank(&text, &name, taxonomy))
        } else {
            ("narratives", parse_narratives(&text, taxonomy))
        };
        let records =
            records.map_err(|(line, reason)| CorpusError::Line { path: path.clone(), line, reason })?;
        let dir = to.join(folder);
        std::fs::create_dir_all(&dir).map_err(io(&dir))?;
        let mut out = String::new();
        for record in &records {
            out.push_str(&serde_json::to_string(record).unwrap_or_default());
            out.push('\n');
            total.sentences += record.sentences.len();
        }
        total.records += records.len();
        let target = dir.join(format!("{name}.jsonl"));
        std::fs::write(&target, out).map_err(io(&target))?;
    }
    Ok(total)
}

/// Records of a narratives file, or the line that stopped it and why.
/// # Errors
/// Line, from 1, and reason.
pub fn parse_narratives(text: &str, taxonomy: &Taxonomy) -> Result<Vec<Record>, (usize, String)> {
    let mut records: Vec<Record> = Vec::new();
    let mut open: Option<Record> = None;
    for (i, line) in text.lines().enumerate() {
        let at = |reason| (i + 1, reason);
        let line = line.trim();
        if let Some(header) = line.strip_prefix("@ ") {
            close(&mut open, &mut records, taxonomy).map_err(at)?;
            open = Some(parse_header(header).map_err(at)?);
        } else if line.is_empty() {
            close(&mut open, &mut records, taxonomy).map_err(at)?;
        } else if !line.starts_with('#') {
            let record = open.as_mut().ok_or_else(|| at("a line before the first '@'".to_owned()))?;
            if let Some(levels) = line.strip_prefix("= ").or_else(|| (line == "=").then_some("")) {
                record.levels = parse_levels(levels).map_err(at)?;
            } else if let Some(actions) = line.strip_prefix("> ") {
                record.actions = actions.split_whitespace().map(str::to_owned).collect();
            } else {
                let (sentence, labels) = line.rsplit_once("||").ok_or_else(|| at("no ' || '".to_owned()))?;
                push_sentence(record, sentence.trim(), parse_labels(labels).map_err(at)?);
            }
        }
    }
    close(&mut open, &mut records, taxonomy).map_err(|reason| (text.lines().count(), reason))?;
    Ok(records)
}

/// Records of a bank file, one a sentence, or the line that stopped it and why.
/// # Errors
/// Line, from 1, and reason.
pub fn parse_bank(text: &str, writer: &str, taxonomy: &Taxonomy) -> Result<Vec<Record>, (usize, String)> {
    let mut records = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let at = |reason| (i + 1, reason);
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.splitn(2, "||");
        let lang = parse_language(parts.next().unwrap_or_default().trim()).map_err(at)?;
        let (sentence, labels) =
            parts.next().and_then(|rest| rest.rsplit_once("||")).ok_or_else(|| at("no ' || '".to_owned()))?;
        let mut record = Record {
            id: format!("{writer}-{:04}", records.len() + 1),
            lang,
            writer: writer.to_owned(),
            style: "bank".to_owned(),
            text: String::new(),
            sentences: Vec::new(),
            levels: BTreeMap::new(),
            actions: Vec::new(),
            person: None,
        };
        push_sentence(&mut record, sentence.trim(), parse_labels(labels).map_err(at)?);
        record.check(taxonomy).map_err(at)?;
        records.push(record);
    }
    Ok(records)
}

fn close(open: &mut Option<Record>, records: &mut Vec<Record>, taxonomy: &Taxonomy) -> LineResult<()> {
    if let Some(record) = open.take() {
        record.check(taxonomy)?;
        if records.iter().any(|r| r.id == record.id) {
            return Err(format!("the id {} stands twice", record.id));
        }
        records.push(record);
    }
    Ok(())
}

fn parse_language(code: &str) -> LineResult<Language> {
    match code {
        "ca" => Ok(Language::Ca),
        "es" => Ok(Language::Es),
        "en" => Ok(Language::En),
        _ => Err(format!("'{code}' is not a language of the corpus (ca, es, en)")),
    }
}

fn parse_header(header: &str) -> LineResult<Record> {
    let fields: BTreeMap<&str, &str> = header
        .split_whitespace()
        .map(|pair| pair.split_once('=').ok_or_else(|| format!("'{pair}' is not key=value")))
        .collect::<LineResult<_>>()?;
    let get = |key: &str| fields.get(key).copied().ok_or_else(|| format!("no {key}= in the header"));
    let id = get("id")?;
    let writer = id.split('-').nth(1).ok_or_else(|| format!("the id '{id}' has no writer"))?;
    let age = match fields.get("age") {
        Some(age) => Some(age.parse().map_err(|_| format!("age '{age}' is not a number"))?),
        None => None,
    };
    Ok(Record {
        id: id.to_owned(),
        lang: parse_language(get("lang")?)?,
        writer: writer.to_owned(),
        style: get("style")?.to_owned(),
        text: String::new(),
        sentences: Vec::new(),
        levels: BTreeMap::new(),
        actions: Vec::new(),
        person: Some(Person {
            gender: get("gender")?.to_owned(),
            age,
            origin: get("origin")?.to_owned(),
            household: get("household")?.to_owned(),
        }),
    })
}

fn parse_levels(levels: &str) -> LineResult<BTreeMap<String, u8>> {
    let mut out = BTreeMap::new();
    for pair in levels.split_whitespace() {
        let (domain, level) = pair.split_once(':').ok_or_else(|| format!("'{pair}' is not domain:level"))?;
        if level != "." {
            let level = level.parse().map_err(|_| format!("'{pair}' has no level 1 to 5"))?;
            out.insert(domain.to_owned(), level);
        }
    }
    Ok(out)
}

fn parse_labels(labels: &str) -> LineResult<(Vec<GoldNeed>, Vec<String>)> {
    let (mut needs, mut demands) = (Vec::new(), Vec::new());
    for label in labels.split_whitespace().filter(|&l| l != "-") {
        if label.starts_with("ask_") {
            demands.push(label.to_owned());
            continue;
        }
        let (status, code) = match label.split_at_checked(1) {
            Some(("!", code)) => (Status::Absent, code),
            Some(("~", code)) => (Status::Past, code),
            Some(("*", code)) => (Status::Other, code),
            _ => (Status::Present, label),
        };
        needs.push(GoldNeed { code: code.to_owned(), status });
    }
    Ok((needs, demands))
}

/// Appends a sentence. Lines of dialogue, and those after a fragment without a full stop, begin a new line, as in the
/// notes of a worker; the others follow on the same line.
fn push_sentence(record: &mut Record, sentence: &str, labels: (Vec<GoldNeed>, Vec<String>)) {
    if let Some(last) = record.sentences.last_mut() {
        let ended = record.text.trim_end_matches(['"', '»', '”', ')', '\'']).ends_with(['.', '!', '?', '…']);
        let new_line = !ended || sentence.starts_with(['—', '-', '–', '•', '*']);
        record.text.push(if new_line { '\n' } else { ' ' });
        last.end = record.text.len();
    }
    let start = record.text.len();
    record.text.push_str(sentence);
    let (needs, demands) = labels;
    record.sentences.push(GoldSentence { start, end: record.text.len(), needs, demands });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: &str = "@ id=ca-z-001 lang=ca style=notes gender=f age=34 origin=local household=alone";

    fn narratives(body: &str) -> Result<Vec<Record>, (usize, String)> {
        parse_narratives(body, Taxonomy::shipped())
    }

    proptest! {
        // What an annotator wrote a line is what the record has a sentence: text, labels and order.
        #[test]
        fn each_line_is_a_sentence_with_its_labels(
            lines in prop::collection::vec(
                ("[A-Za-zà-ü0-9€][A-Za-zà-ü0-9€ ,;—«»\"]{0,40}[a-z.!?…]",
                 prop::sample::subsequence(vec!["debt", "!gambling", "~asylum", "*bereavement", "ask_food"], 0..=5)),
                1..12),
        ) {
            let mut body = HEADER.to_owned();
            for (sentence, labels) in &lines {
                let labels = if labels.is_empty() { "-".to_owned() } else { labels.join(" ") };
                body.push_str(&format!("\n{sentence} || {labels}"));
            }
            let records = narratives(&body).unwrap();
            let record = &records[0];
            prop_assert_eq!(record.sentences.len(), lines.len());
            let mut at = 0;
            for (gold, (sentence, labels)) in record.sentences.iter().zip(&lines) {
                prop_assert_eq!(gold.start, at);
                at = gold.end;
                prop_assert_eq!(record.text.get(gold.start..gold.end).unwrap().trim(), sentence.trim());
                let mut back: Vec<String> = gold.needs.iter().map(|n| {
                    let mark = ["", "!", "~", "*"][n.status as usize];
                    format!("{mark}{}", n.code)
                }).collect();
                back.extend(gold.demands.clone());
                prop_assert_eq!(&back, labels);
            }
            prop_assert_eq!(at, record.text.len());
        }
    }

    #[test]
    fn what_is_wrong_names_its_line() {
        let check = |body: &str, line: usize, reason: &str| {
            let (at, said) = narratives(body).unwrap_err();
            assert!(at == line && said.contains(reason), "help: {body:?} gave line {at}: {said}");
        };
        check("Sense capçalera. || -", 1, "before the first '@'");
        check(&format!("{HEADER}\nSense etiquetes."), 2, "no ' || '");
        check(&format!("{HEADER}\nDeu diners. || dept\n\n"), 3, "no need has the code 'dept'");
        check(&format!("{HEADER}\nDemana. || ask_moon\n\n"), 3, "no demand has the code 'ask_moon'");
        check(&format!("{HEADER}\nBé. || -\n= income:6\n\n"), 4, "level 6");
        check(&format!("{HEADER}\nBé. || -\n= income:alt\n"), 3, "no level 1 to 5");
        check(&format!("{HEADER}\nBé. || -\n> magic\n\n"), 4, "no action has the code 'magic'");
        check(&format!("{HEADER}\nBé. || -\n\n{HEADER}\nBé. || -\n\n"), 6, "stands twice");
        check("@ id=ca-z-001 lang=fr style=notes gender=f origin=local household=alone", 1, "not a language");
    }

    #[test]
    fn the_imported_corpus_is_whole() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora");
        let read =
            |folder: &str| relat_eval::corpus::read_dir(&root.join(folder), Taxonomy::shipped()).unwrap();
        let (narratives, bank) = (read("narratives"), read("bank"));
        let sentences = |records: &[Record]| records.iter().map(|r| r.sentences.len()).sum::<usize>();
        assert_eq!((narratives.len(), sentences(&narratives)), (2800, 25_997));
        assert_eq!((bank.len(), sentences(&bank)), (20_441, 20_441));
        assert!(bank.iter().all(|r| r.levels.is_empty() && r.person.is_none()));
    }
}
