//! The grants of the command line to a program: the host of `vera run` and `vera serve`.
//!
//! A program has its console, its arguments, the clock and random numbers. Options grant everything else. Refused
//! requests are recorded, so that the user learns which option would grant them, even if the program handles the error.

mod limits;
mod notes;
mod terminal;

pub(crate) use limits::{LimitArgs, size};
pub(crate) use notes::Notes;
pub(crate) use terminal::Terminal;

use clap::Args;
use std::path::PathBuf;
use std::time::Duration;
use vera_runtime::host::Refused;
use vera_runtime::host::database::{Database, Pool};
use vera_runtime::host::http::Client;
use vera_runtime::host::inference::{Inference, Model};
use vera_runtime::host::io::{Directories, Directory, SystemClock, Variables};
use vera_runtime::host::random::{Random, SplitMix, SystemRandom};
use vera_runtime::{Compiled, Limits, Result, Template};

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
    /// Seed of the random numbers, which are then the same in every run
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

/// What the options grant, ready to be given to instances.
pub(crate) struct Grants {
    options: GrantArgs,
    notes: Notes,
    http: Client,
    /// The model of the user's variables, or what is missing.
    model: std::result::Result<Model, String>,
    database: Option<Pool>,
}

/// The host of one instance.
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
    /// What the options grant. What a program asks for in vain goes to the notes.
    ///
    /// # Errors
    /// Which option is wrong, and why.
    pub(crate) fn grants(&self, notes: &Notes) -> std::result::Result<Grants, String> {
        let http = self.allow_net.iter().fold(Client::new(), |client, host| client.allow(host));
        let http = http.on_refusal(notes.hook());
        http.check().map_err(|error| format!("--allow-net: {error}"))?;
        // Requests to models take longer than others.
        const TIME: Duration = Duration::from_secs(120);
        let model = Model::from_env().map(|model| model.client(http.clone().timeout(TIME)));
        let open = |url: &String| Pool::open_url(url).map_err(|error| format!("--db {url}: {error}"));
        let database = self.db.as_ref().map(open).transpose()?;
        let grants = Grants { options: self.clone(), notes: notes.clone(), http, model, database };
        // What is wrong with a folder is said before a program runs.
        grants.files().map(|_| grants)
    }
}

impl Grants {
    /// A host for one instance. `arguments` is what `IO.args` gives.
    ///
    /// # Errors
    /// When a folder is gone, or the system has no random numbers.
    pub(crate) fn host(&self, console: Terminal, arguments: Vec<String>) -> std::result::Result<Host, String> {
        let environment = Variables::new().with_args(arguments).on_refusal(self.notes.hook());
        Ok(Host {
            console,
            clock: SystemClock,
            files: self.files()?,
            environment: self.options.env.iter().fold(environment, |environment, name| environment.allow(name)),
            random: match self.options.seed {
                Some(seed) => Box::new(SplitMix::seeded(seed)),
                None => {
                    let system = SystemRandom::new();
                    Box::new(system.map_err(|error| format!("The system has no random numbers: {error}"))?)
                }
            },
            http: self.http.clone(),
            inference: match &self.model {
                Ok(model) => Box::new(model.clone()),
                Err(missing) => Box::new(Refused::new(missing)),
            },
            database: match &self.database {
                Some(pool) => Box::new(pool.lend()),
                None => Box::new(Refused::new("no database is granted").on_refusal(self.notes.hook())),
            },
        })
    }

    /// The folders, by their names from the current folder, and by their absolute paths.
    fn files(&self) -> std::result::Result<Directories, String> {
        let mut directories = Directories::new().on_refusal(self.notes.hook());
        for path in &self.options.dir {
            let wrong = |error| format!("--dir {}: {error}", path.display());
            let absolute = path.canonicalize().map_err(wrong)?;
            for name in [path, &absolute] {
                let directory = Directory::open(path).map_err(wrong)?;
                directories = directories.with(name, directory.on_refusal(self.notes.hook()));
            }
        }
        Ok(directories)
    }
}

impl Host {
    /// A program linked to this host, of which instances with others like it can be made; and this one back.
    ///
    /// # Errors
    /// When the program cannot be loaded.
    pub(crate) fn link(self, compiled: &Compiled, limits: Limits) -> Result<(Template<Self>, Self)> {
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
            .template()
    }
}
