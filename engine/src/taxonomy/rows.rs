//! The taxonomy's CSV files, row by row.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Action, ActionKind, Demand, Domain, ExternalCodes, Kind, Labels, Need};
use crate::error::{Error, Result};

/// Contents of the files of a taxonomy folder.
pub(super) struct Files<'a> {
    pub(super) version: &'a str,
    pub(super) needs: &'a str,
    pub(super) demands: &'a str,
    pub(super) domains: &'a str,
    pub(super) actions: &'a str,
    pub(super) need_codes: &'a str,
}

type Codes = HashMap<(Kind, String), usize>;

/// Reads every row of a file with the line it stands in.
fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<Vec<(u64, T)>> {
    // With carriage returns the reader counts a record from the line before its own.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|e| row_error(file, 1, &e))?.clone();
    let mut rows = Vec::new();
    for record in reader.into_records() {
        let record = record.map_err(|e| row_error(file, e.position().map_or(0, csv::Position::line), &e))?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.deserialize(Some(&headers)).map_err(|e| row_error(file, line, &e))?));
    }
    Ok(rows)
}

fn row_error(file: &str, line: u64, error: &csv::Error) -> Error {
    Error::Taxonomy { file: file.to_owned(), line, reason: error.to_string() }
}

/// Gives a code its index, once.
fn register(codes: &mut Codes, kind: Kind, code: &str, place: (&str, u64, usize)) -> Result<()> {
    let (file, line, index) = place;
    match codes.insert((kind, code.to_owned()), index) {
        None => Ok(()),
        Some(_) => Err(Error::Taxonomy {
            file: file.to_owned(),
            line,
            reason: format!("the code '{code}' stands twice"),
        }),
    }
}

fn find(codes: &Codes, kind: Kind, code: &str, place: (&str, u64)) -> Result<usize> {
    codes.get(&(kind, code.to_owned())).copied().ok_or_else(|| Error::UnknownCode {
        file: place.0.to_owned(),
        line: place.1,
        kind: match kind {
            Kind::Need => "need",
            Kind::Demand => "demand",
            Kind::Domain => "domain",
            Kind::Action => "action",
        },
        code: code.to_owned(),
    })
}

#[derive(Deserialize)]
struct LabelledRow {
    code: String,
    label_ca: String,
    label_es: String,
    label_en: String,
}

impl LabelledRow {
    fn labels(self) -> Labels {
        Labels { ca: self.label_ca, es: self.label_es, en: self.label_en }
    }
}

pub(super) fn domains(text: &str, codes: &mut Codes) -> Result<Vec<Domain>> {
    let file = "ssm_domains.csv";
    let mut out = Vec::new();
    for (line, row) in read::<LabelledRow>(file, text)? {
        register(codes, Kind::Domain, &row.code, (file, line, out.len()))?;
        out.push(Domain { code: row.code.clone(), labels: row.labels() });
    }
    Ok(out)
}

pub(super) fn demands(text: &str, codes: &mut Codes) -> Result<Vec<Demand>> {
    let file = "demands.csv";
    let mut out = Vec::new();
    for (line, row) in read::<LabelledRow>(file, text)? {
        register(codes, Kind::Demand, &row.code, (file, line, out.len()))?;
        out.push(Demand { code: row.code.clone(), labels: row.labels() });
    }
    Ok(out)
}

pub(super) fn needs(text: &str, codes: &mut Codes) -> Result<Vec<Need>> {
    #[derive(Deserialize)]
    struct Row {
        code: String,
        ssm_domain: String,
        alert: u8,
        label_ca: String,
        label_es: String,
        label_en: String,
        scope: String,
    }
    let file = "needs.csv";
    let mut out = Vec::new();
    for (line, row) in read::<Row>(file, text)? {
        register(codes, Kind::Need, &row.code, (file, line, out.len()))?;
        out.push(Need {
            domain: find(codes, Kind::Domain, &row.ssm_domain, (file, line))?,
            code: row.code,
            alert: row.alert != 0,
            labels: Labels { ca: row.label_ca, es: row.label_es, en: row.label_en },
            scope: row.scope,
            external: ExternalCodes::default(),
        });
    }
    Ok(out)
}

pub(super) fn external_codes(text: &str, needs: &mut [Need], codes: &Codes) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        code: String,
        snomed_ct: Option<String>,
        r#match: Option<String>,
        icd10: Option<String>,
    }
    let file = "need_codes.csv";
    for (line, row) in read::<Row>(file, text)? {
        let index = find(codes, Kind::Need, &row.code, (file, line))?;
        if let Some(need) = needs.get_mut(index) {
            need.external =
                ExternalCodes { snomed_ct: row.snomed_ct, snomed_match: row.r#match, icd10: row.icd10 };
        }
    }
    Ok(())
}

pub(super) fn actions(text: &str, codes: &mut Codes) -> Result<Vec<Action>> {
    #[derive(Deserialize)]
    struct Row {
        code: String,
        kind: ActionKind,
        label_ca: String,
        label_es: String,
        label_en: String,
        addresses: String,
        to_check: String,
        verified: String,
    }
    let file = "actions.csv";
    let parts = |list: &str| -> Vec<String> {
        list.split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
    };
    let mut out = Vec::new();
    for (line, row) in read::<Row>(file, text)? {
        register(codes, Kind::Action, &row.code, (file, line, out.len()))?;
        let addresses = parts(&row.addresses)
            .iter()
            .map(|code| find(codes, Kind::Need, code, (file, line)))
            .collect::<Result<Vec<usize>>>()?;
        out.push(Action {
            code: row.code,
            kind: row.kind,
            labels: Labels { ca: row.label_ca, es: row.label_es, en: row.label_en },
            addresses,
            to_check: parts(&row.to_check),
            verified: row.verified,
        });
    }
    Ok(out)
}
