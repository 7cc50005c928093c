//! Vera types as Rust types.

use super::homes::{self, Home, Homes};
use super::names;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use std::rc::Rc;
use vera_abi::layout::TYPED_PARAMETERS;
use vera_abi::prelude::PreludeType;
use vera_compiler::source::Span;
use vera_compiler::tir::Program;
use vera_compiler::types::{DataId, EffectId, Ty, TyKind};

/// The context of a type: the Rust types for type parameters, and the data types that need a box.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place<'a> {
    /// The Rust type for each type parameter of the declaration.
    pub(crate) params: &'a [TokenStream],
    /// The data types that contain the one whose declaration is being generated. A field that holds one of them holds
    /// it in a `Boxed`. So the type has a size, and values of any depth can be dropped, cloned and compared.
    pub(crate) knot: Option<&'a BTreeSet<DataId>>,
}

impl Place<'_> {
    /// The same behind a box.
    fn boxed(self) -> Self {
        Place { knot: None, ..self }
    }
}

/// The place in Rust source of a place in the program, if there is one.
pub(crate) type Places<'a> = dyn Fn(Span) -> Option<proc_macro2::Span> + 'a;

/// The Rust side of the types of one program.
pub(crate) struct RustTypes<'a> {
    pub(crate) program: &'a Program,
    /// For every data type the type parameters that are keys of a map or set in it.
    pub(crate) key_parameters: Rc<Vec<BTreeSet<u32>>>,
    pub(crate) homes: &'a Homes,
    places: &'a Places<'a>,
    /// The Rust module that the code is for.
    here: &'a Home,
}

impl<'a> RustTypes<'a> {
    /// The types as they appear in the wrapper of the program, before their keys are known
    /// ([`super::reach::rust_types`]).
    pub(super) fn without_keys(program: &'a Program, homes: &'a Homes, places: &'a Places<'a>) -> Self {
        RustTypes { program, key_parameters: Rc::default(), homes, places, here: homes.wrapper() }
    }

    /// The types as they appear in another Rust module.
    pub(crate) fn within<'h>(&self, here: &'h Home) -> RustTypes<'h>
    where
        'a: 'h,
    {
        RustTypes { key_parameters: Rc::clone(&self.key_parameters), here, ..*self }
    }

    /// The home of a data type.
    pub(crate) fn home(&self, id: DataId) -> &'a Home {
        self.homes.of(self.program.data(id).module)
    }

    /// The home of an effect that the program declares.
    pub(crate) fn effect_home(&self, id: EffectId) -> &'a Home {
        self.program.effect(id).module.map_or(self.homes.wrapper(), |module| self.homes.of(module))
    }

    /// The trait of an effect.
    pub(crate) fn effect(&self, id: EffectId) -> TokenStream {
        homes::path(self.here, self.effect_home(id), self.homes.effect(id))
    }

    /// The trait of an effect whose operations are futures.
    pub(crate) fn effect_awaited(&self, id: EffectId) -> TokenStream {
        homes::path(self.here, self.effect_home(id), &names::async_trait(self.homes.effect(id)))
    }

    /// Generated code at the place of its declaration, where rustc and editors show it.
    pub(crate) fn at(&self, declared: Option<Span>, tokens: TokenStream) -> TokenStream {
        match declared.and_then(self.places) {
            Some(place) => located(tokens, place),
            None => tokens,
        }
    }

    /// The prelude type of a data type, if the runtime has a Rust type for it.
    pub(crate) fn prelude_type(&self, id: DataId) -> Option<PreludeType> {
        if self.is_of_the_language(id) { PreludeType::of_name(&self.program.data(id).name) } else { None }
    }

    /// Whether the prelude declares a data type.
    pub(crate) fn is_of_the_language(&self, id: DataId) -> bool {
        self.program.modules[self.program.data(id).module.index()].prelude
    }

    /// The kind of a type, without alias heads and refinements.
    pub(crate) fn kind(&self, ty: Ty) -> &TyKind {
        self.program.types.kind(self.program.types.structural(ty))
    }

    /// Whether values of two types are the same: aliases and refinements are resolved.
    pub(crate) fn equal(&self, one: Ty, other: Ty) -> bool {
        let all = |one: &[Ty], other: &[Ty]| {
            one.len() == other.len() && one.iter().zip(other).all(|(&one, &other)| self.equal(one, other))
        };
        match (self.kind(one), self.kind(other)) {
            (TyKind::Array(one), TyKind::Array(other)) => self.equal(*one, *other),
            (TyKind::Tuple(one), TyKind::Tuple(other)) => all(one, other),
            (TyKind::Data(one, one_args), TyKind::Data(other, other_args)) => one == other && all(one_args, other_args),
            (one, other) => one == other,
        }
    }

    /// The Rust type of values of a Vera type outside of generic declarations.
    pub(crate) fn concrete(&self, ty: Ty) -> TokenStream {
        self.owned(ty, Place::default())
    }

    /// The Rust type of values of a Vera type.
    pub(crate) fn owned(&self, ty: Ty, place: Place<'_>) -> TokenStream {
        match self.kind(ty) {
            TyKind::Int => quote!(i64),
            TyKind::Nat => quote!(u64),
            TyKind::Bool => quote!(bool),
            TyKind::Byte => quote!(u8),
            TyKind::Float64 => quote!(f64),
            TyKind::String => quote!(::std::string::String),
            TyKind::Never => quote!(::core::convert::Infallible),
            TyKind::Array(element) => self.container(&[*element], place, |place| {
                let element = self.owned(*element, place);
                quote!(::std::vec::Vec<#element>)
            }),
            TyKind::Tuple(items) => {
                let items = items.iter().map(|&item| self.owned(item, place));
                quote!((#(#items,)*))
            }
            TyKind::Data(id, args) => self.data(*id, args, place),
            TyKind::Param(index) => place.params.get(*index as usize).cloned().unwrap_or_else(|| quote!(())),
            // Functions are refused by `reach`; the others never get past the checker.
            TyKind::Unit
            | TyKind::Fn(_)
            | TyKind::Recursive(..)
            | TyKind::Alias(..)
            | TyKind::Refined(..)
            | TyKind::Infer(_)
            | TyKind::Invalid => quote!(()),
        }
    }

    fn data(&self, id: DataId, args: &[Ty], place: Place<'_>) -> TokenStream {
        let arguments = |place| args.iter().map(move |&arg| self.owned(arg, place));
        match self.prelude_type(id) {
            Some(PreludeType::Option) => generic(quote!(::core::option::Option), arguments(place)),
            Some(PreludeType::Result) => generic(quote!(::core::result::Result), arguments(place)),
            Some(PreludeType::Ordering) => quote!(::core::cmp::Ordering),
            Some(map @ (PreludeType::Map | PreludeType::Set)) => {
                let name = format_ident!("Index{}", map.name());
                self.container(args, place, |place| {
                    let arguments = args.iter().map(|&arg| self.owned(arg, place));
                    generic(quote!(::vera_runtime::indexmap::#name), arguments)
                })
            }
            Some(PreludeType::Json) => quote!(::vera_runtime::serde_json::Value),
            Some(PreludeType::Future) => generic(quote!(::vera_runtime::value::Future), arguments(place)),
            Some(PreludeType::HtmlNode) => quote!(::vera_runtime::value::html::HtmlNode),
            Some(PreludeType::Decimal) => quote!(::vera_runtime::value::Decimal),
            Some(PreludeType::UrlParts) => quote!(::vera_runtime::value::UrlParts),
            Some(web @ (PreludeType::Request | PreludeType::Response)) => {
                let name = format_ident!("{}", web.name());
                quote!(::vera_runtime::value::#name)
            }
            Some(PreludeType::MdBlock) => quote!(::vera_runtime::value::markdown::MdBlock),
            Some(PreludeType::MdInline) => quote!(::vera_runtime::value::markdown::MdInline),
            None => {
                let name = homes::path(self.here, self.home(id), self.homes.data(id));
                if place.knot.is_some_and(|knot| knot.contains(&id)) {
                    let ty = generic(quote!(#name), arguments(place.boxed()));
                    quote!(::vera_runtime::value::Boxed<#ty>)
                } else {
                    generic(quote!(#name), arguments(place))
                }
            }
        }
    }

    /// A vector, map or set. Its own heap allocation gives its contents a size; the box is for dropping it.
    fn container(&self, contents: &[Ty], place: Place<'_>, ty: impl Fn(Place<'_>) -> TokenStream) -> TokenStream {
        let plain = ty(place.boxed());
        let mut held = BTreeSet::new();
        contents.iter().for_each(|&content| self.held(content, &mut held));
        if place.knot.is_some_and(|knot| !knot.is_disjoint(&held)) {
            quote!(::vera_runtime::value::Boxed<#plain>)
        } else {
            plain
        }
    }

    /// The data types of the program that a type mentions, directly or through fields.
    pub(crate) fn held(&self, ty: Ty, found: &mut BTreeSet<DataId>) {
        match self.kind(ty) {
            TyKind::Array(element) => self.held(*element, found),
            TyKind::Tuple(items) => items.iter().for_each(|&item| self.held(item, found)),
            TyKind::Data(id, args) => {
                args.iter().for_each(|&arg| self.held(arg, found));
                if self.prelude_type(*id).is_none() && found.insert(*id) {
                    self.fields(*id).for_each(|field| self.held(field, found));
                }
            }
            _ => {}
        }
    }

    /// The types of all fields of a data type.
    pub(crate) fn fields(&self, id: DataId) -> impl Iterator<Item = Ty> {
        self.program.data(id).constructors.iter().flat_map(|constructor| &constructor.fields).copied()
    }

    /// The Rust type of a parameter of a module's method. Numbers have their exact type, so that a literal needs no
    /// annotation. For heap values every accepted type is allowed.
    pub(crate) fn argument(&self, ty: Ty) -> TokenStream {
        let owned = self.concrete(ty);
        if self.by_value(ty) { owned } else { quote!(impl ::vera_runtime::Argument<#owned>) }
    }

    /// The Rust type of a parameter of a host's method: borrowed where the value is on the heap.
    pub(crate) fn parameter(&self, ty: Ty, place: Place<'_>) -> TokenStream {
        match self.kind(ty) {
            TyKind::String => quote!(&str),
            TyKind::Array(element) => {
                let element = self.owned(*element, place);
                quote!(&[#element])
            }
            _ if self.by_value(ty) => self.owned(ty, place),
            _ => {
                let owned = self.owned(ty, place);
                quote!(&#owned)
            }
        }
    }

    /// Whether a parameter list is short enough for a typed handle, or for an operation of a host.
    pub(crate) fn is_narrow(&self, params: impl Iterator<Item = Ty>) -> bool {
        let (count, values) = params.fold((0, 0), |(count, values), ty| {
            let more = match self.kind(ty) {
                TyKind::Unit | TyKind::Never => 0,
                TyKind::String | TyKind::Array(_) => 2,
                _ => 1,
            };
            (count + 1, values + more)
        });
        count <= TYPED_PARAMETERS && values <= TYPED_PARAMETERS
    }

    /// Whether values are passed by value: numbers, and options, results and tuples of them.
    pub(crate) fn by_value(&self, ty: Ty) -> bool {
        match self.kind(ty) {
            TyKind::Tuple(items) => items.iter().all(|&item| self.by_value(item)),
            TyKind::Data(id, args) => match self.prelude_type(*id) {
                Some(PreludeType::Option | PreludeType::Result | PreludeType::Future) => {
                    args.iter().all(|&arg| self.by_value(arg))
                }
                Some(PreludeType::Ordering) => true,
                _ => false,
            },
            TyKind::Array(_) | TyKind::String => false,
            // A type parameter of an effect stands for numbers and texts alike: its values are given away.
            _ => true,
        }
    }

    /// Whether the Rust type implements `Eq` and `Hash`. A type that is still being examined (`open`) counts as such.
    pub(crate) fn hashable(&self, ty: Ty, open: &mut BTreeSet<DataId>) -> bool {
        match self.kind(ty) {
            TyKind::Float64 => false,
            TyKind::Array(element) => self.hashable(*element, open),
            TyKind::Tuple(items) => items.iter().all(|&item| self.hashable(item, open)),
            TyKind::Data(id, args) => match self.prelude_type(*id) {
                Some(PreludeType::Option | PreludeType::Result | PreludeType::Future) => {
                    args.iter().all(|&arg| self.hashable(arg, open))
                }
                Some(PreludeType::Ordering | PreludeType::UrlParts | PreludeType::Decimal) => true,
                Some(_) => false,
                None => {
                    args.iter().all(|&arg| self.hashable(arg, open))
                        && (!open.insert(*id) || self.fields(*id).all(|field| self.hashable(field, open)))
                }
            },
            _ => true,
        }
    }
}

/// The tokens at another place. Names in them keep their meaning, and lints treat them as generated code.
fn located(tokens: TokenStream, place: proc_macro2::Span) -> TokenStream {
    let locate = |token: TokenTree| {
        let mut token = match token {
            TokenTree::Group(group) => TokenTree::Group(Group::new(group.delimiter(), located(group.stream(), place))),
            token => token,
        };
        token.set_span(proc_macro2::Span::call_site().located_at(place));
        token
    };
    tokens.into_iter().map(locate).collect()
}

/// The Rust names of a declaration's type parameters.
pub(crate) fn type_parameters(names: &[String]) -> Vec<Ident> {
    let mut taken = Vec::new();
    for name in names {
        let mut ident = names::camel(name);
        while taken.contains(&ident) {
            ident = format_ident!("{ident}1");
        }
        taken.push(ident);
    }
    taken
}

/// Type parameters in angle brackets. A parameter that is the key of a map has a bound for keys.
pub(crate) fn generics(parameters: &[Ident], keys: &BTreeSet<u32>) -> TokenStream {
    if parameters.is_empty() {
        return quote!();
    }
    let parameters = (0..).zip(parameters).map(|(index, parameter)| {
        let bound = keys.contains(&index).then(|| quote!(: ::vera_runtime::value::Key));
        quote!(#parameter #bound)
    });
    quote!(<#(#parameters),*>)
}

fn generic(name: TokenStream, arguments: impl Iterator<Item = TokenStream>) -> TokenStream {
    let arguments: Vec<_> = arguments.collect();
    if arguments.is_empty() { name } else { quote!(#name<#(#arguments),*>) }
}
