//! How things look: small components that know nothing of Kafka, in the order of `assets/css`.
//!
//! Each component has one file here and one block of CSS there. Extra attributes that never
//! change are written at the use (`<TextInput attr:name="topic">`); listeners are properties, since
//! of two components that are drawn in one place the second would keep the first one's. Colours,
//! sizes and times live in `assets/css/00-tokens.css` alone.

mod badge;
mod button;
mod chart;
mod chip;
mod copy;
mod density;
mod dialog;
mod drawer;
mod field;
mod icon;
mod menu;
mod panel;
mod select;
mod state;
mod status;
mod table;
mod tabs;
mod time;
mod toast;
mod zone;

#[cfg(test)]
mod contrast;

pub use badge::{Badge, Mood};
pub use button::{Button, IconButton, Tone};
pub use chart::{LineChart, Sparkline, Spot};
pub use chip::Chip;
pub use copy::{CopyButton, Copyable, copy_text};
pub use density::{Density, provide_density};
pub use dialog::{Dialog, SubmitFoot, Unsent, open_while, use_unsent};
pub use drawer::Drawer;
pub use field::{Checkbox, Field, FilterBox, Inline, TextInput};
pub use icon::Icon;
pub use menu::{Menu, MenuDownload, MenuItem};
pub use panel::{Fact, Panel};
pub use select::{Choice, Select};
pub use state::{Empty, Failure, Forbidden, Note, Skeleton};
pub use status::{Coverage, Covered, StatusLine};
pub use table::{Column, Sort, Sorting, Table, TableHandle, TableSpec};
pub use tabs::{LinkTab, LinkTabs, Tab, Tabs};
pub use time::{Age, Clock, Time, now_ms, provide_clock, use_clock};
pub use toast::{Toasts, provide_toasts, use_toasts};
pub use zone::{Zone, zones};
