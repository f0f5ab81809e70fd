//! A page: escaped text, tables, one style for screen, dark screen and paper; no script, nothing loaded from elsewhere.

use std::fmt::Write as _;

use crate::bootstrap::Estimate;
use crate::metric_frame::FrameTable;
use crate::outside::Dataset;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1b1f;--soft:#5c5f66;--line:#c9ccd3;--bg:#fff;--mark:#0b5cad;--bad:#a3211b;--good:#17692f;--gold:#fff0b3;--read:#cfe3ff}\
@media(prefers-color-scheme:dark){:root{--ink:#e8e8ec;--soft:#a7abb5;--line:#474b55;--bg:#17181c;--mark:#7fb6ff;--bad:#ff8f87;--good:#7fd899;--gold:#5a4a00;--read:#123a66}}\
body{margin:0 auto;max-width:62rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--bg)}\
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.5rem;border-bottom:1px solid var(--line)}h3{font-size:1.05rem}\
a{color:var(--mark)}.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.875rem;margin:.5rem 0}\
caption{text-align:left;color:var(--soft);padding:.25rem 0}th,td{border-bottom:1px solid var(--line);padding:.25rem .6rem;text-align:left;vertical-align:top}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.failed{color:var(--bad);font-weight:600}.passed{color:var(--good)}\
td.wide{min-width:15rem}.soft{color:var(--soft)}.box{border:2px solid var(--line);padding:.5rem 1rem;margin:1rem 0}.box.failed{border-color:var(--bad);color:inherit;font-weight:inherit}\
.box.passed{border-color:var(--good);color:inherit}code{font-size:.85em;overflow-wrap:anywhere}svg{max-width:100%;height:auto}svg text{fill:var(--ink);font:12px system-ui,sans-serif}\
mark.gold{background:var(--gold);color:inherit}mark.read{background:var(--read);color:inherit}mark.both{background:linear-gradient(var(--gold) 50%,var(--read) 50%);color:inherit}\
details>summary{cursor:pointer}pre{white-space:pre-wrap;font-size:.8rem;border-left:3px solid var(--line);padding-left:1rem}\
@media print{:root{--ink:#000;--soft:#333;--line:#999;--bg:#fff;--mark:#000;--bad:#000;--good:#000}body{max-width:none;padding:0;font-size:10pt}h2{break-after:avoid}tr,svg{break-inside:avoid}a{text-decoration:none}}";

/// A page in the making.
pub(super) struct Page(String);

impl Page {
    pub(super) fn new(language: &str, title: &str) -> Self {
        let mut page = Self(String::with_capacity(1 << 16));
        page.raw(format_args!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'unsafe-inline'\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
            escape(title),
            escape(title)
        ));
        page
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push_str("</body>\n</html>\n");
        self.0
    }

    /// HTML as it is: whoever calls escapes.
    pub(super) fn raw(&mut self, html: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(html);
    }

    pub(super) fn heading(&mut self, id: &str, text: &str) {
        self.raw(format_args!("<h2 id=\"{id}\">{}</h2>\n", escape(text)));
    }

    pub(super) fn subheading(&mut self, text: &str) {
        self.raw(format_args!("<h3>{}</h3>\n", escape(text)));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.raw(format_args!("<p>{}</p>\n", escape(text)));
    }

    pub(super) fn list(&mut self, items: impl IntoIterator<Item = impl AsRef<str>>) {
        self.raw(format_args!("<ul>\n"));
        for item in items {
            self.raw(format_args!("<li>{}</li>\n", escape(item.as_ref())));
        }
        self.raw(format_args!("</ul>\n"));
    }

    /// A table; the first column is text, the others numbers.
    pub(super) fn table(
        &mut self,
        caption: &str,
        head: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) {
        self.raw(format_args!("<div class=\"scroll\"><table>\n<caption>{}</caption>\n<tr>", escape(caption)));
        for (i, cell) in head.iter().enumerate() {
            let class = if i == 0 { "" } else { " class=\"n\"" };
            self.raw(format_args!("<th scope=\"col\"{class}>{}</th>", escape(cell)));
        }
        self.raw(format_args!("</tr>\n"));
        for row in rows {
            self.raw(format_args!("<tr>"));
            for (i, cell) in row.iter().enumerate() {
                let class = if i == 0 { "" } else { " class=\"n\"" };
                self.raw(format_args!("<td{class}>{}</td>", escape(cell)));
            }
            self.raw(format_args!("</tr>\n"));
        }
        self.raw(format_args!("</table></div>\n"));
    }
}

/// Text as HTML, in elements and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A value; a dash where there is none.
pub(super) fn value(value: Option<f64>) -> String {
    // A rounded 0 has no sign.
    value.map_or_else(|| "–".to_owned(), |v| format!("{:.3}", (v * 1000.0).round() / 1000.0 + 0.0))
}

/// A value with its interval.
pub(super) fn cell(e: &Estimate) -> String {
    match (e.low, e.high) {
        (Some(_), Some(_)) => format!("{} ({} to {})", value(e.value), value(e.low), value(e.high)),
        _ => value(e.value),
    }
}

/// The name of a group: its levels with their features.
pub(super) fn group(table: &FrameTable, levels: &[String]) -> String {
    let parts = table.sensitive_features.iter().zip(levels).map(|(f, level)| format!("{}={level}", f.name()));
    parts.collect::<Vec<_>>().join(", ")
}

pub(super) fn dataset(dataset: Dataset) -> &'static str {
    match dataset {
        Dataset::Sad => "sad",
        Dataset::SdohNli => "sdoh_nli",
    }
}
