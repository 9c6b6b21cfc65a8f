//! One description of a message, both directions of it.
//!
//! `describe!` takes structures as Kafka's schemas list them; every field carries its type and, in
//! brackets, first the versions that have it and then, in this order and only where they apply:
//! `null <versions>`, `tag <number>`, `default <value>`, `ignorable` (may be left out in silence
//! where a version has no place for it). `request!` and `payload!` bind the outermost structures
//! to an API key or a range of versions.
//!
//! ```text
//! describe! {
//!     /// One broker.
//!     MetadataResponseBroker {
//!         /// Its number.
//!         node_id: i32 [0..],
//!         /// The rack it stands in.
//!         rack: Option<String> [1.., null 1.., default None, ignorable],
//!     }
//! }
//! ```

/// Structures with their fields, readable and writable in every version listed.
macro_rules! describe {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident {
            $( $(#[doc = $field_doc:literal])* $field:ident: $ty:ty [$($option:tt)+], )*
        }
    )+) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $(
                $(#[doc = $field_doc])*
                #[doc = concat!("\n\nVersions `", stringify!($($option)+), "`.")]
                pub $field: $ty,
            )*
            /// Tagged fields that arrived and are not described here; they travel on.
            pub unknown_tagged_fields: $crate::TaggedFields,
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $( $field: field_default!($ty, $($option)+), )*
                    unknown_tagged_fields: $crate::TaggedFields::new(),
                }
            }
        }

        impl $crate::codec::Field for $name {
            fn initial() -> Self {
                Self::default()
            }

            fn min_bytes(ctx: $crate::codec::Ctx) -> usize {
                let mut bytes = usize::from(ctx.flexible);
                $( if field_stands!(ctx.version, $($option)+) {
                    bytes += <$ty as $crate::codec::Field>::min_bytes(ctx);
                } )*
                bytes
            }

            fn read(
                r: &mut $crate::Reader,
                ctx: $crate::codec::Ctx,
            ) -> Result<Self, $crate::DecodeError> {
                let mut value = Self::default();
                r.descend()?;
                $( if field_stands!(ctx.version, $($option)+) {
                    r.on(concat!(stringify!($name), ".", stringify!($field)));
                    let ctx = ctx.nullable(field_nullable!(ctx.version, $($option)+));
                    value.$field = $crate::codec::Field::read(r, ctx)?;
                } )*
                if ctx.flexible {
                    $crate::codec::read_tags(r, &mut value.unknown_tagged_fields, |tag, r| {
                        $( if field_tag!(ctx.version, $($option)+) == Some(tag) {
                            r.on(concat!(stringify!($name), ".", stringify!($field)));
                            let ctx = ctx.nullable(field_nullable!(ctx.version, $($option)+));
                            value.$field = $crate::codec::Field::read(r, ctx)?;
                            return Ok(true);
                        } )*
                        let _ = (tag, r);
                        Ok(false)
                    })?;
                }
                r.ascend();
                Ok(value)
            }

            fn write(
                &self,
                w: &mut $crate::Writer,
                ctx: $crate::codec::Ctx,
            ) -> Result<(), $crate::EncodeError> {
                $(
                    w.on(concat!(stringify!($name), ".", stringify!($field)));
                    if field_stands!(ctx.version, $($option)+) {
                        let ctx = ctx.nullable(field_nullable!(ctx.version, $($option)+));
                        self.$field.write(w, ctx)?;
                    } else if field_tag!(ctx.version, $($option)+).is_none()
                        && !field_ignorable!($($option)+)
                        && self.$field != field_default!($ty, $($option)+)
                    {
                        let version = ctx.version;
                        return Err(w.error($crate::EncodeErrorKind::NotInVersion { version }));
                    }
                )*
                w.on(concat!(stringify!($name), ".unknown_tagged_fields"));
                if ctx.flexible {
                    let mut tags = $crate::codec::TagWriter::new(&self.unknown_tagged_fields);
                    $( if let Some(tag) = field_tag!(ctx.version, $($option)+)
                        && self.$field != field_default!($ty, $($option)+)
                    {
                        let w = tags.field(tag);
                        w.on(concat!(stringify!($name), ".", stringify!($field)));
                        let ctx = ctx.nullable(field_nullable!(ctx.version, $($option)+));
                        self.$field.write(w, ctx)?;
                    } )*
                    return tags.finish(w);
                }
                if !self.unknown_tagged_fields.is_empty() {
                    let version = ctx.version;
                    return Err(w.error($crate::EncodeErrorKind::NotInVersion { version }));
                }
                Ok(())
            }

            #[cfg(feature = "sample")]
            fn sample(s: &mut $crate::Sampler, ctx: $crate::codec::Ctx) -> Self {
                let mut value = Self::default();
                $( if field_stands!(ctx.version, $($option)+)
                    || field_tag!(ctx.version, $($option)+).is_some()
                {
                    let ctx = ctx.nullable(field_nullable!(ctx.version, $($option)+));
                    value.$field = $crate::codec::Field::sample(s, ctx);
                } )*
                if ctx.flexible {
                    value.unknown_tagged_fields = s.tagged_fields();
                }
                value
            }
        }

        impl $crate::codec::Nullable for $name {
            fn read_nullable(
                r: &mut $crate::Reader,
                ctx: $crate::codec::Ctx,
            ) -> Result<Option<Self>, $crate::DecodeError> {
                match r.u8()? as i8 {
                    -1 => Ok(None),
                    1 => $crate::codec::Field::read(r, ctx).map(Some),
                    other => {
                        let value = i64::from(other);
                        Err(r.error($crate::DecodeErrorKind::InvalidValue { value }))
                    }
                }
            }

            fn write_null(w: &mut $crate::Writer, _: $crate::codec::Ctx) {
                w.put_slice(&(-1i8).to_be_bytes());
            }

            fn write_present(
                &self,
                w: &mut $crate::Writer,
                ctx: $crate::codec::Ctx,
            ) -> Result<(), $crate::EncodeError> {
                w.put_slice(&1i8.to_be_bytes());
                $crate::codec::Field::write(self, w, ctx)
            }
        }
    )+ };
}

/// Whether the field stands among the plain ones in this version.
macro_rules! field_stands {
    ($version:expr, $in:expr $(, null $null:expr)?, tag $($rest:tt)+) => {
        false
    };
    ($version:expr, $in:expr $(, $($rest:tt)+)?) => {
        ($in).contains(&$version)
    };
}

/// Whether null is allowed in this version.
macro_rules! field_nullable {
    ($version:expr, $in:expr, null $null:expr $(, $($rest:tt)+)?) => {
        ($null).contains(&$version)
    };
    ($version:expr, $in:expr $(, $($rest:tt)+)?) => {
        false
    };
}

/// The tag of the field, if it is a tagged one in this version.
macro_rules! field_tag {
    ($version:expr, $in:expr $(, null $null:expr)?, tag $tag:literal $(, $($rest:tt)+)?) => {
        ($in).contains(&$version).then_some($tag as u32)
    };
    ($version:expr, $in:expr $(, $($rest:tt)+)?) => {
        None::<u32>
    };
}

/// The value of a field that nobody set.
macro_rules! field_default {
    (
        $ty:ty, $in:expr $(, null $null:expr)? $(, tag $tag:literal)?,
        default $value:expr $(, ignorable)?
    ) => {
        $value
    };
    ($ty:ty, $in:expr $(, $($rest:tt)+)?) => {
        <$ty as $crate::codec::Field>::initial()
    };
}

/// Whether a version without the field may drop its value.
macro_rules! field_ignorable {
    (
        $in:expr $(, null $null:expr)? $(, tag $tag:literal)? $(, default $value:expr)?, ignorable
    ) => {
        true
    };
    ($in:expr $(, $($rest:tt)+)?) => {
        false
    };
}

/// Binds a described structure to its versions.
macro_rules! payload {
    ($name:ident, versions $versions:expr, flexible $flexible:expr) => {
        impl $crate::Message for $name {
            fn decode(r: &mut $crate::Reader, version: i16) -> Result<Self, $crate::DecodeError> {
                r.on(stringify!($name));
                if !($versions).contains(&version) {
                    return Err(r.error($crate::DecodeErrorKind::UnsupportedVersion { version }));
                }
                let ctx = $crate::codec::Ctx::new(version, $flexible);
                $crate::codec::Field::read(r, ctx)
            }

            fn encode(
                &self,
                w: &mut $crate::Writer,
                version: i16,
            ) -> Result<(), $crate::EncodeError> {
                w.on(stringify!($name));
                if !($versions).contains(&version) {
                    return Err(w.error($crate::EncodeErrorKind::UnsupportedVersion { version }));
                }
                let ctx = $crate::codec::Ctx::new(version, $flexible);
                $crate::codec::Field::write(self, w, ctx)
            }

            #[cfg(feature = "sample")]
            fn sample(s: &mut $crate::Sampler, version: i16) -> Self {
                $crate::codec::Field::sample(s, $crate::codec::Ctx::new(version, $flexible))
            }
        }
    };
}

/// Binds a request and its response to their API key and versions.
macro_rules! request {
    (
        $key:ident: $request:ident => $response:ident,
        versions $versions:expr, flexible $flexible:expr
    ) => {
        payload!($request, versions $versions, flexible $flexible);
        payload!($response, versions $versions, flexible $flexible);

        impl $crate::Request for $request {
            const KEY: $crate::ApiKey = $crate::ApiKey::$key;
            const VERSIONS: std::ops::RangeInclusive<i16> = $versions;
            const FLEXIBLE_FROM: i16 = $flexible;
            type Response = $response;
        }
    };
}
