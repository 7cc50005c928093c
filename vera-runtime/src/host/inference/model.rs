//! A model of one of the providers, through the client for `Http`.
//!
//! No error and no text of this type contains the key: messages of the provider are searched for it. Redirects are not
//! followed, so that the key goes to the provider only.

use super::{Inference, Provider};
use crate::host::Started;
use crate::host::http::{Answer, Client, Http};
use serde_json::Value;
use std::fmt;
use std::time::{Duration, Instant};

/// A language model.
///
/// ```
/// use vera_runtime::host::inference::{Model, Provider};
/// let model = Model::new(Provider::Mistral, "key").model("ministral-8b-latest").max_tokens(200).temperature(0.0);
/// assert!(!format!("{model:?}").contains("key\""));
/// ```
///
/// Its client may reach only the provider, within two minutes; [`Model::client`] replaces the client.
#[derive(Clone)]
pub struct Model {
    provider: Provider,
    key: Key,
    model: String,
    base: String,
    max_tokens: Option<u32>,
    temperature: Option<f64>,
    client: Client,
}

/// A secret: never shown.
#[derive(Clone)]
struct Key(String);

/// Maximum number of characters of a provider's error message.
const EXCERPT: usize = 500;

impl Model {
    /// The default model of a provider.
    pub fn new(provider: Provider, key: impl Into<String>) -> Self {
        Model {
            provider,
            key: Key(key.into()),
            model: provider.default_model().to_owned(),
            base: provider.base_url().to_owned(),
            max_tokens: None,
            temperature: None,
            client: client(provider.base_url()),
        }
    }

    /// The model that environment variables describe. The key is the first that is not empty (`VERA_ANTHROPIC_API_KEY`,
    /// `VERA_OPENAI_API_KEY`, `VERA_MOONSHOT_API_KEY`, `VERA_MISTRAL_API_KEY`, `VERA_XAI_API_KEY`,
    /// `VERA_DEEPSEEK_API_KEY`), or that of the provider that `VERA_INFERENCE_PROVIDER` names. `VERA_INFERENCE_MODEL`
    /// names the model.
    ///
    /// # Errors
    /// The missing variable.
    pub fn from_env() -> Result<Self, String> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// The same, with variables from another source.
    ///
    /// # Errors
    /// The missing variable.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let listed = |shown: fn(Provider) -> &'static str| Provider::ALL.map(shown).join(", ");
        let (provider, key) = match set("VERA_INFERENCE_PROVIDER") {
            Some(name) => {
                let provider = Provider::of_name(&name).ok_or_else(|| {
                    format!("VERA_INFERENCE_PROVIDER is {name:?}, which is none of {}", listed(Provider::name))
                })?;
                let variable = provider.key_variable();
                let missing = || format!("the provider {} is chosen, and {variable} is not set", provider.name());
                (provider, set(variable).ok_or_else(missing)?)
            }
            None => Provider::ALL
                .into_iter()
                .find_map(|provider| Some((provider, set(provider.key_variable())?)))
                .ok_or_else(|| format!("no provider of models: set one of {}", listed(Provider::key_variable)))?,
        };
        let model = Self::new(provider, key);
        Ok(match set("VERA_INFERENCE_MODEL") {
            Some(name) => model.model(name),
            None => model,
        })
    }

    /// Selects another model of the provider.
    pub fn model(mut self, name: impl Into<String>) -> Self {
        self.model = name.into();
        self
    }

    /// Maximum number of tokens of a completion.
    pub fn max_tokens(mut self, tokens: u32) -> Self {
        self.max_tokens = Some(tokens);
        self
    }

    /// The temperature; by default that of the provider.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// The URL of a server with the provider's protocol, such as `http://127.0.0.1:8080`. Requests to it are allowed.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base = url.into().trim_end_matches('/').to_owned();
        self.client = client(&self.base);
        self
    }

    /// Replaces the client. The new one must be allowed to reach the provider.
    pub fn client(mut self, client: Client) -> Self {
        self.client = client;
        self
    }

    /// The provider.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    fn ask(&self, prompt: &str) -> Result<String, String> {
        let url = format!("{}{}", self.base, self.provider.path());
        let body = self.provider.body(&self.model, self.max_tokens, self.temperature, prompt).to_string();
        let sent = self.provider.with_request(&url, &self.key.0, &body, |request| self.client.send(request));
        let Answer { status, body } = sent.map_err(|error| format!("failed: {error}"))?;
        let parsed = serde_json::from_str::<Value>(&body);
        if !status.is_success() {
            let said = parsed.as_ref().ok().and_then(said).unwrap_or_default();
            let colon = if said.is_empty() { "" } else { ": " };
            return Err(format!("rejected the request: HTTP {}{colon}{said}", status.as_u16()));
        }
        let answer = parsed.map_err(|error| format!("gave an answer that is no JSON: {error}"))?;
        self.provider.completion(&answer).map_err(|what| format!("gave an answer {what}"))
    }

    /// An error that names the provider, without the key.
    fn named(&self, error: &str) -> String {
        let safe = if self.key.0.is_empty() { error.to_owned() } else { error.replace(&self.key.0, "[key]") };
        let short: String = safe.chars().take(EXCERPT).collect();
        format!("Inference provider {} ({}) {short}", self.provider.name(), self.model)
    }
}

/// The provider's message about an error.
fn said(answer: &Value) -> Option<String> {
    let error = &answer["error"];
    let text = error["message"].as_str().or(error.as_str()).or(answer["message"].as_str())?;
    Some(text.to_owned())
}

/// A client that may reach the server of a URL.
fn client(base: &str) -> Client {
    let host = base.split_once("://").map_or(base, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    Client::new().allow(host).timeout(Duration::from_secs(120))
}

impl Inference for Model {
    fn complete(&mut self, prompt: &str) -> Result<String, String> {
        self.ask(prompt).map_err(|error| self.named(&error))
    }

    fn start_complete(&mut self, prompt: &str) -> Option<Started<Result<String, String>>> {
        let (mut model, prompt) = (Model { client: self.client.shared(), ..self.clone() }, prompt.to_owned());
        Some(Started::thread(move || model.complete(&prompt)))
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.client.set_deadline(deadline);
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("provider", &self.provider)
            .field("model", &self.model)
            .field("base", &self.base)
            .field("max_tokens", &self.max_tokens)
            .field("temperature", &self.temperature)
            .finish_non_exhaustive()
    }
}
