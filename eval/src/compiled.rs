//! Hashes of the lists that are compiled in: readings made with other lists are other readings, and no file tells.

use relat_engine::bundle::sha256_hex;

/// Files by path below `corpora`, in order.
macro_rules! lists {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../corpora/", $path)))),*]
    };
}

/// Words and names of rewriting.
const REWRITING: &[(&str, &str)] = lists![
    "lexicon/ca_adjectives.tsv",
    "lexicon/ca_determiners.tsv",
    "lexicon/ca_nouns.tsv",
    "lexicon/ca_things.tsv",
    "lexicon/ca_verbs.tsv",
    "lexicon/en_nouns.tsv",
    "lexicon/es_adjectives.tsv",
    "lexicon/es_determiners.tsv",
    "lexicon/es_nouns.tsv",
    "lexicon/es_things.tsv",
    "lexicon/es_verbs.tsv",
    "lexicon/function_words.tsv",
    "lexicon/gendered_topics.tsv",
    "lexicon/nationalities.tsv",
    "lexicon/towns.tsv",
    "names/given.tsv",
    "names/targets.tsv",
];

/// The taxonomy.
const TAXONOMY: &[(&str, &str)] = lists![
    "taxonomy/actions.csv",
    "taxonomy/demands.csv",
    "taxonomy/need_codes.csv",
    "taxonomy/needs.csv",
    "taxonomy/ssm_domains.csv",
];

/// Hash of the words and names that rewritings are made with, hexadecimal.
#[must_use]
pub fn rewriting_sha256() -> String {
    of(REWRITING)
}

/// Hash of the taxonomy's lists, hexadecimal: they may change before its version does.
#[must_use]
pub fn taxonomy_sha256() -> String {
    of(TAXONOMY)
}

/// That of `sha256sum` lines.
fn of(files: &[(&str, &str)]) -> String {
    let line = |(path, text): &(&str, &str)| format!("{}  {path}\n", sha256_hex(text.as_bytes()));
    sha256_hex(files.iter().map(line).collect::<String>().as_bytes())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_list_is_hashed_as_it_is_on_disk_and_any_change_changes_the_hash() {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora");
        for (files, folders, ending) in
            [(REWRITING, &["lexicon", "names"][..], "tsv"), (TAXONOMY, &["taxonomy"], "csv")]
        {
            let mut there: Vec<String> = Vec::new();
            for folder in folders {
                let entries = std::fs::read_dir(corpora.join(folder)).unwrap();
                let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
                there.extend(names.filter(|n| n.ends_with(ending)).map(|n| format!("{folder}/{n}")));
            }
            // Figures about rewritings, with which none is made.
            there.retain(|path| path != "lexicon/quality.tsv");
            there.sort();
            assert_eq!(files.iter().map(|(path, _)| *path).collect::<Vec<_>>(), there);
            for (i, (path, text)) in files.iter().enumerate() {
                assert_eq!(std::fs::read_to_string(corpora.join(path)).unwrap(), *text);
                let mut changed = files.to_vec();
                changed[i].1 = text.strip_prefix(|_| true).unwrap();
                assert_ne!(of(&changed), of(files));
            }
        }
    }
}
