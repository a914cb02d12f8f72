//! `cron = "0 8 * * *"`.

use super::Cx;
use crate::diag::{Address, Code};
use mcp_agent_cron::{Cron, is_field};

/// The fields: what each is, and its values.
const FIELDS: [(&str, &str); 5] = [
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31"),
    ("month", "1 to 12 or `JAN` to `DEC`"),
    ("day of the week", "0 to 7 or `SUN` to `SAT`"),
];

/// What other dialects have names for.
const NICKNAMES: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

const EXAMPLE: &str = "cron = \"0 8 * * MON-FRI\", at eight from Monday to Friday, in UTC";

/// A cron expression has the five fields of every cron, which all read alike: numbers, `*`, lists, ranges, steps and names. Seconds, years,
/// `@daily`, `L`, `W` and `#` mean something to a few only.
pub(super) fn check_cron(cx: &mut Cx<'_>, at: &Address, cron: &str) {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        let what = match fields.len() {
            0 => "is empty".to_owned(),
            1 => "has one field, of five".to_owned(),
            count => format!("has {count} fields, of five"),
        };
        let nickname = NICKNAMES
            .iter()
            .find(|(name, _)| cron.trim().eq_ignore_ascii_case(name));
        let help = match (nickname, fields.as_slice()) {
            (Some((_, meant)), _) => format!("cron = \"{meant}\""),
            // Of six, the first are seconds.
            (None, [_, five @ ..]) if is_sound(five) => format!("cron = \"{}\"", five.join(" ")),
            _ => EXAMPLE.to_owned(),
        };
        cx.report(
            Code::BadCron,
            at,
            format!("`{cron}` is not a cron expression: it {what}"),
        )
        .label("minute, hour, day of the month, month, day of the week")
        .help(help);
        return;
    }
    for (index, (field, (what, range))) in fields.iter().zip(FIELDS).enumerate() {
        if is_field(index, field) {
            continue;
        }
        cx.report(
            Code::BadCron,
            at,
            format!("`{field}` is not the {what} of a cron expression"),
        )
        .piece(*field)
        .label(format!(
            "{range}, `*`, a list `1,2`, a range `1-5` or a step `*/15`"
        ))
        .help(EXAMPLE);
    }
    if Cron::parse(cron).is_ok_and(|cron| cron.next(0).is_none()) {
        cx.report(Code::BadCron, at, format!("`{cron}` never comes"))
            .label("no such month has such a day")
            .help(EXAMPLE);
    }
}

fn is_sound(fields: &[&str]) -> bool {
    let mut all = fields.iter().enumerate();
    fields.len() == FIELDS.len() && all.all(|(index, field)| is_field(index, field))
}

#[cfg(test)]
mod tests {
    use super::is_sound;

    #[test]
    fn crons() {
        let sound = |cron: &str| is_sound(&cron.split(' ').collect::<Vec<_>>());
        for cron in [
            "* * * * *",
            "*/15 * * * *",
            "0 8 1,15 * *",
            "5-20/5 0-6 31 12 7",
            "0 0 1 JAN-mar Mon,WED",
        ] {
            assert!(sound(cron), "{cron}");
        }
        for cron in [
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 8",
            "* * L * *",
            "* * 1W * *",
            "* * * * 1#2",
            "* * ? * *",
            "*/0 * * * *",
            "5-1 * * * *",
            "1,, * * * *",
            "* * * * DAY",
            "JAN * * * *",
            "@daily * * * *",
            "1 * * *",
        ] {
            assert!(!sound(cron), "{cron}");
        }
    }
}
