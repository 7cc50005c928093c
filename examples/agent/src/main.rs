//! A page, a question, a language model. `agent` shows the results of three recorded judgements.
//! `agent URL TOPIC [RECORDING]` makes and records a new one, with the model that the environment describes
//! (`VERA_ANTHROPIC_API_KEY`, ...).
//!
//! The grants of the program are here, one line for each effect: the one host of the URL, and the provider of the
//! model.

use agent::Verdict;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use vera_runtime::Limits;
use vera_runtime::host::http::Client;
use vera_runtime::host::inference::Model;
use vera_runtime::host::{Recorder, Replay};

vera_runtime::vera!(file = "src/agent.vera");

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        [] => recorded(),
        [url, topic] => live(url, topic, None),
        [url, topic, recording] => live(url, topic, Some(recording)),
        _ => Err("usage: agent [URL TOPIC [RECORDING]]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("agent: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What was answered once, without a network, a key or chance.
fn recorded() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings");
    for (name, topic) in [("gardening", "gardening"), ("talkative", "gardening"), ("gone", "gardening")] {
        let replay = Replay::from_file(folder.join(format!("{name}.jsonl")))?;
        let mut agent = agent::Module::builder().limits(limits()).replay(replay)?;
        show(name, &agent.judge(format!("https://pages.example/{name}"), topic)?);
    }
    Ok(())
}

/// The real thing.
fn live(url: &str, topic: &str, recording: Option<&str>) -> Result<(), Box<dyn Error>> {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let mut agent = agent::Module::builder()
        .http(Client::new().allow(host).max_body(1 << 20).timeout(Duration::from_secs(10)))
        .inference(Model::from_env()?.max_tokens(200))
        .limits(limits())
        .build()?;
    if let Some(recording) = recording {
        agent.instance_mut().record(Recorder::create(recording)?);
    }
    show(url, &agent.judge(url, topic)?);
    Ok(())
}

/// A page is not worth more than this.
fn limits() -> Limits {
    Limits { memory: 64 << 20, deadline: Some(Duration::from_secs(60)), ..Limits::default() }
}

fn show(what: &str, verdict: &Verdict) {
    match verdict {
        Verdict::Judged(word, reason) => println!("{what}: {word}, {reason}"),
        Verdict::Failed(why) => println!("{what}: no verdict, {why}"),
    }
}
