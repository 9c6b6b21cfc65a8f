//! Every text colour is legible on every ground it stands on, in both themes (WCAG 2.2 AA, 4.5:1).

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../assets/css/00-tokens.css");

/// A theme's colours by name.
type Palette = BTreeMap<&'static str, [f64; 3]>;

/// The two palettes, light and dark.
fn palettes() -> [Palette; 2] {
    let mut palettes = [Palette::new(), Palette::new()];
    for line in TOKENS.lines() {
        let Some((name, value)) = line.trim().split_once(": light-dark(") else { continue };
        let Some((light, dark)) = value.trim_end_matches(");").split_once(", ") else { continue };
        for (palette, colour) in palettes.iter_mut().zip([light, dark]) {
            palette.insert(name, parse(colour));
        }
    }
    palettes
}

fn parse(colour: &str) -> [f64; 3] {
    let channel = |at: usize| {
        let text = colour.get(at..at + 2).unwrap_or_else(|| panic!("{colour} is not #rrggbb"));
        f64::from(u8::from_str_radix(text, 16).expect("two hex digits")) / 255.0
    };
    [channel(1), channel(3), channel(5)]
}

fn luminance(colour: [f64; 3]) -> f64 {
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn assert_all(inks: &[&str], grounds: &[&str], at_least: f64) {
    for (theme, palette) in ["light", "dark"].iter().zip(palettes()) {
        for ink in inks {
            for ground in grounds {
                let ratio = contrast(palette[ink], palette[ground]);
                assert!(ratio >= at_least, "{theme}: {ink} on {ground} is only {ratio:.2}:1");
            }
        }
    }
}

#[test]
fn text_is_legible_on_every_ground() {
    let grounds = ["--bg", "--surface", "--raised", "--sunken", "--hover", "--accent-soft"];
    assert_all(&["--ink", "--ink-2", "--ink-3"], &grounds, 4.5);
    assert_all(&["--str", "--num", "--key", "--lit"], &grounds, 4.5);
    assert_all(&["--accent-ink"], &grounds, 4.5);
    assert_all(&["--ink", "--ink-2", "--str", "--num", "--key", "--lit"], &["--mark"], 4.5);
}

#[test]
fn moods_are_legible_on_their_own_ground_and_in_a_table() {
    for (ink, own) in
        [("--good", "--good-soft"), ("--warn", "--warn-soft"), ("--bad", "--bad-soft")]
    {
        assert_all(&[ink], &[own, "--surface", "--hover", "--sunken", "--raised"], 4.5);
        assert_all(&["--ink"], &[own], 4.5);
    }
    assert_all(&["--on-accent"], &["--accent", "--accent-hover"], 4.5);
}

#[test]
fn the_edges_of_controls_and_the_focus_ring_can_be_seen() {
    assert_all(&["--control", "--accent"], &["--bg", "--surface", "--raised"], 3.0);
}
