//! What the command line lets a program do: the host of `vera run` and `vera serve`.
//!
//! A program has its console, its arguments, the clock and chance. Everything else is granted by an option. What a program
//! asks for in vain is noted, so that the user learns which option would grant it, whatever the program makes of the error.

mod limits;
mod notes;
mod terminal;

pub(crate) use limits::LimitArgs;
pub(crate) use notes::Notes;
pub(crate) use terminal::Terminal;

use clap::Args;
use std::path::PathBuf;
use std::time::Duration;
use vera_runtime::host::Refused;
use vera_runtime::host::database::{Database, Sqlite};
use vera_runtime::host::http::Client;
use vera_runtime::host::inference::{Inference, Model};
use vera_runtime::host::io::{Directories, Directory, SystemClock, Variables};
use vera_runtime::host::random::{Random, SplitMix, SystemRandom};
use vera_runtime::{Compiled, Instance, Limits, Result};

/// Options that grant something.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What the program may do")]
pub(crate) struct GrantArgs {
    /// Read and write files below a folder; may be given several times
    #[arg(long, value_name = "PATH")]
    pub(crate) dir: Vec<PathBuf>,
    /// Send requests to a host: `example.com`, `*.example.com`, `127.0.0.1:8080`, a network such as `10.0.0.0/8`, or `*` for
    /// every public host; may be given several times
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_net: Vec<String>,
    /// Use an SQLite database: a file, `sqlite:///path`, or `sqlite::memory:`
    #[arg(long, value_name = "URL")]
    pub(crate) db: Option<String>,
    /// See an environment variable; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Vec<String>,
    /// Get the random numbers that follow from a seed, the same in every run
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

/// The host of one run.
pub(crate) struct Host {
    /// Where the program prints.
    pub(crate) console: Terminal,
    clock: SystemClock,
    files: Directories,
    environment: Variables,
    random: Box<dyn Random + Send>,
    http: Client,
    inference: Box<dyn Inference + Send>,
    database: Box<dyn Database + Send>,
}

impl GrantArgs {
    /// The host that the options describe. `arguments` is what `IO.args` gives; what the program asks for in vain goes to
    /// the notes.
    ///
    /// # Errors
    /// Which option is wrong, and why.
    pub(crate) fn host(
        &self,
        console: Terminal,
        arguments: Vec<String>,
        notes: &Notes,
    ) -> std::result::Result<Host, String> {
        let http = self.allow_net.iter().fold(Client::new(), |client, host| client.allow(host));
        let http = http.on_refusal(notes.hook());
        http.check().map_err(|error| format!("--allow-net: {error}"))?;
        let environment = Variables::new().with_args(arguments).on_refusal(notes.hook());
        Ok(Host {
            console,
            clock: SystemClock,
            files: self.files(notes)?,
            environment: self.env.iter().fold(environment, |environment, name| environment.allow(name)),
            inference: inference(&http),
            http,
            database: self.database(notes)?,
            random: match self.seed {
                Some(seed) => Box::new(SplitMix::seeded(seed)),
                None => {
                    let system = SystemRandom::new();
                    Box::new(system.map_err(|error| format!("The system has no random numbers: {error}"))?)
                }
            },
        })
    }

    fn database(&self, notes: &Notes) -> std::result::Result<Box<dyn Database + Send>, String> {
        Ok(match &self.db {
            Some(url) => Box::new(Sqlite::open_url(url).map_err(|error| format!("--db {url}: {error}"))?),
            None => Box::new(Refused::new("no database is granted").on_refusal(notes.hook())),
        })
    }

    /// The folders, by the names that they have from here, and by their absolute paths.
    fn files(&self, notes: &Notes) -> std::result::Result<Directories, String> {
        let mut directories = Directories::new().on_refusal(notes.hook());
        for path in &self.dir {
            let wrong = |error| format!("--dir {}: {error}", path.display());
            let absolute = path.canonicalize().map_err(wrong)?;
            for name in [path, &absolute] {
                let directory = Directory::open(path).map_err(wrong)?;
                directories = directories.with(name, directory.on_refusal(notes.hook()));
            }
        }
        Ok(directories)
    }
}

/// The model that the user's variables describe, reached as the client may. Requests to models take longer than others.
fn inference(client: &Client) -> Box<dyn Inference + Send> {
    const TIME: Duration = Duration::from_secs(120);
    match Model::from_env() {
        Ok(model) => Box::new(model.client(client.clone().timeout(TIME))),
        Err(missing) => Box::new(Refused::new(missing)),
    }
}

impl Host {
    /// An instance of a program that has this host.
    ///
    /// # Errors
    /// When the program cannot be loaded.
    pub(crate) fn start(self, compiled: &Compiled, limits: Limits) -> Result<Instance<Self>> {
        compiled
            .link(self, limits)?
            .console(|host: &mut Host| &mut host.console)?
            .clock(|host| &mut host.clock)?
            .files(|host| &mut host.files)?
            .environment(|host| &mut host.environment)?
            .random(|host| &mut host.random)?
            .http(|host| &mut host.http)?
            .inference(|host| &mut host.inference)?
            .database(|host| &mut host.database)?
            .instantiate()
    }
}
