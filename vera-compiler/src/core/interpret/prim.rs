//! The primitives, as [`Prim`] describes them.

use super::Stop;
use super::machine::{Machine, array_of};
use super::value::{Array, Bytes, Value};
use crate::core::{Prim, Recorded, SiteId};
use std::cmp::Ordering;
use vera_abi::layout::Rep;

/// Any key: no result depends on it.
const HASH_KEY: vera_abi::map::hash::Key = vera_abi::map::hash::Key(0, 0);
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x100_0000_01b3;
/// 2^63: the truncation of a float fits an `i64` when it is at least `-TWO_63` and less than this.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// The operands of a primitive, taken one by one.
struct Operands(std::vec::IntoIter<Value>);

impl Operands {
    fn next(&mut self) -> Value {
        self.0.next().expect("as many operands as the primitive takes")
    }

    fn i64(&mut self) -> i64 {
        match self.next() {
            Value::I64(value) => value,
            other => panic!("{other:?} is no i64"),
        }
    }

    fn f64(&mut self) -> f64 {
        match self.next() {
            Value::F64(value) => value,
            other => panic!("{other:?} is no f64"),
        }
    }

    fn byte(&mut self) -> u8 {
        match self.next() {
            Value::Byte(value) => value,
            other => panic!("{other:?} is no byte"),
        }
    }

    fn bytes(&mut self) -> Bytes {
        match self.next() {
            Value::Bytes(bytes) => bytes,
            Value::Array(array) if array.is_empty() => Vec::new().into(),
            other => panic!("{other:?} is no string"),
        }
    }

    fn elements(&mut self) -> Elements {
        match self.next() {
            Value::Bytes(bytes) => Elements::Bytes(bytes),
            Value::Array(array) => Elements::Values(array),
            other => panic!("{other:?} is no array"),
        }
    }

    /// An index that the program has made sure of.
    fn index(&mut self) -> usize {
        usize::try_from(self.i64()).expect("an index is not negative")
    }
}

/// The elements of an array.
enum Elements {
    Bytes(Bytes),
    Values(Array),
}

impl Elements {
    fn len(&self) -> usize {
        match self {
            Elements::Bytes(bytes) => bytes.len(),
            Elements::Values(array) => array.len(),
        }
    }

    fn get(&self, index: i64) -> Option<Value> {
        let index = usize::try_from(index).ok()?;
        match self {
            Elements::Bytes(bytes) => bytes.with(|bytes| bytes.get(index).copied()).map(Value::Byte),
            Elements::Values(array) => array.get(index),
        }
    }

    fn to_vec(&self) -> Vec<Value> {
        match self {
            Elements::Bytes(bytes) => bytes.with(|bytes| bytes.iter().map(|&byte| Value::Byte(byte)).collect()),
            Elements::Values(array) => array.to_vec(),
        }
    }
}

/// The result of a primitive that can trap.
fn checked(prim: Prim, args: Vec<Value>) -> Result<Value, Stop> {
    let mut operands = Operands(args.clone().into_iter());
    result_of_checked(prim, &mut operands).map_err(|site| {
        let recorded = match prim.recorded(site) {
            Recorded::Operands => args,
            Recorded::First => args.into_iter().take(1).collect(),
            Recorded::IndexAndLength => {
                let mut operands = Operands(args.into_iter());
                let length = operands.elements().len() as i64;
                vec![operands.next(), Value::I64(length)]
            }
        };
        Stop::Trap(site, recorded)
    })
}

/// The result of a primitive that can trap, or the site of the check that fails.
fn result_of_checked(prim: Prim, args: &mut Operands) -> Result<Value, SiteId> {
    use Prim::*;
    let number = |value: Option<i64>, site| value.map(Value::I64).ok_or(site);
    match prim {
        AddI64(site) => number(args.i64().checked_add(args.i64()), site),
        SubI64(site) => number(args.i64().checked_sub(args.i64()), site),
        MulI64(site) => number(args.i64().checked_mul(args.i64()), site),
        DivI64(zero, overflow) => match (args.i64(), args.i64()) {
            (_, 0) => Err(zero),
            (a, b) => number(a.checked_div(b), overflow),
        },
        RemI64(zero) => match (args.i64(), args.i64()) {
            (_, 0) => Err(zero),
            (a, b) => Ok(Value::I64(a.wrapping_rem(b))),
        },
        NegI64(site) => number(args.i64().checked_neg(), site),
        AddNat(site) => number(Some(args.i64().wrapping_add(args.i64())).filter(|n| *n >= 0), site),
        SubNat(site) => number(Some(args.i64().wrapping_sub(args.i64())).filter(|n| *n >= 0), site),
        GuardNat(site) => number(Some(args.i64()).filter(|n| *n >= 0), site),
        GuardByte(site) => u8::try_from(args.i64()).map(Value::Byte).map_err(|_| site),
        F64ToI64(site) => {
            let value = args.f64();
            number((-TWO_63..TWO_63).contains(&value).then_some(value as i64), site)
        }
        StrByteChecked(site) => {
            let (string, index) = (args.bytes(), args.i64());
            let byte = usize::try_from(index).ok().and_then(|index| string.with(|bytes| bytes.get(index).copied()));
            number(byte.map(i64::from), site)
        }
        ArrayGet(_, site) => {
            let (array, index) = (args.elements(), args.i64());
            array.get(index).ok_or(site)
        }
        _ => unreachable!("{prim:?} cannot trap"),
    }
}

fn compared(holds: bool) -> Result<Value, Stop> {
    Ok(Value::bool(holds))
}

impl Machine<'_> {
    pub(super) fn primitive(&mut self, prim: Prim, args: Vec<Value>) -> Result<Value, Stop> {
        use Prim::*;
        if prim.can_trap() {
            return checked(prim, args);
        }
        let mut args = Operands(args.into_iter());
        match prim {
            WrapAddI64 => Ok(Value::I64(args.i64().wrapping_add(args.i64()))),
            WrapSubI64 => Ok(Value::I64(args.i64().wrapping_sub(args.i64()))),
            WrapMulI64 => Ok(Value::I64(args.i64().wrapping_mul(args.i64()))),
            AndI64 => Ok(Value::I64(args.i64() & args.i64())),
            OrI64 => Ok(Value::I64(args.i64() | args.i64())),
            XorI64 => Ok(Value::I64(args.i64() ^ args.i64())),
            ShlI64 => Ok(Value::I64(args.i64().wrapping_shl(args.i64() as u32))),
            ShrI64 => Ok(Value::I64((args.i64() as u64).wrapping_shr(args.i64() as u32) as i64)),
            PopcountI64 => Ok(Value::I64(i64::from(args.i64().count_ones()))),
            EqI64 => compared(args.i64() == args.i64()),
            NeI64 => compared(args.i64() != args.i64()),
            LtI64 => compared(args.i64() < args.i64()),
            LeI64 => compared(args.i64() <= args.i64()),
            GtI64 => compared(args.i64() > args.i64()),
            GeI64 => compared(args.i64() >= args.i64()),

            AddF64 => Ok(Value::F64(args.f64() + args.f64())),
            SubF64 => Ok(Value::F64(args.f64() - args.f64())),
            MulF64 => Ok(Value::F64(args.f64() * args.f64())),
            DivF64 => Ok(Value::F64(args.f64() / args.f64())),
            NegF64 => Ok(Value::F64(-args.f64())),
            SqrtF64 => Ok(Value::F64(args.f64().sqrt())),
            FloorF64 => Ok(Value::F64(args.f64().floor())),
            CeilF64 => Ok(Value::F64(args.f64().ceil())),
            TruncF64 => Ok(Value::F64(args.f64().trunc())),
            NearestF64 => Ok(Value::F64(args.f64().round_ties_even())),
            EqF64 => compared(args.f64() == args.f64()),
            NeF64 => compared(args.f64() != args.f64()),
            LtF64 => compared(args.f64() < args.f64()),
            LeF64 => compared(args.f64() <= args.f64()),
            GtF64 => compared(args.f64() > args.f64()),
            GeF64 => compared(args.f64() >= args.f64()),
            I64ToF64 => Ok(Value::F64(args.i64() as f64)),
            F64Bits => Ok(Value::I64(args.f64().to_bits() as i64)),
            F64FromBits => Ok(Value::F64(f64::from_bits(args.i64() as u64))),

            Not => compared(args.byte() == 0),
            EqByte => compared(args.byte() == args.byte()),
            LtByte => compared(args.byte() < args.byte()),
            ByteToI64 => Ok(Value::I64(i64::from(args.byte()))),
            I64ToByte => Ok(Value::Byte(args.i64() as u8)),

            StrLen => Ok(Value::I64(args.bytes().len() as i64)),
            StrConcat => {
                let (first, second) = (args.bytes(), args.bytes());
                if first.is_empty() || second.is_empty() {
                    return Ok(Value::Bytes(if first.is_empty() { second } else { first }));
                }
                let more = second.with(<[u8]>::to_vec);
                self.append_bytes(&first, &more)
            }
            StrPush => {
                let string = args.bytes();
                self.append_bytes(&string, &[args.byte()])
            }
            StrEq => {
                let (a, b) = (args.bytes(), args.bytes());
                self.burn(a.len() as u64 / 8)?;
                compared(a.with(|a| b.with(|b| a == b)))
            }
            StrCompare => {
                let (a, b) = (args.bytes(), args.bytes());
                self.burn(a.len() as u64 / 8)?;
                Ok(Value::I64(match a.with(|a| b.with(|b| a.cmp(b))) {
                    Ordering::Less => -1,
                    Ordering::Equal => 0,
                    Ordering::Greater => 1,
                }))
            }
            StrSlice => {
                let (string, start, end) = (args.bytes(), args.index(), args.index());
                self.burn((end - start) as u64)?;
                Ok(Value::Bytes(string.with(|bytes| bytes[start..end].to_vec()).into()))
            }
            StrByte => {
                let (string, index) = (args.bytes(), args.index());
                Ok(Value::Byte(string.with(|bytes| bytes[index])))
            }
            StrFind => {
                let (string, needle, from) = (args.bytes(), args.bytes(), args.index());
                self.burn(string.len() as u64)?;
                Ok(Value::I64(string.with(|string| needle.with(|needle| find(string, needle, from)))))
            }
            StrHash => {
                let string = args.bytes();
                self.burn(string.len() as u64)?;
                let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME);
                Ok(Value::I64(string.with(|bytes| bytes.iter().fold(FNV_OFFSET, step)) as i64))
            }
            StrKeyHash => {
                let string = args.bytes();
                self.burn(string.len() as u64)?;
                Ok(Value::I64(string.with(|bytes| HASH_KEY.bytes(bytes)) as i64))
            }
            KeyStep => {
                let (hash, part) = (args.i64(), args.i64());
                Ok(Value::I64(HASH_KEY.step(hash as u64, part as u64) as i64))
            }
            KeyNumber => Ok(Value::I64(HASH_KEY.number(args.i64() as u64) as i64)),
            I64ToStr => Ok(Value::string(&args.i64().to_string())),
            StrPushI64 => {
                let string = args.bytes();
                self.append_bytes(&string, args.i64().to_string().as_bytes())
            }
            StrToBytes | BytesToStr => Ok(Value::Bytes(args.bytes())),

            ArrayLen(_) => Ok(Value::I64(args.elements().len() as i64)),
            AddI64(_) | SubI64(_) | MulI64(_) | DivI64(..) | RemI64(_) | NegI64(_) | AddNat(_) | SubNat(_)
            | GuardNat(_) | GuardByte(_) | F64ToI64(_) | StrByteChecked(_) | ArrayGet(..) => {
                unreachable!("{prim:?} can trap")
            }
            ArrayGetUnchecked(_) => {
                let (array, index) = (args.elements(), args.i64());
                Ok(array.get(index).expect("an index in range"))
            }
            ArrayPush(rep) => {
                let array = args.elements();
                self.append(rep, &array, vec![args.next()])
            }
            ArrayConcat(rep) => {
                let (first, second) = (args.elements(), args.elements());
                let more = second.to_vec();
                self.append(rep, &first, more)
            }
            ArraySlice(rep) => {
                let (array, start, count) = (args.elements(), args.index(), args.index());
                let elements = self.copied(&array)?;
                Ok(array_of(rep, elements[start..start + count].to_vec()))
            }
            ArrayWithCapacity(rep) => Ok(array_of(rep, Vec::new())),
            ArraySet(rep) => {
                let (array, index, element) = (args.elements(), args.index(), args.next());
                let mut elements = self.copied(&array)?;
                elements[index] = element;
                Ok(array_of(rep, elements))
            }
            ArrayInsert(rep) => {
                let (array, index, element) = (args.elements(), args.index(), args.next());
                let mut elements = self.copied(&array)?;
                elements.insert(index, element);
                Ok(array_of(rep, elements))
            }
            ArrayRemove(rep) => {
                let (array, index) = (args.elements(), args.index());
                let mut elements = self.copied(&array)?;
                elements.remove(index);
                Ok(array_of(rep, elements))
            }

            SameObject => compared(args.next().same_object(&args.next())),
            TagOf => match args.next() {
                Value::Static(tag) => Ok(Value::I64(i64::from(tag))),
                Value::Record(record) => Ok(Value::I64(i64::from(record.tag))),
                other => panic!("{other:?} has no tag"),
            },
        }
    }

    fn append_bytes(&mut self, string: &Bytes, more: &[u8]) -> Result<Value, Stop> {
        self.burn(more.len() as u64 + if string.is_at_end() { 0 } else { string.len() as u64 })?;
        Ok(Value::Bytes(string.append(more)))
    }

    fn append(&mut self, rep: Rep, array: &Elements, more: Vec<Value>) -> Result<Value, Stop> {
        match array {
            Elements::Values(array) if rep != Rep::Byte => {
                self.burn(more.len() as u64 + if array.is_at_end() { 0 } else { array.len() as u64 })?;
                Ok(Value::Array(array.append(more)))
            }
            Elements::Bytes(bytes) => {
                let more = array_of(Rep::Byte, more);
                let Value::Bytes(more) = more else { panic!("{more:?} are no bytes") };
                let more = more.with(<[u8]>::to_vec);
                self.append_bytes(bytes, &more)
            }
            // The empty array, which may be of bytes.
            Elements::Values(_) => Ok(array_of(rep, more)),
        }
    }

    fn copied(&mut self, array: &Elements) -> Result<Vec<Value>, Stop> {
        self.burn(array.len() as u64)?;
        Ok(array.to_vec())
    }
}

/// Offset of the first occurrence at or after `from`, or -1.
fn find(string: &[u8], needle: &[u8], from: usize) -> i64 {
    let Some(rest) = string.get(from..) else { return -1 };
    if needle.is_empty() {
        return from as i64;
    }
    rest.windows(needle.len()).position(|window| window == needle).map_or(-1, |at| (at + from) as i64)
}
