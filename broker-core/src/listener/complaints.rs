//! Warnings about clients, few enough to be read: whoever sends garbage again and again fills no
//! log.
//!
//! Decides which warnings are given; whoever gives them says what was left out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

/// Warnings about one address in one [`SPELL`]: enough to see each kind of trouble a client has.
pub(super) const WARNINGS_MAX: u32 = 10;

/// How long an address is counted before it may be warned about anew.
pub(super) const SPELL: Duration = Duration::from_secs(60);

/// Addresses that are counted at a time, some 100 kB; those beyond are one more together.
const ADDRESSES_MAX: usize = 1_000;

/// What is made of one end that is worth a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Warn.
    Yes,
    /// Warn, and say that more about this address is left out for a while.
    Last,
    /// It is left out, and counted.
    LeftOut,
}

/// Warnings that were left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// Whom they were about; none for many addresses together.
    pub client: Option<IpAddr>,
    pub count: u32,
}

/// Who was warned about lately.
#[derive(Default)]
pub(super) struct Complaints(HashMap<Option<IpAddr>, Spell>);

struct Spell {
    since: Instant,
    count: u32,
}

impl Complaints {
    /// One more end of this client's; and what was left out in spells that are over.
    pub fn add(&mut self, client: IpAddr, now: Instant) -> (Told, Vec<LeftOut>) {
        let over = self.over(|spell| now.duration_since(spell.since) >= SPELL);
        let has_place = self.0.contains_key(&Some(client)) || self.0.len() < ADDRESSES_MAX;
        let place = has_place.then_some(client);
        let spell = self.0.entry(place).or_insert(Spell { since: now, count: 0 });
        spell.count = spell.count.saturating_add(1);
        let told = match spell.count {
            ..WARNINGS_MAX => Told::Yes,
            WARNINGS_MAX => Told::Last,
            _ => Told::LeftOut,
        };
        (told, over)
    }

    /// What was left out so far; nobody is counted any more.
    pub fn end(&mut self) -> Vec<LeftOut> {
        self.over(|_| true)
    }

    fn over(&mut self, is_over: impl Fn(&Spell) -> bool) -> Vec<LeftOut> {
        let over = self.0.extract_if(|_, spell| is_over(spell));
        let left_out = |(client, spell): (Option<IpAddr>, Spell)| {
            let count = spell.count.checked_sub(WARNINGS_MAX).filter(|count| *count > 0)?;
            Some(LeftOut { client, count })
        };
        over.filter_map(left_out).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from(number).into()
    }

    #[test]
    fn an_address_is_warned_about_a_few_times_and_what_is_left_out_is_counted() {
        let (mut complaints, now) = (Complaints::default(), Instant::now());
        for _ in 1..WARNINGS_MAX {
            assert_eq!(complaints.add(address(1), now), (Told::Yes, vec![]));
        }
        assert_eq!(complaints.add(address(1), now).0, Told::Last);
        for _ in 0..3 {
            assert_eq!(complaints.add(address(1), now), (Told::LeftOut, vec![]));
        }
        assert_eq!(complaints.add(address(2), now).0, Told::Yes, "others are others");
        let left_out = LeftOut { client: Some(address(1)), count: 3 };
        let later = complaints.add(address(1), now + SPELL);
        assert_eq!(later, (Told::Yes, vec![left_out]));
        assert_eq!(complaints.end(), []);
    }

    #[test]
    fn addresses_without_end_take_no_memory_without_end() {
        let (mut complaints, now) = (Complaints::default(), Instant::now());
        let many = ADDRESSES_MAX as u32 + 2 * WARNINGS_MAX;
        let told: Vec<_> = (0..many).map(|number| complaints.add(address(number), now).0).collect();
        assert_eq!(complaints.0.len(), ADDRESSES_MAX + 1);
        assert_eq!(told.last(), Some(&Told::LeftOut));
        assert_eq!(complaints.end(), [LeftOut { client: None, count: WARNINGS_MAX }]);
    }
}
