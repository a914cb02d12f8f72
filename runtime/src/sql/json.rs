//! Rows as JSON: what a resource shows.

use super::{SqlValue, Table};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

/// The rows as a JSON array of objects, whose members stand in the order of the columns. Bytes are base64.
pub fn rows(table: &Table) -> String {
    let mut text = String::from("[");
    for (at, item) in items(table).enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&item);
    }
    text.push(']');
    text
}

/// The rows, each as such an object.
pub fn items(table: &Table) -> impl Iterator<Item = String> {
    table.rows.iter().map(|row| {
        let mut text = String::from("{");
        for (at, (column, value)) in table.columns.iter().zip(row).enumerate() {
            if at > 0 {
                text.push(',');
            }
            text.push_str(&Value::from(column.as_str()).to_string());
            text.push(':');
            text.push_str(&json(value).to_string());
        }
        text.push('}');
        text
    })
}

fn json(value: &SqlValue) -> Value {
    match value {
        SqlValue::Null => Value::Null,
        SqlValue::Integer(value) => (*value).into(),
        SqlValue::Real(value) => (*value).into(),
        SqlValue::Text(value) => value.as_str().into(),
        SqlValue::Blob(value) => BASE64_STANDARD.encode(value).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_the_order_of_columns() {
        let table = Table {
            columns: vec!["z".into(), "a\"".into()],
            rows: vec![
                vec![SqlValue::Integer(1), SqlValue::Text("x\n".into())],
                vec![SqlValue::Null, SqlValue::Blob(vec![0, 255])],
            ],
            written: 0,
        };
        assert_eq!(
            rows(&table),
            r#"[{"z":1,"a\"":"x\n"},{"z":null,"a\"":"AP8="}]"#
        );
        assert_eq!(rows(&Table::default()), "[]");
    }
}
