//! What a statement of SQL may be, told from its words: SQLite's hosts do not agree on what they refuse.
//!
//! The runtime asks before it runs a statement, and `mcp-gen check` of those that it sees.

use std::ops::Range;

/// What a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It changes nothing.
    Read,
    /// It may change rows.
    Write,
    /// It makes tables, in as many statements as it takes.
    Migration,
}

/// Why a statement is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In a sentence.
    pub what: &'static str,
    /// The bytes of the word that is meant; of all of the statement where it is none.
    pub at: Range<usize>,
}

/// What is wrong with a statement: it is of another kind, or it means tables that are not the user's.
pub fn refusal(statement: &str, kind: Kind) -> Option<Refusal> {
    let words = words(statement);
    let whole = 0..statement.len();
    let at = |word: Option<&Word<'_>>| word.map_or(whole.clone(), Word::at);
    if let Some(word) = words.iter().find(|word| is_ours(word.text)) {
        return Some(Refusal {
            what: "tables that begin with `_mcp_` are the runtime's own",
            at: word.at(),
        });
    }
    let (what, word) = match kind {
        Kind::Migration => {
            let what =
                "a migration is one transaction already, and has no `PRAGMA`, `ATTACH` or `VACUUM`";
            (what, Some(of_no_migration(&words)?))
        }
        Kind::Read | Kind::Write => of_no_row(&words, kind)?,
    };
    Some(Refusal { what, at: at(word) })
}

/// The word of a migration that is none of it.
fn of_no_migration<'w, 's>(words: &'w [Word<'s>]) -> Option<&'w Word<'s>> {
    const REFUSED: [&str; 9] = [
        "BEGIN",
        "COMMIT",
        "END",
        "ROLLBACK",
        "SAVEPOINT",
        "RELEASE",
        "ATTACH",
        "VACUUM",
        "PRAGMA",
    ];
    let in_trigger = |at: usize| {
        words[..at]
            .iter()
            .any(|word| word.text.eq_ignore_ascii_case("TRIGGER"))
    };
    let refused = (0..words.len()).find(|at| {
        let word = &words[*at];
        word.first && REFUSED.iter().any(|one| word.is(one)) && !(word.is("END") && in_trigger(*at))
    });
    refused.map(|at| &words[at])
}

/// Why a statement is none that reads or writes rows, and the word that says so.
fn of_no_row<'w, 's>(
    words: &'w [Word<'s>],
    kind: Kind,
) -> Option<(&'static str, Option<&'w Word<'s>>)> {
    if let Some(second) = words.iter().filter(|word| word.first).nth(1) {
        return Some(("one statement at a time", Some(second)));
    }
    let is = |at: usize, one: &str| words.get(at).is_some_and(|word| word.is(one));
    let begins = |all: &[&str]| all.iter().any(|one| is(0, one));
    let writes = (0..words.len()).find(|at| {
        is(*at, "INSERT")
            || is(*at, "UPDATE")
            || is(*at, "DELETE")
            || (is(*at, "REPLACE") && is(at + 1, "INTO"))
    });
    let first = words.first();
    match kind {
        _ if begins(&["CREATE", "ALTER", "DROP"]) => Some(("tables are made by migrations", first)),
        Kind::Read if !begins(&["SELECT", "WITH", "VALUES"]) => {
            Some(("this does not read: `cx.write` is for what writes", first))
        }
        Kind::Read if is(0, "WITH") && writes.is_some() => Some((
            "this does not only read: `cx.write` is for what writes",
            writes.map(|at| &words[at]),
        )),
        Kind::Write
            if !begins(&[
                "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "SELECT", "VALUES",
            ]) =>
        {
            Some(("this is no statement that reads or writes rows", first))
        }
        _ => None,
    }
}

fn is_ours(word: &str) -> bool {
    word.get(..5)
        .is_some_and(|begin| begin.eq_ignore_ascii_case("_mcp_"))
}

/// A word of a statement.
#[derive(Debug, PartialEq, Eq)]
pub struct Word<'s> {
    /// As it stands there, without quotes.
    pub text: &'s str,
    /// Whether it stood without quotes, so that it may be a keyword.
    pub bare: bool,
    /// Whether it is the first of a statement.
    pub first: bool,
    /// Where its text begins, in bytes.
    pub begins: usize,
}

impl Word<'_> {
    /// The bytes of its text.
    pub fn at(&self) -> Range<usize> {
        self.begins..self.begins + self.text.len()
    }

    /// Whether it is this keyword, as far as a word can tell.
    fn is(&self, keyword: &str) -> bool {
        self.bare && self.text.eq_ignore_ascii_case(keyword)
    }
}

/// The words of a statement, and the names in quotes. No strings, numbers and comments.
pub fn words(statement: &str) -> Vec<Word<'_>> {
    let bytes = statement.as_bytes();
    let (mut all, mut at, mut first) = (Vec::new(), 0, true);
    while at < bytes.len() {
        let begin = at;
        match bytes[at] {
            b'\'' => {
                at = end_of(bytes, at, b'\'');
                first = false;
            }
            quote @ (b'"' | b'`' | b'[') => {
                let end = if quote == b'[' { b']' } else { quote };
                at = end_of(bytes, at, end);
                let text = statement.get(begin + 1..at.saturating_sub(1)).unwrap_or("");
                all.push(Word {
                    text,
                    bare: false,
                    first,
                    begins: begin + 1,
                });
                first = false;
            }
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at += bytes[at..]
                    .iter()
                    .position(|b| *b == b'\n')
                    .unwrap_or(bytes.len() - at);
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let rest = &bytes[at + 2..];
                let end = rest.windows(2).position(|two| two == b"*/");
                at = end.map_or(bytes.len(), |end| at + 2 + end + 2);
            }
            b';' => {
                first = true;
                at += 1;
            }
            byte if is_name(byte) => {
                while at < bytes.len() && is_name(bytes[at]) {
                    at += 1;
                }
                let text = &statement[begin..at];
                if !byte.is_ascii_digit() {
                    all.push(Word {
                        text,
                        bare: true,
                        first,
                        begins: begin,
                    });
                }
                first = false;
            }
            byte => {
                first &= byte.is_ascii_whitespace() || byte == b'(';
                at += 1;
            }
        }
    }
    all
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || !byte.is_ascii()
}

/// Behind what is quoted from `at` on. A quote that stands twice is one of the text.
fn end_of(bytes: &[u8], at: usize, quote: u8) -> usize {
    let mut at = at + 1;
    while at < bytes.len() {
        match bytes[at] == quote {
            true if bytes.get(at + 1) == Some(&quote) && quote != b']' => at += 2,
            true => return at + 1,
            false => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(statement: &str) -> Vec<&str> {
        words(statement).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_are_found_and_nothing_that_looks_like_them() {
        assert_eq!(
            names("SELECT a.\"b c\", 'it''s DELETE', 12e3 -- DROP\n/* x; */ FROM [t u], `v`, ünï"),
            ["SELECT", "a", "b c", "FROM", "t u", "v", "ünï"]
        );
        for hostile in ["'", "\"", "/*", "--", "[", "é'", "/*/", "\"a\"\"b"] {
            words(hostile);
        }
    }

    #[test]
    fn reading_is_told_from_writing() {
        let reads = [
            "SELECT 1",
            " (SELECT 1)",
            "-- first\nselect replace('a', 'b', 'c')",
            "WITH x AS (SELECT 1) SELECT * FROM x",
            "VALUES (1)",
            "SELECT 'DELETE FROM note';",
            "SELECT \"delete\" FROM note",
        ];
        for statement in reads {
            assert_eq!(refusal(statement, Kind::Read), None, "{statement}");
            assert_eq!(refusal(statement, Kind::Write), None, "{statement}");
        }
        let writes = [
            "INSERT INTO note VALUES (1)",
            "REPLACE INTO note VALUES (1)",
            "update note set a = 1",
            "DELETE FROM note RETURNING id",
            "WITH x AS (SELECT 1) INSERT INTO note SELECT * FROM x",
            "WITH x AS (SELECT 1) replace INTO note SELECT * FROM x",
        ];
        for statement in writes {
            assert!(refusal(statement, Kind::Read).is_some(), "{statement}");
            assert_eq!(refusal(statement, Kind::Write), None, "{statement}");
        }
        let neither = [
            "",
            "SELECT 1; DELETE FROM note",
            "PRAGMA table_info(note)",
            "BEGIN",
            "ATTACH 'x' AS y",
            "CREATE TABLE x (y)",
            "DROP TABLE note",
            "EXPLAIN SELECT 1",
            "SELECT * FROM _mcp_row",
            "DELETE FROM \"_MCP_state\"",
        ];
        for statement in neither {
            assert!(refusal(statement, Kind::Read).is_some(), "{statement}");
            assert!(refusal(statement, Kind::Write).is_some(), "{statement}");
        }
    }

    #[test]
    fn migrations_have_no_transaction_of_their_own() {
        let good = [
            "CREATE TABLE a (b); CREATE INDEX c ON a (b);",
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; UPDATE c SET d = 1; END; INSERT INTO a VALUES (1)",
        ];
        for statement in good {
            assert_eq!(refusal(statement, Kind::Migration), None, "{statement}");
        }
        for statement in [
            "BEGIN; CREATE TABLE a (b); COMMIT",
            "CREATE TABLE a (b); PRAGMA foreign_keys = on",
            "VACUUM",
            "DROP TABLE _mcp_row",
        ] {
            assert!(refusal(statement, Kind::Migration).is_some(), "{statement}");
        }
    }

    #[test]
    fn a_refusal_says_which_word_is_meant() {
        let word = |statement: &'static str, kind| {
            let refusal = refusal(statement, kind).expect(statement);
            &statement[refusal.at]
        };
        assert_eq!(
            word("CREATE TABLE a (b); vacuum;", Kind::Migration),
            "vacuum"
        );
        assert_eq!(word("SELECT * FROM \"_mcp_row\"", Kind::Read), "_mcp_row");
        assert_eq!(
            word("WITH x AS (SELECT 1) DELETE FROM x", Kind::Read),
            "DELETE"
        );
        assert_eq!(word("SELECT 1; DELETE FROM x", Kind::Write), "DELETE");
        assert_eq!(word("  ", Kind::Read), "  ");
    }
}
