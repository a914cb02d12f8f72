//! A statement of SQL, as far as it must be understood: where its strings and comments are, its parameters, and whether it reads.

/// A statement that reads.
pub(super) struct Statement<'t> {
    /// Its text, without a `;` behind it.
    text: &'t str,
    /// Its parameters: where their `:` is, and their names.
    parameters: Vec<(usize, &'t str)>,
}

/// What is wrong with a statement.
pub(super) struct Wrong {
    /// In a sentence.
    pub what: String,
    /// The piece of it that is meant; empty for all of it.
    pub piece: String,
    /// What to do.
    pub help: String,
}

/// What a statement that reads begins with.
const READING: [&str; 3] = ["SELECT", "WITH", "VALUES"];

/// What a `WITH` may lead to.
const MAIN: [&str; 6] = ["SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"];

/// Reads a statement.
pub(super) fn read(text: &str) -> Result<Statement<'_>, Wrong> {
    let mut statement = Statement {
        text: text.trim(),
        parameters: Vec::new(),
    };
    let (mut at, mut depth, mut main) = (0, 0_usize, None);
    while at < text.len() {
        let rest = &text[at..];
        let token = token(rest)?;
        match token.kind {
            Kind::Space => {}
            Kind::End => {
                check_end(&rest[1..])?;
                statement.text = text[..at].trim();
                break;
            }
            Kind::Word => {
                let word = token.text.to_ascii_uppercase();
                main = Some(check_word(main, &word, depth == 0, token.text)?);
            }
            Kind::Parameter => statement.parameters.push((at, &token.text[1..])),
            Kind::Other => match token.text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ if main.is_none() => return Err(does_not_read(token.text)),
                _ => {}
            },
        }
        at += token.text.len();
    }
    match main {
        Some(Main::Reads) => {
            let leading = text.len() - text.trim_start().len();
            for parameter in &mut statement.parameters {
                parameter.0 -= leading;
            }
            Ok(statement)
        }
        Some(Main::With) | None => Err(does_not_read("")),
    }
}

/// What is known of a statement's kind.
#[derive(Clone, Copy)]
enum Main {
    /// It begins with `WITH`, behind which something else says what it does.
    With,
    /// It reads.
    Reads,
}

fn check_word(
    main: Option<Main>,
    word: &str,
    is_outside: bool,
    written: &str,
) -> Result<Main, Wrong> {
    match main {
        None if word == "WITH" => Ok(Main::With),
        None if READING.contains(&word) => Ok(Main::Reads),
        None => Err(does_not_read(written)),
        Some(Main::With) if is_outside && MAIN.contains(&word) => match READING.contains(&word) {
            true => Ok(Main::Reads),
            false => Err(does_not_read(written)),
        },
        Some(known) => Ok(known),
    }
}

fn does_not_read(piece: &str) -> Wrong {
    Wrong {
        what: "a query reads: it begins with `SELECT`, `WITH` or `VALUES`, and changes nothing"
            .into(),
        piece: piece.to_owned(),
        help: "SELECT id, body FROM notes ORDER BY id DESC LIMIT 20".into(),
    }
}

/// Behind the `;` of the only statement there is nothing.
fn check_end(rest: &str) -> Result<(), Wrong> {
    let mut at = 0;
    while at < rest.len() {
        let token = token(&rest[at..])?;
        if !matches!(token.kind, Kind::Space | Kind::End) {
            return Err(Wrong {
                what: "a query is one statement".into(),
                piece: rest[at..].to_owned(),
                help: "leave out what is behind the first `;`, or write a handler".into(),
            });
        }
        at += token.text.len();
    }
    Ok(())
}

struct Token<'t> {
    kind: Kind,
    text: &'t str,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Spaces and comments.
    Space,
    /// A keyword or a name.
    Word,
    /// `:name`.
    Parameter,
    /// `;`.
    End,
    /// Strings, names in quotes, numbers, operators.
    Other,
}

/// The token that `text` begins with, which is not empty.
fn token(text: &str) -> Result<Token<'_>, Wrong> {
    let first = text.chars().next().unwrap_or(' ');
    let run = |from: usize, is_in: fn(char) -> bool| {
        let end = text[from..].find(|c| !is_in(c));
        end.map_or(text, |end| &text[..from + end])
    };
    let (kind, text) = match first {
        _ if text.starts_with("--") => (Kind::Space, run(2, |c| c != '\n')),
        _ if text.starts_with("/*") => (Kind::Space, enclosed(text, 2, "*/")?),
        '\'' | '"' | '`' => (Kind::Other, quoted(text, first)?),
        '[' => (Kind::Other, enclosed(text, 1, "]")?),
        ';' => (Kind::End, &text[..1]),
        ':' => match run(1, is_of_name) {
            ":" => return Err(nameless(":")),
            parameter => (Kind::Parameter, parameter),
        },
        '?' | '@' | '$' => return Err(nameless(run(1, is_of_name))),
        c if c.is_ascii_whitespace() => (Kind::Space, run(1, |c| c.is_ascii_whitespace())),
        c if c.is_ascii_digit() => (Kind::Other, run(1, is_of_name)),
        c if is_of_name(c) => (Kind::Word, run(c.len_utf8(), is_of_name)),
        c => (Kind::Other, &text[..c.len_utf8()]),
    };
    Ok(Token { kind, text })
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

fn nameless(piece: &str) -> Wrong {
    Wrong {
        what: format!("`{piece}` is not how a query names what it is given"),
        piece: piece.to_owned(),
        help: "a variable of the URI stands behind a colon: `WHERE id = :id`".into(),
    }
}

/// What is in quotes, in which a doubled quote is one of the text.
fn quoted(text: &str, quote: char) -> Result<&str, Wrong> {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            continue;
        }
        match chars.peek() {
            Some((_, next)) if *next == quote => drop(chars.next()),
            _ => return Ok(&text[..=at]),
        }
    }
    Err(unclosed(&quote.to_string()))
}

fn enclosed<'t>(text: &'t str, from: usize, end: &str) -> Result<&'t str, Wrong> {
    let found = text[from..].find(end);
    let found = found.ok_or_else(|| unclosed(&text[..from]))?;
    Ok(&text[..from + found + end.len()])
}

fn unclosed(open: &str) -> Wrong {
    Wrong {
        what: format!("a `{open}` is not closed"),
        piece: open.to_owned(),
        help: "close it before the statement ends".into(),
    }
}

impl<'t> Statement<'t> {
    /// The names of its parameters, in their order.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'t str> {
        self.parameters.iter().map(|(_, name)| *name)
    }

    /// The statement with `?2` in place of the name that is the second of these.
    pub(super) fn numbered(&self, names: &[String]) -> String {
        let mut text = String::new();
        let mut done = 0;
        for (at, name) in &self.parameters {
            let number = names.iter().position(|it| it == name);
            text.push_str(&self.text[done..*at]);
            // One that is not known has been reported.
            text.push_str(&format!("?{}", number.map_or(0, |at| at + 1)));
            done = at + 1 + name.len();
        }
        text + &self.text[done..]
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn names_become_numbers() {
        let names = ["id".to_owned(), "day".to_owned()];
        for (query, expected) in [
            ("SELECT 1", "SELECT 1"),
            (
                " select * from t where id = :id; -- :no\n",
                "select * from t where id = ?1",
            ),
            (
                "SELECT ':id', \":id\", [:id], `:id` /* :id */ FROM t WHERE d=:day AND i=:id AND :day",
                "SELECT ':id', \":id\", [:id], `:id` /* :id */ FROM t WHERE d=?2 AND i=?1 AND ?2",
            ),
            (
                "WITH a AS (SELECT 'it''s' AS x), b(y) AS (VALUES (1)) SELECT x FROM a WHERE x = :id",
                "WITH a AS (SELECT 'it''s' AS x), b(y) AS (VALUES (1)) SELECT x FROM a WHERE x = ?1",
            ),
            ("-- all\nVALUES (:id), (:idx)", "-- all\nVALUES (?1), (?0)"),
            ("SELECT ö, 'ü', :id FROM ä", "SELECT ö, 'ü', ?1 FROM ä"),
        ] {
            let statement = read(query).map_err(|wrong| wrong.what).expect("it reads");
            assert_eq!(statement.numbered(&names), expected);
        }
    }

    #[test]
    fn what_does_not_read_is_refused() {
        for (query, piece) in [
            ("", ""),
            ("DELETE FROM t", "DELETE"),
            ("WITH a AS (SELECT 1) DELETE FROM t", "DELETE"),
            ("PRAGMA table_info(t)", "PRAGMA"),
            ("WITH a AS (SELECT 1)", ""),
            ("SELECT 1; SELECT 2", "SELECT 2"),
            ("SELECT ?", "?"),
            ("SELECT ?1", "?1"),
            ("SELECT @id", "@id"),
            ("SELECT 'a", "'"),
            ("SELECT 1 /* a", "/*"),
            ("SELECT a : b", ":"),
        ] {
            let wrong = read(query).err().expect("it is refused");
            assert_eq!(wrong.piece, piece, "{query}");
        }
    }
}
