//! Cron expressions: five fields, in UTC, as in cron(5). A declaration is checked with it, and a Worker keeps its times with it.
//!
//! Why this is not another crate's work is in `docs/adr/0013-cron.md`; what it does is compared with one in its tests.

/// The longest expression, in bytes.
const MAX_BYTES: usize = 256;
const MINUTE_MS: u64 = 60_000;
const DAY_MINUTES: u64 = 24 * 60;
/// Of which the 29th of February is one, even around a century's year.
const SEARCH_DAYS: u64 = 8 * 366 + 1;

/// A field of an expression.
struct Field {
    name: &'static str,
    first: u8,
    last: u8,
    /// Of the values from the first on.
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field {
        name: "minute",
        first: 0,
        last: 59,
        names: &[],
    },
    Field {
        name: "hour",
        first: 0,
        last: 23,
        names: &[],
    },
    Field {
        name: "day of the month",
        first: 1,
        last: 31,
        names: &[],
    },
    Field {
        name: "month",
        first: 1,
        last: 12,
        names: &[
            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
        ],
    },
    Field {
        name: "day of the week",
        first: 0,
        // Sunday is both ends.
        last: 7,
        names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    },
];

/// The times of an expression. Each field is a set of bits.
#[derive(Debug)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Whether a day of the month or of the week is enough: both are restricted.
    either: bool,
}

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it, and what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_BYTES {
            return Err(format!("a cron expression has at most {MAX_BYTES} bytes"));
        }
        let wrong = |what: String| format!("`{text}` is no cron expression: {what}");
        let parts: Vec<&str> = text.split_whitespace().collect();
        let Ok(parts) = <[&str; 5]>::try_from(parts) else {
            return Err(wrong(
                "it has five fields: minute, hour, day of the month, month, day of the week"
                    .to_owned(),
            ));
        };
        let mut bits = [0; 5];
        for ((field, part), bits) in FIELDS.iter().zip(parts).zip(&mut bits) {
            *bits = field.read(part).map_err(wrong)?;
        }
        let [minutes, hours, days, months, weekdays] = bits;
        Ok(Self {
            minutes,
            hours,
            days,
            months,
            weekdays: weekdays | weekdays >> 7,
            either: !parts[2].contains('*') && !parts[4].contains('*'),
        })
    }

    /// The first time after this one, both in milliseconds since the Unix epoch. `None` when it never comes, as the 30th of February.
    pub fn next(&self, after_ms: u64) -> Option<u64> {
        let from = after_ms / MINUTE_MS + 1;
        let today = from / DAY_MINUTES;
        let day = (today..today + SEARCH_DAYS).find_map(|day| {
            let begin = if day == today { from % DAY_MINUTES } else { 0 };
            let minute = self.in_day(begin).filter(|_| self.has_day(day))?;
            Some(day * DAY_MINUTES + minute)
        });
        day?.checked_mul(MINUTE_MS)
    }

    /// The first minute of a day from this one on.
    fn in_day(&self, begin: u64) -> Option<u64> {
        (begin / 60..24).find_map(|hour| {
            let from = if hour == begin / 60 { begin % 60 } else { 0 };
            let minutes = self.minutes >> from;
            let any = self.hours >> hour & 1 == 1 && minutes != 0;
            any.then(|| hour * 60 + from + u64::from(minutes.trailing_zeros()))
        })
    }

    fn has_day(&self, day: u64) -> bool {
        let (month, of_month) = date(day);
        // The epoch began on a Thursday.
        let of_week = (day + 4) % 7;
        let days = self.days >> of_month & 1 == 1;
        let weekdays = self.weekdays >> of_week & 1 == 1;
        let either = match self.either {
            true => days || weekdays,
            false => days && weekdays,
        };
        either && self.months >> month & 1 == 1
    }
}

/// Whether this is a field of an expression, at this place among the five.
pub fn is_field(at: usize, text: &str) -> bool {
    text.len() <= MAX_BYTES && FIELDS.get(at).is_some_and(|field| field.read(text).is_ok())
}

impl Field {
    /// The values of a list.
    fn read(&self, list: &str) -> Result<u64, String> {
        list.split(',')
            .try_fold(0, |bits, part| Ok(bits | self.range(part)?))
    }

    fn range(&self, part: &str) -> Result<u64, String> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (self.value(from)?, self.value(to)?),
            None if range == "*" => (self.first, self.last),
            None => {
                let value = self.value(range)?;
                if step.is_some() {
                    let last = self.last;
                    return Err(format!(
                        "a step needs a range, such as `{value}-{last}/{}`",
                        step.unwrap_or_default()
                    ));
                }
                (value, value)
            }
        };
        if from > to {
            return Err(format!("the range `{range}` ends before it begins"));
        }
        let step = match step.map(str::parse) {
            None => 1,
            Some(Ok(step @ 1..=99_u8)) => step,
            Some(_) => return Err(format!("the step of `{part}` is a number from 1 on")),
        };
        let values = (from..=to).step_by(step.into());
        Ok(values.fold(0, |bits, value| bits | 1 << value))
    }

    fn value(&self, text: &str) -> Result<u8, String> {
        let named = self
            .names
            .iter()
            .position(|it| it.eq_ignore_ascii_case(text));
        if let Some(at) = named.and_then(|at| u8::try_from(at).ok()) {
            return Ok(self.first + at);
        }
        let digits = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        let value = text.parse().ok().filter(|_| digits);
        value
            .filter(|value| (self.first..=self.last).contains(value))
            .ok_or_else(|| {
                let (name, first, last) = (self.name, self.first, self.last);
                format!("`{text}` is no {name}, which is {first} to {last}")
            })
    }
}

/// The month and its day, of the days since the epoch: years are counted from March on, so that a leap day is the last of its year.
fn date(day: u64) -> (u64, u64) {
    let day = day + 719_468;
    let of_era = day % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    (if month < 10 { month + 3 } else { month - 9 }, of_month)
}

#[cfg(test)]
mod tests;
