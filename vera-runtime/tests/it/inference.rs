//! Models of every provider, by a server that speaks each protocol. No key is ever seen in an error.

use crate::server::{Request, Server, respond};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vera_runtime::host::http::Client;
use vera_runtime::host::inference::{Inference, Model, Provider};

const KEY: &str = "sk-very-secret-0815";

/// A server that answers with this status and body.
fn provider(status: &'static str, body: &Value) -> Server {
    let body = body.to_string();
    Server::start(move |_, connection| {
        respond(connection, status, &["Content-Type: application/json"], body.as_bytes())
    })
}

fn model(provider: Provider, server: &Server) -> Model {
    Model::new(provider, KEY).base_url(server.url(""))
}

#[test]
fn each_provider_is_asked_as_it_expects() {
    let answer = json!({
        "content": [{ "type": "thinking", "thinking": "hm" }, { "type": "text", "text": "he" }, { "type": "text", "text": "llo" }],
        "choices": [{ "message": { "role": "assistant", "content": "hello" } }],
    });
    for provider_of in Provider::ALL {
        let server = provider("200 OK", &answer);
        let mut model = model(provider_of, &server);
        assert_eq!(model.complete("say \"hello\"").unwrap(), "hello", "{provider_of:?}");
        let seen = server.seen();
        let [Request { method, path, body, .. }] = &seen[..] else { panic!("{seen:?}") };
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!((method.as_str(), &body["model"]), ("POST", &json!(provider_of.default_model())));
        assert_eq!(body["messages"], json!([{ "role": "user", "content": "say \"hello\"" }]));
        let bearer = format!("Bearer {KEY}");
        if provider_of == Provider::Anthropic {
            assert_eq!((path.as_str(), body["max_tokens"].as_u64()), ("/v1/messages", Some(1024)));
            assert_eq!(seen[0].header("x-api-key"), Some(KEY));
            assert_eq!(seen[0].header("anthropic-version"), Some("2023-06-01"));
        } else {
            assert_eq!((path.as_str(), body.get("max_tokens")), ("/v1/chat/completions", None));
            assert_eq!(seen[0].header("authorization"), Some(bearer.as_str()));
        }
        let mut chosen = model.model("other").max_tokens(7).temperature(0.5);
        chosen.complete("again").unwrap();
        let body: Value = serde_json::from_str(&server.seen()[1].body).unwrap();
        let limit = if provider_of == Provider::OpenAi { "max_completion_tokens" } else { "max_tokens" };
        assert_eq!((&body["model"], &body[limit], &body["temperature"]), (&json!("other"), &json!(7), &json!(0.5)));
    }
}

#[test]
fn answers_without_a_completion_are_errors() {
    for answer in [
        json!("nonsense"),
        json!({}),
        json!({ "choices": [], "content": [] }),
        json!({ "choices": [{ "message": { "content": null } }], "content": [{ "type": "image" }] }),
        json!({ "choices": 3, "content": "text" }),
        json!({ "choices": [{ "message": { "content": 7 } }], "content": [{ "type": "text" }] }),
    ] {
        for provider_of in [Provider::Anthropic, Provider::OpenAi] {
            let error = model(provider_of, &provider("200 OK", &answer)).complete("x").unwrap_err();
            assert!(
                error.contains(provider_of.name()) && error.contains("gave an answer without"),
                "{answer}: {error}"
            );
        }
    }
    let server = Server::start(|_, connection| respond(connection, "200 OK", &[], b"<html>"));
    let error = model(Provider::Xai, &server).complete("x").unwrap_err();
    assert!(error.contains("xai (grok-4.6) gave an answer that is no JSON"), "{error}");
}

/// What a provider says of an error is passed on, without the key that it may quote.
#[test]
fn a_key_is_in_no_error() {
    let quoting = json!({ "error": { "type": "authentication_error", "message": format!("invalid key {KEY}, {}", "x".repeat(5000)) } });
    for provider_of in Provider::ALL {
        let error = model(provider_of, &provider("401 Unauthorized", &quoting)).complete("x").unwrap_err();
        assert!(error.contains("rejected the request: HTTP 401: invalid key [key]"), "{error}");
        assert!(!error.contains(KEY) && error.len() < 700, "{error}");
    }
    let model = Model::new(Provider::OpenAi, KEY);
    assert!(!format!("{model:?} {model:#?}").contains(KEY));
    for text in ["", "nothing", "{\"error\": \"plain\"}"] {
        let text = text.to_owned();
        let server = Server::start(move |_, connection| respond(connection, "500 Oh", &[], text.as_bytes()));
        let error = Model::new(Provider::OpenAi, KEY).base_url(server.url("")).complete("x").unwrap_err();
        assert!(error.contains("HTTP 500") && !error.contains(KEY), "{error}");
    }
}

/// A redirect would take the key elsewhere.
#[test]
fn redirects_are_not_followed() {
    let other = Server::start(|_, connection| respond(connection, "200 OK", &[], b"{}"));
    for status in ["302 Found", "307 Temporary Redirect"] {
        let location = format!("Location: {}", other.url("/"));
        let server = Server::start(move |_, connection| respond(connection, status, &[&location], b""));
        let error =
            model(Provider::Mistral, &server).client(Client::new().allow("127.0.0.1")).complete("x").unwrap_err();
        assert!(error.contains("HTTP 30"), "{error}");
    }
    assert!(other.seen().is_empty());
}

#[test]
fn a_client_of_ones_own_must_be_allowed_to() {
    let server = provider("200 OK", &json!({}));
    let refused = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&refused);
    let client = Client::new().on_refusal(move |refusal| hook.lock().unwrap().push(refusal.clone()));
    let error = model(Provider::Mistral, &server).client(client).complete("x").unwrap_err();
    assert!(error.contains("are not allowed"), "{error}");
    assert_eq!(refused.lock().unwrap()[0].capability, "Inference");
    let slow = Server::start(|_, connection| drop(std::io::Read::read(connection, &mut [0])));
    let client = Client::new().allow("127.0.0.1").timeout(Duration::from_millis(150));
    let error = model(Provider::Mistral, &slow).client(client).complete("x").unwrap_err();
    assert!(error.contains("failed: no answer in time"), "{error}");
}

#[test]
fn variables_describe_a_model() {
    let of = |variables: &'static [(&str, &str)]| {
        let find =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Model::from_variables(find)
    };
    let provider = |variables| of(variables).unwrap().provider();
    assert_eq!(provider(&[("VERA_XAI_API_KEY", "a"), ("VERA_OPENAI_API_KEY", "b")]), Provider::OpenAi);
    assert_eq!(provider(&[("VERA_ANTHROPIC_API_KEY", ""), ("VERA_DEEPSEEK_API_KEY", "b")]), Provider::DeepSeek);
    let chosen: &[_] =
        &[("VERA_OPENAI_API_KEY", "b"), ("VERA_MOONSHOT_API_KEY", "c"), ("VERA_INFERENCE_PROVIDER", "Moonshot")];
    assert_eq!(provider(chosen), Provider::Moonshot);
    let shown = format!("{:?}", of(&[("VERA_XAI_API_KEY", "a"), ("VERA_INFERENCE_MODEL", "grok-next")]).unwrap());
    assert!(shown.contains("grok-next"), "{shown}");
    for (variables, message) in [
        (&[][..], "VERA_ANTHROPIC_API_KEY, VERA_OPENAI_API_KEY, VERA_MOONSHOT_API_KEY"),
        (&[("VERA_INFERENCE_PROVIDER", "hal")], "\"hal\", which is none of anthropic, openai"),
        (&[("VERA_INFERENCE_PROVIDER", "openai"), ("VERA_XAI_API_KEY", "x")], "VERA_OPENAI_API_KEY is not set"),
    ] {
        let error = of(variables).unwrap_err();
        assert!(error.contains(message), "{error}");
    }
}
