use super::Cron;
use chrono::{DateTime, Utc};
use std::str::FromStr;

fn at(text: &str) -> u64 {
    let at = DateTime::<Utc>::from_str(text).expect("a time");
    u64::try_from(at.timestamp_millis()).expect("after 1970")
}

fn next(cron: &str, after: &str) -> String {
    let cron = Cron::parse(cron).expect("an expression");
    let next = cron.next(at(after)).expect("a next time");
    let next = DateTime::<Utc>::from_timestamp_millis(i64::try_from(next).expect("an i64"));
    next.expect("a time")
        .format("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

#[track_caller]
fn is_next(cron: &str, after: &str, expected: &str) {
    assert_eq!(
        next(cron, after),
        [expected, ":00+00:00"].concat(),
        "{cron}"
    );
}

#[test]
fn the_next_time_is_later_than_now() {
    is_next("* * * * *", "2027-01-15T08:00:00Z", "2027-01-15T08:01");
    is_next("* * * * *", "2027-01-15T08:00:59.999Z", "2027-01-15T08:01");
    is_next("0 8 * * *", "2027-01-15T08:00:00Z", "2027-01-16T08:00");
    is_next("0 8 * * *", "2027-01-15T07:59:59.999Z", "2027-01-15T08:00");
    is_next(
        "*/15 9-17 * * MON-FRI",
        "2027-01-15T17:45:00Z",
        "2027-01-18T09:00",
    );
    is_next("59 23 31 DEC *", "2027-01-01T00:00:00Z", "2027-12-31T23:59");
    is_next(
        "5,10-20/5 0 1 jan,Jul *",
        "2027-01-01T00:05:00Z",
        "2027-01-01T00:10",
    );
    is_next(
        "5,10-20/5 0 1 jan,Jul *",
        "2027-01-01T00:20:00Z",
        "2027-07-01T00:05",
    );
}

#[test]
fn sunday_is_0_and_7() {
    for sunday in ["0", "7", "SUN", "sun", "7,0"] {
        is_next(
            &format!("0 0 * * {sunday}"),
            "2027-01-15T08:00:00Z",
            "2027-01-17T00:00",
        );
    }
    is_next("0 0 * * 6-7", "2027-01-16T00:00:00Z", "2027-01-17T00:00");
    is_next("0 0 * * 5-7", "2027-01-17T00:00:00Z", "2027-01-22T00:00");
}

#[test]
fn a_day_of_the_month_or_of_the_week_is_enough_where_both_are_said() {
    // The 15th of January 2027 is a Friday.
    is_next("0 0 20 * MON", "2027-01-15T00:00:00Z", "2027-01-18T00:00");
    is_next("0 0 20 * MON", "2027-01-18T00:00:00Z", "2027-01-20T00:00");
    is_next("0 0 * * MON", "2027-01-18T00:00:00Z", "2027-01-25T00:00");
    // A star that leaves some out is a star: both must be.
    is_next("0 0 */2 * MON", "2027-01-15T00:00:00Z", "2027-01-25T00:00");
}

#[test]
fn months_without_the_day_are_passed_over() {
    is_next("0 0 31 * *", "2027-01-31T00:00:00Z", "2027-03-31T00:00");
    is_next("0 0 30 * *", "2027-01-30T00:00:00Z", "2027-03-30T00:00");
    is_next("0 0 29 2 *", "2027-01-01T00:00:00Z", "2028-02-29T00:00");
    is_next("0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00");
    for never in ["0 0 30 2 *", "0 0 31 4,6,9,11 *"] {
        assert_eq!(Cron::parse(never).unwrap().next(0), None, "{never}");
    }
    assert_eq!(Cron::parse("* * * * *").unwrap().next(u64::MAX), None);
}

#[test]
fn what_is_no_expression_is_said() {
    let fields = "it has five fields: minute, hour, day of the month, month, day of the week";
    for (cron, what) in [
        ("", fields),
        ("* * * *", fields),
        ("* * * * * *", fields),
        ("@daily", fields),
        ("60 * * * *", "`60` is no minute, which is 0 to 59"),
        ("* 24 * * *", "`24` is no hour, which is 0 to 23"),
        ("* * 0 * *", "`0` is no day of the month, which is 1 to 31"),
        ("* * * FOO *", "`FOO` is no month, which is 1 to 12"),
        ("* * * * 8", "`8` is no day of the week, which is 0 to 7"),
        (
            "* * * * MON#2",
            "`MON#2` is no day of the week, which is 0 to 7",
        ),
        ("+1 * * * *", "`+1` is no minute, which is 0 to 59"),
        ("1,,2 * * * *", "`` is no minute, which is 0 to 59"),
        ("5-1 * * * *", "the range `5-1` ends before it begins"),
        ("*/0 * * * *", "the step of `*/0` is a number from 1 on"),
        ("*/x * * * *", "the step of `*/x` is a number from 1 on"),
        ("5/15 * * * *", "a step needs a range, such as `5-59/15`"),
    ] {
        let expected = format!("`{cron}` is no cron expression: {what}");
        assert_eq!(Cron::parse(cron).unwrap_err(), expected);
    }
    let long = ["1,".repeat(200), "1 * * * *".to_owned()].concat();
    let refused = Cron::parse(&long).unwrap_err();
    assert_eq!(refused, "a cron expression has at most 256 bytes");
}

/// Numbers that are the same every time: SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % n
    }

    fn field(&mut self, first: u64, last: u64, names: &[&str]) -> String {
        if self.below(3) == 0 {
            return "*".to_owned();
        }
        let parts = (0..=self.below(3)).map(|_| {
            let from = first + self.below(last - first + 1);
            let to = from + self.below(last - from + 1);
            match self.below(5) {
                0 => format!("{from}-{to}"),
                1 => format!("{from}-{to}/{}", 1 + self.below(9)),
                2 => {
                    let at = usize::try_from(from - first).expect("a few");
                    names
                        .get(at)
                        .map_or_else(|| from.to_string(), |it| (*it).to_owned())
                }
                _ => from.to_string(),
            }
        });
        parts.collect::<Vec<_>>().join(",")
    }
}

#[test]
fn a_well_known_crate_says_the_same() {
    let mut dice = Dice(1);
    let [.., months, weekdays] = &super::FIELDS;
    let mut never = 0;
    for round in 0..3_000 {
        let mut minutes = dice.field(0, 59, &[]);
        if dice.below(4) == 0 {
            minutes = format!("*/{}", 1 + dice.below(59));
        }
        let cron = [
            minutes,
            dice.field(0, 23, &[]),
            dice.field(1, 31, &[]),
            dice.field(1, 12, months.names),
            dice.field(0, 7, weekdays.names),
        ]
        .join(" ");
        let ours = Cron::parse(&cron).expect("an expression");
        let theirs = croner::Cron::from_str(&cron).expect("an expression");
        // From 1970 to 2129.
        let mut time_ms = dice.below(5_000_000_000_000);
        for _ in 0..4 {
            let from = DateTime::<Utc>::from_timestamp_millis(time_ms as i64).expect("a time");
            let next = theirs.find_next_occurrence(&from, false);
            let next = next.ok().map(|it| it.timestamp_millis() as u64);
            assert_eq!(ours.next(time_ms), next, "{round}: `{cron}` after {from}");
            match next {
                Some(next_ms) => time_ms = next_ms,
                None => {
                    never += 1;
                    break;
                }
            }
        }
    }
    assert!(never < 300, "{never} of 3000 never come");
}
