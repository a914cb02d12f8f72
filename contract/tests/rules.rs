//! The texts of the rules: a declaration before, one that breaks the rule and one that does not, which are compared here.

use mcp_agent_codegen::model::{Allow, RULES, Review as Policy};
use mcp_agent_codegen::{Files, Source, load};
use mcp_agent_contract::contract::Contract;
use mcp_agent_contract::listing::{self, Listed};
use mcp_agent_contract::make::{self, Known};
use mcp_agent_contract::review::review;
use mcp_agent_contract::rule::{Rule, page};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The longest line of an explanation, and of code in it, in characters.
const PROSE: usize = 130;
const CODE: usize = 150;

/// Rules that find something in the same change, for a reason of their own.
const BESIDE: &[(Rule, Rule, &str)] = &[(
    Rule::AllowExpired,
    Rule::ParamRemoved,
    "what was allowed is a finding again",
)];

/// A block of code: what stands behind its fence, and what is in it.
struct Block {
    info: String,
    body: String,
}

/// What stands under `Before:`, `After:`, `Found:` or `Instead:`.
#[derive(Default)]
struct Part {
    label: &'static str,
    blocks: Vec<Block>,
    /// Words, behind the label and below it.
    words: String,
}

impl Part {
    /// The block that is a declaration, or a tool as it is listed.
    fn declared(&self) -> Option<&Block> {
        let mut all = self.blocks.iter();
        all.find(|it| it.info == "json" || it.info.split(' ').next() == Some("toml"))
    }
}

/// The parts of a text; the first has no label.
fn parts(text: &str) -> Vec<Part> {
    let labels = ["Before:", "After:", "Found:", "Instead:"];
    let mut parts = vec![Part::default()];
    let mut open: Option<Block> = None;
    for line in text.lines() {
        let label = labels.into_iter().find(|it| line.starts_with(it));
        if let (None, Some(label)) = (&open, label) {
            parts.push(Part {
                label,
                ..Part::default()
            });
        }
        let part = parts.last_mut().expect("a part");
        match (open.as_mut(), line.strip_prefix("```")) {
            (None, Some(info)) => {
                let (info, body) = (info.to_owned(), String::new());
                open = Some(Block { info, body });
            }
            (Some(_), Some(_)) => part.blocks.extend(open.take()),
            (Some(block), None) => block.body.extend([line, "\n"]),
            (None, None) => {
                let words = &line[label.map_or(0, str::len)..];
                part.words.extend([words, "\n"]);
            }
        }
    }
    assert!(open.is_none(), "a fence is not closed: {text}");
    parts
}

/// The files that a fragment names.
struct Memory(BTreeMap<String, String>);

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let text = self.0.get(path).ok_or("no such file")?;
        Ok(text.clone().into_bytes())
    }
}

/// What a part promises, and how it is to be weighed. `None` while it has a key that is not known yet.
fn promised(part: &Part, version: &str) -> Result<Option<(Contract, Policy)>, String> {
    let block = part.declared().ok_or("no declaration")?;
    if block.info == "json" {
        return Ok(Some((listed(&block.body, version)?, Policy::default())));
    }
    // The other blocks are files: their path stands behind the language.
    let others = part.blocks.iter().filter(|it| !std::ptr::eq(*it, block));
    let files = others.filter_map(|it| {
        let (_, path) = it.info.split_once(' ')?;
        Some((path.to_owned(), it.body.clone()))
    });
    let text = completed(&block.body, version);
    let source = Source {
        name: "mcp.toml",
        text: &text,
    };
    match load(source, &Memory(files.collect())) {
        Ok(loaded) => {
            let contract = make::contract(&loaded.agent, Known::default());
            Ok(Some((contract, loaded.agent.review.clone())))
        }
        Err(report) => {
            let unknown = ["E0003", "E0004"];
            let mut said = report.diagnostics().iter();
            if block.info == "toml later" && said.all(|it| unknown.contains(&it.code.as_str())) {
                return Ok(None);
            }
            Err(report.render(source, false))
        }
    }
}

/// A tool as a server lists it.
fn listed(tool: &str, version: &str) -> Result<Contract, String> {
    let tool: Value = serde_json::from_str(tool).map_err(|it| it.to_string())?;
    Ok(listing::contract(Listed {
        server: &json!({ "name": "shop", "version": version }),
        instructions: None,
        tools: &[tool],
        resources: &[],
        templates: &[],
        prompts: &[],
    }))
}

/// A fragment with what every declaration has; one with `NN` in it stands for more than a hundred.
fn completed(fragment: &str, version: &str) -> String {
    let head = if fragment.contains("[server]") {
        String::new()
    } else {
        format!("[server]\nname = \"shop\"\nversion = \"{version}\"\n\n")
    };
    let body: String = if fragment.contains("NN") {
        let one = |number: u32| fragment.replace("NN", &format!("{number:02}"));
        (0..=100).map(one).collect()
    } else {
        fragment.to_owned()
    };
    format!("schema_version = 1\n\n{head}{body}")
}

/// The rules that find something between two parts, or in one; each as often as it does.
fn found(base: Option<&Part>, head: &Part) -> Result<Option<Vec<Rule>>, String> {
    let Some((head, policy)) = promised(head, "2.0.0")? else {
        return Ok(None);
    };
    let base = match base {
        None => head.clone(),
        Some(base) => match promised(base, "1.2.0")? {
            Some((base, _)) => base,
            None => return Ok(None),
        },
    };
    let review = review(&base, &head, &policy);
    let open = review.found.iter().filter(|it| it.allowed.is_none());
    Ok(Some(open.map(|it| it.finding.rule).collect()))
}

fn judge(rule: Rule) -> Result<(), String> {
    let parts = parts(rule.text());
    let part = |label: &str| parts.iter().find(|it| it.label == label);
    let base = part("Before:");
    let broken = part("After:").or(part("Found:")).ok_or("nothing broken")?;
    let instead = part("Instead:").ok_or("nothing instead")?;
    let beside = |it: &Rule| {
        let mut known = BESIDE.iter();
        known.any(|(of, other, _)| *of == rule && other == it)
    };
    if let Some(mut rules) = found(base, broken)? {
        rules.retain(|it| !beside(it));
        if rules != [rule] {
            return Err(format!("finds {rules:?}"));
        }
    }
    if instead.declared().is_some()
        && let Some(rules) = found(base, instead)?
        && rules.contains(&rule)
    {
        return Err(format!("instead finds {rules:?}"));
    }
    Ok(())
}

#[test]
fn each_finds_what_its_text_breaks_and_nothing_in_what_it_says_instead() {
    let wrong: Vec<String> = Rule::ALL
        .iter()
        .filter_map(|it| Some(format!("{it}: {}", judge(*it).err()?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The exceptions that a text shows; how long they hold is not asked here.
fn exceptions(parts: &[Part]) -> Vec<Allow> {
    let blocks = parts.iter().flat_map(|it| &it.blocks);
    let shown = blocks.filter(|it| it.info == "text" && it.body.starts_with("[[review.allow]]"));
    let said = |it: &Block, key: &str| {
        let mut lines = it.body.lines();
        let line = lines.find_map(|it| it.strip_prefix(&format!("{key} = ")));
        line.expect(key).trim_matches('"').to_owned()
    };
    let allow = |it: &Block| Allow {
        rule: said(it, "rule"),
        at: said(it, "at"),
        until: None,
        why: said(it, "why"),
    };
    shown.map(allow).collect()
}

#[test]
fn what_a_text_allows_is_allowed() {
    let mut shown = 0;
    for rule in Rule::ALL {
        let parts = parts(rule.text());
        let allow = exceptions(&parts);
        if allow.is_empty() {
            continue;
        }
        shown += 1;
        let made = |label: &str, version: &str| {
            let part = parts.iter().find(|it| it.label == label).expect(label);
            let (contract, _) = promised(part, version).expect(label).expect(label);
            contract
        };
        let (base, head) = (made("Before:", "1.2.0"), made("After:", "2.0.0"));
        let policy = Policy {
            allow,
            ..Policy::default()
        };
        let review = review(&base, &head, &policy);
        let mut found = review.found.iter();
        assert!(found.all(|it| it.allowed.is_some()), "{rule}: {review:?}");
    }
    assert!(shown > 5, "{shown}");
}

#[test]
fn each_text_has_its_parts() {
    for rule in Rule::ALL {
        let text = rule.text();
        let parts = parts(text);
        let labels: Vec<_> = parts.iter().map(|it| it.label).collect();
        let expected: [&[&str]; 2] = [
            &["", "Before:", "After:", "Instead:"],
            &["", "Found:", "Instead:"],
        ];
        assert!(expected.contains(&labels.as_slice()), "{rule}: {labels:?}");
        assert!(!text.starts_with('#'), "{rule}: begins with a heading");
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{rule}");
        let explained = parts[0].words.trim();
        assert!(explained.ends_with(['.', ':', '?']), "{rule}: {explained}");
        assert!(parts[0].blocks.is_empty(), "{rule}: code before a label");
        for it in &parts[1..] {
            let says = it.label == "Instead:" && !it.words.trim().is_empty();
            assert!(says || it.declared().is_some(), "{rule}: {}", it.label);
        }
        let mut code = false;
        for line in text.lines() {
            code ^= line.starts_with("```");
            let most = if code { CODE } else { PROSE };
            assert!(line.chars().count() <= most, "{rule}: {line}");
            assert_eq!(line, line.trim_end(), "{rule}");
        }
    }
}

#[test]
fn ids_and_words_have_one_form() {
    let mut ids = BTreeSet::new();
    for rule in Rule::ALL {
        let id = rule.id();
        let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        let word = |it: &str| !it.is_empty() && it.chars().all(allowed);
        assert!(id.split('_').all(word), "{id}");
        assert!(ids.insert(id), "{id} is there twice");
        let typed = id.to_lowercase().replace('_', "-");
        assert_eq!(Rule::find(&typed), Some(*rule));
        for words in [rule.title(), rule.whom(), rule.help()] {
            let mut first = words.chars();
            let first = (first.next(), first.next());
            // A word of capitals alone is a name: `HTTP+SSE`.
            let name = matches!(first, (Some('A'..='Z'), Some('A'..='Z')));
            let lower = matches!(first, (Some('a'..='z' | '`'), _));
            assert!(lower || name, "{id}: {words}");
            assert!(!words.ends_with('.'), "{id}: {words}");
        }
    }
    let ids: Vec<&str> = ids.into_iter().collect();
    assert_eq!(RULES, ids, "what `[review]` may name");
}

#[test]
fn the_page_has_all_rules() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules.md");
    if std::env::var_os("UPDATE").is_some_and(|it| it == "1") {
        std::fs::write(&path, page()).expect("a page");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/rules.md is not what comes out: UPDATE=1 cargo test -p mcp-agent-contract accepts it"
    );
}
