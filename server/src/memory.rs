//! What the process gives back to the machine.
//!
//! Owns the allocator's settings; who uses how much is each part's own business.

/// Blocks of this size and more are mapped by themselves and given back when they are freed.
///
/// glibc raises its own limit to the largest block that was ever freed. After one sign-in the
/// 19 MiB of a password's hash would then come from the heap, which keeps them. Buffers of fetches
/// (1 MiB) stay below it: they are used again, and fresh pages cost more than keeping them.
#[cfg(target_env = "gnu")]
const MAPPED_BYTES_MIN: i32 = 4 * 1024 * 1024;
/// Free bytes at a heap's end that are kept for what is asked for next; as glibc relates the two.
#[cfg(target_env = "gnu")]
const KEPT_BYTES_MAX: i32 = 2 * MAPPED_BYTES_MIN;

/// Makes the settings; called before there is a second thread.
#[cfg(target_env = "gnu")]
#[allow(unsafe_code)]
pub fn settle() {
    for (what, bytes) in
        [(libc::M_MMAP_THRESHOLD, MAPPED_BYTES_MIN), (libc::M_TRIM_THRESHOLD, KEPT_BYTES_MAX)]
    {
        // SAFETY: no other thread allocates yet, and both are numbers that the function takes.
        let taken = unsafe { libc::mallopt(what, bytes) };
        assert_eq!(taken, 1, "mallopt({what}, {bytes})");
    }
}

/// Other allocators decide by themselves.
#[cfg(not(target_env = "gnu"))]
pub fn settle() {}
