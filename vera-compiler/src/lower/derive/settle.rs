//! Awaits the futures in a value, so that a host that reads it in memory finds their values.

use crate::core::{Atom, End, Prim};
use crate::lower::body::Body;
use crate::lower::work::Derivation;
use crate::types::{Ty, TyKind};
use vera_abi::layout::Rep;

impl Body<'_, '_> {
    pub(super) fn derive_settle(&mut self, ty: Ty) -> Atom {
        let rep = self.lo.rep(ty);
        let value = self.b.param(rep);
        let constructors = match self.lo.types.kind(ty).clone() {
            TyKind::Array(element) => return self.settle_elements(element, &value),
            TyKind::Tuple(items) => vec![items],
            // Types that hide what they are made of, such as maps, are no exception.
            TyKind::Data(data, args) => {
                let count = self.lo.program.data(data).constructors.len();
                (0..count).map(|tag| self.lo.field_types(data, &args, tag as u32)).collect()
            }
            _ => return Atom::Unit,
        };
        let future =
            matches!(self.lo.types.kind(ty), TyKind::Data(data, _) if Some(*data) == self.lo.lang_items.future);
        self.by_constructor(&value, constructors.len(), Rep::Unit, |body, tag| {
            let fields = &constructors[tag];
            for (index, &field) in fields.iter().enumerate() {
                let inside = body.lo.has_future(field);
                if !inside && !future {
                    continue;
                }
                // To read the value of a future is to await it.
                let part = body.part(ty, tag, &value, index, field);
                if inside && index + 1 == fields.len() {
                    let function = body.lo.derived(Derivation::Settle, field, body.scope.origin);
                    body.b.end(End::TailCall(function, vec![part]));
                } else if inside {
                    body.settle(&part, field);
                }
            }
            Atom::Unit
        })
    }

    fn settle_elements(&mut self, element: Ty, array: &Atom) -> Atom {
        let rep = self.lo.rep(element);
        let length = self.b.prim(Prim::ArrayLen(rep), vec![array.clone()]);
        self.each_element(length, Atom::Unit, |body, index, done| {
            let part = body.b.prim(Prim::ArrayGetUnchecked(rep), vec![array.clone(), index]);
            body.settle(&part, element);
            done
        })
    }
}
