//! A client that the front brings to the object: what was found out about it.

/// What the object must know of a client that joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joining {
    /// Until when the connection may last, in milliseconds since the Unix epoch.
    pub until_ms: u64,
    /// The ticket that it came with: its nonce, and when it is over.
    pub ticket: Option<(String, u64)>,
    /// The line of its principal; empty where nobody is asked who they are.
    pub who: String,
}

impl Joining {
    /// Whether this is one, where the head of a request could be too. Neither the line of a request nor that of a principal begins with a space.
    pub fn is(text: &str) -> bool {
        text.starts_with(' ')
    }

    /// One line a member; the last has all that is left.
    pub fn encode(&self) -> String {
        let (nonce, over_ms) = match &self.ticket {
            Some((nonce, over_ms)) => (nonce.as_str(), *over_ms),
            None => ("", 0),
        };
        format!(" {}\n{nonce}\n{over_ms}\n{}", self.until_ms, self.who)
    }

    /// Reads what [`Joining::encode`] wrote.
    pub fn decode(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix(' ')?.splitn(4, '\n');
        let until_ms = parts.next()?.parse().ok()?;
        let nonce = parts.next()?.to_owned();
        let over_ms = parts.next()?.parse().ok()?;
        Some(Self {
            until_ms,
            ticket: Some((nonce, over_ms)).filter(|(nonce, _)| !nonce.is_empty()),
            who: parts.next()?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_survives_the_way() {
        for (ticket, who) in [
            (None, ""),
            (Some(("ab".to_owned(), 7)), r#"{"iss":"i","sub":"s"}"#),
        ] {
            let joining = Joining {
                until_ms: u64::MAX,
                ticket,
                who: who.to_owned(),
            };
            assert_eq!(Joining::decode(&joining.encode()), Some(joining));
        }
        for broken in ["", "1\n\n0\n", " 1", " 1\n\n", " x\n\n0\n"] {
            assert_eq!(Joining::decode(broken), None, "{broken:?}");
        }
    }
}
