//! A subset of JSON Schema 2020-12, checked over the text of the arguments.

/// A place that does not satisfy the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer (RFC 6901) into the arguments; empty for the whole.
    pub pointer: String,
    /// What is wrong there, in words that a model can act on.
    pub message: String,
}

impl Violation {
    /// The place and what is wrong, for people and models.
    pub(crate) fn write(&self, out: &mut String) {
        if !self.pointer.is_empty() {
            out.push_str(&self.pointer);
            out.push_str(": ");
        }
        out.push_str(&self.message);
    }
}

/// Why a text is no schema that we can enforce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// JSON pointer into the schema.
    pub pointer: String,
    /// What is wrong there.
    pub message: String,
}

/// A compiled schema.
#[derive(Debug)]
pub struct Validator {
    required: Vec<String>,
}

/// Compiles a schema.
pub fn compile(text: &str) -> Result<Validator, SchemaError> {
    #[derive(serde::Deserialize)]
    struct Root {
        #[serde(default)]
        required: Vec<String>,
    }
    let error = |e: serde_json::Error| SchemaError {
        pointer: String::new(),
        message: e.to_string(),
    };
    let root: Root = serde_json::from_str(text).map_err(error)?;
    Ok(Validator {
        required: root.required,
    })
}

impl Validator {
    /// Checks a JSON text; all violations are returned, in the order of the text.
    pub fn check(&self, args: &str) -> Result<(), Vec<Violation>> {
        let object: crate::wire::Object<'_> = serde_json::from_str(args).map_err(|_| {
            vec![Violation {
                pointer: String::new(),
                message: "must be an object".to_owned(),
            }]
        })?;
        let missing = self
            .required
            .iter()
            .filter(|name| object.get(name).is_none());
        let all: Vec<Violation> = missing
            .map(|name| Violation {
                pointer: String::new(),
                message: ["`", name, "` is required"].concat(),
            })
            .collect();
        if all.is_empty() { Ok(()) } else { Err(all) }
    }
}
