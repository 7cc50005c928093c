//! Requests and responses: conversions between the types of modules and those of the crate `http`.

use super::{Request, Response};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, COOKIE, HeaderName, HeaderValue, TRANSFER_ENCODING, UPGRADE};
use http::{StatusCode, request};
use http_body_util::Full;
use indexmap::IndexMap;
use std::borrow::Cow;

/// The response of the service.
pub(super) type Answer = http::Response<Full<Bytes>>;

/// A request for a module. Headers with the same name are joined, as the standard allows; invalid UTF-8 becomes U+FFFD.
pub(super) fn request(parts: &request::Parts, body: &[u8]) -> Request {
    let mut headers = IndexMap::with_capacity(parts.headers.keys_len());
    for name in parts.headers.keys() {
        let values = parts.headers.get_all(name).iter().map(|value| text(value.as_bytes()));
        let between = if name == COOKIE { "; " } else { ", " };
        headers.insert(name.as_str().to_owned(), values.collect::<Vec<_>>().join(between));
    }
    Request {
        method: parts.method.as_str().to_owned(),
        path: path(parts).to_owned(),
        headers,
        body: text(body).into_owned(),
    }
}

/// The path of a request with its query.
pub(super) fn path(parts: &request::Parts) -> &str {
    parts.uri.path_and_query().map_or("/", |path| path.as_str())
}

/// Bytes as text. Most are valid, and looking at that first is several times as fast.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The response of a module.
///
/// # Errors
/// Why it cannot be sent.
pub(super) fn answer(response: Response) -> Result<Answer, String> {
    let Response { status, headers, body } = response;
    // A status below 200 announces another answer.
    let code = u16::try_from(status).ok().filter(|code| (200..1000).contains(code));
    let code = code.and_then(|code| StatusCode::from_u16(code).ok());
    let mut answer = http::Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = code.ok_or_else(|| format!("{status} is not a status of an answer"))?;
    for (name, value) in headers {
        let header: HeaderName = name.parse().map_err(|_| format!("{name:?} is not a name of a header"))?;
        let value = HeaderValue::from_str(&value)
            .map_err(|_| format!("the header {name:?} has a value that cannot be sent"))?;
        // How the answer is sent is the server's to say.
        if ![CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE].contains(&header) {
            answer.headers_mut().append(header, value);
        }
    }
    Ok(answer)
}

/// A response of the server itself, as JSON.
pub(super) fn own(status: StatusCode, id: Option<&str>) -> Answer {
    let reason = status.canonical_reason().unwrap_or_default();
    let body = match id {
        Some(id) => serde_json::json!({ "error": reason, "id": id }),
        None => serde_json::json!({ "error": reason }),
    };
    let mut answer = http::Response::new(Full::new(Bytes::from(body.to_string())));
    *answer.status_mut() = status;
    answer.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}
