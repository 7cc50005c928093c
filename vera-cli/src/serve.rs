//! `vera serve`: answers web requests with a program, each in its own instance.

use crate::args::ServeArgs;
use crate::grants::{Grants, Notes, Terminal};
use crate::inputs::{Input, Problem};
use crate::output::Output;
use crate::{program, report};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::io::Write;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::net::TcpListener;
use vera_abi::interface::{Interface, TypeDesc, TypeId};
use vera_runtime::serve::{Failure, Request, Response, Service};
use vera_runtime::{Compiled, Error, Limits};

/// The function that answers.
const HANDLER: &str = "handle";
/// Time of a request where no option sets it.
const DEADLINE: Duration = Duration::from_secs(30);
/// Instances whose memory is reserved; each takes 4 GiB of addresses.
const MOST_POOLED: u32 = 256;
/// Time for the head of a request, and for what is under way when the server is stopped.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn run(arguments: &ServeArgs, output: &mut Output) -> ExitCode {
    let input = Input::new(&arguments.file);
    match compile_and_serve(arguments, &input, output) {
        Ok(verdict) => verdict,
        Err(problem) => {
            report::refuse(output, &problem, false);
            ExitCode::FAILURE
        }
    }
}

fn compile_and_serve(arguments: &ServeArgs, input: &Input, output: &mut Output) -> Result<ExitCode, Problem> {
    let problem = |description| Problem::new(input.path(), description);
    let mut compilation = program::compile(input, false)?;
    report::print(output, &compilation.diagnostics, &compilation.program.sources);
    let Some(wasm) = compilation.wasm.take() else { return Ok(ExitCode::FAILURE) };
    check_handler(&compilation.interface).map_err(problem)?;
    let notes = Notes::default();
    program::keep_machine_code();
    let grants = arguments.grants.grants(&notes).map_err(problem)?;
    let limits = arguments.limits.limits();
    let limits = Limits { deadline: limits.deadline.or(Some(DEADLINE)), ..limits };
    let service = service(arguments, &Compiled::new(wasm), grants, notes, limits).map_err(problem)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| problem(format!("The server cannot be started: {error}")))?;
    let served = runtime.block_on(serve(arguments, service, output));
    // A handler that is still at work ends with the process.
    runtime.shutdown_background();
    served.map_err(|error| problem(format!("{}:{}: {error}", arguments.host, arguments.port)))?;
    Ok(ExitCode::SUCCESS)
}

/// Whether the program has a handler.
fn check_handler(interface: &Interface) -> Result<(), String> {
    const FORM: &str = "public fn handle(@Request -> @Response)\n    requires(true)\n    ensures(true)\n    effects(<HttpServer>)\n  {\n    Response(200, map_new(), \"hello\")\n  }";
    let is = |id: TypeId, name: &str| matches!(interface.ty(id), TypeDesc::Data(data) if data.name == name);
    let why = match interface.function(HANDLER) {
        Some(function)
            if function.params.len() == 1 && is(function.params[0], "Request") && is(function.result, "Response") =>
        {
            return Ok(());
        }
        Some(_) => "its function `handle` does not take a `Request` and give a `Response`",
        None => "it has no public function `handle`",
    };
    Err(format!("The program cannot answer requests: {why}.\n\n  {FORM}"))
}

/// What answers requests: each by an instance of its own.
///
/// # Errors
/// When the program cannot be loaded.
fn service(
    arguments: &ServeArgs,
    compiled: &Compiled,
    grants: Grants,
    notes: Notes,
    limits: Limits,
) -> Result<Service, String> {
    let concurrency = arguments.concurrency.unwrap_or_else(|| available_parallelism().map_or(4, usize::from)).max(1);
    // Memory that is used again, where there are addresses for it.
    let instances = u32::try_from(concurrency).ok().filter(|&instances| instances <= MOST_POOLED);
    let service = match asks_nothing(compiled)? {
        true => computing(compiled, limits, instances),
        false => performing(compiled, grants, notes, limits, instances),
    }?;
    let service = service.max_body(usize::try_from(arguments.max_body).unwrap_or(usize::MAX)).on_failure(
        |Failure { id, method, path, message, .. }| {
            log(&format!("Error {id}: {method} {path:?}: {}", one_line(message)))
        },
    );
    Ok(service.concurrency(concurrency))
}

/// Whether the program performs no operation of a host, so that nothing in it blocks.
fn asks_nothing(compiled: &Compiled) -> Result<bool, String> {
    let interface = compiled.interface().map_err(|error| error.to_string())?;
    Ok(interface.effects.iter().all(|effect| effect.operations.is_empty()))
}

/// What `link` gives with memory that is reserved, or else without.
fn pooled<T, E>(limits: Limits, instances: Option<u32>, link: impl Fn(Limits) -> Result<T, E>) -> Result<T, E> {
    let reserved = instances.and_then(|instances| link(Limits { instances: Some(instances), ..limits }).ok());
    reserved.map_or_else(|| link(limits), Ok)
}

/// Answers with a program that only computes, where it is asked. The deadline lets other connections have their turn.
fn computing(compiled: &Compiled, limits: Limits, instances: Option<u32>) -> Result<Service, String> {
    let link = |limits| compiled.link((), limits).and_then(|imports| imports.awaited().template());
    let (template, ()) = pooled(limits, instances, link).map_err(|error| error.to_string())?;
    Ok(Service::awaited(move |request| {
        let instance = template.instance(());
        async move {
            let mut instance = instance?;
            let handle = instance.function::<(Request,), Response>(HANDLER)?;
            instance.call_async(&handle, (request,)).await
        }
    }))
}

/// Answers with a program that performs operations of a host, each request on a thread that may block.
fn performing(
    compiled: &Compiled,
    grants: Grants,
    notes: Notes,
    limits: Limits,
    instances: Option<u32>,
) -> Result<Service, String> {
    let template = pooled(limits, instances, |limits| -> Result<_, String> {
        let host = grants.host(Terminal::new(false), Vec::new())?;
        host.link(compiled, limits).map(|(template, _)| template).map_err(|error| error.to_string())
    })?;
    Ok(Service::new(move |request: &Request| -> Result<Response, Error> {
        let host = grants.host(Terminal::new(false), Vec::new());
        let outcome = host.map_err(|error| Error::Load(error.into())).and_then(|host| {
            let mut instance = template.instance(host)?;
            let handle = instance.function::<(Request,), Response>(HANDLER)?;
            instance.call(&handle, (request,))
        });
        notes.take().iter().for_each(|note| log(note));
        outcome
    }))
}

/// A text that may quote a module, as a part of one line of the log.
fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut line = String::new();
    for character in lines.join("; ").chars() {
        match character.is_control() {
            true => line.extend(character.escape_default()),
            false => line.push(character),
        }
    }
    line
}

/// A line of the log. Nobody may be reading it.
fn log(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Serves until the process is asked to stop; then what is under way ends.
async fn serve(arguments: &ServeArgs, service: Service, output: &mut Output) -> std::io::Result<()> {
    let listener = TcpListener::bind((arguments.host, arguments.port)).await?;
    output.line(format_args!("Serving on http://{}", listener.local_addr()?));
    output.flush();
    let mut stop = std::pin::pin!(stopped()?);
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let Ok((stream, _)) = accepted else {
            // Such as too many open files: it passes.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
        let service = TowerToHyperService::new(service.clone());
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        // What goes wrong with a connection is between the client and its network.
        tokio::spawn(async move { drop(connection.await) });
    }
    drop(listener);
    if tokio::time::timeout(PATIENCE, graceful.shutdown()).await.is_err() {
        log("Some requests did not end in time.");
    }
    Ok(())
}

/// Ends when the process is asked to stop.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
    })
}
