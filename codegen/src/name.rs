//! How names on the wire become names in Rust. The rules exist here once; `check` refuses what they cannot serve.

/// Words of a name: `searchOrders`, `search-orders` and `search_orders` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut current = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            flush(&mut words, &mut current);
            continue;
        }
        let after_lower =
            i > 0 && (chars[i - 1].is_ascii_lowercase() || chars[i - 1].is_ascii_digit());
        // The last capital of a run starts the next word: `HTTPServer` is `http server`.
        let ends_run = i > 0
            && chars[i - 1].is_ascii_uppercase()
            && chars.get(i + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (after_lower || ends_run) {
            flush(&mut words, &mut current);
        }
        current.push(c.to_ascii_lowercase());
    }
    flush(&mut words, &mut current);
    words
}

fn flush(words: &mut Vec<String>, current: &mut String) {
    if !current.is_empty() {
        words.push(std::mem::take(current));
    }
}

/// `search-orders` as `search_orders`, without care for keywords. Empty when there is nothing to make a name of.
pub fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `search-orders` as `SearchOrders`. Empty when there is nothing to make a name of.
pub fn camel(name: &str) -> String {
    let capitalised = |word: String| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| {
            first.to_ascii_uppercase().to_string() + chars.as_str()
        })
    };
    words(name).into_iter().map(capitalised).collect()
}

/// The identifier of a handler, a module or a member: snake case, a keyword as a raw identifier.
///
/// `None` where none can be made: nothing left, a digit first, or a word that cannot be raw (`self`, `super`, `crate`).
pub fn identifier(name: &str) -> Option<String> {
    let snake = snake(name);
    if !snake.starts_with(|c: char| c.is_ascii_lowercase())
        || ["self", "super", "crate"].contains(&snake.as_str())
    {
        return None;
    }
    Some(if KEYWORDS.contains(&snake.as_str()) {
        format!("r#{snake}")
    } else {
        snake
    })
}

/// The identifier of a variant of an enum: `in-progress` is `InProgress`, `2x` is `V2x`, and the empty string `Empty`.
///
/// `None` where none can be made, as for `+`.
pub fn variant(value: &str) -> Option<String> {
    if value.is_empty() {
        return Some("Empty".into());
    }
    let camel = camel(value);
    match camel.chars().next()? {
        first if first.is_ascii_digit() => Some(format!("V{camel}")),
        _ if camel == "Self" => None,
        _ => Some(camel),
    }
}

/// The type of a tool's arguments: `AddParams`. For a resource or a prompt, by the name of its handler.
pub fn params_type(method: &str) -> String {
    camel(plain(method)) + "Params"
}

/// The type of a tool's own output: `AddOutput`.
pub fn output_type(method: &str) -> String {
    camel(plain(method)) + "Output"
}

/// The handler that completes the param `param` of the item whose handler is `method`: `complete_report_city`.
pub fn completion(method: &str, param: &str) -> Option<String> {
    let (method, param) = (plain(method), identifier(param)?);
    Some(format!("complete_{method}_{}", plain(&param)))
}

/// The type of a nested object or enum: the type around it and the member's name. Items of an array add `Item`.
pub fn nested_type(around: &str, member: &str) -> String {
    around.to_owned() + &camel(member)
}

/// The type of the items of an array whose own name would be `array`.
pub fn item_type(array: &str) -> String {
    array.to_owned() + "Item"
}

/// The type of a nested object or enum in a field of the state: `StateMode` for `fields.mode`.
pub const STATE_TYPE: &str = "State";

/// An identifier without its raw prefix.
pub fn plain(identifier: &str) -> &str {
    identifier.strip_prefix("r#").unwrap_or(identifier)
}

/// Names that generated modules use themselves, or that would hide what the generated code speaks of.
pub const RESERVED_TYPES: [&str; 12] = [
    "Box", "Default", "Err", "Handlers", "None", "Ok", "Option", "Result", "Self", "Some",
    "String", "Vec",
];

/// Strict and reserved keywords that can be raw identifiers.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_spelling() {
        for name in [
            "search_orders",
            "search-orders",
            "searchOrders",
            "SearchOrders",
            "search.orders",
            "SEARCH_ORDERS",
        ] {
            assert_eq!(snake(name), "search_orders", "{name}");
            assert_eq!(camel(name), "SearchOrders", "{name}");
        }
        assert_eq!(snake("HTTPServer2Go"), "http_server2_go");
    }

    #[test]
    fn identifiers() {
        assert_eq!(identifier("type").as_deref(), Some("r#type"));
        assert_eq!(identifier("self"), None);
        assert_eq!(identifier("2fast"), None);
        assert_eq!(identifier("--"), None);
        assert_eq!(params_type("r#type"), "TypeParams");
    }

    #[test]
    fn variants() {
        assert_eq!(variant("in-progress").as_deref(), Some("InProgress"));
        assert_eq!(variant("2x").as_deref(), Some("V2x"));
        assert_eq!(variant("").as_deref(), Some("Empty"));
        assert_eq!(variant("+"), None);
        assert_eq!(variant("self"), None);
    }
}
