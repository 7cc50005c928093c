//! The machines that requests may reach: rules for names and for addresses, and the resolver that applies them.
//!
//! Rules are applied when a name is resolved, for the request and for every redirect. The connection uses exactly the
//! addresses that passed, so it does not matter if the name resolves differently a moment later.

use super::address::{is_public, within};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// One or more machines that requests may reach.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// Any public address.
    Public,
    /// A name in lower case, and its subdomains only when `below` is set.
    Name { name: String, below: bool, port: Option<u16> },
    /// Addresses, also those that are not public.
    Network { network: IpAddr, bits: u8, port: Option<u16> },
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not a host: write a name (`example.com`, `*.example.com`), an address (`127.0.0.1`), a network \
                 (`10.0.0.0/8`), each with `:port` or without, or `*` for every public host"
            )
        };
        if text == "*" {
            return Ok(Rule::Public);
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Rule::Network { network: address, bits: width(address), port: None });
        }
        if let Some((network, bits)) = text.split_once('/') {
            let network: IpAddr = network.parse().map_err(|_| wrong())?;
            let bits = bits.parse().ok().filter(|&bits| bits <= width(network)).ok_or_else(wrong)?;
            return Ok(Rule::Network { network, bits, port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| wrong())?)),
            None => (text, None),
        };
        if let Ok(address) = bare(host).parse::<IpAddr>() {
            return Ok(Rule::Network { network: address, bits: width(address), port });
        }
        let (name, below) = host.strip_prefix("*.").map_or((host, false), |name| (name, true));
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if name.is_empty() || name.starts_with('.') || !name.chars().all(is_name) {
            return Err(wrong());
        }
        Ok(Rule::Name { name: plain(name), below, port })
    }
}

/// Bits of an address.
fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// An address without the brackets that it has in URLs.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// A name for comparison: in lower case, without a final dot.
fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

impl Rule {
    /// Whether the rule allows the host of a URL.
    fn names(&self, host: &str, port: u16) -> bool {
        match self {
            Rule::Public => true,
            Rule::Name { name, below: false, port: only } => host == name && only.is_none_or(|only| only == port),
            Rule::Name { name, below: true, port: only } => {
                let above = host.strip_suffix(name.as_str()).and_then(|rest| rest.strip_suffix('.'));
                above.is_some_and(|above| !above.is_empty()) && only.is_none_or(|only| only == port)
            }
            Rule::Network { .. } => bare(host).parse().is_ok_and(|address| self.reaches(host, address, port)),
        }
    }

    /// Whether the rule allows an address of a host.
    fn reaches(&self, host: &str, address: IpAddr, port: u16) -> bool {
        match self {
            Rule::Public => is_public(address),
            // This name means the machine itself, for every resolver.
            Rule::Name { name, .. } if name == "localhost" && host == name => address.is_loopback(),
            Rule::Name { .. } => is_public(address),
            Rule::Network { network, bits, port: only } => {
                within(address, *network, *bits) && only.is_none_or(|only| only == port)
            }
        }
    }
}

/// The machines that requests may reach.
#[derive(Clone, Debug, Default)]
pub(super) struct Policy {
    rules: Vec<Rule>,
    /// An argument that is not a valid rule.
    wrong: Option<String>,
}

/// Why a request was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Denied {
    /// The machine, as in the URL, with the port if it is not the default one.
    pub(super) machine: String,
    pub(super) message: String,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Denied {}

impl Policy {
    pub(super) fn allow(&mut self, rule: &str) {
        match rule.parse() {
            Ok(rule) => self.rules.push(rule),
            Err(message) => self.wrong = Some(message),
        }
    }

    /// Whether all rules are valid.
    pub(super) fn check(&self) -> Result<(), String> {
        self.wrong.clone().map_or(Ok(()), Err)
    }

    /// Whether requests to the host of a URL are allowed.
    fn check_host(&self, uri: &Uri) -> Result<(String, u16), Denied> {
        let host = plain(uri.host().unwrap_or_default());
        let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
        let port = uri.port_u16().unwrap_or(usual);
        if self.rules.iter().any(|rule| rule.names(&host, port)) {
            return Ok((host, port));
        }
        let machine = if port == usual { host } else { format!("{host}:{port}") };
        Err(Denied { message: format!("requests to {machine} are not allowed"), machine })
    }
}

/// Resolves names to the addresses that may be reached.
#[derive(Debug)]
pub(super) struct Guarded {
    policy: Policy,
    inner: DefaultResolver,
}

impl Guarded {
    pub(super) fn new(policy: Policy) -> Self {
        Guarded { policy, inner: DefaultResolver::default() }
    }
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let denied = |denied: Denied| ureq::Error::Other(Box::new(denied));
        let (host, port) = self.policy.check_host(uri).map_err(denied)?;
        let resolved = self.inner.resolve(uri, config, timeout)?;
        let reaches = |rule: &Rule, address| {
            let applies = matches!(rule, Rule::Network { .. }) || rule.names(&host, port);
            applies && rule.reaches(&host, address, port)
        };
        let mut allowed = self.empty();
        for address in resolved.iter() {
            if self.policy.rules.iter().any(|rule| reaches(rule, address.ip())) {
                allowed.push(*address);
            }
        }
        if allowed.is_empty() {
            // The program does not learn the addresses: it could look into a network with them.
            let message = format!("{host} is at an address that is not public, and no such address is allowed");
            let machine = resolved.first().map_or(host, |address| address.ip().to_string());
            return Err(denied(Denied { machine, message }));
        }
        Ok(allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(rules: &[&str]) -> Policy {
        let mut policy = Policy::default();
        rules.iter().for_each(|rule| policy.allow(rule));
        policy.check().unwrap();
        policy
    }

    #[test]
    fn names_and_addresses_are_allowed_one_by_one() {
        let policy = policy(&["Example.com", "*.trees.org", "one.net:8080", "10.0.0.0/8", "[::1]:81", "127.0.0.1"]);
        let allowed = |uri: &str| policy.check_host(&uri.parse().unwrap()).is_ok();
        for uri in [
            "http://example.com/a",
            "https://EXAMPLE.com.:444/",
            "http://a.trees.org/",
            "http://a.b.trees.org/",
            "http://one.net:8080/",
            "http://10.2.3.4:99/",
            "http://[::1]:81/",
            "http://127.0.0.1/",
            "http://user:password@example.com/",
        ] {
            assert!(allowed(uri), "{uri}");
        }
        for uri in [
            "http://www.example.com/",
            "http://example.com.evil.net/",
            "http://trees.org/",
            "http://eviltrees.org/",
            "http://one.net/",
            "http://11.0.0.1/",
            "http://[::1]/",
            "http://127.0.0.2/",
            "http://localhost/",
            "http://example.com@evil.net/",
            "http://0x7f000001/",
        ] {
            assert!(!allowed(uri), "{uri}");
        }
    }

    #[test]
    fn a_name_reaches_public_addresses_and_networks_that_are_allowed() {
        let rule = |text: &str| text.parse::<Rule>().unwrap();
        let (private, public) = ("10.0.0.1".parse().unwrap(), "1.1.1.1".parse().unwrap());
        assert!(!rule("example.com").reaches("example.com", private, 80));
        assert!(rule("example.com").reaches("example.com", public, 80));
        assert!(rule("10.0.0.0/8").reaches("example.com", private, 80));
        assert!(!rule("*").reaches("example.com", private, 80) && rule("*").reaches("example.com", public, 80));
        let own = "127.0.0.1".parse().unwrap();
        assert!(rule("localhost").reaches("localhost", own, 80) && !rule("localhost").reaches("localhost", public, 80));
        assert!(!rule("*").reaches("localhost", own, 80));
    }

    #[test]
    fn what_is_no_host_is_no_rule() {
        for wrong in
            ["", "https://example.com", "example.com/path", "a b", "example.com:port", "10.0.0.0/33", "*.", ".com"]
        {
            assert!(wrong.parse::<Rule>().is_err(), "{wrong}");
        }
    }
}
