//! Rows as what a handler wants: a struct by the names of its columns, a tuple by their order, a plain type by the only column.

use super::{SqlError, SqlValue, Table};
use crate::Result;
use serde::Deserializer;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Expected, IntoDeserializer, Unexpected, Visitor};
use std::fmt;

/// All rows.
pub fn all<T: DeserializeOwned>(statement: &str, table: Table) -> Result<Vec<T>> {
    let Table { columns, rows, .. } = table;
    let read = |values| {
        let columns = &columns;
        T::deserialize(Row { columns, values })
            .map_err(|Unfit(what)| SqlError::new(statement, format!("a row {what}")).into())
    };
    rows.into_iter().map(read).collect()
}

/// The only one.
pub fn one<T>(statement: &str, rows: Vec<T>) -> Result<T> {
    match at_most_one(statement, rows)? {
        Some(row) => Ok(row),
        None => Err(SqlError::new(statement, "one row was expected, and there is none").into()),
    }
}

/// The only one, if there is any.
pub fn at_most_one<T>(statement: &str, mut rows: Vec<T>) -> Result<Option<T>> {
    match rows.len() {
        0 | 1 => Ok(rows.pop()),
        more => {
            let what = format!("one row was expected, and there are {more}");
            Err(SqlError::new(statement, what).into())
        }
    }
}

/// Why a row is not of a type. It never has a value in it.
#[derive(Debug)]
struct Unfit(String);

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self("does not fit its type".to_owned())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Bool(_) | Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
            Unexpected::Float(_) => "a number",
            Unexpected::Char(_) | Unexpected::Str(_) => "text",
            Unexpected::Bytes(_) => "a blob",
            Unexpected::Unit | Unexpected::Option => "NULL",
            Unexpected::Map => "a row of several columns",
            _ => "something else",
        };
        Self(format!("has {found} where {expected} is expected"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(format!("has a value that is not {expected}"))
    }

    fn invalid_length(len: usize, expected: &dyn Expected) -> Self {
        Self(format!("has {len} columns where {expected} is expected"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(format!(
            "has a value that is none of {}",
            expected.join(", ")
        ))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self(format!(
            "has the column `{field}`, which its type does not know"
        ))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(format!("has no column `{field}`"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self(format!("has the column `{field}` twice"))
    }
}

/// A row.
struct Row<'c> {
    columns: &'c [String],
    values: Vec<SqlValue>,
}

impl Row<'_> {
    /// Its only column.
    fn only(mut self) -> Result<Column, Unfit> {
        match self.values.pop() {
            Some(value) if self.values.is_empty() => Ok(Column(value)),
            _ => Err(Unfit(format!(
                "has {} columns where one value is expected",
                self.columns.len()
            ))),
        }
    }
}

/// Methods for which a row is its only column.
macro_rules! of_only_column {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
            self.only()?.$method(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Row<'_> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let names = self.columns.iter().map(String::as_str);
        visitor.visit_map(MapDeserializer::new(
            names.zip(self.values.into_iter().map(Column)),
        ))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_seq(SeqDeserializer::new(self.values.into_iter().map(Column)))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Unfit> {
        if len != self.values.len() {
            let found = self.values.len();
            return Err(Unfit(format!(
                "has {found} columns, of {len} that are expected"
            )));
        }
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.only()?.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_unit()
    }

    of_only_column! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_option deserialize_identifier
    }
}

/// A value of a row.
struct Column(SqlValue);

impl<'de> IntoDeserializer<'de, Unfit> for Column {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Column {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0 {
            SqlValue::Null => visitor.visit_unit(),
            SqlValue::Integer(value) => visitor.visit_i64(value),
            // A Worker's numbers are JavaScript's, where a whole number has no kind.
            SqlValue::Real(value) => visitor.visit_f64(value),
            SqlValue::Text(value) => visitor.visit_string(value),
            SqlValue::Blob(value) => visitor.visit_byte_buf(value),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0 {
            SqlValue::Null => visitor.visit_none(),
            value => visitor.visit_some(Self(value)),
        }
    }

    /// SQLite has no booleans: they are 0 and 1.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0 {
            SqlValue::Integer(value @ (0 | 1)) => visitor.visit_bool(value == 1),
            SqlValue::Integer(_) => {
                Err(Unfit("has an integer where 0 or 1 is expected".to_owned()))
            }
            value => Self(value).deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        match self.0 {
            SqlValue::Text(value) => visitor.visit_enum(value.into_deserializer()),
            value => Self(value).deserialize_any(visitor),
        }
    }

    /// Bytes are a list of numbers to a `Vec<u8>`.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0 {
            SqlValue::Blob(value) => visitor.visit_seq(SeqDeserializer::new(value.into_iter())),
            value => Self(value).deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct
        map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SqlValue::{Blob, Integer, Null, Real, Text};
    use serde::Deserialize;

    fn read<T: DeserializeOwned>(columns: &[&str], values: Vec<SqlValue>) -> Result<T, String> {
        let table = Table {
            columns: columns.iter().map(|it| (*it).to_owned()).collect(),
            rows: vec![values],
            written: 0,
        };
        let mut rows = all("S", table).map_err(|it| it.sql().unwrap().to_string())?;
        Ok(rows.pop().unwrap())
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Tone {
        Loud,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Id(u32);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Note {
        id: Id,
        title: Option<String>,
        done: bool,
        tone: Tone,
        score: f64,
        body: Vec<u8>,
    }

    #[test]
    fn rows_become_structs_tuples_and_plain_types() {
        let columns = ["id", "title", "done", "tone", "score", "body", "more"];
        let row = |title| {
            let tone = Text("loud".into());
            vec![
                Integer(7),
                title,
                Integer(1),
                tone,
                Integer(2),
                Blob(vec![1]),
                Null,
            ]
        };
        let note: Note = read(&columns, row(Text("T".into()))).unwrap();
        assert_eq!(
            note,
            Note {
                id: Id(7),
                title: Some("T".into()),
                done: true,
                tone: Tone::Loud,
                score: 2.0,
                body: vec![1],
            }
        );
        assert_eq!(read::<Note>(&columns, row(Null)).unwrap().title, None);
        assert_eq!(
            read::<(i64, String)>(&["a", "b"], vec![Integer(1), Text("x".into())]),
            Ok((1, "x".into()))
        );
        assert_eq!(read::<i64>(&["n"], vec![Integer(3)]), Ok(3));
        assert_eq!(read::<Id>(&["n"], vec![Integer(3)]), Ok(Id(3)));
        assert_eq!(read::<Option<i64>>(&["n"], vec![Null]), Ok(None));
        assert_eq!(
            read::<Tone>(&["n"], vec![Text("loud".into())]),
            Ok(Tone::Loud)
        );
        assert_eq!(read::<f64>(&["n"], vec![Real(0.5)]), Ok(0.5));
        assert_eq!(
            read::<serde_json::Value>(&["a", "b"], vec![Integer(1), Null]),
            Ok(serde_json::json!({ "a": 1, "b": null }))
        );
    }

    #[test]
    fn what_does_not_fit_is_told_without_values() {
        let secret = || Text("secret".into());
        let said = [
            read::<i64>(&["n"], vec![secret()]).unwrap_err(),
            read::<Tone>(&["n"], vec![secret()]).unwrap_err(),
            read::<u8>(&["n"], vec![Integer(4321)]).unwrap_err(),
            read::<bool>(&["n"], vec![Integer(4321)]).unwrap_err(),
            read::<String>(&["n"], vec![Null]).unwrap_err(),
            read::<i64>(&["a", "b"], vec![Null, Null]).unwrap_err(),
            read::<(i64,)>(&["a", "b"], vec![Null, Null]).unwrap_err(),
            read::<Note>(&["id"], vec![Integer(1)]).unwrap_err(),
        ];
        assert_eq!(
            said,
            [
                "a row has text where i64 is expected, in `S`",
                "a row has a value that is none of loud, in `S`",
                "a row has a value that is not u8, in `S`",
                "a row has an integer where 0 or 1 is expected, in `S`",
                "a row has NULL where a string is expected, in `S`",
                "a row has 2 columns where one value is expected, in `S`",
                "a row has 2 columns, of 1 that are expected, in `S`",
                "a row has no column `done`, in `S`",
            ]
        );
    }

    #[test]
    fn one_row_is_one() {
        assert_eq!(one("S", vec![1]).unwrap(), 1);
        assert_eq!(at_most_one("S", Vec::<u8>::new()).unwrap(), None);
        for (wrong, said) in [
            (
                one("S", Vec::<u8>::new()),
                "one row was expected, and there is none, in `S`",
            ),
            (
                one("S", vec![1, 2]),
                "one row was expected, and there are 2, in `S`",
            ),
        ] {
            assert_eq!(wrong.unwrap_err().sql().unwrap().to_string(), said);
        }
    }
}
