//! Every lambda that lowering has reached; [`super::closure`] builds their bodies.

use super::guard::Guard;
use super::origin::Origins;
use super::sites::Owner;
use super::work::{LambdaId, TypeArgs};
use crate::core::{Atom, ClosureId, ClosureShape, FnId, FrameId};
use crate::tir::{self, Closure, Local};
use std::collections::HashMap;
use std::rc::Rc;
use vera_abi::layout::Rep;

/// A lambda and its captured values, flattened.
#[derive(Clone, Debug)]
pub(super) struct LambdaValue {
    /// Which one.
    pub(super) id: LambdaId,
    /// Captured values; a captured known lambda stands for its own captured values.
    pub(super) captures: Rc<[Atom]>,
}

/// What a lambda is built from, and the forms it has been given.
#[derive(Debug)]
pub(super) struct Lambda<'p> {
    /// The expression.
    pub(super) closure: &'p Closure,
    /// The function it is written in.
    pub(super) function: Option<tir::FnId>,
    /// Bindings of that function.
    pub(super) locals: &'p [Local],
    /// Concrete type arguments of that function.
    pub(super) type_args: TypeArgs,
    /// What failed checks in it say about where they are.
    pub(super) owner: Owner,
    /// For each captured binding the lambda it is known to be.
    pub(super) known: Vec<Option<LambdaId>>,
    /// The guard its body needs; its values are the last captured ones.
    pub(super) guard: Guard,
    /// What its captured values and its parameters are parts of, if the guard needs it.
    pub(super) origins: Origins,
    /// Representations of the captured values.
    pub(super) captures: Vec<Rep>,
    /// Representations of the parameters.
    pub(super) params: Vec<Rep>,
    /// Representation of the result.
    pub(super) result: Rep,
    /// How many known lambdas are captured inside one another.
    pub(super) nested: u32,
    /// Its body as a function of captured values and arguments.
    pub(super) direct: Option<FnId>,
    /// The shape of its closure values.
    pub(super) boxed: Option<ClosureId>,
    /// How symbols name it.
    pub(super) symbol: String,
    /// Where it is written, for backtraces.
    pub(super) frame: Option<FrameId>,
}

/// What makes a lambda different from others.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct LambdaKey {
    /// Address of the closure in the typed tree; used for identity only, never for order.
    pub(super) closure: usize,
    /// Concrete type arguments of the function it is written in.
    pub(super) type_args: TypeArgs,
    /// For each captured binding the lambda it is known to be.
    pub(super) known: Vec<Option<LambdaId>>,
    /// Whether its body needs the guard of the function it is written in.
    pub(super) guarded: bool,
}

/// Every lambda met so far.
#[derive(Debug, Default)]
pub(super) struct Lambdas<'p> {
    list: Vec<Lambda<'p>>,
    by_key: HashMap<LambdaKey, LambdaId>,
    shapes: Vec<ClosureShape>,
}

impl<'p> Lambdas<'p> {
    /// A lambda.
    pub(super) fn get(&self, id: LambdaId) -> &Lambda<'p> {
        &self.list[id.0 as usize]
    }

    /// A lambda, to be given a form.
    pub(super) fn get_mut(&mut self, id: LambdaId) -> &mut Lambda<'p> {
        &mut self.list[id.0 as usize]
    }

    /// The lambda of a key, if it has been met.
    pub(super) fn find(&self, key: &LambdaKey) -> Option<LambdaId> {
        self.by_key.get(key).copied()
    }

    /// Adds a lambda.
    pub(super) fn add(&mut self, key: LambdaKey, lambda: Lambda<'p>) -> LambdaId {
        let id = LambdaId(self.list.len() as u32);
        self.list.push(lambda);
        self.by_key.insert(key, id);
        id
    }

    /// Adds a shape of closure values.
    pub(super) fn add_shape(&mut self, shape: ClosureShape) -> ClosureId {
        let id = ClosureId(self.shapes.len() as u32);
        self.shapes.push(shape);
        id
    }

    /// The shapes of closure values, by id.
    pub(super) fn into_shapes(self) -> Vec<ClosureShape> {
        self.shapes
    }
}
