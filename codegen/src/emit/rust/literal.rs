//! A declared default, as a Rust expression of its type.

use super::types::{default_of, variant};
use super::{ident, member};
use crate::model::{Agent, Field, Type};
use crate::name;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

/// `value` as an expression of `ty`. `check` made sure that it fits.
pub fn literal(
    agent: &Agent,
    ty: &Type,
    type_name: &str,
    value: &Value,
    at: &TokenStream,
) -> TokenStream {
    match (ty, value) {
        (Type::String(_), Value::String(text)) => quote!(::std::string::String::from(#text)),
        (Type::Enum(_), Value::String(text)) => {
            let (ident, variant) = (ident(type_name), variant(text));
            quote!(#at #ident::#variant)
        }
        (Type::Integer { .. }, Value::Number(number)) => {
            // A TOML float that is whole passes for an integer.
            let whole = number
                .as_i64()
                .unwrap_or_else(|| number.as_f64().unwrap_or_default() as i64);
            let literal = Literal::i64_suffixed(whole);
            quote!(#literal)
        }
        (Type::Number { .. }, Value::Number(number)) => {
            let literal = Literal::f64_suffixed(number.as_f64().unwrap_or_default());
            quote!(#literal)
        }
        (Type::Boolean, Value::Bool(value)) => quote!(#value),
        (Type::Array { items, .. }, Value::Array(values)) => {
            let item = name::item_type(type_name);
            let values = values
                .iter()
                .map(|value| literal(agent, items, &item, value, at));
            quote!(::std::vec![#(#values),*])
        }
        (Type::Object(fields), Value::Object(_)) => object(agent, fields, type_name, value, at),
        (Type::Named(named), Value::Object(_)) => {
            let fields = agent
                .types
                .iter()
                .find(|ty| ty.name == *named)
                .map_or(&[][..], |ty| &ty.fields);
            object(agent, fields, named, value, at)
        }
        (_, any) => json(any),
    }
}

fn object(
    agent: &Agent,
    fields: &[Field],
    type_name: &str,
    value: &Value,
    at: &TokenStream,
) -> TokenStream {
    let ident = ident(type_name);
    let members = fields.iter().map(|field| {
        let name = member(&field.name);
        let value = match value.get(&field.name) {
            Some(value) => {
                let value = literal(
                    agent,
                    &field.ty,
                    &name::nested_type(type_name, &field.name),
                    value,
                    at,
                );
                if field.optional {
                    quote!(::core::option::Option::Some(#value))
                } else {
                    value
                }
            }
            None => default_of(agent, field, type_name, at),
        };
        quote!(#name: #value)
    });
    quote!(#at #ident { #(#members),* })
}

fn json(value: &Value) -> TokenStream {
    match value {
        Value::Null => quote!(::mcp_agent::serde_json::Value::Null),
        Value::Array(values) => {
            let values = values.iter().map(json);
            quote!(::mcp_agent::serde_json::Value::Array(
                ::std::vec![#(#values),*]
            ))
        }
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                let value = json(value);
                quote!((::std::string::String::from(#key), #value))
            });
            quote!(::mcp_agent::serde_json::Value::Object(::core::iter::FromIterator::from_iter([#(#members),*])))
        }
        Value::Bool(value) => quote!(::mcp_agent::serde_json::Value::from(#value)),
        Value::String(value) => quote!(::mcp_agent::serde_json::Value::from(#value)),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => quote!(::mcp_agent::serde_json::Value::from(#whole)),
            None => {
                let float = number.as_f64().unwrap_or_default();
                quote!(::mcp_agent::serde_json::Value::from(#float))
            }
        },
    }
}
