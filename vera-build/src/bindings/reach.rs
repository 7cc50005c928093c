//! Types that can cross the boundary: which data types a signature reaches, and why some types cannot cross.

use super::homes::Homes;
use super::types::{Places, RustTypes};
use std::collections::BTreeSet;
use std::rc::Rc;
use vera_abi::layout::TYPED_PARAMETERS;
use vera_abi::prelude::PreludeType;
use vera_compiler::tir::Program;
use vera_compiler::types::{DataId, Ty, TyKind};

/// Maximum number of items of a tuple with a Rust counterpart, because Rust's own traits end there.
const LONGEST_TUPLE: usize = 12;

/// Why a type has no Rust counterpart, for the message about the function that uses it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NotExpressible {
    /// A function value.
    Function,
    /// A private data type.
    Private(String),
    /// A map or set whose keys Rust cannot hash: floats, or types that contain one.
    Key,
    /// A tuple with this number of items.
    LongTuple(usize),
    /// A data type with a type parameter that no field uses.
    Phantom(String, String),
    /// The function itself is generic, in types or effects.
    Generic,
    /// An operation with this number of parameters.
    ManyParameters(usize),
}

impl NotExpressible {
    /// The reason as part of a sentence about the function, with a fix.
    pub(crate) fn explain(&self) -> String {
        match self {
            NotExpressible::Function => "it takes or returns a function value, which cannot leave the module; \
                wrap it in a public function over plain data"
                .into(),
            NotExpressible::Private(name) => {
                format!("it uses the private data type `{name}`; declare it `public data {name}`")
            }
            NotExpressible::Key => "it uses a map or set with keys that Rust cannot hash (floats inside); \
                use `Int` or `String` keys"
                .into(),
            NotExpressible::LongTuple(items) => format!(
                "it uses a tuple of {items} items, and Rust's tuples are useful up to {LONGEST_TUPLE}; \
                 declare a data type for it"
            ),
            NotExpressible::Phantom(data, parameter) => format!(
                "no field of `{data}` uses its type parameter `{parameter}`, which Rust does not allow; \
                 remove the parameter"
            ),
            NotExpressible::Generic => {
                "it is generic, and the host has no type to give for a type parameter; wrap it in a public function \
                 for the types that are needed"
                    .into()
            }
            NotExpressible::ManyParameters(count) => format!(
                "it has {count} parameters, and an operation of a host has at most {TYPED_PARAMETERS}, where texts and \
                 arrays count twice; put some of them in a data type"
            ),
        }
    }
}

impl RustTypes<'_> {
    /// The data types of the program that a type reaches, including itself, also through fields.
    ///
    /// # Errors
    /// When some part of it has no Rust counterpart.
    pub(crate) fn reach(&self, ty: Ty, reached: &mut BTreeSet<DataId>) -> Result<(), NotExpressible> {
        match self.kind(ty) {
            TyKind::Array(element) => self.reach(*element, reached),
            TyKind::Tuple(items) if items.len() > LONGEST_TUPLE => Err(NotExpressible::LongTuple(items.len())),
            TyKind::Tuple(items) => items.iter().try_for_each(|&item| self.reach(item, reached)),
            TyKind::Fn(_) => Err(NotExpressible::Function),
            TyKind::Data(id, args) => {
                if !self.key_arguments(*id, args).all(|key| self.hashable(key, &mut BTreeSet::new())) {
                    return Err(NotExpressible::Key);
                }
                args.iter().try_for_each(|&arg| self.reach(arg, reached))?;
                self.reach_data(*id, reached)
            }
            _ => Ok(()),
        }
    }

    /// The same for a data type, for any type arguments.
    ///
    /// # Errors
    /// Like [`RustTypes::reach`].
    pub(crate) fn reach_data(&self, id: DataId, reached: &mut BTreeSet<DataId>) -> Result<(), NotExpressible> {
        if self.prelude_type(id).is_some() || !reached.insert(id) {
            return Ok(());
        }
        let data = self.program.data(id);
        if !data.public {
            return Err(NotExpressible::Private(data.name.clone()));
        }
        if let Some(parameter) = self.unused_parameter(id) {
            return Err(NotExpressible::Phantom(data.name.clone(), parameter));
        }
        self.fields(id).try_for_each(|field| self.reach(field, reached))
    }

    /// A type parameter that Rust would report as unused: no field mentions it, except to pass it to the type itself.
    fn unused_parameter(&self, id: DataId) -> Option<String> {
        let mut used = BTreeSet::new();
        self.fields(id).for_each(|field| self.parameters(field, id, &mut used));
        let names = &self.program.data(id).type_params;
        (0..).zip(names).find(|(index, _)| !used.contains(index)).map(|(_, name)| name.clone())
    }

    fn parameters(&self, ty: Ty, of: DataId, used: &mut BTreeSet<u32>) {
        match self.kind(ty) {
            TyKind::Param(index) => {
                used.insert(*index);
            }
            TyKind::Array(element) => self.parameters(*element, of, used),
            TyKind::Tuple(items) => items.iter().for_each(|&item| self.parameters(item, of, used)),
            TyKind::Data(id, args) if *id != of => args.iter().for_each(|&arg| self.parameters(arg, of, used)),
            _ => {}
        }
    }

    /// The data types of the program whose values are keys of maps and sets that a type holds: those need Vera's hash.
    pub(crate) fn keys(&self, ty: Ty, open: &mut BTreeSet<DataId>, keys: &mut BTreeSet<DataId>) {
        match self.kind(ty) {
            TyKind::Array(element) => self.keys(*element, open, keys),
            TyKind::Tuple(items) => items.iter().for_each(|&item| self.keys(item, open, keys)),
            TyKind::Data(id, args) => {
                self.key_arguments(*id, args).for_each(|key| self.held(key, keys));
                args.iter().for_each(|&arg| self.keys(arg, open, keys));
                if self.prelude_type(*id).is_none() && open.insert(*id) {
                    self.fields(*id).for_each(|field| self.keys(field, open, keys));
                }
            }
            _ => {}
        }
    }

    /// The type arguments that are keys of a map or set in the data type that takes them.
    fn key_arguments<'t>(&self, id: DataId, args: &'t [Ty]) -> impl Iterator<Item = Ty> + 't {
        let positions = match self.prelude_type(id) {
            Some(PreludeType::Map | PreludeType::Set) => BTreeSet::from([0]),
            Some(_) => BTreeSet::new(),
            None => self.key_parameters[id.index()].clone(),
        };
        (0..).zip(args).filter(move |(index, _)| positions.contains(index)).map(|(_, &arg)| arg)
    }
}

/// The types as they appear in the wrapper of a program.
pub(crate) fn rust_types<'a>(program: &'a Program, homes: &'a Homes, places: &'a Places<'a>) -> RustTypes<'a> {
    let mut types = RustTypes::without_keys(program, homes, places);
    key_parameters(&mut types);
    types
}

/// For every data type the type parameters that are keys of a map or set in it.
fn key_parameters(types: &mut RustTypes<'_>) {
    types.key_parameters = Rc::new(vec![BTreeSet::new(); types.program.data.len()]);
    loop {
        let found: Vec<BTreeSet<u32>> = (0..types.program.data.len() as u32)
            .map(|index| {
                let mut found = BTreeSet::new();
                types.fields(DataId(index)).for_each(|field| types.key_uses(field, false, &mut found));
                found
            })
            .collect();
        if found == *types.key_parameters {
            return;
        }
        types.key_parameters = Rc::new(found);
    }
}

impl RustTypes<'_> {
    /// The type parameters that are keys in a type, by the results for data types so far.
    pub(crate) fn key_uses(&self, ty: Ty, in_key: bool, found: &mut BTreeSet<u32>) {
        match self.kind(ty) {
            TyKind::Param(index) if in_key => {
                found.insert(*index);
            }
            TyKind::Array(element) => self.key_uses(*element, in_key, found),
            TyKind::Tuple(items) => items.iter().for_each(|&item| self.key_uses(item, in_key, found)),
            TyKind::Data(id, args) => {
                args.iter().for_each(|&arg| self.key_uses(arg, in_key, found));
                self.key_arguments(*id, args).for_each(|key| self.key_uses(key, true, found));
            }
            _ => {}
        }
    }
}
