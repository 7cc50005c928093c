//! `UrlParts`, the result of `url_parse`.

/// The parts of a URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct UrlParts {
    /// The text before `:`.
    pub scheme: String,
    /// The text after `//`.
    pub authority: String,
    /// The text from the first `/` on.
    pub path: String,
    /// The text after `?`.
    pub query: String,
    /// The text after `#`.
    pub fragment: String,
}

/// The parts in declaration order.
#[derive(Debug)]
struct Fields(String, String, String, String, String);

const URL_PARTS: &str = vera_abi::prelude::PreludeType::UrlParts.name();

crate::data! {
    struct Fields = URL_PARTS(scheme: String, authority: String, path: String, query: String, fragment: String)
}

impl crate::value::Value for UrlParts {
    type Repr = crate::value::flat::Ptr;

    fn stands_for(interface: &vera_abi::interface::Interface, ty: &vera_abi::interface::TypeDesc) -> bool {
        Fields::stands_for(interface, ty)
    }
}

impl crate::value::Lift for UrlParts {
    fn lift(reader: &mut crate::heap::Reader<'_>, raw: crate::value::Raw) -> crate::Result<Self> {
        let Fields(scheme, authority, path, query, fragment) = Fields::lift(reader, raw)?;
        Ok(UrlParts { scheme, authority, path, query, fragment })
    }
}

impl crate::value::ToVera<'_, UrlParts> for UrlParts {
    fn to_vera(&self, heap: &mut crate::heap::Heap<'_>) -> crate::Result<crate::value::Raw> {
        let UrlParts { scheme, authority, path, query, fragment } = self.clone();
        Fields(scheme, authority, path, query, fragment).to_vera(heap)
    }
}

impl crate::value::ToKey<'_, UrlParts> for UrlParts {
    fn key_part(&self, key: crate::value::HashKey) -> u64 {
        let parts = [&self.scheme, &self.authority, &self.path, &self.query, &self.fragment];
        parts.iter().fold(0, |hash, part| key.step(hash, key.bytes(part.as_bytes())))
    }
}
