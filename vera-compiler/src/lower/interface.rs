//! The interface of the module: types, public functions, and the functions that only hosts call.

use super::body::{Body, Scope};
use super::concrete;
use super::context::Lowering;
use super::work::{InstanceKey, Job};
use crate::core::{Atom, End, FnId as CoreFnId, Function, Op, Prim};
use crate::tir::{FnDecl, FnId};
use crate::types::{DataId, Ty, TyKind};
use std::collections::HashSet;
use vera_abi::interface::{ConstructorDesc, DataDesc, FunctionDesc, TypeDesc, TypeId};
use vera_abi::names;

impl<'p> Lowering<'p> {
    /// The description of a concrete type.
    pub(super) fn interface_type(&mut self, ty: Ty) -> TypeId {
        if let Some(known) = self.interface_types.find(ty) {
            return known;
        }
        let id = self.interface_types.reserve(ty);
        let desc = match self.types.kind(ty).clone() {
            TyKind::Int => TypeDesc::Int,
            TyKind::Nat => TypeDesc::Nat,
            TyKind::Bool => TypeDesc::Bool,
            TyKind::Byte => TypeDesc::Byte,
            TyKind::Float64 => TypeDesc::Float64,
            TyKind::String => TypeDesc::String,
            TyKind::Never => TypeDesc::Never,
            TyKind::Array(element) => TypeDesc::Array(self.interface_type(element)),
            TyKind::Tuple(items) => TypeDesc::Tuple(self.all_interface_types(&items)),
            TyKind::Fn(_) | TyKind::Recursive(..) => TypeDesc::Function,
            TyKind::Data(data, args) => self.data_desc(data, &args),
            TyKind::Unit
            | TyKind::Alias(..)
            | TyKind::Refined(..)
            | TyKind::Param(_)
            | TyKind::Infer(_)
            | TyKind::Invalid => TypeDesc::Unit,
        };
        self.interface_types.describe(id, desc);
        id
    }

    fn all_interface_types(&mut self, types: &[Ty]) -> Vec<TypeId> {
        types.iter().map(|&ty| self.interface_type(ty)).collect()
    }

    fn data_desc(&mut self, data: DataId, args: &[Ty]) -> TypeDesc {
        let arguments = self.all_interface_types(args);
        match (&arguments[..], Some(data)) {
            (&[key, value], known) if known == self.lang_items.map => return TypeDesc::Map(key, value),
            (&[item], known) if known == self.lang_items.set => return TypeDesc::Set(item),
            (&[], known) if known == self.lang_items.decimal => return TypeDesc::Decimal,
            _ => {}
        }
        let decl = self.program.data(data);
        let constructors = decl.constructors.iter().enumerate().map(|(tag, constructor)| {
            let fields = self.field_types(data, args, tag as u32);
            ConstructorDesc { name: constructor.name.clone(), fields: self.all_interface_types(&fields) }
        });
        let constructors = constructors.collect();
        TypeDesc::Data(Box::new(DataDesc { name: decl.name.clone(), arguments, constructors }))
    }

    /// Makes the exports: every public function of the root module that is not generic and whose signature the host can
    /// understand, in source order.
    pub(super) fn exports(&mut self) -> (Vec<(String, CoreFnId)>, Vec<FunctionDesc>) {
        let program = self.program;
        let (mut exports, mut descs) = (Vec::new(), Vec::new());
        let Some(root) = program.root else { return (exports, descs) };
        for &id in &program.modules[root.index()].functions {
            let decl = program.function(id);
            if !self.is_exportable(decl) {
                continue;
            }
            let params: Vec<Ty> = decl.params.iter().map(|param| decl.locals[param.index()].ty).collect();
            let mut ty = |ty| {
                let ty = concrete::concrete(&mut self.types, ty, &[]);
                self.interface_type(ty)
            };
            descs.push(FunctionDesc {
                name: decl.name.clone(),
                params: params.into_iter().map(&mut ty).collect(),
                result: ty(decl.result),
                effects: decl.row_text.clone(),
            });
            let settled = {
                let result = concrete::concrete(&mut self.types, decl.result, &[]);
                self.is_settled(result)
            };
            let guarded = settled
                || descs.last().is_some_and(|desc: &FunctionDesc| self.has_nat(&desc.params))
                || decl.params.iter().any(|param| self.is_checked_inside(decl.locals[param.index()].ty));
            let function = if guarded { self.reserve(Job::Export(id)) } else { self.instance(plain_instance(id)) };
            exports.push((format!("{}{}", names::FUNCTION_PREFIX, decl.name), function));
        }
        (exports, descs)
    }

    fn has_nat(&self, params: &[TypeId]) -> bool {
        params.iter().any(|param| *self.interface_types.get(*param) == TypeDesc::Nat)
    }

    fn is_exportable(&self, decl: &FnDecl) -> bool {
        let mut types = decl.params.iter().map(|param| decl.locals[param.index()].ty).chain([decl.result]);
        decl.public
            && decl.type_params.is_empty()
            && decl.row.variables().is_empty()
            && types.all(|ty| self.is_plain(ty))
    }

    /// Whether no function type is part of a type as written.
    fn is_plain(&self, ty: Ty) -> bool {
        // A type that shares its parts, as nested aliases do, is small for its extent.
        let mut seen = HashSet::new();
        let mut rest = vec![ty];
        while let Some(ty) = rest.pop() {
            if !seen.insert(ty) {
                continue;
            }
            match self.types.kind(ty) {
                TyKind::Fn(_) | TyKind::Recursive(..) => return false,
                TyKind::Array(inner) | TyKind::Alias(_, _, inner) | TyKind::Refined(inner, _, _) => rest.push(*inner),
                TyKind::Tuple(items) | TyKind::Data(_, items) => rest.extend(items),
                _ => {}
            }
        }
        true
    }

    /// Builds what the host calls: naturals are checked, because an `i64` may be negative, and what is refined inside of
    /// parameters; then the function runs, and futures in its result are awaited.
    pub(super) fn build_export(&mut self, id: FnId) -> Option<Function> {
        let program = self.program;
        let decl = program.function(id);
        let owner = self.owner(decl);
        let result_ty = concrete::concrete(&mut self.types, decl.result, &[]);
        let result = self.rep(result_ty);
        let symbol = format!("export {}", decl.name);
        let mut body = Body::new(self, Scope::new(Some(id), &decl.locals, [].into(), owner, decl.span), result);
        let types: Vec<Ty> = decl.params.iter().map(|param| body.local_ty(*param)).collect();
        let params: Vec<Atom> = types
            .iter()
            .map(|&ty| {
                let rep = body.rep(ty);
                body.b.param(rep)
            })
            .collect();
        let mut args = Vec::new();
        let slots = body.scope.owner.slots.clone();
        for (((&param, atom), ty), slot) in decl.params.iter().zip(params).zip(types).zip(slots.iter()) {
            body.check_boundary(&atom, ty, "parameter", decl.locals[param.index()].span);
            args.push(if body.ty(ty) == Ty::NAT {
                let site = body.site_of_argument(slot.clone(), decl.locals[param.index()].span);
                body.b.prim(Prim::GuardNat(site), vec![atom])
            } else {
                atom
            });
        }
        let function = body.lo.instance(plain_instance(id));
        let value = if body.lo.is_settled(result_ty) {
            let value = body.b.emit(result, Op::Call(function, args));
            body.settle(&value, result_ty);
            value
        } else {
            body.b.end(End::TailCall(function, args));
            Atom::nothing(result)
        };
        Some(body.finish(value, symbol, None))
    }
}

fn plain_instance(function: FnId) -> InstanceKey {
    InstanceKey { function, type_args: [].into(), lambdas: Vec::new(), chained: false }
}
