//! A client for `Http` that reaches only allowed machines, within limits on time, size and redirects.
//!
//! Proxies of the environment are not used, because the addresses that a proxy resolves cannot be checked. Nothing is
//! decompressed, because a few bytes could become any number.

use super::Http;
use super::policy::{Denied, Guarded, Policy};
use crate::host::{OnRefusal, Refusal, Started};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use ureq::http::{Response, StatusCode, Uri};
use ureq::{Agent, Body};

/// A client for `Http`. Clones share their connections. Requests that a program gives to `async` are sent on threads of
/// their own.
///
/// ```
/// use std::time::Duration;
/// use vera_runtime::host::http::Client;
/// let client = Client::new().allow("api.example.com").allow("*.trees.org").timeout(Duration::from_secs(5));
/// # assert!(client.check().is_ok());
/// ```
///
/// A request ends with an `Err` for the program in these cases: its host is not allowed, or its address is not public;
/// it takes longer than the timeout or than the time left of the call; the answer is larger than the limit; there are
/// more redirects than allowed; or the status is 400 or more. A redirect is checked like a separate request.
#[derive(Clone, Debug)]
pub struct Client {
    policy: Policy,
    timeout: Duration,
    max_body: u64,
    max_redirects: u32,
    deadline: Option<Instant>,
    on_refusal: OnRefusal,
    /// Made when it is first needed. A change of settings makes a new one.
    agent: OnceLock<Agent>,
}

/// Maximum size of an answer's headers, in bytes.
const MAX_HEADERS: usize = 64 << 10;

impl Default for Client {
    fn default() -> Self {
        Client::new()
    }
}

impl Client {
    /// A client that may reach nothing. The limits of a request are 30 seconds, 16 MiB and 5 redirects.
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

    /// Allows requests to a host: a name (`example.com`), the names below it (`*.example.com`), an address
    /// (`127.0.0.1`), a network (`10.0.0.0/8`), or `*` for every public host. A name or an address may have a port.
    ///
    /// Names reach public addresses, and other addresses only if an address or a network allows them; `localhost` is
    /// this machine. If `host` is none of these, every request fails; see [`Client::check`].
    pub fn allow(mut self, host: &str) -> Self {
        self.policy.allow(host);
        self.agent = OnceLock::new();
        self
    }

    /// Time limit of a request, including redirects and the whole answer. If the call has less time left, that applies.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Maximum size of an answer's body, in bytes.
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = bytes;
        self
    }

    /// Maximum number of redirects of a request.
    pub fn max_redirects(mut self, redirects: u32) -> Self {
        self.max_redirects = redirects;
        self
    }

    /// Calls `hook` whenever a request is refused, with the host of the request.
    pub fn on_refusal(mut self, hook: impl Fn(&Refusal) + Send + Sync + 'static) -> Self {
        self.on_refusal = OnRefusal::new(hook);
        self
    }

    /// Checks that every argument of [`Client::allow`] was valid.
    ///
    /// # Errors
    /// The invalid argument.
    pub fn check(&self) -> Result<(), String> {
        self.policy.check()
    }

    /// The remaining time of the call or the request, whichever is less.
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

    /// The client for another thread, with the same connections.
    pub(crate) fn shared(&self) -> Self {
        self.agent();
        self.clone()
    }

    /// Sends a request. `capability` names the sender in refusals; with `body` it is a POST of JSON. Any status is a
    /// success.
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

    /// Why there is no answer, as text for the program.
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
    /// JSON to post.
    pub(crate) body: Option<&'r str>,
    /// Whether redirects are followed; otherwise they are the answer.
    pub(crate) follow: bool,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The body, with U+FFFD for invalid UTF-8.
    pub(crate) body: String,
}

impl Answer {
    /// The body, when the status is a success.
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

    fn start_get(&mut self, url: &str) -> Option<Started<Result<String, String>>> {
        let (mut client, url) = (self.shared(), url.to_owned());
        Some(Started::thread(move || client.get(&url)))
    }

    fn start_post(&mut self, url: &str, body: &str) -> Option<Started<Result<String, String>>> {
        let (mut client, url, body) = (self.shared(), url.to_owned(), body.to_owned());
        Some(Started::thread(move || client.post(&url, &body)))
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }
}
