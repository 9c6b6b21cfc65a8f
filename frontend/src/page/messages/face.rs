//! What of the open record is shown, and how: both ways in the address. Pure.

use super::value::Style;

/// What the drawer shows. `?tab=key&as=hex`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    /// Which tab.
    pub tab: RecordTab,
    /// How a key or value is shown there, where it can be.
    pub style: Style,
}

impl Default for Face {
    fn default() -> Face {
        Face { tab: RecordTab::Value, style: Style::Pretty }
    }
}

/// The tabs of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordTab {
    /// Its value.
    Value,
    /// Its key.
    Key,
    /// Its headers.
    Headers,
    /// What its batch says, and the rest.
    Metadata,
}

impl RecordTab {
    const ALL: [RecordTab; 4] =
        [RecordTab::Value, RecordTab::Key, RecordTab::Headers, RecordTab::Metadata];

    /// Its name in the address.
    pub fn name(self) -> &'static str {
        match self {
            RecordTab::Value => "value",
            RecordTab::Key => "key",
            RecordTab::Headers => "headers",
            RecordTab::Metadata => "metadata",
        }
    }

    /// The tab of that name.
    pub fn named(name: &str) -> Option<RecordTab> {
        RecordTab::ALL.into_iter().find(|tab| tab.name() == name)
    }
}

/// A style's name in the address.
pub fn style_name(style: Style) -> &'static str {
    match style {
        Style::Pretty => "tree",
        Style::Text => "text",
        Style::Hex => "hex",
    }
}

/// The style of that name.
pub fn style_named(name: &str) -> Option<Style> {
    [Style::Pretty, Style::Text, Style::Hex].into_iter().find(|style| style_name(*style) == name)
}
