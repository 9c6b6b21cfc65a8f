//! A record set: cut into batches, unpacked within a limit, read to the last record. Checksums are
//! looked at but not believed, so that the search gets past them.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use ouzel_wire::batch::{batches, records};

/// Enough for any batch worth finding, little enough to be quick.
const UNPACKED_MAX: usize = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    for batch in batches(Bytes::copy_from_slice(bytes)) {
        let Ok(batch) = batch else { return };
        let _ = batch.verify_crc();
        let Ok(unpacked) = batch.unpack(UNPACKED_MAX) else { continue };
        assert!(unpacked.len() <= UNPACKED_MAX.max(batch.bytes.len()));
        for record in records(&batch.header, &unpacked).map_while(Result::ok) {
            let offsets = batch.header.base_offset..=batch.header.last_offset();
            assert!(offsets.contains(&record.offset));
            for header in record.headers {
                let _ = header.name();
            }
        }
    }
});
