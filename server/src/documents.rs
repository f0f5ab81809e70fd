//! The text of a document, DOCX or PDF, that is dropped on the page. Offsets of everything that is found count in this text; nothing of
//! the document is kept.

use std::io::{Cursor, Read};
use std::panic::catch_unwind;

use quick_xml::Reader;
use quick_xml::events::Event;

/// Longest document taken, in bytes.
pub const MAX_DOCUMENT: usize = 8 << 20;
/// Longest main part of a DOCX once unpacked, in bytes: a small file can unpack to a very long one.
const MAX_PART: u64 = 32 << 20;

/// Why there is no text. Nothing of the document is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Neither DOCX nor PDF.
    #[error("this is neither a DOCX nor a PDF document")]
    Kind,
    /// It cannot be read: cut, broken, or locked with a password.
    #[error("the document is broken, or locked with a password")]
    Broken,
    /// It unpacks to more than anybody wrote.
    #[error("the document unpacks to more than is taken")]
    TooLong,
    /// Pictures of pages, for instance.
    #[error("there is no text in the document: it may be a scan")]
    NoText,
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Kind => "document_kind",
            Self::Broken => "document_broken",
            Self::TooLong => "document_too_long",
            Self::NoText => "document_no_text",
        }
    }
}

/// The text of a DOCX or a PDF, told apart by how they begin.
/// # Errors
/// [`Error`].
pub fn text(document: &[u8]) -> Result<String, Error> {
    let text = match document {
        [b'P', b'K', 3, 4, ..] => docx(document)?,
        [b'%', b'P', b'D', b'F', ..] => pdf(document)?,
        _ => return Err(Error::Kind),
    };
    let text = tidy(&text);
    if text.is_empty() { Err(Error::NoText) } else { Ok(text) }
}

/// The paragraphs of the main part (ECMA-376, WordprocessingML).
fn docx(document: &[u8]) -> Result<String, Error> {
    let mut archive = zip::ZipArchive::new(Cursor::new(document)).map_err(|_| Error::Broken)?;
    let part = archive.by_name("word/document.xml").map_err(|_| Error::Kind)?;
    let mut xml = Vec::new();
    part.take(MAX_PART + 1).read_to_end(&mut xml).map_err(|_| Error::Broken)?;
    if u64::try_from(xml.len()).map_or(true, |length| length > MAX_PART) {
        return Err(Error::TooLong);
    }
    // Word writes UTF-8 always.
    let xml = String::from_utf8(xml).map_err(|_| Error::Broken)?;
    let mut reader = Reader::from_str(&xml);
    let (mut text, mut is_text, mut deleted) = (String::new(), false, 0_usize);
    loop {
        match reader.read_event().map_err(|_| Error::Broken)? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => is_text = true,
                "del" => deleted += 1,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => is_text = false,
                "del" => deleted = deleted.saturating_sub(1),
                "p" => text.push('\n'),
                _ => {}
            },
            Event::Empty(tag) => match tag.local_name().as_ref() {
                "br" | "cr" | "p" => text.push('\n'),
                "tab" => text.push('\t'),
                _ => {}
            },
            Event::Text(run) if is_text && deleted == 0 => {
                text.push_str(&run);
            }
            Event::GeneralRef(entity) if is_text && deleted == 0 => {
                text.push_str(named(&entity).ok_or(Error::Broken)?.as_str());
            }
            Event::Eof => return Ok(text),
            _ => {}
        }
    }
}

/// The five entities of XML, and characters by number.
fn named(entity: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Ok(Some(character)) = entity.resolve_char_ref() {
        return Some(character.to_string());
    }
    let text = match &**entity {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return None,
    };
    Some(text.to_owned())
}

fn pdf(document: &[u8]) -> Result<String, Error> {
    // The crate panics on some broken files.
    match catch_unwind(|| pdf_extract::extract_text_from_mem(document)) {
        Ok(Ok(text)) => Ok(unwrap_lines(&text)),
        Ok(Err(_)) | Err(_) => Err(Error::Broken),
    }
}

/// A line of a PDF goes on in the next one, unless an empty line is between them.
fn unwrap_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            if !out.ends_with('\n') {
                out.push('\n');
            }
        } else {
            if !out.is_empty() && !out.ends_with('\n') {
                out.push(' ');
            }
            out.push_str(line);
        }
    }
    out
}

/// Without characters that no one sees, and with at most one empty line between paragraphs.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut breaks = 0;
    for c in text.chars() {
        match c {
            '\n' => {
                breaks += 1;
                if breaks <= 2 {
                    out.push('\n');
                }
            }
            '\u{c}' => {}
            c if c.is_control() && c != '\t' => {}
            c => {
                breaks = 0;
                out.push(c);
            }
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn docx_of(xml: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(xml.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_docx_gives_its_paragraphs_and_not_what_was_deleted() {
        let xml = "<w:document><w:body><w:p><w:r><w:t>Viu </w:t></w:r><w:del><w:r><w:t>mal </w:t></w:r></w:del>\
                   <w:r><w:t xml:space=\"preserve\">sola &amp; no dorm.</w:t></w:r></w:p><w:p/>\
                   <w:p><w:r><w:t>L&#8217;any passat, no.</w:t><w:br/><w:t>Ara sí.</w:t></w:r></w:p></w:body></w:document>";
        assert_eq!(text(&docx_of(xml)), Ok("Viu sola & no dorm.\n\nL’any passat, no.\nAra sí.".to_owned()));
    }

    #[test]
    fn what_is_no_document_is_told_apart() {
        assert_eq!(text(b"hello"), Err(Error::Kind));
        assert_eq!(text(b"PK\x03\x04 cut"), Err(Error::Broken));
        assert_eq!(text(b"%PDF-1.7 cut"), Err(Error::Broken));
        assert_eq!(text(&docx_of("<w:document><w:p/></w:document>")), Err(Error::NoText));
        let long = "<w:t>".to_owned() + &"a".repeat(usize::try_from(MAX_PART).unwrap()) + "</w:t>";
        assert_eq!(text(&docx_of(&long)), Err(Error::TooLong));
    }

    #[test]
    fn lines_of_a_page_are_joined_and_paragraphs_kept() {
        assert_eq!(
            unwrap_lines("Fa tres mesos\nque no paga.\n\n\nViu sola.\n"),
            "Fa tres mesos que no paga.\nViu sola."
        );
    }
}
