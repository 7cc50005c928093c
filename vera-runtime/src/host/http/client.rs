//! A client for `Http` that reaches the machines it is allowed to, within limits of time, size and redirects.
//!
//! Proxies of the environment are not used: what a proxy resolves nobody has looked at. Nothing is decompressed: a few bytes
//! could become any number.

use super::Http;
use super::policy::{Denied, Guarded, Policy};
use crate::host::{OnRefusal, Refusal};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use ureq::http::{Response, StatusCode, Uri};
use ureq::{Agent, Body};

/// A client for `Http`. Clones share their connections.
///
/// ```
/// use std::time::Duration;
/// use vera_runtime::host::http::Client;
/// let client = Client::new().allow("api.example.com").allow("*.trees.org").timeout(Duration::from_secs(5));
/// # assert!(client.check().is_ok());
/// ```
///
/// A request ends with an `Err` for the program when its host is not allowed or at an address that is not public, when it
/// takes longer than the timeout or than the call has left, when the answer is larger than the limit, redirects more often,
/// or has a status of 400 and more. A redirect is checked like a request of its own.
#[derive(Clone, Debug)]
pub struct Client {
    policy: Policy,
    timeout: Duration,
    max_body: u64,
    max_redirects: u32,
    deadline: Option<Instant>,
    on_refusal: OnRefusal,
    /// Made when it is first needed; what changes settings makes another one.
    agent: OnceLock<Agent>,
}

/// Bytes of the headers of an answer.
const MAX_HEADERS: usize = 64 << 10;

impl Default for Client {
    fn default() -> Self {
        Client::new()
    }
}

impl Client {
    /// A client that may reach nothing: 30 seconds, 16 MiB and 5 redirects for a request.
    pub fn new() -> Self {
        Client {
            policy: Policy::default(),
            timeout: Duration::from_secs(30),
            max_body: 16 << 20,
            max_redirects: 5,
            deadline: None,
            on_refusal: OnRefusal::default(),
            agent: OnceLock::new(),
        }
    }

    /// Allows requests to a host: a name (`example.com`), the names below it (`*.example.com`), an address (`127.0.0.1`), a
    /// network (`10.0.0.0/8`), or `*` for every public host; a name or an address may have a port.
    ///
    /// Names reach public addresses, and others only where an address or a network allows them; `localhost` is this machine.
    /// What is none of these makes every request fail; see [`Client::check`].
    pub fn allow(mut self, host: &str) -> Self {
        self.policy.allow(host);
        self.agent = OnceLock::new();
        self
    }

    /// Time for a request, redirects and the whole answer included. A call with less time left gives less.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Bytes of an answer's body.
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = bytes;
        self
    }

    /// Redirects of a request.
    pub fn max_redirects(mut self, redirects: u32) -> Self {
        self.max_redirects = redirects;
        self
    }

    /// Calls `hook` whenever a request is refused, with the host that it was for.
    pub fn on_refusal(mut self, hook: impl Fn(&Refusal) + Send + Sync + 'static) -> Self {
        self.on_refusal = OnRefusal::new(hook);
        self
    }

    /// Whether everything that was given to [`Client::allow`] is a host.
    ///
    /// # Errors
    /// What is not.
    pub fn check(&self) -> Result<(), String> {
        self.policy.check()
    }

    /// What is left of the call's time and the request's.
    fn time(&self) -> Duration {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        left.map_or(self.timeout, |left| left.min(self.timeout))
    }

    fn agent(&self) -> &Agent {
        self.agent.get_or_init(|| {
            let config = Agent::config_builder()
                .proxy(None)
                .http_status_as_error(false)
                .max_response_header_size(MAX_HEADERS)
                .user_agent(concat!("vera/", env!("CARGO_PKG_VERSION")))
                .accept_encoding("identity")
                .build();
            let connector = ureq::unversioned::transport::DefaultConnector::default();
            Agent::with_parts(config, connector, Guarded::new(self.policy.clone()))
        })
    }

    /// Sends a request. `capability` is for whom, for refusals; with `body` it is a POST of JSON. The status may be any.
    pub(crate) fn send(&self, request: Request<'_>) -> Result<Answer, String> {
        let Request { capability, url, headers, body, follow } = request;
        self.check()?;
        let uri: Uri = url.parse().map_err(|_| format!("{url:?} is no URL"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
            return Err(format!("{url:?} is no URL of http or https"));
        }
        let failed = |error| self.failed(capability, error);
        let redirects = if follow { self.max_redirects } else { 0 };
        let response = match body {
            None => {
                let request = self.agent().get(uri).config();
                let request = request.timeout_global(Some(self.time())).max_redirects(redirects);
                let request = request.max_redirects_will_error(follow).build();
                headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).call()
            }
            Some(body) => {
                let request = self.agent().post(uri).config();
                let request = request.timeout_global(Some(self.time())).max_redirects(redirects);
                let request = request.max_redirects_will_error(follow).build();
                let request = request.header("content-type", "application/json");
                headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send(body)
            }
        };
        let mut response: Response<Body> = response.map_err(failed)?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(self.max_body).read_to_vec().map_err(failed)?;
        let body =
            String::from_utf8(body).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Ok(Answer { status, body })
    }

    /// Why there is no answer, as a program reads it.
    fn failed(&self, capability: &'static str, error: ureq::Error) -> String {
        match error {
            ureq::Error::Other(other) => match other.downcast::<Denied>() {
                Ok(denied) => {
                    self.on_refusal.refused(capability, &denied.machine);
                    denied.message
                }
                Err(other) => other.to_string(),
            },
            ureq::Error::Timeout(_) => "no answer in time".to_owned(),
            ureq::Error::HostNotFound => "no such host".to_owned(),
            ureq::Error::BodyExceedsLimit(limit) => format!("the answer is larger than {limit} bytes"),
            ureq::Error::TooManyRedirects => format!("more than {} redirects", self.max_redirects),
            error => error.to_string(),
        }
    }
}

/// A request.
pub(crate) struct Request<'r> {
    /// The capability that sends it.
    pub(crate) capability: &'static str,
    pub(crate) url: &'r str,
    pub(crate) headers: &'r [(&'r str, &'r str)],
    /// JSON to be posted.
    pub(crate) body: Option<&'r str>,
    /// Whether redirects are followed; otherwise they are the answer.
    pub(crate) follow: bool,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// What is not UTF-8 in it is U+FFFD.
    pub(crate) body: String,
}

impl Answer {
    /// The body, when the status says that it is what was asked for.
    fn of_program(self) -> Result<String, String> {
        let status = self.status;
        if status.is_success() {
            return Ok(self.body);
        }
        let reason = status.canonical_reason().map_or_else(String::new, |reason| format!(": {reason}"));
        Err(format!("HTTP Error {}{reason}", status.as_u16()))
    }
}

impl Http for Client {
    fn get(&mut self, url: &str) -> Result<String, String> {
        let request = Request { capability: "Http", url, headers: &[], body: None, follow: true };
        self.send(request)?.of_program()
    }

    fn post(&mut self, url: &str, body: &str) -> Result<String, String> {
        let request = Request { capability: "Http", url, headers: &[], body: Some(body), follow: true };
        self.send(request)?.of_program()
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }
}
