//! Edits of a JSON file with comments that leave all that they do not mean as it stands.

use super::MergeError;
use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstObject, CstRootNode};

/// What a merge gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The file's text afterwards: byte for byte the former one where nothing was out of date.
    pub text: String,
    /// The keys that were set, in the order of the file's sections.
    pub keys: Vec<String>,
}

/// A file being edited.
pub(super) struct Document {
    mark: &'static str,
    // Held for as long as any node of it: the tree's links to parents are weak.
    root: CstRootNode,
    top: CstObject,
    keys: Vec<String>,
}

impl Document {
    /// Reads a file; an empty one becomes an object.
    pub(super) fn parse(text: &str) -> Result<Self, MergeError> {
        let (mark, body) = match text.strip_prefix('\u{feff}') {
            Some(body) => ("\u{feff}", body),
            None => ("", text),
        };
        let root = CstRootNode::parse(body, &ParseOptions::default()).map_err(|error| {
            MergeError::Syntax {
                message: error.to_string(),
            }
        })?;
        let top = root.object_value_or_create().ok_or(MergeError::Kind {
            key: String::new(),
            wanted: "an object",
        })?;
        Ok(Self {
            mark,
            root,
            top,
            keys: Vec::new(),
        })
    }

    /// The outermost object.
    pub(super) fn top(&self) -> CstObject {
        self.top.clone()
    }

    /// Notes that a key was set.
    pub(super) fn changed(&mut self, key: impl Into<String>) {
        self.keys.push(key.into());
    }

    /// Sets a member to this string, unless it is that already.
    pub(super) fn set(&mut self, parent: &CstObject, name: &str, path: &str, value: &str) {
        match parent.get(name) {
            Some(_) if is(parent, name, value) => return,
            Some(member) => member.set_value(value.into()),
            None => {
                parent.append(name, value.into());
            }
        }
        self.changed(path);
    }

    /// The file's text as it now stands.
    pub(super) fn finish(self) -> Merged {
        Merged {
            text: format!("{}{}", self.mark, self.root),
            keys: self.keys,
        }
    }
}

/// The object under this name, made where there is none.
pub(super) fn object(parent: &CstObject, name: &str, path: &str) -> Result<CstObject, MergeError> {
    parent
        .object_value_or_create(name)
        .ok_or_else(|| MergeError::Kind {
            key: path.to_owned(),
            wanted: "an object",
        })
}

/// The array under this name, made where there is none.
pub(super) fn array(parent: &CstObject, name: &str, path: &str) -> Result<CstArray, MergeError> {
    parent
        .array_value_or_create(name)
        .ok_or_else(|| MergeError::Kind {
            key: path.to_owned(),
            wanted: "an array",
        })
}

/// The element that is an object whose member `name` is this string.
pub(super) fn element(array: &CstArray, name: &str, value: &str) -> Option<CstObject> {
    array
        .elements()
        .into_iter()
        .filter_map(|node| node.as_object())
        .find(|object| is(object, name, value))
}

/// Whether a member is this string.
pub(super) fn is(object: &CstObject, name: &str, value: &str) -> bool {
    text(object, name).is_some_and(|held| held == value)
}

/// The string under this name.
pub(super) fn text(object: &CstObject, name: &str) -> Option<String> {
    object
        .get(name)?
        .value()?
        .as_string_lit()?
        .decoded_value()
        .ok()
}

/// An object of strings, to be inserted.
pub(super) fn strings(members: &[(&str, &str)]) -> CstInputValue {
    CstInputValue::Object(
        members
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect(),
    )
}

/// What is appended to a list on one line would start in its middle.
pub(super) fn make_room(array: &CstArray) {
    if !array.elements().is_empty() {
        array.ensure_multiline();
    }
}
