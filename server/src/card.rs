//! A model card as blocks that a page can show: the part of Markdown that cards are written in. Links keep their words
//! only; nothing of it is passed on as HTML.

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Span {
    Plain(String),
    Strong(String),
    Code(String),
}

/// A piece of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// Level from 1, and its words.
    Heading(usize, Vec<Span>),
    Paragraph(Vec<Span>),
    List(Vec<Vec<Span>>),
    Table {
        head: Vec<Vec<Span>>,
        rows: Vec<Vec<Vec<Span>>>,
    },
}

/// Reads a card. What stands between dashes at the top is for programs.
pub(crate) fn blocks(card: &str) -> Vec<Block> {
    let body =
        card.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(card, |(_, body)| body);
    let mut blocks = Vec::new();
    for stretch in body.split("\n\n") {
        let lines: Vec<&str> = stretch.lines().filter(|line| !line.trim().is_empty()).collect();
        let Some(first) = lines.first() else { continue };
        let level = first.chars().take_while(|c| *c == '#').count();
        if level > 0 {
            blocks.push(Block::Heading(level, spans(first.trim_start_matches('#').trim())));
            if lines.len() > 1 {
                blocks.push(Block::Paragraph(spans(&joined(lines.get(1..).unwrap_or_default()))));
            }
        } else if first.starts_with('|') {
            blocks.push(table(&lines));
        } else if first.starts_with("- ") {
            blocks.push(list(&lines));
        } else {
            blocks.push(Block::Paragraph(spans(&joined(&lines))));
        }
    }
    blocks
}

fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

fn list(lines: &[&str]) -> Block {
    let mut items: Vec<String> = Vec::new();
    for line in lines {
        match (line.strip_prefix("- "), items.last_mut()) {
            (Some(item), _) => items.push(item.to_owned()),
            (None, Some(item)) => {
                item.push(' ');
                item.push_str(line.trim());
            }
            (None, None) => items.push(line.trim().to_owned()),
        }
    }
    Block::List(items.iter().map(|item| spans(item)).collect())
}

fn table(lines: &[&str]) -> Block {
    let cells = |line: &&str| -> Vec<Vec<Span>> {
        line.trim().trim_matches('|').split('|').map(|cell| spans(cell.trim())).collect()
    };
    let is_rule = |line: &&&str| !line.chars().all(|c| "|-: ".contains(c));
    let mut rows: Vec<Vec<Vec<Span>>> = lines.iter().filter(is_rule).map(cells).collect();
    let head = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
    Block::Table { head, rows }
}

/// Bold, code and the words of links; a mark without its pair is a plain character.
fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let marked = [("**", 0), ("`", 1)].into_iter().find_map(|(mark, kind)| {
            let (inner, after) = rest.strip_prefix(mark)?.split_once(mark)?;
            Some((
                if kind == 0 { Span::Strong(inner.to_owned()) } else { Span::Code(inner.to_owned()) },
                after,
            ))
        });
        let link = || rest.strip_prefix('[')?.split_once("](")?.1.split_once(')').map(|(_, after)| after);
        let words = || rest.strip_prefix('[')?.split_once("](").map(|(words, _)| words);
        if let Some((span, after)) = marked {
            if !plain.is_empty() {
                spans.push(Span::Plain(std::mem::take(&mut plain)));
            }
            spans.push(span);
            rest = after;
        } else if let (Some(words), Some(after)) = (words(), link()) {
            plain.push_str(words);
            rest = after;
        } else {
            let mut characters = rest.chars();
            plain.extend(characters.next());
            rest = characters.as_str();
        }
    }
    if !plain.is_empty() {
        spans.push(Span::Plain(plain));
    }
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(spans: &[Span]) -> String {
        spans
            .iter()
            .map(|(Span::Plain(text) | Span::Strong(text) | Span::Code(text))| text.as_str())
            .collect()
    }

    proptest! {
        /// No text is lost or made up, whatever is written, but for the marks themselves.
        #[test]
        fn words_stay(text in "[a-z *`\\[\\]()]{0,40}") {
            let kept: String = said(&spans(&text)).chars().filter(char::is_ascii_lowercase).collect();
            let written: String = text.chars().filter(char::is_ascii_lowercase).collect();
            // A link's address goes.
            prop_assert!(kept.len() <= written.len() && (text.contains("](") || kept == written));
        }
    }

    #[test]
    fn the_cards_that_ship_are_read_whole() {
        for name in ["default", "linear"] {
            let path = format!("{}/../models/{name}/MODEL_CARD.md", env!("CARGO_MANIFEST_DIR"));
            let blocks = blocks(&std::fs::read_to_string(path).unwrap());
            assert!(matches!(blocks.first(), Some(Block::Heading(1, _))), "help: {name}");
            let tables =
                blocks.iter().filter(|b| matches!(b, Block::Table { rows, .. } if !rows.is_empty())).count();
            let lists = blocks.iter().filter(|b| matches!(b, Block::List(_))).count();
            assert!(tables >= 2 && lists >= 1, "help: {name} has {tables} tables and {lists} lists");
            for block in &blocks {
                let Block::Table { head, rows } = block else { continue };
                assert!(rows.iter().all(|row| row.len() == head.len()), "help: a crooked table in {name}");
            }
        }
    }
}
