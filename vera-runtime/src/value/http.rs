//! `Request` and `Response`, the parameter and the result of a handler of web requests.

use crate::error::Result;
use crate::heap::{Heap, Reader};
use crate::value::{Lift, Raw, ToVera, Value, flat};
use indexmap::IndexMap;
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::prelude::PreludeType;

/// A web request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Request {
    /// The method, such as `GET`.
    pub method: String,
    /// The path, with the query when there is one.
    pub path: String,
    /// The headers, names in lower case.
    pub headers: IndexMap<String, String>,
    /// The body.
    pub body: String,
}

/// The answer to a web request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Response {
    /// The status, such as 200. The module may return any number.
    pub status: i64,
    /// The headers.
    pub headers: IndexMap<String, String>,
    /// The body.
    pub body: String,
}

#[derive(Debug)]
struct RequestFields(String, String, IndexMap<String, String>, String);

#[derive(Debug)]
struct ResponseFields(i64, IndexMap<String, String>, String);

const REQUEST: &str = PreludeType::Request.name();
const RESPONSE: &str = PreludeType::Response.name();

crate::data! {
    struct RequestFields = REQUEST(method: String, path: String, headers: IndexMap<String, String>, body: String)
}
crate::data! {
    struct ResponseFields = RESPONSE(status: i64, headers: IndexMap<String, String>, body: String)
}

impl Value for Request {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        RequestFields::stands_for(interface, ty)
    }
}

impl Lift for Request {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        let RequestFields(method, path, headers, body) = RequestFields::lift(reader, raw)?;
        Ok(Request { method, path, headers, body })
    }
}

impl ToVera<'_, Request> for Request {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        let Request { method, path, headers, body } = self.clone();
        RequestFields(method, path, headers, body).to_vera(heap)
    }
}

impl Value for Response {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        ResponseFields::stands_for(interface, ty)
    }
}

impl Lift for Response {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        let ResponseFields(status, headers, body) = ResponseFields::lift(reader, raw)?;
        Ok(Response { status, headers, body })
    }
}

impl ToVera<'_, Response> for Response {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        let Response { status, headers, body } = self.clone();
        ResponseFields(status, headers, body).to_vera(heap)
    }
}
