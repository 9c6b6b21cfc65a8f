//! Clients that do anything at any time, among writes that fail and time that passes: whoever
//! asks is answered exactly once in the end, and the group's invariant holds throughout.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    Join { who: usize, knows: bool, is_static: bool, words: usize },
    Sync { who: usize, old: bool },
    Beat { who: usize },
    Leave { who: usize },
    Commit { who: usize },
    Written { well: bool },
    Pass { ms: u64 },
    Expire,
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const WORDS: [&[&str]; 3] = [&["range"], &["range", "sticky"], &["sticky", "range"]];

fn act() -> impl Strategy<Value = Act> {
    let who = 0..NAMES.len();
    prop_oneof![
        5 => (who.clone(), any::<bool>(), any::<bool>(), 0..WORDS.len())
            .prop_map(|(who, knows, is_static, words)| Act::Join { who, knows, is_static, words }),
        5 => (who.clone(), prop::bool::weighted(0.1)).prop_map(|(who, old)| Act::Sync { who, old }),
        3 => who.clone().prop_map(|who| Act::Beat { who }),
        2 => who.clone().prop_map(|who| Act::Leave { who }),
        2 => who.prop_map(|who| Act::Commit { who }),
        6 => prop::bool::weighted(0.9).prop_map(|well| Act::Written { well }),
        4 => (0_u64..20_000).prop_map(|ms| Act::Pass { ms }),
        1 => Just(Act::Expire),
    ]
}

/// Clients with the ids they were last given.
struct Clients {
    story: Story,
    ids: [String; 4],
    joins: Vec<(usize, Ticket)>,
    asked: Vec<Ticket>,
    given: usize,
}

impl Clients {
    fn act(&mut self, act: &Act) {
        self.learn();
        let generation = self.story.group.generation;
        match act {
            Act::Join { who, knows, is_static, words } => {
                self.given += 1;
                let fresh_id = format!("{}{}", NAMES[*who], self.given);
                let known = if *knows { self.ids[*who].clone() } else { String::new() };
                let ticket = self.story.join(Join {
                    member_id: known,
                    fresh_id,
                    instance_id: is_static.then(|| NAMES[*who].to_owned()),
                    learns_id_first: *knows,
                    protocols: speaks(WORDS[*words]),
                    ..join("")
                });
                self.joins.push((*who, ticket));
                self.asked.push(ticket);
            }
            Act::Sync { who, old } => {
                let parts: Vec<(&str, &'static str)> =
                    self.ids.iter().map(|id| (id.as_str(), "part")).collect();
                let at = generation - i32::from(*old);
                let id = self.ids[*who].clone();
                let ticket = self.story.sync(&id, at, &parts);
                self.asked.push(ticket);
            }
            Act::Beat { who } => {
                let _ = self.story.beat(&self.ids[*who].clone(), generation);
            }
            Act::Leave { who } => {
                let _ = self.story.leave(&self.ids[*who].clone());
            }
            Act::Commit { who } => {
                let id = self.ids[*who].clone();
                let at = if id.is_empty() { -1 } else { generation };
                self.asked.extend(self.story.commit(&id, at, 1));
            }
            Act::Written { well } if !self.story.writes.is_empty() => {
                self.story.written(if *well { Ok(()) } else { Err(GroupError::Stopped) });
            }
            Act::Written { .. } => {}
            Act::Pass { ms } => self.story.pass(*ms),
            Act::Expire => self.story.tell(|group, env, out| group.expire(env, out)),
        }
        self.story.group.check();
    }

    fn learn(&mut self) {
        for (who, ticket) in &self.joins {
            match self.story.answers.get(ticket) {
                Some(Answer::Join(Ok(joined))) => self.ids[*who].clone_from(&joined.member_id),
                Some(Answer::Join(Err(GroupError::MemberIdRequired { member_id }))) => {
                    self.ids[*who].clone_from(member_id);
                }
                _ => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whoever_asks_is_answered_once(acts in prop::collection::vec(act(), 1..80)) {
        let (ids, joins, asked) = (Default::default(), Vec::new(), Vec::new());
        let mut clients = Clients { story: Story::new(), ids, joins, asked, given: 0 };
        for act in &acts {
            clients.act(act);
        }
        // Everyone falls silent; an hour later nobody is left waiting or in the group.
        clients.story.all_written();
        clients.story.pass(3_600_000);
        clients.story.all_written();
        clients.story.pass(3_600_000);
        for ticket in &clients.asked {
            prop_assert!(clients.story.answers.contains_key(ticket), "{:?} still waits", ticket);
        }
        prop_assert_eq!(clients.story.group.state_name(), "Empty");
    }
}
