//! Numbers, compared exactly however they are written.

use std::cmp::Ordering;

/// A JSON number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Num {
    /// Without a fraction, below 2^100.
    Int(i128),
    /// With a fraction, or beyond.
    Float(f64),
}

/// From here on an `f64` is not made an integer. It is far above all that is read exactly.
const HUGE: f64 = (1_u128 << 100) as f64;

impl Num {
    /// A finite float; one without a fraction is an integer, as JSON Schema has it.
    pub fn from_f64(value: f64) -> Num {
        if value.fract() == 0.0 && value.abs() < HUGE {
            Num::Int(value as i128)
        } else {
            Num::Float(value)
        }
    }

    pub fn is_integer(self) -> bool {
        match self {
            Num::Int(_) => true,
            Num::Float(value) => value.fract() == 0.0,
        }
    }

    /// Whether the integers of handlers hold it.
    pub fn fits_i64(self) -> bool {
        matches!(self, Num::Int(value) if i64::try_from(value).is_ok())
    }

    /// Whether it is a multiple of a positive number. Of a fraction, as far as floats can tell: 0.3 is a multiple of 0.1.
    pub fn is_multiple_of(self, of: Num) -> bool {
        if let (Num::Int(value), Num::Int(of)) = (self, of) {
            return value % of == 0;
        }
        let quotient = self.to_f64() / of.to_f64();
        quotient.is_finite() && (quotient - quotient.round()).abs() <= f64::EPSILON * quotient.abs()
    }

    fn to_f64(self) -> f64 {
        match self {
            Num::Int(value) => value as f64,
            Num::Float(value) => value,
        }
    }
}

impl Ord for Num {
    fn cmp(&self, other: &Num) -> Ordering {
        match (*self, *other) {
            (Num::Int(a), Num::Int(b)) => a.cmp(&b),
            (Num::Float(a), Num::Float(b)) => a.total_cmp(&b),
            (Num::Int(a), Num::Float(b)) => compare(a, b),
            (Num::Float(a), Num::Int(b)) => compare(b, a).reverse(),
        }
    }
}

/// An integer against a float that is none.
fn compare(int: i128, float: f64) -> Ordering {
    if float.abs() >= HUGE {
        return if float > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        };
    }
    // The fraction lies strictly between its floor and the next integer.
    if int <= float.floor() as i128 {
        Ordering::Less
    } else {
        Ordering::Greater
    }
}

impl PartialOrd for Num {
    fn partial_cmp(&self, other: &Num) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Num {
    fn eq(&self, other: &Num) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Num {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_exact() {
        let float = Num::from_f64;
        assert_eq!(float(1.0), Num::Int(1));
        assert_eq!(float(-0.0), Num::Int(0));
        assert!(Num::Int(9_007_199_254_740_993) > float(9_007_199_254_740_992.0));
        assert!(Num::Int(i128::from(u64::MAX)) < float(18_446_744_073_709_551_616.0));
        assert!(Num::Int(0) < float(0.5) && float(0.5) < Num::Int(1));
        assert!(Num::Int(-1) < float(-0.5) && float(-0.5) < Num::Int(0));
        assert!(Num::Int(i128::from(i64::MIN)) > float(-1e300));
        assert!(float(1e300).is_integer() && !float(0.1).is_integer());
    }

    #[test]
    fn multiples() {
        let float = Num::from_f64;
        assert!(Num::Int(-6).is_multiple_of(Num::Int(3)));
        assert!(!Num::Int(7).is_multiple_of(Num::Int(3)));
        assert!(float(0.3).is_multiple_of(float(0.1)));
        assert!(!float(0.35).is_multiple_of(float(0.1)));
        assert!(Num::Int(0).is_multiple_of(float(0.1)));
        assert!(!float(1e-300).is_multiple_of(Num::Int(1)));
        assert!(!float(1e300).is_multiple_of(float(1e-300)));
    }
}
