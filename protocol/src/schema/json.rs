//! JSON values, where two must be compared as wholes. Equality is JSON Schema's: `1` is `1.0`, the order of members means nothing.

use super::number::Num;
use crate::order::order;
use crate::wire::Text;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A value, in a total order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Num),
    String(Box<str>),
    Array(Vec<Json>),
    /// Sorted by name.
    Object(Vec<(Box<str>, Json)>),
}

impl Json {
    pub fn is_composite(&self) -> bool {
        matches!(self, Json::Array(_) | Json::Object(_))
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Json;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
                Ok(Json::Bool(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
                Ok(Json::Number(Num::Int(value.into())))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
                Ok(Json::Number(Num::Int(value.into())))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
                Ok(Json::Number(Num::from_f64(value)))
            }
            fn visit_str<E>(self, value: &str) -> Result<Json, E> {
                Ok(Json::String(value.into()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Json::Array(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
                let mut members: Vec<(Box<str>, Json)> = Vec::new();
                while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
                    members.push((key.into(), map.next_value()?));
                }
                let sorted = order(members.len(), &|a, b| members[a].0 < members[b].0);
                let mut take =
                    |at: usize| std::mem::replace(&mut members[at], (Box::default(), Json::Null));
                Ok(Json::Object(sorted.into_iter().map(&mut take).collect()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}
