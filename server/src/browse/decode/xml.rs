//! Whether a text is XML: one element, well-formed, with nothing but comments and the like around
//! it. It is shown as written, so nothing of it is read.

use quick_xml::{Reader, events::Event};

use super::Unfit;

/// Fails unless all of `text` is one XML document.
pub fn check(text: &str) -> Result<(), Unfit> {
    // Without looking further at most of what is no XML.
    if !text.trim_start().starts_with('<') {
        return Err(Unfit::At { at: 0, expected: "`<`" });
    }
    let mut reader = Reader::from_str(text);
    let (mut depth, mut roots) = (0usize, 0);
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let outside = depth == 0;
        match reader.read_event() {
            Ok(Event::Eof) if depth > 0 => return Err(Unfit::At { at, expected: "an end tag" }),
            Ok(Event::Eof) if roots == 0 => return Err(Unfit::At { at, expected: "an element" }),
            Ok(Event::Eof) => return Ok(()),
            Ok(event) if outside && roots == 1 && begins_element(&event) => {
                return Err(Unfit::At { at, expected: "the end" });
            }
            Ok(Event::Start(element)) => {
                attributes(&element, at)?;
                roots += usize::from(outside);
                depth += 1;
            }
            Ok(Event::Empty(element)) => {
                attributes(&element, at)?;
                roots += usize::from(outside);
            }
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Text(text)) if outside && !text.trim_ascii().is_empty() => {
                return Err(Unfit::At { at, expected: "nothing outside of the element" });
            }
            Ok(Event::CData(_) | Event::GeneralRef(_)) if outside => {
                return Err(Unfit::At { at, expected: "nothing outside of the element" });
            }
            Ok(_) => {}
            Err(wrong) => return Err(Unfit::Because { at, reason: wrong.to_string() }),
        }
    }
}

fn begins_element(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(_) | Event::Empty(_))
}

fn attributes(element: &quick_xml::events::BytesStart<'_>, at: usize) -> Result<(), Unfit> {
    let begins = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
    let named = element.name().as_ref().starts_with(begins);
    if !named {
        return Err(Unfit::At { at, expected: "the name of an element" });
    }
    match element.attributes().find_map(Result::err) {
        None => Ok(()),
        Some(wrong) => Err(Unfit::Because { at, reason: wrong.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_document_is_xml() {
        for text in [
            "<a/>",
            " <?xml version=\"1.0\"?>\n<!-- x --><a b='1'>t &amp; <c/><![CDATA[<]]></a>\n",
            "<!DOCTYPE a><a>ü</a>",
        ] {
            assert!(check(text).is_ok(), "{text}: {:?}", check(text));
        }
    }

    #[test]
    fn what_only_begins_like_it_is_not() {
        for text in [
            "",
            "<",
            "<>",
            "< a>",
            "<3",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>text",
            "a<b/>",
            "<a b=1 b=2/>",
            "<a b/>",
            "2 < 3",
            "<!-- x -->",
            "<1/>",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
