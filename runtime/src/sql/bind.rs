//! Params of a statement: whatever serialises, as values of SQLite.

use super::{SqlError, SqlValue};
use crate::Result;
use serde::ser::{
    self, Impossible, Serialize, SerializeSeq, SerializeTuple, SerializeTupleStruct, Serializer,
};
use std::fmt;

/// The values of params: those of a list or a tuple, or one.
pub fn values(statement: &str, params: impl Serialize) -> Result<Vec<SqlValue>> {
    params
        .serialize(Params)
        .map_err(|Refused(what)| SqlError::new(statement, what).into())
}

/// Why something cannot be bound.
#[derive(Debug)]
struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        // What a type says of itself may be of its value.
        Self("a param does not serialise")
    }
}

/// One value.
struct One;

/// All params.
struct Params;

/// The values of a list.
struct List(Vec<SqlValue>);

/// Methods of types that are bound as what they are.
macro_rules! plain {
    ($wrap:expr) => {
        fn serialize_bool(self, value: bool) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Integer(value.into()))
        }
        fn serialize_i8(self, value: i8) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Integer(value.into()))
        }
        fn serialize_i16(self, value: i16) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Integer(value.into()))
        }
        fn serialize_i32(self, value: i32) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Integer(value.into()))
        }
        fn serialize_i64(self, value: i64) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Integer(value))
        }
        fn serialize_u8(self, value: u8) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Integer(value.into()))
        }
        fn serialize_u16(self, value: u16) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Integer(value.into()))
        }
        fn serialize_u32(self, value: u32) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Integer(value.into()))
        }
        fn serialize_u64(self, value: u64) -> Result<Self::Ok, Refused> {
            let value = i64::try_from(value);
            let value = value.map_err(|_| Refused("an integer is larger than SQLite's"))?;
            $wrap(SqlValue::Integer(value))
        }
        fn serialize_f32(self, value: f32) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Real(value.into()))
        }
        fn serialize_f64(self, value: f64) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Real(value))
        }
        fn serialize_char(self, value: char) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Text(value.into()))
        }
        fn serialize_str(self, value: &str) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Text(value.to_owned()))
        }
        fn serialize_bytes(self, value: &[u8]) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Blob(value.to_vec()))
        }
        fn serialize_none(self) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Null)
        }
        fn serialize_unit_variant(
            self,
            _: &'static str,
            _: u32,
            name: &'static str,
        ) -> Result<Self::Ok, Refused> {
            $wrap(SqlValue::Text(name.to_owned()))
        }
    };
}

type Never<T> = Impossible<T, Refused>;

const NESTED: Refused = Refused(
    "params are a list of plain values: a list, a map or a struct is bound as JSON, `serde_json::to_string(…)?`, and bytes as `SqlValue::Blob`",
);

impl Serializer for One {
    type Ok = SqlValue;
    type Error = Refused;
    type SerializeSeq = Never<SqlValue>;
    type SerializeTuple = Never<SqlValue>;
    type SerializeTupleStruct = Never<SqlValue>;
    type SerializeTupleVariant = Never<SqlValue>;
    type SerializeMap = Never<SqlValue>;
    type SerializeStruct = Never<SqlValue>;
    type SerializeStructVariant = Never<SqlValue>;

    plain!(Ok);

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<SqlValue, Refused> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<SqlValue, Refused> {
        Ok(SqlValue::Null)
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<SqlValue, Refused> {
        Ok(SqlValue::Null)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<SqlValue, Refused> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<SqlValue, Refused> {
        Err(NESTED)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Never<SqlValue>, Refused> {
        Err(NESTED)
    }
    fn serialize_tuple(self, _: usize) -> Result<Never<SqlValue>, Refused> {
        Err(NESTED)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never<SqlValue>, Refused> {
        Err(NESTED)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never<SqlValue>, Refused> {
        Err(NESTED)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Never<SqlValue>, Refused> {
        Err(NESTED)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Never<SqlValue>, Refused> {
        Err(NESTED)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never<SqlValue>, Refused> {
        Err(NESTED)
    }
}

impl Serializer for Params {
    type Ok = Vec<SqlValue>;
    type Error = Refused;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = Never<Vec<SqlValue>>;
    type SerializeMap = Never<Vec<SqlValue>>;
    type SerializeStruct = Never<Vec<SqlValue>>;
    type SerializeStructVariant = Never<Vec<SqlValue>>;

    plain!(|value| Ok(vec![value]));

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Vec<SqlValue>, Refused> {
        Ok(vec![value.serialize(One)?])
    }
    fn serialize_unit(self) -> Result<Vec<SqlValue>, Refused> {
        Ok(Vec::new())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<Vec<SqlValue>, Refused> {
        Ok(Vec::new())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Vec<SqlValue>, Refused> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Vec<SqlValue>, Refused> {
        Err(NESTED)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<List, Refused> {
        Ok(List(Vec::new()))
    }
    fn serialize_tuple(self, _: usize) -> Result<List, Refused> {
        Ok(List(Vec::new()))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List, Refused> {
        Ok(List(Vec::new()))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never<Vec<SqlValue>>, Refused> {
        Err(NESTED)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Never<Vec<SqlValue>>, Refused> {
        Err(NESTED)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Never<Vec<SqlValue>>, Refused> {
        Err(NESTED)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never<Vec<SqlValue>>, Refused> {
        Err(NESTED)
    }
}

impl List {
    fn push(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Refused> {
        self.0.push(value.serialize(One)?);
        Ok(())
    }
}

impl SerializeSeq for List {
    type Ok = Vec<SqlValue>;
    type Error = Refused;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.push(value)
    }
    fn end(self) -> Result<Vec<SqlValue>, Refused> {
        Ok(self.0)
    }
}

impl SerializeTuple for List {
    type Ok = Vec<SqlValue>;
    type Error = Refused;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.push(value)
    }
    fn end(self) -> Result<Vec<SqlValue>, Refused> {
        Ok(self.0)
    }
}

impl SerializeTupleStruct for List {
    type Ok = Vec<SqlValue>;
    type Error = Refused;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.push(value)
    }
    fn end(self) -> Result<Vec<SqlValue>, Refused> {
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SqlValue::{Blob, Integer, Null, Real, Text};
    use serde::Serialize;

    fn bound(params: impl Serialize) -> Vec<SqlValue> {
        values("", params).unwrap()
    }

    #[test]
    fn params_are_bound_as_what_they_are() {
        #[derive(Serialize)]
        enum Tone {
            #[serde(rename = "loud")]
            Loud,
        }
        #[derive(Serialize)]
        struct Id(i64);
        let text = "t".to_owned();
        assert_eq!(
            bound((1_u8, -2_i64, 1.5, true, "s", &text, 'c')),
            [
                Integer(1),
                Integer(-2),
                Real(1.5),
                Integer(1),
                Text("s".into()),
                Text("t".into()),
                Text("c".into())
            ]
        );
        assert_eq!(
            bound((None::<i64>, Some(3), Tone::Loud, Id(4), ())),
            [Null, Integer(3), Text("loud".into()), Integer(4), Null]
        );
        assert_eq!(bound(()), []);
        assert_eq!(bound(7), [Integer(7)]);
        assert_eq!(bound("s"), [Text("s".into())]);
        assert_eq!(
            bound(vec![Blob(vec![1, 2]), Null]),
            [Blob(vec![1, 2]), Null]
        );
        assert_eq!(bound([1, 2]), [Integer(1), Integer(2)]);
    }

    #[test]
    fn what_cannot_be_bound_is_refused_without_its_value() {
        for wrong in [
            values("S", (u64::MAX,)),
            values("S", (vec![1],)),
            values("S", serde_json::json!({ "secret": 1 })),
        ] {
            let error = wrong.unwrap_err().sql().unwrap().to_string();
            assert!(
                error.ends_with("in `S`") && !error.contains("secret"),
                "{error}"
            );
        }
    }
}
