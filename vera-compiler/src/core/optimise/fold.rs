//! Primitives of constants.

use crate::core::{Atom, Prim};

/// The result of a primitive when its operands say it. A check that would fail is left to fail at run time.
pub(super) fn fold(prim: Prim, args: &[Atom]) -> Option<Atom> {
    match args {
        [Atom::I64(a), Atom::I64(b)] => integers(prim, *a, *b),
        [Atom::I64(a)] => match prim {
            Prim::NegI64(_) => a.checked_neg().map(Atom::I64),
            Prim::GuardNat(_) if *a >= 0 => Some(Atom::I64(*a)),
            Prim::GuardByte(_) => u8::try_from(*a).ok().map(Atom::Byte),
            Prim::I64ToByte => Some(Atom::Byte(*a as u8)),
            Prim::I64ToF64 => Some(Atom::F64(*a as f64)),
            Prim::I64ToStr => Some(Atom::Str(a.to_string().into())),
            _ => None,
        },
        [Atom::Byte(a)] => match prim {
            Prim::Not => Some(Atom::Byte(u8::from(*a == 0))),
            Prim::ByteToI64 => Some(Atom::I64(i64::from(*a))),
            _ => None,
        },
        [Atom::Byte(a), Atom::Byte(b)] => match prim {
            Prim::EqByte => Some(boolean(a == b)),
            Prim::LtByte => Some(boolean(a < b)),
            _ => None,
        },
        [Atom::Str(a), Atom::Str(b)] => match prim {
            Prim::StrConcat => Some(Atom::Str(format!("{a}{b}").into())),
            Prim::StrEq => Some(boolean(a == b)),
            _ => None,
        },
        [Atom::Str(text)] => match prim {
            Prim::StrLen => Some(Atom::I64(text.len() as i64)),
            _ => None,
        },
        [Atom::Str(empty), other] | [other, Atom::Str(empty)] if empty.is_empty() && prim == Prim::StrConcat => {
            Some(other.clone())
        }
        [Atom::EmptyArray] if matches!(prim, Prim::ArrayLen(_)) => Some(Atom::I64(0)),
        [Atom::EmptyArray, other] | [other, Atom::EmptyArray] if matches!(prim, Prim::ArrayConcat(_)) => {
            Some(other.clone())
        }
        [value, Atom::I64(0)] => match prim {
            Prim::AddI64(_)
            | Prim::AddNat(_)
            | Prim::SubI64(_)
            | Prim::WrapAddI64
            | Prim::WrapSubI64
            | Prim::OrI64
            | Prim::XorI64
            | Prim::ShlI64
            | Prim::ShrI64 => Some(value.clone()),
            _ => None,
        },
        [value, Atom::I64(1)] | [Atom::I64(1), value] if matches!(prim, Prim::MulI64(_) | Prim::WrapMulI64) => {
            Some(value.clone())
        }
        [Atom::I64(0), value] if matches!(prim, Prim::AddI64(_) | Prim::AddNat(_) | Prim::WrapAddI64) => {
            Some(value.clone())
        }
        _ => None,
    }
}

fn boolean(value: bool) -> Atom {
    Atom::Byte(u8::from(value))
}

fn integers(prim: Prim, a: i64, b: i64) -> Option<Atom> {
    let value = match prim {
        Prim::AddI64(_) => a.checked_add(b)?,
        Prim::AddNat(_) => a.checked_add(b).filter(|sum| *sum >= 0)?,
        Prim::SubI64(_) => a.checked_sub(b)?,
        Prim::MulI64(_) => a.checked_mul(b)?,
        Prim::SubNat(_) => a.checked_sub(b).filter(|difference| *difference >= 0)?,
        Prim::DivI64(..) => a.checked_div(b)?,
        Prim::RemI64(_) if b != 0 => a.wrapping_rem(b),
        Prim::WrapAddI64 => a.wrapping_add(b),
        Prim::WrapSubI64 => a.wrapping_sub(b),
        Prim::WrapMulI64 => a.wrapping_mul(b),
        Prim::AndI64 => a & b,
        Prim::OrI64 => a | b,
        Prim::XorI64 => a ^ b,
        Prim::ShlI64 => a.wrapping_shl(b as u32),
        Prim::ShrI64 => (a as u64).wrapping_shr(b as u32) as i64,
        Prim::EqI64 => return Some(boolean(a == b)),
        Prim::NeI64 => return Some(boolean(a != b)),
        Prim::LtI64 => return Some(boolean(a < b)),
        Prim::LeI64 => return Some(boolean(a <= b)),
        Prim::GtI64 => return Some(boolean(a > b)),
        Prim::GeI64 => return Some(boolean(a >= b)),
        _ => return None,
    };
    Some(Atom::I64(value))
}
