//! The arguments of a request, one by one, for handlers whose signatures say what they take.

use crate::agent::Input;
use crate::part::declared;
use crate::{Error, Result};
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The members of an object, each read when a handler asks for it. They satisfy the schema already, so a failure says where type and
/// schema differ.
pub struct Arguments<'a>(Vec<(String, &'a RawValue)>);

/// The arguments of a request.
///
/// # Errors
/// They are no object.
pub fn arguments(input: Input<'_>) -> Result<Arguments<'_>> {
    read(input.arguments)
}

fn read(text: &str) -> Result<Arguments<'_>> {
    let mut text = serde_json::Deserializer::from_str(text);
    text.deserialize_map(Members)
        .map(Arguments)
        .map_err(Error::invalid_params)
}

impl Arguments<'_> {
    /// The argument that must be there.
    ///
    /// # Errors
    /// It is not there, is there twice, or is of another type.
    pub fn required<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        self.get(name)?
            .ok_or_else(|| Error::invalid_params(format_args!("missing field `{name}`")))
    }

    /// An argument that may be left out.
    ///
    /// # Errors
    /// It is there twice, or is of another type.
    pub fn optional<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T> {
        self.get(name).map(Option::unwrap_or_default)
    }

    /// An argument with a declared default.
    ///
    /// # Errors
    /// It is there twice, or is of another type.
    pub fn or<T: DeserializeOwned>(&self, name: &str, default: &str) -> Result<T> {
        let given: Option<Option<T>> = self.get(name)?;
        Ok(given.flatten().unwrap_or_else(|| declared(default)))
    }

    fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        let Some((_, value)) = found.next() else {
            return Ok(None);
        };
        // Which of the two the schema was held against is nothing to rely on.
        if found.next().is_some() {
            return Err(Error::invalid_params(format_args!(
                "duplicate field `{name}`"
            )));
        }
        serde_json::from_str(value.get())
            .map(Some)
            .map_err(Error::invalid_params)
    }
}

/// Reads an object's members in their order.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut map: A,
    ) -> std::result::Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn arguments_are_read_by_name() {
        let text = r#"{ "a": 1, "l": [1, 2], "\u0062": "x\ty", "none": null, "two": 1, "two": 2 }"#;
        let Ok(all) = read(text) else {
            panic!("an object")
        };
        assert_eq!(all.required("a").ok(), Some(1_i64));
        assert_eq!(all.required("l").ok(), Some(vec![1_u8, 2]));
        assert_eq!(all.required("b").ok(), Some("x\ty".to_owned()));
        assert_eq!(all.or("a", "5").ok(), Some(1_i64));
        // What is not there, and `null` where a default is declared.
        assert_eq!(all.or("c", "5").ok(), Some(5_i64));
        assert_eq!(all.or("none", "5").ok(), Some(5_i64));
        assert_eq!(all.optional("c").ok(), Some(None::<i64>));
        assert_eq!(all.optional("none").ok(), Some(None::<i64>));
        assert_eq!(all.optional("a").ok(), Some(Some(1_i64)));
        // What does not fit, is missing, or is there twice.
        assert!(all.required::<String>("a").is_err());
        assert!(all.required::<i64>("c").is_err());
        assert!(all.required::<i64>("two").is_err());
        assert!(all.optional::<Option<i64>>("two").is_err());
        assert!(read("[1]").is_err());
    }
}
