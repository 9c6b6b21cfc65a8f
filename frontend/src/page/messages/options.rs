//! The rarer controls, in a menu: where the search ends, how keys and values are read, and which
//! records of transactions are seen. Each change goes into the address.

use leptos::prelude::*;
use ouzel_api::{
    messages::Decoder,
    search::{Decode, Isolation, Until},
};

use super::{
    Page,
    controls::{Entry, Rule},
    decoders,
    query::Asked,
};
use crate::ui::{Choice, Field, Menu, Select, use_clock};

/// How many of them are not as usual.
fn changed(asked: &Asked) -> usize {
    let flags = [
        !asked.until.is_now(),
        !asked.isolation.is_default(),
        asked.decode.key != Decoder::Auto,
        asked.decode.value != Decoder::Auto,
    ];
    flags.into_iter().filter(|flag| *flag).count()
}

/// The menu.
#[component]
pub fn Options(page: Page) -> impl IntoView {
    let changed = Memo::new(move |_| page.view.with(|view| changed(&view.asked)));
    let face = move || {
        let count = changed.get();
        let count = (count > 0).then(|| view! { <small>{count}</small> });
        view! { "Until, formats" {count} }.into_any()
    };
    view! {
        <span class="reading">
            <Menu label="Until where, and how records are read" face side="from-left" fields=true>
                <div class="col menu-fields">
                    <Ending page/>
                    <Field label="Keys are"><Decoding page side=Side::Key/></Field>
                    <Field label="Values are"><Decoding page side=Side::Value/></Field>
                    <Field label="Transactions"><Transactions page/></Field>
                </div>
            </Menu>
        </span>
    }
}

/// Where the search ends.
#[component]
fn Ending(page: Page) -> impl IntoView {
    // Chosen, but not yet complete: the address still has the ending before.
    let draft = RwSignal::new(None::<String>);
    let until = Memo::new(move |_| page.view.with(|view| view.asked.until));
    let kind = move || match until.get() {
        Until::Now => "now",
        Until::Offset { .. } => "offset",
        Until::Time { .. } => "time",
    };
    let kind = Memo::new(move |_| draft.get().unwrap_or_else(|| kind().to_owned()));
    let go = move |until: Until| {
        draft.set(None);
        page.ask(|asked| asked.until = until);
    };
    let pick = move |picked: String| match picked.as_str() {
        "now" => go(Until::Now),
        _ => draft.set(Some(picked)),
    };
    let choices = ["now", "offset", "time"].map(|it| Choice::new(it, it)).to_vec();
    view! {
        <Field label="Until">
            <Select value=kind choices on_pick=pick label="Until"/>
        </Field>
        {move || match kind.get().as_str() {
            "offset" => view! { <OffsetEnd until go/> }.into_any(),
            "time" => view! { <TimeEnd until go/> }.into_any(),
            _ => ().into_any(),
        }}
    }
}

#[component]
fn OffsetEnd(until: Memo<Until>, go: impl Fn(Until) + Copy + 'static) -> impl IntoView {
    let shown = move || match until.get() {
        Until::Offset { offset } => offset.to_string(),
        _ => String::new(),
    };
    let read = |text: &str| {
        let digits: String = text.chars().filter(|c| !",_ ".contains(*c)).collect();
        digits.parse().ok().filter(|offset| *offset >= 0).map(|offset| Until::Offset { offset })
    };
    let wrong = "An offset is a whole number";
    let rule = Rule { hint: "last offset", wrong, read, take: go };
    view! { <Entry label="Last offset" shown=Signal::derive(shown) rule/> }
}

#[component]
fn TimeEnd(until: Memo<Until>, go: impl Fn(Until) + Copy + 'static) -> impl IntoView {
    let clock = use_clock();
    let shown = move || match until.get() {
        Until::Time { timestamp_ms } => clock.date_time(timestamp_ms),
        _ => String::new(),
    };
    let read = move |text: &str| {
        let timestamp_ms = clock.parse(text)?;
        Some(Until::Time { timestamp_ms })
    };
    let wrong = "A time is written 2026-11-23 14:00:00, or as milliseconds since 1970";
    let rule = Rule { hint: "2026-11-23 14:00", wrong, read, take: go };
    view! { <Entry label="Last time" shown=Signal::derive(shown) rule/> }
}

/// Of what the decoder is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Key,
    Value,
}

#[component]
fn Decoding(page: Page, side: Side) -> impl IntoView {
    let value = move || {
        page.view.with(|view| match side {
            Side::Key => view.asked.decode.key.name().to_owned(),
            Side::Value => view.asked.decode.value.name().to_owned(),
        })
    };
    let pick = move |picked: String| {
        let decoder = Decoder::named(&picked).unwrap_or_default();
        let now = page.view.with_untracked(|view| view.asked.decode);
        let decode = match side {
            Side::Key => Decode { key: decoder, ..now },
            Side::Value => Decode { value: decoder, ..now },
        };
        decoders::choose(page, decode);
    };
    let choices = Decoder::ALL.map(|decoder| Choice::new(decoder.name(), shown(decoder))).to_vec();
    let label = if side == Side::Key { "Keys are" } else { "Values are" };
    view! { <Select value=Signal::derive(value) choices on_pick=pick label/> }
}

/// A decoder's name for people.
pub fn shown(decoder: Decoder) -> &'static str {
    match decoder {
        Decoder::Auto => "found out (auto)",
        Decoder::Json => "JSON",
        Decoder::Text => "text",
        Decoder::Xml => "XML",
        Decoder::I8 => "integer, 8 bits",
        Decoder::I16 => "integer, 16 bits",
        Decoder::I32 => "integer, 32 bits",
        Decoder::I64 => "integer, 64 bits",
        Decoder::U8 => "unsigned, 8 bits",
        Decoder::U16 => "unsigned, 16 bits",
        Decoder::U32 => "unsigned, 32 bits",
        Decoder::U64 => "unsigned, 64 bits",
        Decoder::F32 => "float, 32 bits",
        Decoder::F64 => "float, 64 bits",
        Decoder::Uuid => "UUID",
        Decoder::Base64 => "base64",
        Decoder::Hex => "hex",
        Decoder::Messagepack => "MessagePack",
        Decoder::Cbor => "CBOR",
        Decoder::ConsumerOffsets => "consumer offsets",
    }
}

#[component]
fn Transactions(page: Page) -> impl IntoView {
    let value = move || {
        page.view.with(|view| match view.asked.isolation {
            Isolation::ReadUncommitted => "all".to_owned(),
            Isolation::ReadCommitted => "committed".to_owned(),
        })
    };
    let choices = vec![
        Choice::new("all", "all, aborted ones marked"),
        Choice::new("committed", "committed only"),
    ];
    let pick = move |picked: String| {
        let isolation = match picked.as_str() {
            "committed" => Isolation::ReadCommitted,
            _ => Isolation::ReadUncommitted,
        };
        page.ask(|asked| asked.isolation = isolation);
    };
    view! { <Select value=Signal::derive(value) choices on_pick=pick label="Transactions"/> }
}
