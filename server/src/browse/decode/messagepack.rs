//! MessagePack as JSON, without a tree in between.
//!
//! No number goes through another type on its way; repeated keys stay; maps keep their order. What
//! JSON has no form for is written as `{"$bytes":…}`, `{"$ext":…}` or, as a key, as its text.
//! Source: the MessagePack specification.

use super::{Unfit, out::Out, taken::Taken};

/// Writes the one value that `bytes` are.
pub fn read(bytes: &[u8], out: &mut Out) -> Result<(), Unfit> {
    let mut reader = Reader { from: Taken::new(bytes) };
    reader.value(out)?;
    reader.from.end()
}

/// Whether bytes begin like a map with something in it. By such a beginning, which neither text
/// nor CBOR shares, the format may be guessed.
pub fn begins_map(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(0x81..=0x8f | 0xde | 0xdf))
}

struct Reader<'a> {
    from: Taken<'a>,
}

impl<'a> Reader<'a> {
    fn value(&mut self, out: &mut Out) -> Result<(), Unfit> {
        let tag = self.from.byte()?;
        match tag {
            0x80..=0x8f => self.map(usize::from(tag & 0xf), out),
            0x90..=0x9f => self.array(usize::from(tag & 0xf), out),
            0xdc => self.sized::<2>().and_then(|length| self.array(length, out)),
            0xdd => self.sized::<4>().and_then(|length| self.array(length, out)),
            0xde => self.sized::<2>().and_then(|length| self.map(length, out)),
            0xdf => self.sized::<4>().and_then(|length| self.map(length, out)),
            _ => self.scalar(tag, out),
        }
    }

    fn scalar(&mut self, tag: u8, out: &mut Out) -> Result<(), Unfit> {
        match tag {
            0x00..=0x7f => out.plain(tag),
            0xe0..=0xff => out.plain(tag as i8),
            0xa0..=0xbf => return self.string(usize::from(tag & 0x1f), out),
            0xd9 => return self.sized::<1>().and_then(|length| self.string(length, out)),
            0xda => return self.sized::<2>().and_then(|length| self.string(length, out)),
            0xdb => return self.sized::<4>().and_then(|length| self.string(length, out)),
            0xc0 => out.push("null"),
            0xc2 => out.push("false"),
            0xc3 => out.push("true"),
            0xc4 => return self.sized::<1>().and_then(|length| self.binary(length, out)),
            0xc5 => return self.sized::<2>().and_then(|length| self.binary(length, out)),
            0xc6 => return self.sized::<4>().and_then(|length| self.binary(length, out)),
            0xca => out.float_short(f32::from_be_bytes(self.from.array_of()?)),
            0xcb => out.float(f64::from_be_bytes(self.from.array_of()?)),
            0xcc => out.plain(self.from.byte()?),
            0xcd => out.plain(u16::from_be_bytes(self.from.array_of()?)),
            0xce => out.plain(u32::from_be_bytes(self.from.array_of()?)),
            0xcf => out.plain(u64::from_be_bytes(self.from.array_of()?)),
            0xd0 => out.plain(self.from.byte()? as i8),
            0xd1 => out.plain(i16::from_be_bytes(self.from.array_of()?)),
            0xd2 => out.plain(i32::from_be_bytes(self.from.array_of()?)),
            0xd3 => out.plain(i64::from_be_bytes(self.from.array_of()?)),
            0xd4..=0xd8 => return self.extension(1 << (tag - 0xd4), out),
            0xc7 => return self.sized::<1>().and_then(|length| self.extension(length, out)),
            0xc8 => return self.sized::<2>().and_then(|length| self.extension(length, out)),
            0xc9 => return self.sized::<4>().and_then(|length| self.extension(length, out)),
            _ => {
                return self.from.fail_before("a type");
            }
        }
        Ok(())
    }

    fn array(&mut self, length: usize, out: &mut Out) -> Result<(), Unfit> {
        self.from.enter()?;
        out.push("[");
        for index in 0..length {
            if index > 0 {
                out.push(",");
            }
            self.value(out)?;
        }
        out.push("]");
        self.from.leave();
        Ok(())
    }

    fn map(&mut self, length: usize, out: &mut Out) -> Result<(), Unfit> {
        self.from.enter()?;
        out.push("{");
        for index in 0..length {
            if index > 0 {
                out.push(",");
            }
            self.key(out)?;
            out.push(":");
            self.value(out)?;
        }
        out.push("}");
        self.from.leave();
        Ok(())
    }

    /// Text as it is; anything else that is not nested as the text of its JSON.
    fn key(&mut self, out: &mut Out) -> Result<(), Unfit> {
        let tag = self.from.byte()?;
        match tag {
            0xa0..=0xbf | 0xd9..=0xdb => self.scalar(tag, out),
            0x80..=0x9f | 0xdc..=0xdf => self.from.fail_before("a key that is not nested"),
            _ => {
                let mut key = Out::new(super::KEY_BYTES_MAX);
                self.scalar(tag, &mut key)?;
                out.string(&key.finish().0);
                Ok(())
            }
        }
    }

    fn string(&mut self, length: usize, out: &mut Out) -> Result<(), Unfit> {
        let at = self.from.at();
        let bytes = self.from.take(length)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => out.string(text),
            Err(wrong) => {
                let at = at + wrong.valid_up_to();
                return Err(Unfit::At { at, expected: "UTF-8" });
            }
        }
        Ok(())
    }

    fn binary(&mut self, length: usize, out: &mut Out) -> Result<(), Unfit> {
        out.bytes(self.from.take(length)?);
        Ok(())
    }

    fn extension(&mut self, length: usize, out: &mut Out) -> Result<(), Unfit> {
        let kind = self.from.byte()? as i8;
        out.push("{\"$ext\":");
        out.plain(kind);
        out.push(",\"value\":");
        out.bytes(self.from.take(length)?);
        out.push("}");
        Ok(())
    }

    fn sized<const N: usize>(&mut self) -> Result<usize, Unfit> {
        let bytes = self.from.array_of::<N>()?;
        Ok(bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Out, Unfit, read};

    fn shown(bytes: &[u8]) -> Result<String, Unfit> {
        let mut out = Out::new(10_000);
        read(bytes, &mut out).map(|()| out.finish().0)
    }

    fn is_shown(bytes: &[u8], wanted: &str) {
        assert_eq!(shown(bytes), Ok(wanted.to_owned()), "{bytes:x?}");
    }

    #[test]
    fn every_type_is_written_to_the_last_digit() {
        is_shown(b"\x82\xa1a\x01\xa1a\x02", r#"{"a":1,"a":2}"#);
        is_shown(b"\x93\xc0\xc2\xc3", "[null,false,true]");
        is_shown(b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615");
        is_shown(b"\xd3\x80\0\0\0\0\0\0\0", "-9223372036854775808");
        is_shown(b"\xca\x3d\xcc\xcc\xcd", "0.1");
        is_shown(b"\xcb\x3f\xb9\x99\x99\x99\x99\x99\x9a", "0.1");
        is_shown(b"\xcb\x7f\xf8\0\0\0\0\0\0", "\"NaN\"");
        is_shown(b"\xe0", "-32");
        is_shown(b"\xc4\x02\0\xff", r#"{"$bytes":"AP8="}"#);
        is_shown(b"\xd6\xff\0\0\0\x05", r#"{"$ext":-1,"value":{"$bytes":"AAAABQ=="}}"#);
        is_shown(b"\x82\x01\xa1x\xc2\xa3a\"\n", "{\"1\":\"x\",\"false\":\"a\\\"\\n\"}");
    }

    #[test]
    fn what_is_cut_or_longer_or_too_deep_is_refused_with_its_place() {
        let at = |at, expected| Err(Unfit::At { at, expected });
        assert_eq!(shown(b"\x82\xa1a\x01"), at(4, "more bytes"));
        assert_eq!(shown(b"\xdf\xff\xff\xff\xff"), at(5, "more bytes"));
        assert_eq!(shown(b"\x01\x01"), at(1, "the end"));
        assert_eq!(shown(b"\xc1"), at(0, "a type"));
        assert_eq!(shown(b"\x81\x90\x01"), at(1, "a key that is not nested"));
        assert_eq!(shown(b"\xa1\xff"), at(1, "UTF-8"));
        assert_eq!(shown(&[0x91; 100]), at(65, "less nesting"));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end_in_json_or_a_reason(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..60)
        ) {
            if let Ok(text) = shown(&bytes) {
                proptest::prop_assert!(crate::browse::json::check(&text).is_ok(), "{}", text);
            }
        }
    }
}
