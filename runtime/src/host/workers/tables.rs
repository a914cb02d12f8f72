//! Tables in an object's SQLite.

use crate::sql::{Database, DatabaseError, SqlValue, Table};
use crate::unwind;
use js_sys::{Array, JsString, Number, Uint8Array};
use std::panic::AssertUnwindSafe;
use wasm_bindgen::prelude::*;
use worker::worker_sys::DurableObjectStorage;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = js_sys::Object)]
    type Storage;

    #[wasm_bindgen(method, getter)]
    fn sql(this: &Storage) -> Sql;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &Storage,
        act: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<(), JsValue>;

    type Sql;

    #[wasm_bindgen(method, catch, variadic)]
    fn exec(this: &Sql, statement: &str, values: &Array) -> Result<Cursor, JsValue>;

    type Cursor;

    #[wasm_bindgen(method, catch)]
    fn raw(this: &Cursor) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, js_name = columnNames)]
    fn column_names(this: &Cursor) -> Array;

    #[wasm_bindgen(method, getter, js_name = rowsWritten)]
    fn rows_written(this: &Cursor) -> f64;

    // `Array.from`, which may throw: rows are read while it runs.
    #[wasm_bindgen(js_namespace = Array, js_name = from, catch)]
    fn all(iterable: &JsValue) -> Result<Array, JsValue>;
}

/// The tables of an object.
pub struct Tables {
    storage: Storage,
    sql: Sql,
}

impl Tables {
    /// Of the object with this storage.
    pub fn new(storage: &DurableObjectStorage) -> Self {
        let storage: Storage = JsValue::from(storage).unchecked_into();
        let sql = storage.sql();
        Self { storage, sql }
    }
}

/// What is thrown when a transaction is to be taken back: nothing that JavaScript could have thrown itself.
const TAKEN_BACK: f64 = 0.0;

impl Database for Tables {
    fn batch(&self, statements: &str) -> Result<(), DatabaseError> {
        let done = self.sql.exec(statements, &Array::new());
        done.map(drop).map_err(failed)
    }

    /// Cells are looked at one by one, the most likely first: each look crosses into JavaScript.
    fn run(&self, statement: &str, values: &[SqlValue]) -> Result<Table, DatabaseError> {
        let bound: Array = values.iter().map(bind).collect();
        let cursor = self.sql.exec(statement, &bound).map_err(failed)?;
        let rows = cursor.raw().and_then(|rows| all(&rows)).map_err(failed)?;
        let mut table = Table {
            written: cursor.rows_written() as u64,
            ..Table::default()
        };
        if rows.length() == 0 {
            return Ok(table);
        }
        let names = cursor.column_names();
        table.columns = names.iter().filter_map(|name| name.as_string()).collect();
        for row in rows.iter() {
            let row: Array = row.unchecked_into();
            table.rows.push(row.iter().map(read).collect());
        }
        Ok(table)
    }

    /// `transactionSync` takes back what ends in an exception, a panic too.
    fn transaction(&self, act: &mut dyn FnMut() -> bool) -> Result<(), DatabaseError> {
        let storage = &self.storage;
        let transaction = |act: &mut dyn FnMut() -> bool| {
            // No panic comes out of it.
            let mut act = AssertUnwindSafe(act);
            storage.transaction_sync(&mut move || match (*act)() {
                true => Ok(()),
                false => Err(TAKEN_BACK.into()),
            })
        };
        let mut within = false;
        let done = unwind::across(transaction, &mut || {
            within = true;
            let kept = act();
            within = false;
            kept
        });
        match done {
            Ok(()) => Ok(()),
            // JavaScript threw through the frames of `act`, which never came to their ends: as everywhere, that is the end of the instance.
            Err(thrown) if within => wasm_bindgen::throw_val(thrown),
            Err(thrown) if thrown.as_f64() == Some(TAKEN_BACK) => Ok(()),
            Err(thrown) => Err(failed(thrown)),
        }
    }
}

fn bind(value: &SqlValue) -> JsValue {
    match value {
        SqlValue::Null => JsValue::NULL,
        SqlValue::Integer(value) => JsValue::from_f64(*value as f64),
        SqlValue::Real(value) => JsValue::from_f64(*value),
        SqlValue::Text(value) => JsValue::from_str(value),
        SqlValue::Blob(value) => Uint8Array::from(value.as_slice()).into(),
    }
}

fn read(value: JsValue) -> SqlValue {
    if let Some(number) = value.as_f64() {
        // JavaScript has one kind of numbers: a whole one is an integer here.
        return match number.fract() == 0.0 && number.abs() <= Number::MAX_SAFE_INTEGER {
            true => SqlValue::Integer(number as i64),
            false => SqlValue::Real(number),
        };
    }
    if let Some(text) = value.as_string() {
        return SqlValue::Text(text);
    }
    if value.is_null() {
        return SqlValue::Null;
    }
    SqlValue::Blob(Uint8Array::new(&value).to_vec())
}

/// What SQLite said: `UNIQUE constraint failed: …: SQLITE_CONSTRAINT`.
fn failed(thrown: JsValue) -> DatabaseError {
    let said = match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => thrown
            .dyn_ref::<JsString>()
            .map(String::from)
            .unwrap_or_default(),
    };
    DatabaseError(said)
}
