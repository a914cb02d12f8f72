//! What each code means, at length: the rule, why it is there, a declaration that breaks it and one that does not.
//!
//! `mcp-gen explain` prints these, `docs/errors.md` collects them, and tests load their examples.

use crate::diag::Code;
use std::sync::LazyLock;

/// The explanation of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// `E0103`.
    pub code: &'static str,
    /// The mistake in a few words.
    pub title: &'static str,
    /// The explanation, as Markdown.
    pub text: &'static str,
}

macro_rules! texts {
    ($($code:literal)*) => {
        fn text(code: Code) -> &'static str {
            match code.as_str() {
                $($code => include_str!(concat!("explain/", $code, ".md")),)*
                _ => "",
            }
        }
    };
}

texts! {
    "E0001" "E0002" "E0003" "E0004" "E0005" "E0006" "E0007" "E0008" "E0009" "E0010" "E0011" "E0012" "E0013" "E0014"
    "E0101" "E0102" "E0103" "E0104" "E0105" "E0106" "E0107"
    "E0201" "E0202" "E0203" "E0204" "E0205" "E0206" "E0207" "E0208" "E0209" "E0210" "E0211" "E0212" "E0213" "E0214"
    "E0301" "E0302" "E0303" "E0304" "E0305" "E0306" "E0307" "E0308" "E0309" "W0310" "W0311" "W0312" "E0313" "E0314"
    "E0315" "E0316" "E0317" "E0318"
    "E0401" "E0402" "E0403" "E0404" "E0405" "E0406" "E0407" "E0408" "E0409"
    "E0501" "E0502" "E0503" "W0504"
    "E0601" "E0602" "E0603" "E0604" "E0605" "E0606" "E0607" "E0608" "E0609" "E0610" "E0611" "E0612" "E0613" "E0614"
    "E0615" "E0616" "E0617" "E0618" "E0619" "E0620" "E0621" "E0622" "E0623"
    "E0701" "E0702" "E0703" "E0704" "E0705" "E0706" "E0707" "E0708" "E0709" "E0710" "E0711" "E0712"
    "E0801" "E0802" "E0803" "E0804" "E0805"
    "E0901" "E0902" "E0903" "E0904" "E0905" "E0906" "E0907" "E0908" "E0909" "E0910" "E0911" "E0912" "E0913"
    "E1001" "E1002" "E1003" "E1004" "E1005" "E1006" "E1007" "E1008" "E1009" "E1010" "E1011" "W1012" "E1013"
    "E1101" "E1102" "E1103" "E1104" "E1105" "E1106"
}

static ALL: LazyLock<Vec<Explanation>> = LazyLock::new(|| {
    let explain = |code: &Code| Explanation {
        code: code.as_str(),
        title: code.title(),
        text: text(*code),
    };
    Code::ALL.iter().map(explain).collect()
});

/// All of them, in the order of their codes.
pub fn all() -> &'static [Explanation] {
    &ALL
}

/// The explanation of `code`: `E0103`.
pub fn find(code: &str) -> Option<&'static Explanation> {
    all().iter().find(|explanation| explanation.code == code)
}

/// `docs/errors.md`: all explanations on one page.
pub fn page() -> String {
    let mut out = String::from(
        "# Errors and warnings of a declaration\n\n`mcp-gen explain CODE` prints one of these. Made by `UPDATE=1 cargo test -p \
         mcp-agent-codegen`; the texts are in `codegen/src/explain`.\n",
    );
    for explanation in all() {
        out.push_str(&format!(
            "\n## {}: {}\n\n{}",
            explanation.code, explanation.title, explanation.text
        ));
    }
    out
}
