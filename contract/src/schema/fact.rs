//! What may lie between two schemas.

use serde_json::Value;
use std::fmt::Write;

/// A step from a schema to one inside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A member of an object.
    Member(String),
    /// Every member that has no name of its own: `additionalProperties`.
    Members,
    /// The items of an array.
    Items,
    /// One item of an array: `prefixItems`.
    Item(usize),
    /// One alternative of a union, by what it is.
    Variant(String),
    /// Into a type that has a name: `#/types/Order`. Not a place of its own.
    Type(String),
}

/// How people write where something is: `order.lines[].sku`. Nothing for the schema itself.
pub fn display(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        // Writing to a string does not fail.
        let _ = match step {
            Step::Member(name) if out.is_empty() => write!(out, "{name}"),
            Step::Member(name) => write!(out, ".{name}"),
            Step::Members if out.is_empty() => write!(out, "*"),
            Step::Members => write!(out, ".*"),
            Step::Items => write!(out, "[]"),
            Step::Item(index) => write!(out, "[{index}]"),
            Step::Variant(label) => write!(out, "({label})"),
            Step::Type(_) => Ok(()),
        };
    }
    out
}

/// One thing that lies between two schemas.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Where.
    pub path: Vec<Step>,
    /// What.
    pub what: What,
}

/// What lies between two schemas at one place.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A member is gone, which had to be there, or not.
    MemberRemoved {
        /// Its name.
        name: String,
        /// Whether it had to be there.
        required: bool,
    },
    /// A member came, which must be there, or not.
    MemberAdded {
        /// Its name.
        name: String,
        /// Whether it must be there.
        required: bool,
    },
    /// A member is gone, and one came that is the same but for its name.
    MemberRenamed {
        /// Its name before.
        from: String,
        /// Its name after.
        to: String,
    },
    /// What might be absent must be there.
    NowRequired,
    /// What had to be there may be absent.
    NowOptional,
    /// `null` was taken and is no more.
    NotNullable,
    /// `null` is taken.
    NowNullable,
    /// It is of a type of which fewer values are.
    TypeNarrowed {
        /// The type before.
        from: String,
        /// The type after.
        to: String,
    },
    /// It is of a type of which more values are.
    TypeWidened {
        /// The type before.
        from: String,
        /// The type after.
        to: String,
    },
    /// It is of another type.
    TypeChanged {
        /// The type before.
        from: String,
        /// The type after.
        to: String,
    },
    /// Only these values are taken, and it was any of the type.
    NowEnum(Vec<Value>),
    /// Any value of the type is taken, and it was only these.
    NoLongerEnum(Vec<Value>),
    /// One of the values is gone.
    ValueRemoved(Value),
    /// There is one more value.
    ValueAdded(Value),
    /// A limit is stricter.
    Tightened(Limit),
    /// A limit is less strict.
    Loosened(Limit),
    /// A limit is another one, and nobody can say whether it is stricter.
    Altered(Limit),
    /// An alternative is gone.
    VariantRemoved(String),
    /// There is one more alternative.
    VariantAdded(String),
    /// What stands for an absent value is another one.
    DefaultChanged {
        /// Before.
        from: Option<Value>,
        /// After.
        to: Option<Value>,
    },
    /// The words for it are others.
    DescriptionChanged {
        /// Before.
        from: Option<String>,
        /// After.
        to: Option<String>,
    },
    /// The header that it is repeated under (`x-mcp-header`) is another one.
    HeaderChanged {
        /// Before.
        from: Option<String>,
        /// After.
        to: Option<String>,
    },
}

/// A keyword that limits values.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// `minimum`.
    pub keyword: String,
    /// The keyword before, where it is another: `exclusiveMinimum`.
    pub was: Option<String>,
    /// Its value before; `None` where it was absent.
    pub from: Option<Value>,
    /// Its value after; `None` where it is absent.
    pub to: Option<Value>,
}

impl Limit {
    fn mirror(self) -> Self {
        let (keyword, was) = match self.was {
            Some(was) => (was, Some(self.keyword)),
            None => (self.keyword, None),
        };
        Self {
            keyword,
            was,
            from: self.to,
            to: self.from,
        }
    }
}

impl Fact {
    /// The same thing, seen from the other side.
    #[must_use]
    pub fn mirror(self) -> Self {
        Self {
            path: self.path,
            what: self.what.mirror(),
        }
    }
}

impl What {
    fn mirror(self) -> Self {
        match self {
            Self::MemberRemoved { name, required } => Self::MemberAdded { name, required },
            Self::MemberAdded { name, required } => Self::MemberRemoved { name, required },
            Self::MemberRenamed { from, to } => Self::MemberRenamed { from: to, to: from },
            Self::NowRequired => Self::NowOptional,
            Self::NowOptional => Self::NowRequired,
            Self::NotNullable => Self::NowNullable,
            Self::NowNullable => Self::NotNullable,
            Self::TypeNarrowed { from, to } => Self::TypeWidened { from: to, to: from },
            Self::TypeWidened { from, to } => Self::TypeNarrowed { from: to, to: from },
            Self::TypeChanged { from, to } => Self::TypeChanged { from: to, to: from },
            Self::NowEnum(values) => Self::NoLongerEnum(values),
            Self::NoLongerEnum(values) => Self::NowEnum(values),
            Self::ValueRemoved(value) => Self::ValueAdded(value),
            Self::ValueAdded(value) => Self::ValueRemoved(value),
            Self::Tightened(limit) => Self::Loosened(limit.mirror()),
            Self::Loosened(limit) => Self::Tightened(limit.mirror()),
            Self::Altered(limit) => Self::Altered(limit.mirror()),
            Self::VariantRemoved(label) => Self::VariantAdded(label),
            Self::VariantAdded(label) => Self::VariantRemoved(label),
            Self::DefaultChanged { from, to } => Self::DefaultChanged { from: to, to: from },
            Self::DescriptionChanged { from, to } => {
                Self::DescriptionChanged { from: to, to: from }
            }
            Self::HeaderChanged { from, to } => Self::HeaderChanged { from: to, to: from },
        }
    }
}
