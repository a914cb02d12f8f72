//! Every mistake has a name.

use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// There is no agent.
    Error,
    /// There is an agent, and something that its author should know.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($name:ident $code:literal $title:literal,)*) => {
        /// The code of a diagnostic. A code never changes its meaning and is never used again.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = concat!("`", $code, "`: ", $title, ".")] $name,)*
        }

        impl Code {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// `E0201`, or `W0310` for a warning.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The mistake in a few words: `unknown type`.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    // The file itself.
    Syntax "E0001" "not TOML",
    DuplicateKey "E0002" "duplicate key",
    UnknownKey "E0003" "unknown key",
    LaterKey "E0004" "not in this release",
    WrongType "E0005" "wrong type of value",
    NumberRange "E0006" "number out of range",
    MissingSchemaVersion "E0007" "missing schema version",
    UnknownSchemaVersion "E0008" "unknown schema version",
    MissingKey "E0009" "missing key",
    UnknownWord "E0010" "unknown word",
    BadDuration "E0011" "bad duration",
    BadSize "E0012" "bad size",
    OutOfBounds "E0013" "out of bounds",
    TooLarge "E0014" "declaration too large",

    // Names.
    BadServerName "E0101" "bad server name",
    NoIdentifier "E0102" "no Rust identifier",
    HandlerCollision "E0103" "handlers with one name",
    TypeCollision "E0104" "types with one name",
    MemberCollision "E0105" "members with one name",
    VariantCollision "E0106" "variants with one name",
    BadTypeName "E0107" "bad type name",

    // Types.
    UnknownType "E0201" "unknown type",
    MissingType "E0202" "missing type",
    CircularType "E0203" "circular type",
    MisplacedConstraint "E0204" "misplaced constraint",
    EmptyRange "E0205" "empty range",
    BadPattern "E0206" "bad pattern",
    UnknownFormat "E0207" "unknown format",
    EmptyEnum "E0208" "empty enum",
    DuplicateVariant "E0209" "duplicate enum value",
    BadDefault "E0210" "default against its type",
    OptionalDefault "E0211" "optional with a default",
    MissingItems "E0212" "missing items or fields",
    BadBound "E0213" "bad bound",
    TooDeep "E0214" "nested too deeply",

    // Tools.
    MissingDescription "E0301" "missing description",
    BadItemName "E0302" "bad tool or prompt name",
    ParamsAndSchema "E0303" "params and input schema",
    SchemaNotJson "E0304" "input schema is not JSON",
    SchemaNotObject "E0305" "input schema is not of an object",
    BadSchema "E0306" "malformed input schema",
    BadOutput "E0307" "bad output",
    ContradictingHints "E0308" "contradicting annotations",
    ReadOnlyWrites "E0309" "read-only tool that writes",
    KeywordNotEnforced "W0310" "keyword not enforced",
    LongToolName "W0311" "long tool name",
    OtherDialect "W0312" "other dialect of JSON Schema",
    BadConfirm "E0313" "bad confirmation",
    BadParamHeader "E0314" "bad header of a param",
    TakenAlias "E0315" "alias that is taken",
    BadReplacement "E0316" "bad replacement of a tool",
    BadVersion "E0317" "bad version",
    EarlySunset "E0318" "sunset that is not later",

    // Resources.
    BadUri "E0401" "bad URI",
    BadUriTemplate "E0402" "bad URI template",
    ParamWithoutVariable "E0403" "param without a variable",
    BadVariable "E0404" "bad type of a variable",
    SeveralBodies "E0405" "more than one body",
    FixedTemplate "E0406" "template with a fixed body",
    SameTemplate "E0407" "templates that match the same",
    BadMime "E0408" "bad media type",
    BadResourceSize "E0409" "bad size of a resource",

    // Prompts.
    BadArgument "E0501" "bad type of an argument",
    BadHole "E0502" "malformed hole",
    HoleWithoutSource "E0503" "hole without a source",
    UnusedArgument "W0504" "unused argument",

    // State.
    NoState "E0601" "no state",
    NoInitialValue "E0602" "no initial value",
    UnknownField "E0603" "unknown state field",
    AccessWithoutHandler "E0604" "state access without a handler",
    StateTooLarge "E0605" "initial state too large",
    BadHandleName "E0606" "bad name of a handle",
    UnknownHandle "E0607" "unknown handle",
    ToolOfHandle "E0608" "tool that comes with a handle",
    NoRoomForHandle "E0609" "no room for a handle",
    BadMigration "E0610" "bad migration",
    BadQuery "E0611" "bad query",
    NoTables "E0612" "query without tables",
    BadCron "E0613" "bad cron expression",
    NotShared "E0614" "state that is not for everybody",
    FailedMigration "E0615" "migration that fails",
    FailedStatement "E0616" "statement that fails",
    ParamCount "E0617" "wrong number of params",
    ChangedMigration "E0618" "changed migration",
    ClaimWithoutTenant "E0619" "claim without a tenant",
    SyncOfSessions "E0620" "sync of sessions",
    NothingWritable "E0621" "nothing to write",
    BadWritable "E0622" "misplaced writable",
    AdminOfNobody "E0623" "misplaced admin",

    // Transport, deploy, files.
    BadPath "E0701" "bad path",
    PathCollision "E0702" "colliding paths",
    BadHost "E0703" "bad host",
    BadOrigin "E0704" "bad origin",
    BadDate "E0705" "bad compatibility date",
    BadVar "E0706" "bad variable name",
    BadWebsite "E0707" "bad website",
    MissingFile "E0708" "missing file",
    FileEscapes "E0709" "file outside of the project",
    FileTooLarge "E0710" "file too large",
    NotText "E0711" "file is not text",
    BadHeader "E0712" "bad header name",

    // Handlers, and what clients show.
    KeyWithoutHandler "E0801" "key without a handler",
    BadCompletion "E0802" "bad completion",
    BadIcon "E0803" "bad icon",
    BadMetaKey "E0804" "bad metadata key",
    BadTime "E0805" "bad time",
    BadAttribute "E0901" "attribute that does not read",
    MisplacedAttribute "E0902" "attribute where it does not belong",
    Generic "E0903" "generics or lifetimes",
    BadReceiver "E0904" "receiver that is no handler's",
    SaidOtherwise "E0905" "key that the method says otherwise",
    BadSignature "E0906" "signature that nobody can call",
    LentType "E0907" "type that does not own what it holds",
    NoString "E0908" "argument that is no string",
    UnreadVariable "E0909" "variable that nobody reads",
    UnnamedFields "E0910" "fields without names",
    TypeMismatch "E0911" "type that does not fit what is declared",
    StrayCompletion "E0912" "completion of nothing",
    NoMethod "E0913" "item that nobody answers",

    // Auth.
    OtherMode "E1001" "key of another mode",
    UnknownAuthScope "E1002" "unknown scope",
    BadScope "E1003" "bad scope",
    UnknownRole "E1004" "unknown role",
    BadRole "E1005" "bad role",
    NobodyAsked "E1006" "caller without auth",
    SecretInFile "E1007" "secret in the declaration",
    BadSecretName "E1008" "bad name of a secret",
    BadAddress "E1009" "bad address of auth",
    BadClaim "E1010" "bad claim",
    MisplacedClaim "E1011" "claim where there is none",
    NobodyMay "W1012" "item that nobody may use",
    NobodysClaim "E1013" "claim that nobody has",

    // Review.
    UnknownRule "E1101" "unknown rule",
    BadUntil "E1102" "bad version of an exception",
    SameException "E1103" "same exception twice",
    BadPlace "E1104" "bad place of an exception",
    NoReason "E1105" "exception without a reason",
    NoException "E1106" "exception of what takes none",
}

impl Code {
    /// Whether it is an error or a warning.
    pub fn severity(self) -> Severity {
        if self.as_str().starts_with('W') {
            Severity::Warning
        } else {
            Severity::Error
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
