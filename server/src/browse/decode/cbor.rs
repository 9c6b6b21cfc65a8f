//! CBOR as JSON, without a tree in between.
//!
//! No number goes through another type on its way; repeated keys stay; maps keep their order. What
//! JSON has no form for is written as `{"$bytes":…}`, `{"$tag":…}`, `{"$simple":…}` or, as a key,
//! as its text. Source: RFC 8949.

use super::{Unfit, out::Out, taken::Taken};

/// Additional information that announces parts until a break.
const INDEFINITE: u8 = 31;
/// The byte that ends them.
const BREAK: u8 = 0xff;

/// Writes the one item that `bytes` are.
pub fn read(bytes: &[u8], out: &mut Out) -> Result<(), Unfit> {
    let mut reader = Reader { from: Taken::new(bytes) };
    reader.item(out)?;
    reader.from.end()
}

/// Whether bytes begin like a map with something in it, or say that they are CBOR. By such a
/// beginning, which neither text nor MessagePack's maps share, the format may be guessed.
pub fn begins_map(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xd9, 0xd9, 0xf7]) || matches!(bytes.first(), Some(0xa1..=0xbb | 0xbf))
}

struct Reader<'a> {
    from: Taken<'a>,
}

impl<'a> Reader<'a> {
    fn item(&mut self, out: &mut Out) -> Result<(), Unfit> {
        let initial = self.from.byte()?;
        self.from.enter()?;
        match initial >> 5 {
            4 => self.many(initial, ("[", "]"), out, Self::item)?,
            5 => self.many(initial, ("{", "}"), out, Self::entry)?,
            6 => {
                out.push("{\"$tag\":");
                out.plain(self.argument(initial)?);
                out.push(",\"value\":");
                self.item(out)?;
                out.push("}");
            }
            _ => self.scalar(initial, out)?,
        }
        self.from.leave();
        Ok(())
    }

    fn scalar(&mut self, initial: u8, out: &mut Out) -> Result<(), Unfit> {
        match initial >> 5 {
            0 => out.plain(self.argument(initial)?),
            1 => out.plain(-1 - i128::from(self.argument(initial)?)),
            2 => {
                let bytes = self.string(initial)?;
                out.bytes(&bytes);
            }
            3 => {
                let at = self.from.at();
                let bytes = self.string(initial)?;
                match std::str::from_utf8(&bytes) {
                    Ok(text) => out.string(text),
                    Err(_) => return Err(Unfit::At { at, expected: "UTF-8" }),
                }
            }
            _ => return self.simple(initial, out),
        }
        Ok(())
    }

    fn simple(&mut self, initial: u8, out: &mut Out) -> Result<(), Unfit> {
        match initial & 0x1f {
            20 => out.push("false"),
            21 => out.push("true"),
            22 => out.push("null"),
            25 => out.float(half(u16::from_be_bytes(self.from.array_of()?))),
            26 => out.float_short(f32::from_be_bytes(self.from.array_of()?)),
            27 => out.float(f64::from_be_bytes(self.from.array_of()?)),
            info @ (0..=19 | 23 | 24) => {
                let number = if info == 24 { self.from.byte()? } else { info };
                out.push("{\"$simple\":");
                out.plain(number);
                out.push("}");
            }
            _ => {
                return self.from.fail_before("an item");
            }
        }
        Ok(())
    }

    /// Items or entries between two marks, counted or up to a break.
    fn many(
        &mut self,
        initial: u8,
        (open, close): (&str, &str),
        out: &mut Out,
        one: fn(&mut Self, &mut Out) -> Result<(), Unfit>,
    ) -> Result<(), Unfit> {
        let length = match initial & 0x1f {
            INDEFINITE => None,
            _ => Some(self.argument(initial)?),
        };
        out.push(open);
        let mut count = 0;
        while length.map_or_else(|| !self.breaks(), |length| count < length) {
            if count > 0 {
                out.push(",");
            }
            one(self, out)?;
            count += 1;
        }
        out.push(close);
        Ok(())
    }

    fn entry(&mut self, out: &mut Out) -> Result<(), Unfit> {
        let initial = self.from.byte()?;
        match initial >> 5 {
            3 => self.scalar(initial, out)?,
            4..=6 => {
                return self.from.fail_before("a key that is not nested");
            }
            _ => {
                let mut key = Out::new(super::KEY_BYTES_MAX);
                self.scalar(initial, &mut key)?;
                out.string(&key.finish().0);
            }
        }
        out.push(":");
        self.item(out)
    }

    /// Takes a break if there is one.
    fn breaks(&mut self) -> bool {
        let there = self.from.next() == Some(BREAK);
        there && self.from.byte().is_ok()
    }

    /// The bytes of a string, put together if it comes in parts.
    fn string(&mut self, initial: u8) -> Result<std::borrow::Cow<'a, [u8]>, Unfit> {
        if initial & 0x1f != INDEFINITE {
            return self.part(initial).map(Into::into);
        }
        let mut whole = Vec::new();
        while !self.breaks() {
            let part = self.from.byte()?;
            if part >> 5 != initial >> 5 || part & 0x1f == INDEFINITE {
                return self.from.fail_before("a part of the string");
            }
            whole.extend_from_slice(self.part(part)?);
        }
        Ok(whole.into())
    }

    fn part(&mut self, initial: u8) -> Result<&'a [u8], Unfit> {
        let length = self.argument(initial)?;
        match usize::try_from(length) {
            Ok(length) => self.from.take(length),
            Err(_) => self.from.fail("more bytes"),
        }
    }

    fn argument(&mut self, initial: u8) -> Result<u64, Unfit> {
        Ok(match initial & 0x1f {
            info @ 0..=23 => u64::from(info),
            24 => u64::from(self.from.byte()?),
            25 => u64::from(u16::from_be_bytes(self.from.array_of()?)),
            26 => u64::from(u32::from_be_bytes(self.from.array_of()?)),
            27 => u64::from_be_bytes(self.from.array_of()?),
            _ => {
                return self.from.fail_before("an item");
            }
        })
    }
}

/// A float of two bytes; each of them is also one of eight.
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
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

    /// From appendix A of the RFC where it has an example.
    #[test]
    fn every_type_is_written_to_the_last_digit() {
        is_shown(b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615");
        is_shown(b"\x3b\xff\xff\xff\xff\xff\xff\xff\xff", "-18446744073709551616");
        is_shown(b"\xf9\x3c\x00", "1.0");
        is_shown(b"\xf9\x00\x01", "5.960464477539063e-8");
        is_shown(b"\xf9\xfc\x00", "\"-inf\"");
        is_shown(b"\xfa\x47\xc3\x50\x00", "100000.0");
        is_shown(b"\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a", "1.1");
        is_shown(b"\xa2\x61a\x01\x61a\x82\xf4\xf6", r#"{"a":1,"a":[false,null]}"#);
        is_shown(b"\xbf\x61a\x9f\x01\xff\xff", r#"{"a":[1]}"#);
        is_shown(b"\x7f\x65strea\x64ming\xff", "\"streaming\"");
        is_shown(
            b"\xc2\x49\x01\0\0\0\0\0\0\0\0",
            r#"{"$tag":2,"value":{"$bytes":"AQAAAAAAAAAA"}}"#,
        );
        is_shown(b"\xa1\x20\xf7", r#"{"-1":{"$simple":23}}"#);
    }

    #[test]
    fn what_is_cut_or_longer_or_too_deep_is_refused_with_its_place() {
        let at = |at, expected| Err(Unfit::At { at, expected });
        assert_eq!(shown(b"\xa2\x61a\x01"), at(4, "more bytes"));
        assert_eq!(shown(b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"), at(9, "more bytes"));
        assert_eq!(shown(b"\x01\x01"), at(1, "the end"));
        assert_eq!(shown(b"\x1c"), at(0, "an item"));
        assert_eq!(shown(b"\xff"), at(0, "an item"));
        assert_eq!(shown(b"\xa1\x80\x01"), at(1, "a key that is not nested"));
        assert_eq!(shown(&[0x81; 100]), at(65, "less nesting"));
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
