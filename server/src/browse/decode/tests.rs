//! What each decoder makes of bytes, what is guessed of them, and what is said where none fits.
#![allow(clippy::unwrap_used)]
use super::*;

fn shown(bytes: &[u8]) -> (Encoding, String) {
    let payload = plain(Some(bytes), 1_000);
    assert!(!payload.truncated);
    (payload.encoding, payload.text)
}

fn by(decoder: Decoder, bytes: &[u8]) -> Payload {
    let decode = Decode { key: Decoder::Auto, value: decoder };
    Decoding::new("orders", decode).value(None, Some(bytes), 1_000)
}

#[test]
fn json_stays_as_written_to_the_last_digit() {
    let text = r#"{ "id": 9007199254740993, "sum": 0.10, "big": 1e400, "id": 2 }"#;
    assert_eq!(shown(text.as_bytes()), (Encoding::Json, text.to_owned()));
    assert_eq!(shown(b"42").0, Encoding::Json);
    assert!(plain(Some(text.as_bytes()), 1_000).tried.is_empty());
}

#[test]
fn what_is_not_json_is_text_and_what_is_not_text_is_hex() {
    assert_eq!(shown("grüße\n".as_bytes()), (Encoding::Text, "grüße\n".to_owned()));
    assert_eq!(shown(b""), (Encoding::Text, String::new()));
    assert_eq!(shown(b"\x00\x01\xfe"), (Encoding::Hex, "0001fe".to_owned()));
    assert_eq!(shown(b"a\x00b"), (Encoding::Hex, "610062".to_owned()));
    assert_eq!(shown(b"<a>1</a>"), (Encoding::Xml, "<a>1</a>".to_owned()));
    assert_eq!(shown(b"<3").0, Encoding::Text);
}

#[test]
fn null_and_empty_are_not_the_same() {
    assert_eq!(plain(None, 10).encoding, Encoding::Null);
    assert_eq!(plain(Some(b""), 10).encoding, Encoding::Text);
}

#[test]
fn a_cut_falls_between_characters_and_keeps_the_true_size() {
    let cut = plain(Some("\"ääää\"".as_bytes()), 4);
    assert_eq!((cut.encoding, cut.text.as_str()), (Encoding::Json, "\"ä"));
    assert_eq!((cut.size_bytes, cut.truncated), (10, true));
    let hex = plain(Some(&[0xff; 9]), 4);
    assert_eq!((hex.text.as_str(), hex.truncated), ("ffffffff", true));
}

#[test]
fn binary_formats_are_guessed_by_a_sign_and_kept_beside_their_bytes() {
    let packed = plain(Some(b"\x81\xa1a\xcf\xff\xff\xff\xff\xff\xff\xff\xff"), 1_000);
    assert_eq!((packed.decoder, packed.encoding), (Decoder::Messagepack, Encoding::Json));
    assert_eq!(packed.text, r#"{"a":18446744073709551615}"#);
    assert_eq!(packed.raw.as_deref(), Some("gaFhz///////////"));
    let tried: Vec<Decoder> = packed.tried.iter().map(|it| it.decoder).collect();
    assert_eq!(tried, [Decoder::Json, Decoder::Xml, Decoder::Text]);
    assert_eq!(plain(Some(b"\xa1\x61a\x01"), 100).decoder, Decoder::Cbor);
    assert_eq!(shown(b"\0\0\0\0\0\0\0\x05"), (Encoding::Json, "5".to_owned()));
    assert_eq!(shown(b"\0\0\0\x05"), (Encoding::Json, "5".to_owned()));
    let uuid = b"\x01\x8f\x3a\xff\x00\x11\x70\x00\x80\x00\x00\x00\x00\x00\x00\x01";
    assert_eq!(shown(uuid).1, "018f3aff-0011-7000-8000-000000000001");
    let random = b"\xff\x8f\x3a\xff\x00\x11\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01";
    assert_eq!(shown(random).0, Encoding::Hex);
}

#[test]
fn a_chosen_decoder_is_used_or_says_why_not() {
    let five = b"\0\0\0\x05";
    for (decoder, wanted) in [(Decoder::I32, "5"), (Decoder::U32, "5"), (Decoder::Hex, "00000005")]
    {
        let payload = by(decoder, five);
        assert_eq!((payload.decoder, payload.text.as_str()), (decoder, wanted));
        assert!(payload.tried.is_empty());
    }
    assert_eq!(by(Decoder::Base64, b"\xff").text, "/w==");
    assert_eq!(by(Decoder::Text, b"a\0").text, "a\0");
    assert_eq!(by(Decoder::F64, &0.1f64.to_be_bytes()).text, "0.1");
    assert_eq!(by(Decoder::U64, &[0xff; 8]).text, u64::MAX.to_string());
    let payload = by(Decoder::I64, five);
    assert_eq!(payload.decoder, Decoder::I32, "shown as if none had been chosen");
    assert_eq!(payload.tried[0].decoder, Decoder::I64);
    assert_eq!(payload.tried[0].reason, "4 bytes are not 8");
}

#[test]
fn filters_see_text_as_it_is_and_other_formats_as_they_are_shown() {
    let decoding = Decoding::new("orders", Decode { key: Decoder::I64, value: Decoder::Auto });
    let text = |side, bytes: &[u8]| decoding.text(side, None, bytes).map(Cow::into_owned);
    assert_eq!(text(Side::Value, b"plain").as_deref(), Ok("plain"));
    assert_eq!(text(Side::Value, b"\x81\xa1a\x01").as_deref(), Ok("{\"a\":1}"));
    assert_eq!(text(Side::Key, &7i64.to_be_bytes()).as_deref(), Ok("7"));
    assert_eq!(text(Side::Key, b"x"), Err(Unfit::Length { length: 1, wanted: 8 }));
}

#[test]
fn exactly_means_every_byte() {
    assert_eq!(exact(Some(b"a\0\n")).text, "a\0\n");
    assert_eq!(exact(Some(b"\xff")).raw.as_deref(), Some("/w=="));
    assert_eq!(exact(None).encoding, Encoding::Null);
}

#[test]
fn twenty_megabytes_are_known_to_be_whole_and_shown_cut() {
    let mut packed = b"\x81\xa1a\xc6\x01\x40\0\0".to_vec();
    packed.resize(packed.len() + 0x0140_0000, 7);
    let payload = plain(Some(&packed), 64);
    assert_eq!((payload.decoder, payload.truncated), (Decoder::Messagepack, true));
    assert!(payload.text.len() <= 64 && payload.raw.unwrap().len() <= 88);
}
