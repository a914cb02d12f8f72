//! The JSON Schema of what is a string in Rust and one of a few words in TOML.

use super::auth::RawNamedSetting;
use super::{RawAudience, RawField, RawMember, RawOutput, RawSetting, RawSse};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// Implements `JsonSchema` for what has no shape of its own in Rust.
macro_rules! schema_of {
    ($ty:ty, $name:literal, $inline:literal, |$generator:ident| $schema:expr) => {
        impl JsonSchema for $ty {
            fn inline_schema() -> bool {
                $inline
            }
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }
            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

pub(super) struct Duration;
schema_of!(Duration, "Duration", false, |_generator| json_schema!({
    "type": "string",
    "description": "A duration: a whole number and `ms`, `s`, `m`, `h` or `d`.",
    "pattern": "^[0-9]+(ms|s|m|h|d)$"
}));

pub(super) struct Size;
schema_of!(Size, "Size", false, |_generator| json_schema!({
    "type": "string",
    "description": "A size: a whole number and `KiB` or `MiB`.",
    "pattern": "^[0-9]+(KiB|MiB)$"
}));

pub(super) struct SemVer;
schema_of!(SemVer, "SemVer", false, |_generator| json_schema!({
    "type": "string",
    "description": "A version: three numbers with dots between, `MAJOR.MINOR.PATCH`.",
    "pattern": r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$"
}));

pub(super) struct Format;
schema_of!(
    Format,
    "Format",
    true,
    |_generator| json_schema!({ "enum": crate::model::FORMATS })
);

pub(super) struct ScopeName;
schema_of!(
    ScopeName,
    "ScopeName",
    true,
    |_generator| json_schema!({ "enum": ["server", "session", "user", "tenant"] })
);

pub(super) struct SyncName;
schema_of!(
    SyncName,
    "SyncName",
    true,
    |_generator| json_schema!({ "enum": ["off", "readonly", "readwrite"] })
);

pub(super) struct AccessName;
schema_of!(
    AccessName,
    "AccessName",
    true,
    |_generator| json_schema!({ "enum": ["none", "read", "write"] })
);

pub(super) struct SocketAccessName;
schema_of!(
    SocketAccessName,
    "SocketAccessName",
    true,
    |_generator| json_schema!({ "enum": ["read", "write"] })
);

pub(super) struct TaskName;
schema_of!(
    TaskName,
    "TaskName",
    true,
    |_generator| json_schema!({ "enum": ["never", "optional", "deferred", "required"] })
);

pub(super) struct PanicName;
schema_of!(
    PanicName,
    "PanicName",
    true,
    |_generator| json_schema!({ "enum": ["abort", "unwind"] })
);

pub(super) struct ContentName;
schema_of!(
    ContentName,
    "ContentName",
    true,
    |_generator| json_schema!({ "const": "content" })
);

pub(super) struct ThemeName;
schema_of!(
    ThemeName,
    "ThemeName",
    true,
    |_generator| json_schema!({ "enum": ["light", "dark"] })
);

pub(super) struct AudienceName;
schema_of!(
    AudienceName,
    "AudienceName",
    true,
    |_generator| json_schema!({ "enum": ["user", "assistant"] })
);

pub(super) struct TypeName;
schema_of!(TypeName, "TypeName", false, |_generator| json_schema!({
    "description": "`string`, `integer`, `number`, `boolean`, `array`, `object`, `any`, or the name of a type of `[types.*]`.",
    "anyOf": [
        { "enum": ["string", "integer", "number", "boolean", "array", "object", "any"] },
        { "type": "string", "pattern": "^[A-Z][A-Za-z0-9]*$" }
    ]
}));

pub(super) struct AuthMode;
schema_of!(
    AuthMode,
    "AuthMode",
    true,
    |_generator| json_schema!({ "enum": crate::model::MODES })
);

pub(super) struct DefaultName;
schema_of!(
    DefaultName,
    "DefaultName",
    true,
    |_generator| json_schema!({ "enum": ["allow", "deny"] })
);

pub(super) struct ListName;
schema_of!(
    ListName,
    "ListName",
    true,
    |_generator| json_schema!({ "enum": ["filter", "show"] })
);

pub(super) struct ProviderName;
schema_of!(
    ProviderName,
    "ProviderName",
    true,
    |_generator| json_schema!({ "enum": crate::model::PROVIDERS })
);

pub(super) struct StoreName;
schema_of!(
    StoreName,
    "StoreName",
    true,
    |_generator| json_schema!({ "enum": ["object", "kv"] })
);

pub(super) struct AlgorithmName;
schema_of!(
    AlgorithmName,
    "AlgorithmName",
    true,
    |_generator| json_schema!({ "enum": crate::model::ALGORITHMS })
);

pub(super) struct SecretName;
schema_of!(SecretName, "SecretName", true, |_generator| json_schema!({
    "type": "string",
    "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
}));

pub(super) struct LevelName;
schema_of!(
    LevelName,
    "LevelName",
    true,
    |_generator| json_schema!({ "enum": ["wire", "contract", "behaviour"] })
);

struct Rule;
schema_of!(Rule, "Rule", false, |_generator| json_schema!({
    "description": "The id of a rule.",
    "enum": crate::model::RULES
}));

// What must be there is written out where it stands, and all these words are to be written once.
pub(super) struct RuleName;
schema_of!(RuleName, "RuleName", true, |generator| generator
    .subschema_for::<Rule>());

pub(super) struct Severities;
schema_of!(Severities, "Severities", true, |generator| json_schema!({
    "type": "object",
    "propertyNames": generator.subschema_for::<Rule>(),
    "additionalProperties": { "enum": ["off", "warn", "error"] }
}));

schema_of!(RawSse, "Sse", true, |_generator| json_schema!({
    "anyOf": [{ "type": "string", "pattern": "^/" }, { "type": "boolean" }]
}));

schema_of!(RawField, "Member", false, |generator| json_schema!({
    "description": "A member: a type's name alone, or a table. It must be given unless it is `optional` or has a `default`.",
    "anyOf": [generator.subschema_for::<TypeName>(), generator.subschema_for::<RawMember>()]
}));

schema_of!(RawOutput, "Output", true, |generator| json_schema!({
    "anyOf": [
        { "type": "string", "pattern": "^(content|[A-Z][A-Za-z0-9]*)$" },
        { "type": "object", "additionalProperties": generator.subschema_for::<RawField>() }
    ]
}));

schema_of!(RawSetting, "Setting", false, |generator| json_schema!({
    "description": "A text, or what holds it: `{ secret = \"NAME\" }`, `{ var = \"NAME\" }`.",
    "anyOf": [{ "type": "string" }, generator.subschema_for::<RawNamedSetting>()]
}));

schema_of!(RawAudience, "Audience", true, |generator| json_schema!({
    "anyOf": [
        generator.subschema_for::<RawSetting>(),
        { "type": "array", "items": { "type": "string" }, "minItems": 1 }
    ]
}));
