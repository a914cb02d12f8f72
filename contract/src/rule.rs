//! The rules: what a change may break, whom, and what to do instead.
//!
//! A rule has an id that stays, for it stands in declarations (`[review]`) and in conversations. Its text lies in `rules/<ID>.md`, with a
//! declaration before, one that breaks it and one that does not; tests compare these.

use std::fmt;

/// What kind of promise a rule guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// What clients send: calls of today fail tomorrow.
    Wire,
    /// What clients are answered: programs that read it fail.
    Contract,
    /// What models and people read: they act otherwise.
    Behaviour,
    /// What clients let run without asking.
    Safety,
    /// Who may call what.
    Auth,
    /// What is kept.
    State,
    /// What real clients do not take, whatever it was before.
    Compat,
    /// The review itself.
    Review,
}

impl Category {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Contract => "contract",
            Self::Behaviour => "behaviour",
            Self::Safety => "safety",
            Self::Auth => "auth",
            Self::State => "state",
            Self::Compat => "compat",
            Self::Review => "review",
        }
    }

    /// What it is about, for people.
    pub fn about(self) -> &'static str {
        match self {
            Self::Wire => "calls that work today fail",
            Self::Contract => "programs that read answers fail",
            Self::Behaviour => "models and people read something else",
            Self::Safety => "clients let it run as before, and it is not as before",
            Self::Auth => "others may call it, or callers of today may not",
            Self::State => "what is kept today is lost or cannot be read",
            Self::Compat => "clients that people have do not take it",
            Self::Review => "the review itself wants a look",
        }
    }
}

/// How much of a version a change asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Nothing changed.
    #[default]
    None,
    /// 1.2.3 to 1.2.4.
    Patch,
    /// 1.2.3 to 1.3.0.
    Minor,
    /// 1.2.3 to 2.0.0.
    Major,
}

impl Bump {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// How a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is said.
    Off,
    /// It is said, folded away.
    Note,
    /// It is said.
    Warn,
    /// It is said, and fails the review.
    Error,
}

impl Severity {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

macro_rules! rules {
    ($($category:ident { $($name:ident $id:literal $bump:ident $severity:ident $title:literal $whom:literal $help:literal)* })*) => {
        /// A rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $title] $name,)*)*
        }

        impl Rule {
            /// All of them, category by category.
            pub const ALL: &[Rule] = &[$($(Rule::$name,)*)*];

            /// `PARAM_REMOVED`.
            pub fn id(self) -> &'static str {
                match self { $($(Self::$name => $id,)*)* }
            }

            /// What kind of promise it guards.
            pub fn category(self) -> Category {
                match self { $($(Self::$name => Category::$category,)*)* }
            }

            /// How much of a version it asks for.
            pub fn bump(self) -> Bump {
                match self { $($(Self::$name => Bump::$bump,)*)* }
            }

            /// How it weighs, unless `[review]` says otherwise.
            pub fn severity(self) -> Severity {
                match self { $($(Self::$name => Severity::$severity,)*)* }
            }

            /// The change in a few words.
            pub fn title(self) -> &'static str {
                match self { $($(Self::$name => $title,)*)* }
            }

            /// Whom it hurts.
            pub fn whom(self) -> &'static str {
                match self { $($(Self::$name => $whom,)*)* }
            }

            /// What to do instead.
            pub fn help(self) -> &'static str {
                match self { $($(Self::$name => $help,)*)* }
            }

            /// The explanation, as Markdown.
            pub fn text(self) -> &'static str {
                match self { $($(Self::$name => include_str!(concat!("rules/", $id, ".md")),)*)* }
            }
        }
    };
}

rules! {
    Wire {
        ToolRemoved "TOOL_REMOVED" Major Error "a tool is gone" "whoever calls it" "keep it with `deprecated = { since, sunset, use }` until its sunset"
        ToolRenamed "TOOL_RENAMED" Major Error "a tool has another name" "whoever calls it by the old one" "add the old name to `aliases`"
        ResourceRemoved "RESOURCE_REMOVED" Major Error "a resource is gone" "whoever reads it or has its address" "keep it until nobody reads it"
        ResourceMoved "RESOURCE_MOVED" Major Error "a resource has another URI" "whoever has the old one, subscriptions too" "keep the old URI beside the new one"
        PromptRemoved "PROMPT_REMOVED" Major Error "a prompt is gone" "people who have it in a menu" "keep it until nobody uses it"
        PromptRenamed "PROMPT_RENAMED" Major Error "a prompt has another name" "people who have the old one in a menu" "keep the old one beside it"
        ParamRemoved "PARAM_REMOVED" Major Error "an argument is gone" "clients that send it are refused" "keep it, optional, and do nothing with it"
        ParamRenamed "PARAM_RENAMED" Major Error "an argument has another name" "clients that send the old one are refused" "take both for a while, each optional"
        ParamAddedRequired "PARAM_ADDED_REQUIRED" Major Error "a new argument is required" "calls without it are refused" "make it `optional = true`, or give it a `default`"
        ParamNowRequired "PARAM_NOW_REQUIRED" Major Error "an optional argument is required now" "calls without it are refused" "leave it optional, or give it a `default`"
        ParamTypeChanged "PARAM_TYPE_CHANGED" Major Error "an argument is of another type" "calls with a value of the old type are refused" "add an argument of another name beside it"
        ParamEnumValueRemoved "PARAM_ENUM_VALUE_REMOVED" Major Error "an argument does not take one of its values any more" "calls with that value are refused" "go on taking it"
        ParamNowEnum "PARAM_NOW_ENUM" Major Error "an argument takes only some values" "calls with another value are refused" "say the values in the description, and take others too"
        ParamConstraintTightened "PARAM_CONSTRAINT_TIGHTENED" Major Error "a limit of an argument is stricter" "calls with values that were within it are refused" "keep the limit, and answer with a tool error where it matters"
        ParamNotNullable "PARAM_NOT_NULLABLE" Major Error "an argument does not take `null` any more" "calls that send `null` are refused" "go on taking `null` as absent"
        ParamUnionNarrowed "PARAM_UNION_NARROWED" Major Error "an argument takes fewer kinds of values" "calls with the kind that went are refused" "go on taking it"
        ParamHeaderChanged "PARAM_HEADER_CHANGED" Major Error "an argument is repeated under another header" "clients of 2026-07-28 that have the old list send the wrong header" "keep the header"
        TaskNowRequired "TASK_NOW_REQUIRED" Major Error "a tool runs as a task only" "clients that know no tasks are refused" "use `task = \"optional\"`"
        NotSubscribable "NOT_SUBSCRIBABLE" Major Error "a resource cannot be subscribed to any more" "clients that wait for its changes" "keep `subscribe = true`"
        EndpointMoved "ENDPOINT_MOVED" Major Error "the server listens on another path" "everybody who is connected" "keep the path, or redirect the old one for a while"
        EndpointRemoved "ENDPOINT_REMOVED" Major Error "HTTP+SSE is off" "clients that know only that" "keep `sse` on until they are gone"
        ServerNameChanged "SERVER_NAME_CHANGED" Major Error "the server has another name" "it deploys as another Worker, with empty objects; clients know it by its name" "keep the name, and change the `title`"
        SyncNarrowed "SYNC_NARROWED" Major Error "pages may do less with the state" "pages that read or write it live" "keep what they have"
    }
    Contract {
        OutputFieldRemoved "OUTPUT_FIELD_REMOVED" Major Error "a field of an answer is gone" "programs that read it" "keep it"
        OutputNowOptional "OUTPUT_NOW_OPTIONAL" Major Error "a field of an answer may be absent" "programs that count on it" "always send it"
        OutputNowNullable "OUTPUT_NOW_NULLABLE" Major Error "a field of an answer may be `null`" "programs that count on a value" "leave it out of an optional field, or send a value"
        OutputTypeChanged "OUTPUT_TYPE_CHANGED" Major Error "a field of an answer is of another type" "programs that read it" "add a field of another name beside it"
        OutputSchemaRemoved "OUTPUT_SCHEMA_REMOVED" Major Error "a tool answers with no structured content" "programs that read it" "keep `output`"
        OutputEnumValueAdded "OUTPUT_ENUM_VALUE_ADDED" Major Error "a field of an answer has more values" "programs that handle each value" "add a field beside it that says more"
        OutputConstraintLoosened "OUTPUT_CONSTRAINT_LOOSENED" Major Error "a limit of an answer is looser" "programs that count on it" "keep within the limit"
        OutputUnionWidened "OUTPUT_UNION_WIDENED" Major Error "a field of an answer has more kinds of values" "programs that handle each kind" "add a field beside it"
        ParamDefaultChanged "PARAM_DEFAULT_CHANGED" Major Error "an absent argument means something else" "calls without it, which do something else silently" "keep the default"
        ResourceMimeChanged "RESOURCE_MIME_CHANGED" Major Error "a resource is of another media type" "programs that read it" "add a resource of another URI beside it"
    }
    Behaviour {
        ToolDescriptionChanged "TOOL_DESCRIPTION_CHANGED" Minor Error "a tool's description changed" "models choose and call it otherwise" "try it with the models that your users have"
        ParamDescriptionChanged "PARAM_DESCRIPTION_CHANGED" Minor Error "an argument's description changed" "models fill it in otherwise" "try it with the models that your users have"
        OutputDescriptionChanged "OUTPUT_DESCRIPTION_CHANGED" Minor Error "a description in an answer's schema changed" "models read answers otherwise" "try it with the models that your users have"
        InstructionsChanged "INSTRUCTIONS_CHANGED" Minor Error "the instructions changed" "models that read them before all tools" "try them with the models that your users have"
        PromptTextChanged "PROMPT_TEXT_CHANGED" Minor Error "a prompt says something else" "models that are told it" "try it with the models that your users have"
        PromptDescriptionChanged "PROMPT_DESCRIPTION_CHANGED" Minor Error "a prompt's description changed" "people who choose it" "see that it is still chosen for the same"
        ResourceDescriptionChanged "RESOURCE_DESCRIPTION_CHANGED" Minor Error "a resource's description changed" "models and people who choose it" "see that it is still chosen for the same"
        ResourceTextChanged "RESOURCE_TEXT_CHANGED" Minor Error "a resource says something else" "models that read it" "try it with the models that your users have"
        ResourceSourceChanged "RESOURCE_SOURCE_CHANGED" Minor Error "a resource shows something else" "whoever reads it" "add a resource of another URI beside it"
        TitleChanged "TITLE_CHANGED" Minor Error "a name for people changed" "people who look for the old one" "see that they find it"
        ConfirmChanged "CONFIRM_CHANGED" Minor Error "people are asked something else" "people who confirm a call" "see that it still says what happens"
        ServerDescriptionChanged "SERVER_DESCRIPTION_CHANGED" Minor Error "the server's description changed" "people who choose it" "see that it says what it does"
        ScopeWordsChanged "SCOPE_WORDS_CHANGED" Minor Error "a scope has other words" "people who are asked to consent" "see that it still says what they allow"
    }
    Safety {
        ReadOnlyUnset "READ_ONLY_UNSET" Minor Error "a tool is not read-only any more" "clients that let it run without asking" "add a tool beside it that writes"
        DestructiveSet "DESTRUCTIVE_SET" Minor Error "a tool may destroy" "people who allowed it when it did not" "add a tool beside it that destroys"
        ConfirmRemoved "CONFIRM_REMOVED" Minor Error "nobody is asked before a tool runs" "people who counted on being asked" "keep `confirm`"
        IdempotentChanged "IDEMPOTENT_CHANGED" Minor Error "calling a tool twice means something else" "clients that call again after a failure" "keep it as it was"
        OpenWorldSet "OPEN_WORLD_SET" Minor Error "a tool reaches out into the world" "people who allowed it when it did not" "add a tool beside it that does"
        HiddenUnicode "HIDDEN_UNICODE" Patch Error "a text has characters that nobody sees" "people who review it, as models read what they do not see" "take them out"
    }
    Auth {
        AuthAdded "AUTH_ADDED" Major Error "callers must say who they are" "everybody without a token" "leave a server without `[auth]` beside it for a while"
        AuthRemoved "AUTH_REMOVED" Major Error "nobody is asked who they are" "whoever counted on it: everything is open" "keep `[auth]`"
        AuthModeChanged "AUTH_MODE_CHANGED" Major Error "callers prove otherwise who they are" "everybody: tokens of today are refused" "tell your users, and deploy it beside the old one"
        IssuerChanged "ISSUER_CHANGED" Major Error "somebody else says who callers are" "everybody: subjects, and what belongs to them, are others" "move what belongs to them, and tell your users"
        AuthResourceChanged "AUTH_RESOURCE_CHANGED" Major Error "tokens are for another address" "everybody is signed out" "keep the address"
        ScopeAdded "SCOPE_ADDED" Major Error "a scope is needed that was not" "callers whose tokens do not have it" "ask for it when they sign in, and require it later"
        ScopeRemoved "SCOPE_REMOVED" Minor Error "a scope is not needed any more" "whoever counted on it: more callers may use it" "keep it"
        RoleAdded "ROLE_ADDED" Major Error "a role is needed that was not" "callers who do not have it" "see who is left out"
        RoleRemoved "ROLE_REMOVED" Minor Error "a role is not needed any more" "whoever counted on it: more callers may use it" "keep it"
        RoleWidened "ROLE_WIDENED" Minor Error "others have a role" "whoever counted on who has it" "add a role of another name"
        DefaultAllow "DEFAULT_ALLOW" Minor Error "items that say nothing are for everybody" "whoever counted on `default = \"deny\"`" "keep `deny`, and give items a `requires`"
        DefaultDeny "DEFAULT_DENY" Major Error "items that say nothing are for nobody" "whoever calls them" "give them a `requires`"
        BoundParamUnbound "BOUND_PARAM_UNBOUND" Major Error "an argument is not a claim of the caller's any more" "whoever counted on it: callers say themselves who they are" "keep `from`"
        BoundClaimChanged "BOUND_CLAIM_CHANGED" Major Error "an argument is another claim" "callers who find what belongs to somebody else" "keep the claim"
    }
    State {
        StateRemoved "STATE_REMOVED" Major Error "nothing is kept any more" "everybody with something in it" "keep `[state]`, or export it first"
        StateFieldRemoved "STATE_FIELD_REMOVED" Major Error "a field of the state is gone, without a version and a migration" "what it holds is lost at the next write" "raise `version` of `[state]`, and take it over in `migrate`"
        StateFieldChanged "STATE_FIELD_CHANGED" Major Error "a field of the state takes less, without a version and a migration" "objects whose state does not fit cannot be read" "raise `version` of `[state]`, and convert it in `migrate`"
        StateScopeChanged "STATE_SCOPE_CHANGED" Major Error "state belongs to somebody else" "everybody begins with an empty one" "keep the scope, or move the state"
        StateVersionLowered "STATE_VERSION_LOWERED" Major Error "the state has an older version" "objects with a newer one cannot be read" "only ever raise it"
        StateLimitLowered "STATE_LIMIT_LOWERED" Major Error "the state may be less large" "objects that are larger cannot be written" "keep the limit"
        MigrationEdited "MIGRATION_EDITED" Major Error "a migration that was applied says something else" "objects that applied it do not start" "put it back, and write a new one"
        MigrationRemoved "MIGRATION_REMOVED" Major Error "a migration that was applied is gone" "objects that applied it do not start" "put it back"
        HandleRemoved "HANDLE_REMOVED" Major Error "a kind of handles is gone" "whoever holds one" "keep it until the last one is over"
        HandleTtlShortened "HANDLE_TTL_SHORTENED" Major Error "handles last less long" "whoever comes back to one" "keep the time"
    }
    Compat {
        TopLevelUnion "TOP_LEVEL_UNION" None Warn "a tool's arguments are a union at their top" "models behind OpenAI's and Anthropic's interfaces, which take an object there" "put the union into an argument"
        OutputDraft07 "OUTPUT_DRAFT_07" None Warn "an answer's schema is of draft-07" "clients that read schemas as 2020-12, as the specification says" "write it in 2020-12"
        OutputNotObject "OUTPUT_NOT_OBJECT" None Warn "an answer's schema is of no object" "clients of 2025-11-25 and before, which take an object there" "put it into a field"
        ToolName "TOOL_NAME" None Warn "a tool's name is not taken everywhere" "clients that allow 64 characters of A-Z, a-z, 0-9, `_` and `-`" "choose a shorter or plainer name"
        TooManyTools "TOO_MANY_TOOLS" None Warn "there are very many tools" "models that choose badly among many, and clients with a limit" "gather some, or make two servers"
        TokenBudget "TOKEN_BUDGET" None Warn "`tools/list` takes more of a model's context than it may" "everybody who pays for it in each conversation" "shorten descriptions, or raise `tokens` of `[review]`"
    }
    Review {
        VersionTooLow "VERSION_TOO_LOW" None Warn "the version does not say what changed" "whoever goes by the version" "raise `version` of `[server]`"
        AllowUnused "ALLOW_UNUSED" None Error "an exception allows nothing" "whoever reads it and believes that it does" "take it out"
        AllowExpired "ALLOW_EXPIRED" None Error "an exception is over" "whoever believes that it still holds" "mend what it allowed, or give it a later `until`"
    }
}

impl Rule {
    /// The rule of an id, in whatever case.
    pub fn find(id: &str) -> Option<Self> {
        let id = id.to_ascii_uppercase().replace('-', "_");
        Self::ALL.iter().copied().find(|it| it.id() == id)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// `docs/rules.md`: all rules on one page, category by category.
pub fn page() -> String {
    let mut out = String::from(
        "# Rules of a contract review\n\nWhat a change of a declaration may break. `mcp-gen explain RULE` prints one of these. Made by \
         `UPDATE=1 cargo test -p mcp-agent-contract`; the texts are in `contract/src/rules`.\n",
    );
    let categories = Rule::ALL.chunk_by(|a, b| a.category() == b.category());
    for rules in categories.clone() {
        let category = rules[0].category();
        out.push_str(&format!(
            "\n**[{0}](#{0})**: {1}\n\n| rule | | version |\n|---|---|---|\n",
            category.as_str(),
            category.about()
        ));
        for rule in rules {
            let (id, anchor) = (rule.id(), rule.id().to_ascii_lowercase());
            let (title, bump) = (rule.title(), rule.bump().as_str());
            out.push_str(&format!("| [`{id}`](#{anchor}) | {title} | {bump} |\n"));
        }
    }
    for rules in categories {
        out.push_str(&format!("\n## {}\n", rules[0].category().as_str()));
        for rule in rules {
            out.push_str(&format!(
                "\n### {rule}\n\n{}; hurts {}. Help: {}.\n\n{}",
                capitalised(rule.title()),
                rule.whom(),
                rule.help(),
                rule.text()
            ));
        }
    }
    out
}

fn capitalised(words: &str) -> String {
    let mut rest = words.chars();
    let first = rest.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}
