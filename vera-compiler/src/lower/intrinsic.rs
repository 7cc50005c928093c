//! Built-ins that are one or a few primitives.

use super::body::Body;
use super::checks::Operation;
use super::sites::Check;
use super::work::Derivation;
use crate::builtins::Intrinsic;
use crate::core::{Atom, Op, Prim};
use crate::source::Span;
use crate::types::{Ty, TyKind};
use vera_abi::layout::Rep;
use vera_abi::trap::TrapKind;

impl Body<'_, '_> {
    /// An intrinsic at concrete type arguments; `ty` is the concrete result type.
    pub(super) fn intrinsic(
        &mut self,
        intrinsic: Intrinsic,
        type_args: &[Ty],
        args: Vec<Atom>,
        ty: Ty,
        span: Span,
    ) -> Atom {
        // Every intrinsic on arrays has the element type as its only type argument.
        let element = type_args.first().map_or(Rep::Unit, |&ty| self.lo.rep(ty));
        let prim = match intrinsic {
            Intrinsic::ArrayLen => Prim::ArrayLen(element),
            Intrinsic::ArrayGetUnchecked => Prim::ArrayGetUnchecked(element),
            Intrinsic::ArrayPush => Prim::ArrayPush(element),
            Intrinsic::ArrayConcat => Prim::ArrayConcat(element),
            Intrinsic::ArraySlice => Prim::ArraySlice(element),
            Intrinsic::ArrayWithCapacity => Prim::ArrayWithCapacity(element),
            Intrinsic::ArraySet => Prim::ArraySet(element),
            Intrinsic::ArrayInsert => Prim::ArrayInsert(element),
            Intrinsic::ArrayRemove => Prim::ArrayRemove(element),
            Intrinsic::StrLen => Prim::StrLen,
            Intrinsic::StrConcat => Prim::StrConcat,
            Intrinsic::StrPush => Prim::StrPush,
            Intrinsic::StrCompare => Prim::StrCompare,
            Intrinsic::StrSlice => Prim::StrSlice,
            Intrinsic::StrByte => Prim::StrByte,
            Intrinsic::StrCharCode => Prim::StrByteChecked(self.site_of(Operation::Character, span)),
            Intrinsic::StrFind => Prim::StrFind,
            Intrinsic::I64ToStr => Prim::I64ToStr,
            Intrinsic::StrPushI64 => Prim::StrPushI64,
            Intrinsic::StrToBytes => Prim::StrToBytes,
            Intrinsic::BytesToStr => Prim::BytesToStr,
            Intrinsic::WrapAdd => Prim::WrapAddI64,
            Intrinsic::WrapSub => Prim::WrapSubI64,
            Intrinsic::WrapMul => Prim::WrapMulI64,
            Intrinsic::And => Prim::AndI64,
            Intrinsic::Or => Prim::OrI64,
            Intrinsic::Xor => Prim::XorI64,
            Intrinsic::Shl => Prim::ShlI64,
            Intrinsic::Shr => Prim::ShrI64,
            Intrinsic::Popcount => Prim::PopcountI64,
            Intrinsic::Sqrt => Prim::SqrtF64,
            Intrinsic::FloorToInt => return self.rounded(Prim::FloorF64, args, span),
            Intrinsic::CeilToInt => return self.rounded(Prim::CeilF64, args, span),
            Intrinsic::RoundToInt => return self.rounded(Prim::NearestF64, args, span),
            Intrinsic::FloatToInt => Prim::F64ToI64(self.site_of(Operation::FloatToInt, span)),
            Intrinsic::IntToFloat => Prim::I64ToF64,
            Intrinsic::FloatBits => Prim::F64Bits,
            Intrinsic::FloatFromBits => Prim::F64FromBits,
            Intrinsic::NatToInt => return args.into_iter().next().unwrap_or(Atom::I64(0)),
            Intrinsic::IntToNat => Prim::GuardNat(self.site_of(Operation::ToNat, span)),
            Intrinsic::ByteToInt => Prim::ByteToI64,
            Intrinsic::IntToByte => Prim::I64ToByte,
            Intrinsic::KeyStep => Prim::KeyStep,
            Intrinsic::KeyEq => return self.key_equal(type_args, args, span),
            Intrinsic::KeyHash => return self.key_hash(type_args, args, span),
            Intrinsic::ShowOnto => return self.show_onto(type_args, args, span),
            Intrinsic::DecimalCheck => return self.decimal_check(args, span),
            Intrinsic::SameObject if element == Rep::Ptr => Prim::SameObject,
            Intrinsic::SameObject => return Atom::Byte(0),
        };
        debug_assert_eq!(prim.signature().1, self.lo.rep(ty), "result of {intrinsic:?}");
        self.b.prim(prim, args)
    }

    fn rounded(&mut self, rounding: Prim, args: Vec<Atom>, span: Span) -> Atom {
        let value = self.b.prim(rounding, args);
        let site = self.site_of(Operation::FloatToInt, span);
        self.b.prim(Prim::F64ToI64(site), vec![value])
    }

    fn show_onto(&mut self, type_args: &[Ty], args: Vec<Atom>, span: Span) -> Atom {
        let (Some(&ty), [text, value]) = (type_args.first(), &args[..]) else { return Atom::Str("".into()) };
        self.show_value(text.clone(), ty, value.clone(), Atom::I64(0), span)
    }

    fn decimal_check(&mut self, args: Vec<Atom>, span: Span) -> Atom {
        let holds = args.into_iter().next().unwrap_or(Atom::Byte(0));
        self.check(holds, Check { kind: TrapKind::Decimal, text: String::new(), span }, Vec::new());
        Atom::Unit
    }

    fn key_equal(&mut self, type_args: &[Ty], args: Vec<Atom>, span: Span) -> Atom {
        let (Some(&ty), [left, right]) = (type_args.first(), &args[..]) else { return Atom::Byte(0) };
        self.equal_values(Derivation::KeyEq, ty, left.clone(), right.clone(), span)
    }

    fn key_hash(&mut self, type_args: &[Ty], args: Vec<Atom>, span: Span) -> Atom {
        let (Some(&ty), Some(value)) = (type_args.first(), args.into_iter().next()) else { return Atom::I64(0) };
        let part = self.hash_value(Derivation::KeyHash, ty, value, span);
        match self.lo.types.kind(ty) {
            TyKind::Int
            | TyKind::Nat
            | TyKind::Bool
            | TyKind::Byte
            | TyKind::Unit
            | TyKind::Never
            | TyKind::Float64 => self.b.prim(Prim::KeyNumber, vec![part]),
            _ => part,
        }
    }

    /// A call of a derived function.
    pub(super) fn call_derived(&mut self, derivation: Derivation, ty: Ty, args: Vec<Atom>, result: Rep) -> Atom {
        let function = self.lo.derived(derivation, ty, self.scope.origin);
        self.b.emit(result, Op::Call(function, args))
    }
}
