//! Zigzag varints, as records use them, and a cursor over borrowed bytes.

/// Reads from borrowed bytes. `None` means that they end too early or a varint does not end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    pub fn varint(&mut self) -> Option<i32> {
        let value = self.unsigned(5)?;
        let value = u32::try_from(value).ok()?;
        Some((value >> 1) as i32 ^ -((value & 1) as i32))
    }

    pub fn varlong(&mut self) -> Option<i64> {
        let value = self.unsigned(10)?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn unsigned(&mut self, bytes_max: u32) -> Option<u64> {
        let mut value = 0u64;
        for place in 0..bytes_max {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if place == 9 && bits > 1 {
                return None;
            }
            value |= bits << (7 * place);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

pub(super) fn put_varint(out: &mut Vec<u8>, value: i32) {
    put_varlong(out, i64::from(value));
}

pub(super) fn put_varlong(out: &mut Vec<u8>, value: i64) {
    let mut value = (value << 1 ^ value >> 63) as u64;
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_of_number_comes_back() {
        for shift in 0..64 {
            for value in [1i64 << shift, (1i64 << shift).wrapping_sub(1), -(1i64 << (shift / 2))] {
                let mut out = Vec::new();
                put_varlong(&mut out, value);
                assert_eq!(Cursor::new(&out).varlong(), Some(value), "{value}");
                let narrow = i32::try_from(value).ok();
                assert_eq!(Cursor::new(&out).varint(), narrow, "{value}");
            }
        }
    }

    #[test]
    fn a_number_without_end_is_refused() {
        assert_eq!(Cursor::new(&[0x80; 20]).varlong(), None);
        assert_eq!(Cursor::new(&[0x80; 20]).varint(), None);
        assert_eq!(Cursor::new(&[0xff, 0xff, 0xff, 0xff, 0x1f]).varint(), None);
        assert_eq!(Cursor::new(&[0x80]).varint(), None);
    }
}
