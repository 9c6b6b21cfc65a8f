//! A typed name before something is destroyed.

use leptos::prelude::*;

use crate::ui::{Field, TextInput};

/// Whether somebody has typed what must be typed. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Confirm {
    wanted: StoredValue<String>,
    typed: RwSignal<String>,
    needed: bool,
}

impl Confirm {
    /// Asks for `name`; where it is not needed, nothing is asked.
    pub fn new(name: String, needed: bool) -> Confirm {
        Confirm { wanted: StoredValue::new(name), typed: RwSignal::new(String::new()), needed }
    }

    /// Whether one may go on; reactive.
    pub fn given(self) -> bool {
        !self.needed || self.wanted.with_value(|name| self.typed.with(|typed| typed.trim() == name))
    }

    /// The field, where one is needed.
    pub fn field(self) -> impl IntoView {
        self.needed.then(|| {
            let label = format!("Type {} to confirm", self.wanted.get_value());
            view! {
                <Field label>
                    <TextInput value=self.typed attr:name="confirm"/>
                </Field>
            }
        })
    }
}
