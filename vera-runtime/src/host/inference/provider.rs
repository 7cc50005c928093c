//! The providers of language models: their names, addresses and protocols. These facts are only here.

#![expect(clippy::indexing_slicing, reason = "a member that a JSON value has not is null")]

use crate::host::http::Request;
use serde_json::{Value, json};

/// A provider of completions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Provider {
    /// Anthropic.
    Anthropic,
    /// OpenAI.
    OpenAi,
    /// Moonshot (Kimi).
    Moonshot,
    /// Mistral.
    Mistral,
    /// xAI (Grok).
    Xai,
    /// DeepSeek.
    DeepSeek,
}

/// The format of requests and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    /// Anthropic's messages.
    Messages,
    /// OpenAI's chat completions, which the other providers support too.
    ChatCompletions,
}

struct Facts {
    name: &'static str,
    key_variable: &'static str,
    base: &'static str,
    model: &'static str,
    protocol: Protocol,
}

impl Provider {
    /// All providers, in the order in which their keys are looked up.
    pub const ALL: [Provider; 6] = [
        Provider::Anthropic,
        Provider::OpenAi,
        Provider::Moonshot,
        Provider::Mistral,
        Provider::Xai,
        Provider::DeepSeek,
    ];

    fn facts(self) -> Facts {
        let (name, key_variable, base, model, protocol) = match self {
            Provider::Anthropic => (
                "anthropic",
                "VERA_ANTHROPIC_API_KEY",
                "https://api.anthropic.com",
                "claude-opus-5",
                Protocol::Messages,
            ),
            Provider::OpenAi => {
                ("openai", "VERA_OPENAI_API_KEY", "https://api.openai.com", "gpt-5.6-sol", Protocol::ChatCompletions)
            }
            Provider::Moonshot => {
                ("moonshot", "VERA_MOONSHOT_API_KEY", "https://api.moonshot.ai", "kimi-k3", Protocol::ChatCompletions)
            }
            Provider::Mistral => (
                "mistral",
                "VERA_MISTRAL_API_KEY",
                "https://api.mistral.ai",
                "mistral-large-latest",
                Protocol::ChatCompletions,
            ),
            Provider::Xai => ("xai", "VERA_XAI_API_KEY", "https://api.x.ai", "grok-4.6", Protocol::ChatCompletions),
            Provider::DeepSeek => (
                "deepseek",
                "VERA_DEEPSEEK_API_KEY",
                "https://api.deepseek.com",
                "deepseek-v4-pro",
                Protocol::ChatCompletions,
            ),
        };
        Facts { name, key_variable, base, model, protocol }
    }

    /// Its name in messages and in `VERA_INFERENCE_PROVIDER`.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The environment variable with its key.
    pub fn key_variable(self) -> &'static str {
        self.facts().key_variable
    }

    /// Its base URL, such as `https://api.openai.com`.
    pub fn base_url(self) -> &'static str {
        self.facts().base
    }

    /// The default model.
    pub fn default_model(self) -> &'static str {
        self.facts().model
    }

    /// The provider of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name().eq_ignore_ascii_case(name))
    }

    /// The path of completions below the base URL.
    pub(super) fn path(self) -> &'static str {
        match self.facts().protocol {
            Protocol::Messages => "/v1/messages",
            Protocol::ChatCompletions => "/v1/chat/completions",
        }
    }

    /// The body of a request.
    pub(super) fn body(self, model: &str, max_tokens: Option<u32>, temperature: Option<f64>, prompt: &str) -> Value {
        // Anthropic requires it.
        const TOKENS: u32 = 1024;
        let mut body = json!({ "model": model, "messages": [{ "role": "user", "content": prompt }] });
        let tokens = match self.facts().protocol {
            Protocol::Messages => Some(max_tokens.unwrap_or(TOKENS)),
            Protocol::ChatCompletions => max_tokens,
        };
        // OpenAI's newer models refuse the older name.
        let limit = if self == Provider::OpenAi { "max_completion_tokens" } else { "max_tokens" };
        if let Some(tokens) = tokens {
            body[limit] = json!(tokens);
        }
        if let Some(temperature) = temperature {
            body["temperature"] = json!(temperature);
        }
        body
    }

    /// A request with its headers.
    pub(super) fn with_request<R>(self, url: &str, key: &str, body: &str, f: impl FnOnce(Request<'_>) -> R) -> R {
        let bearer = format!("Bearer {key}");
        let messages = [("x-api-key", key), ("anthropic-version", "2023-06-01")];
        let chat = [("authorization", bearer.as_str())];
        let headers: &[(&str, &str)] = match self.facts().protocol {
            Protocol::Messages => &messages,
            Protocol::ChatCompletions => &chat,
        };
        f(Request { capability: "Inference", url, headers, body: Some(body), follow: false })
    }

    /// The completion in an answer.
    ///
    /// # Errors
    /// The reason why there is none.
    pub(super) fn completion(self, answer: &Value) -> Result<String, String> {
        match self.facts().protocol {
            Protocol::Messages => {
                texts(answer["content"].as_array()).ok_or_else(|| "without a block of text".to_owned())
            }
            Protocol::ChatCompletions => {
                let Some(choice) = answer["choices"].get(0) else { return Err("without a choice".to_owned()) };
                match &choice["message"]["content"] {
                    Value::String(text) => Ok(text.clone()),
                    content => texts(content.as_array()).ok_or_else(|| "without a text in its first choice".to_owned()),
                }
            }
        }
    }
}

/// The text parts, joined.
fn texts(parts: Option<&Vec<Value>>) -> Option<String> {
    let texts = parts?.iter().filter(|part| part["type"] == "text").filter_map(|part| part["text"].as_str());
    let texts: Vec<&str> = texts.collect();
    if texts.is_empty() { None } else { Some(texts.concat()) }
}
