//! Slows down whoever guesses passwords: a bucket of tries for each account and address, a larger
//! one for each address, and one for each account, whatever the addresses.
//!
//! The last is for addresses from which the account's owner has not signed in lately: who guesses
//! from a thousand machines empties it, and the owner at a usual address does not notice. At
//! another one the owner waits with the guessers, a few seconds for each that comes before.
//!
//! A right password gives its try back, so that signing in often slows nobody. Whoever has guessed
//! wrongly too often waits, right password or not, and so does everybody else at that address once
//! its larger bucket is empty. The address is the connection's own: headers that a proxy may have
//! set are not believed, as anybody can send them. Behind a proxy all people therefore share one
//! address, and one of them (or a stranger) who guesses can keep the others from signing in; who
//! is signed in stays so.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

/// Tries in a row for one account from one address.
const PAIR_TRIES: u32 = 5;
/// Then one more each time this has passed: 2,880 a day, too few to guess a password by.
const PAIR_REFILL: Duration = Duration::from_secs(30);
/// Tries in a row for one account from all addresses that are strange to it: more than its owner
/// mistypes on the way, at a desk and on a phone.
const ACCOUNT_TRIES: u32 = 20;
/// Then one more each time this has passed: 17,280 a day, too few as well, and short enough for an
/// owner who waits among guessers.
const ACCOUNT_REFILL: Duration = Duration::from_secs(5);
/// An address stays known to an account for so long after a right password from there: longer than
/// a holiday.
const KNOWN_FOR: Duration = Duration::from_secs(30 * 24 * 3600);
/// Tries in a row from one address, whatever the accounts: an office behind one address has many
/// people, and one who tries a common password on every account is stopped all the same.
const ADDRESS_TRIES: u32 = 30;
/// Then one more each time this has passed.
const ADDRESS_REFILL: Duration = Duration::from_secs(5);
/// Buckets of one kind kept at once: about a megabyte, as no key grows with what was sent.
const BUCKETS_MAX: usize = 10_000;
/// The part of an IPv6 address that tells one network from another: whoever has one address of a
/// /64 has all of them, and would have as many buckets.
const IPV6_NETWORK: u128 = !(u64::MAX as u128);

/// Come back later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// When the next try is free.
    pub wait: Duration,
    /// Whether it is the first refusal since a try was allowed: the one worth writing down.
    pub is_first: bool,
}

/// Who is trying how often.
pub struct Throttle {
    pairs: Mutex<Buckets<Pair>>,
    addresses: Mutex<Buckets<IpAddr>>,
    accounts: Mutex<Buckets<AccountKey>>,
    known: Mutex<Known>,
}

/// An account and a network from which somebody tries it.
type Pair = (AccountKey, IpAddr);

/// Stands for a name. What is sent as one may be as long as a request.
type AccountKey = [u8; 32];

impl Throttle {
    pub fn new() -> Throttle {
        Throttle {
            pairs: Mutex::new(Buckets::new(PAIR_TRIES, PAIR_REFILL)),
            addresses: Mutex::new(Buckets::new(ADDRESS_TRIES, ADDRESS_REFILL)),
            accounts: Mutex::new(Buckets::new(ACCOUNT_TRIES, ACCOUNT_REFILL)),
            known: Mutex::new(Known::default()),
        }
    }

    /// Takes one try, or says how long to wait.
    pub fn take(&self, account: &str, address: IpAddr, now: Instant) -> Result<(), Refused> {
        let pair = pair(account, address);
        let (account, network) = pair;
        self.addresses.lock().take(network, now)?;
        // If the next bucket is empty, it was not tried after all.
        self.pairs.lock().take(pair, now).inspect_err(|_| {
            self.addresses.lock().give_back(&network);
        })?;
        if self.known.lock().holds(&pair, now) {
            return Ok(());
        }
        self.accounts.lock().take(account, now).inspect_err(|_| {
            self.addresses.lock().give_back(&network);
            self.pairs.lock().give_back(&pair);
        })
    }

    /// The password was right.
    pub fn give_back(&self, account: &str, address: IpAddr, now: Instant) {
        let pair = pair(account, address);
        self.addresses.lock().give_back(&pair.1);
        self.pairs.lock().remove(&pair);
        let mut known = self.known.lock();
        if !known.holds(&pair, now) {
            // The others' tries stay used: signing in does not help who guesses elsewhere.
            self.accounts.lock().give_back(&pair.0);
        }
        known.note(pair, now);
    }

    /// The account's owner has been at this address before, as the database remembers.
    pub fn know(&self, account: &str, address: IpAddr, now: Instant) {
        self.known.lock().note(pair(account, address), now);
    }
}

fn pair(account: &str, address: IpAddr) -> Pair {
    (key(account), network(address))
}

/// When a password was right last, by who and where.
#[derive(Default)]
struct Known(HashMap<Pair, Instant>);

impl Known {
    fn holds(&self, pair: &Pair, now: Instant) -> bool {
        self.0.get(pair).is_some_and(|at| now.saturating_duration_since(*at) < KNOWN_FOR)
    }

    /// As many as there are buckets; the oldest tenth goes where there is no room.
    fn note(&mut self, pair: Pair, now: Instant) {
        if self.0.len() >= BUCKETS_MAX && !self.0.contains_key(&pair) {
            let mut ages: Vec<Instant> = self.0.values().copied().collect();
            let (_, oldest, _) = ages.select_nth_unstable(BUCKETS_MAX / 10);
            let oldest = *oldest;
            self.0.retain(|_, at| *at > oldest);
        }
        self.0.insert(pair, now);
    }
}

fn key(account: &str) -> AccountKey {
    Sha256::digest(account.to_lowercase()).into()
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & IPV6_NETWORK).into(),
    }
}

/// Token buckets, each counted as the tries that were used and not yet forgotten.
struct Buckets<K> {
    tries: u32,
    refill: Duration,
    by_key: HashMap<K, Bucket>,
}

struct Bucket {
    used: u32,
    /// Up to when refilling was counted.
    counted: Instant,
    was_refused: bool,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new(tries: u32, refill: Duration) -> Buckets<K> {
        Buckets { tries, refill, by_key: HashMap::new() }
    }

    fn take(&mut self, key: K, now: Instant) -> Result<(), Refused> {
        if self.by_key.len() >= BUCKETS_MAX && !self.by_key.contains_key(&key) {
            self.make_room(now);
        }
        let (tries, refill) = (self.tries, self.refill);
        let fresh = Bucket { used: 0, counted: now, was_refused: false };
        let bucket = self.by_key.entry(key).or_insert(fresh);
        bucket.refill(refill, now);
        if bucket.used < tries {
            bucket.used += 1;
            bucket.was_refused = false;
            return Ok(());
        }
        let is_first = !std::mem::replace(&mut bucket.was_refused, true);
        let wait = refill.saturating_sub(now.saturating_duration_since(bucket.counted));
        Err(Refused { wait, is_first })
    }

    fn give_back(&mut self, key: &K) {
        if let Some(bucket) = self.by_key.get_mut(key) {
            bucket.used = bucket.used.saturating_sub(1);
        }
    }

    fn remove(&mut self, key: &K) {
        self.by_key.remove(key);
    }

    /// Forgets the buckets that are full again, and if that is not enough, the tenth that has been
    /// left alone for the longest: a tenth, so that a flood of addresses does not pay each time.
    fn make_room(&mut self, now: Instant) {
        let refill = self.refill;
        self.by_key.retain(|_, bucket| {
            bucket.refill(refill, now);
            bucket.used > 0
        });
        if self.by_key.len() >= BUCKETS_MAX {
            let mut ages: Vec<Instant> = self.by_key.values().map(|b| b.counted).collect();
            let (_, oldest, _) = ages.select_nth_unstable(BUCKETS_MAX / 10);
            let oldest = *oldest;
            self.by_key.retain(|_, bucket| bucket.counted > oldest);
        }
    }
}

impl Bucket {
    fn refill(&mut self, refill: Duration, now: Instant) {
        let passed = now.saturating_duration_since(self.counted);
        let gained = u32::try_from(passed.as_nanos() / refill.as_nanos()).unwrap_or(u32::MAX);
        match self.used.saturating_sub(gained) {
            0 => (self.used, self.counted) = (0, now),
            used => {
                self.used = used;
                self.counted += refill * gained;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

    #[test]
    fn the_sixth_try_waits_and_says_how_long() {
        let (throttle, start) = (Throttle::new(), Instant::now());
        for _ in 0..PAIR_TRIES {
            assert_eq!(throttle.take("anna", HERE, start), Ok(()));
        }
        let later = start + Duration::from_secs(10);
        let wait = Duration::from_secs(20);
        assert_eq!(throttle.take("ANNA", HERE, later), Err(Refused { wait, is_first: true }));
        assert_eq!(throttle.take("anna", HERE, later), Err(Refused { wait, is_first: false }));
        assert_eq!(throttle.take("anna", THERE, later), Ok(()));
        assert_eq!(throttle.take("bert", HERE, later), Ok(()));
        assert_eq!(throttle.take("anna", HERE, later + wait), Ok(()));
        assert!(throttle.take("anna", HERE, later + wait).is_err_and(|refused| refused.is_first));
    }

    #[test]
    fn a_right_password_costs_no_try() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        for _ in 0..10 * ADDRESS_TRIES {
            assert_eq!(throttle.take("anna", HERE, now), Ok(()));
            throttle.give_back("anna", HERE, now);
        }
    }

    #[test]
    fn one_address_cannot_try_every_account() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        let tried = (0..1000).filter(|n| throttle.take(&n.to_string(), HERE, now).is_ok());
        assert_eq!(tried.count(), ADDRESS_TRIES as usize);
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        let at = |network: u16, host: u16| {
            IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, network, 0, 0, 0, host))
        };
        let tried = (0..1000).filter(|n| throttle.take("anna", at(1, *n), now).is_ok());
        assert_eq!(tried.count(), PAIR_TRIES as usize);
        assert_eq!(throttle.take("anna", at(2, 0), now), Ok(()));
        throttle.give_back("anna", at(1, 7), now);
        assert_eq!(throttle.take("anna", at(1, 8), now), Ok(()));
    }

    /// The `n`th machine of somebody who has many.
    fn machine(n: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(0x0a00_0000 + n).into()
    }

    #[test]
    fn one_account_cannot_be_tried_from_a_thousand_addresses() {
        let (throttle, start) = (Throttle::new(), Instant::now());
        let tried = (0..1000).filter(|n| throttle.take("anna", machine(*n), start).is_ok());
        assert_eq!(tried.count(), ACCOUNT_TRIES as usize);
        assert_eq!(throttle.take("bert", machine(0), start), Ok(()), "another account");
        // An hour later the bucket is full again; meanwhile a try is free every few seconds.
        let tries = |from: u32, until: Instant| {
            (from..from + 1000)
                .filter(|n| throttle.take("Anna", machine(*n), until).is_ok())
                .count()
        };
        assert_eq!(tries(1000, start + 3 * ACCOUNT_REFILL), 3);
        assert_eq!(tries(2000, start + Duration::from_secs(3600)), ACCOUNT_TRIES as usize);
    }

    #[test]
    fn the_owner_at_a_usual_address_does_not_wait_for_those_who_guess_elsewhere() {
        let (throttle, start) = (Throttle::new(), Instant::now());
        assert_eq!(throttle.take("anna", HERE, start), Ok(()));
        throttle.give_back("anna", HERE, start);
        throttle.know("anna", machine(5000), start);
        let guesses =
            |now| (0..1000).filter(|n| throttle.take("anna", machine(*n), now).is_ok()).count();
        assert_eq!(guesses(start), ACCOUNT_TRIES as usize);
        assert_eq!(throttle.take("anna", HERE, start), Ok(()));
        assert_eq!(throttle.take("anna", machine(5000), start), Ok(()), "known from before");
        // A strange address waits, and not for long.
        let refused = throttle.take("anna", machine(6000), start).unwrap_err();
        assert!(refused.wait <= ACCOUNT_REFILL, "{refused:?}");
        assert_eq!(throttle.take("anna", machine(6000), start + refused.wait), Ok(()));
        // Known is for one account, for a while, and no more tries than anybody has.
        let bert = (0..ACCOUNT_TRIES).filter(|n| throttle.take("bert", machine(*n), start).is_ok());
        assert_eq!(bert.count(), ACCOUNT_TRIES as usize);
        assert!(throttle.take("bert", machine(5000), start).is_err());
        let more = (0..10).filter(|_| throttle.take("anna", HERE, start).is_ok());
        assert_eq!(more.count(), PAIR_TRIES as usize - 1);
        let later = start + KNOWN_FOR;
        assert_eq!(guesses(later), ACCOUNT_TRIES as usize);
        assert!(throttle.take("anna", HERE, later).is_err());
    }

    #[test]
    fn signing_in_gives_back_ones_own_try_and_not_those_of_others() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        for n in 1..ACCOUNT_TRIES {
            assert_eq!(throttle.take("anna", machine(n), now), Ok(()));
        }
        for _ in 0..3 {
            assert_eq!(throttle.take("anna", HERE, now), Ok(()));
            throttle.give_back("anna", HERE, now);
        }
        assert_eq!(throttle.take("anna", machine(100), now), Ok(()));
        assert!(throttle.take("anna", machine(101), now).is_err());
        // Whom the account's bucket refuses has not used the tries of the address.
        let rest = (0..100).filter(|n| throttle.take(&n.to_string(), machine(101), now).is_ok());
        assert_eq!(rest.count(), ADDRESS_TRIES as usize);
    }

    #[test]
    fn what_is_known_is_bounded_and_the_latest_is_kept() {
        let (mut known, start) = (Known::default(), Instant::now());
        let count = 3 * u32::try_from(BUCKETS_MAX).unwrap();
        for n in 0..count {
            known.note(pair("anna", machine(n)), start + Duration::from_millis(n.into()));
        }
        assert!(known.0.len() <= BUCKETS_MAX);
        assert!(known.holds(&pair("anna", machine(count - 1)), start));
    }

    #[test]
    fn a_long_name_takes_no_more_memory_than_a_short_one() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        let long = "a".repeat(256 * 1024);
        assert_eq!(throttle.take(&long, HERE, now), Ok(()));
        let kept = throttle.pairs.lock().by_key.keys().map(size_of_val).sum::<usize>();
        assert!(kept < 64, "{kept}");
        assert!(!std::mem::needs_drop::<Pair>(), "a key owns memory elsewhere");
        let other = format!("{long}b");
        for _ in 1..PAIR_TRIES {
            assert_eq!(throttle.take(&long, HERE, now), Ok(()));
        }
        assert!(throttle.take(&long, HERE, now).is_err());
        assert_eq!(throttle.take(&other, HERE, now), Ok(()));
    }

    #[test]
    fn the_memory_of_it_is_bounded() {
        let (mut buckets, start) = (Buckets::new(1, Duration::from_secs(60)), Instant::now());
        for n in 0..3 * BUCKETS_MAX as u64 {
            let _ = buckets.take(n, start + Duration::from_millis(n / 100));
        }
        assert!(buckets.by_key.len() <= BUCKETS_MAX);
        // The youngest are the ones that are kept.
        let youngest = 3 * BUCKETS_MAX as u64 - 1;
        assert!(buckets.take(youngest, start + Duration::from_secs(1)).is_err());
    }
}
