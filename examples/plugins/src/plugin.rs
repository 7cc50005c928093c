//! One plugin: its program, compiled, linked to its grants, and called.

use crate::grants::{Capability, Grant};
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use vera_build::FileLoader;
use vera_compiler::diagnostics::render_text_all;
use vera_compiler::driver::{Options, Source, compile};
use vera_runtime::host::EffectId;
use vera_runtime::host::io::CapturedIo;
use vera_runtime::host::random::SplitMix;
use vera_runtime::interface::Interface;
use vera_runtime::value::dynamic::signature;
use vera_runtime::{Compiled, Error, Function, Instance};

/// What every plugin implements.
const FUNCTION: &str = "apply";

/// The host of a plugin: what it can be granted.
struct Host {
    console: CapturedIo,
    random: SplitMix,
    log: Vec<String>,
}

/// A plugin that can be called.
pub struct Plugin {
    instance: Instance<Host>,
    apply: Function<(String,), String>,
    surface: BTreeSet<String>,
}

/// The reason why a file is not a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The compiler refuses the program: its diagnostics as text.
    Compile(String),
    /// The program cannot be loaded: it has no function `apply(String -> String)`, or it performs an effect that it is
    /// not granted.
    Load(String),
    /// Its interface differs from that of the plugin that it would replace.
    Interface {
        /// Parts of the interface that the file lacks, such as `fn apply(String -> String) effects(pure)`.
        gone: Vec<String>,
        /// Parts that only the file has.
        new: Vec<String>,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Compile(diagnostics) => write!(f, "it does not compile:\n{}", diagnostics.trim_end()),
            Refusal::Load(why) => write!(f, "it cannot be loaded: {why}"),
            Refusal::Interface { gone, new } => {
                f.write_str("it has another interface:")?;
                gone.iter().try_for_each(|part| write!(f, "\n- {part}"))?;
                new.iter().try_for_each(|part| write!(f, "\n+ {part}"))
            }
        }
    }
}

impl std::error::Error for Refusal {}

impl Plugin {
    /// Compiles and loads a program.
    ///
    /// # Errors
    /// [`Refusal::Compile`] and [`Refusal::Load`].
    pub fn load(path: &Path, text: String, grant: &Grant) -> Result<Self, Refusal> {
        let source = Source { name: path.display().to_string(), text };
        let compilation = compile(source, &FileLoader::for_program(path), &Options::default());
        let sources = &compilation.program.sources;
        let wasm =
            compilation.wasm.ok_or_else(|| Refusal::Compile(render_text_all(&compilation.diagnostics, sources)))?;
        Plugin::link(&Compiled::new(wasm), grant).map_err(|error| Refusal::Load(error.to_string()))
    }

    fn link(compiled: &Compiled, grant: &Grant) -> vera_runtime::Result<Self> {
        let interface = compiled.interface()?;
        let host = Host { console: CapturedIo::default(), random: SplitMix::seeded(1), log: Vec::new() };
        let mut imports = compiled.link(host, grant.limits)?;
        for capability in &grant.may {
            imports = match capability {
                Capability::Console => imports.console(|host: &mut Host| &mut host.console)?,
                Capability::Random => imports.random(|host: &mut Host| &mut host.random)?,
                Capability::Log => match own_effect(&interface, "Log") {
                    Some(effect) => {
                        imports.operation(effect, "info", |host: &mut Host, scope, (line,): (String,)| {
                            host.log.push(line);
                            scope.finish::<(), _>(())
                        })?
                    }
                    None => imports,
                },
            };
        }
        let mut instance = imports.instantiate()?;
        let apply = instance.function(FUNCTION)?;
        Ok(Plugin { instance, apply, surface: surface(&interface) })
    }

    /// Replaces this plugin by `next`.
    ///
    /// # Errors
    /// [`Refusal::Interface`] when the interfaces differ; then nothing changes.
    pub fn replace(&mut self, next: Plugin) -> Result<(), Refusal> {
        let difference = |of: &BTreeSet<String>, and: &BTreeSet<String>| of.difference(and).cloned().collect();
        let (gone, new): (Vec<_>, Vec<_>) =
            (difference(&self.surface, &next.surface), difference(&next.surface, &self.surface));
        if !gone.is_empty() || !new.is_empty() {
            return Err(Refusal::Interface { gone, new });
        }
        *self = next;
        Ok(())
    }

    /// Applies the plugin to a text.
    ///
    /// # Errors
    /// Every error of a Vera program. The next call is answered anyway.
    pub fn apply(&mut self, text: &str) -> Result<String, Error> {
        self.instance.call(&self.apply, (text,))
    }

    /// The output and logs of the plugin since the last call of this method, line by line.
    pub fn take_output(&mut self) -> Vec<String> {
        let host = self.instance.host_mut();
        let printed = std::mem::take(&mut host.console.output);
        let mut lines: Vec<String> = printed.lines().map(str::to_owned).collect();
        lines.append(&mut host.log);
        lines
    }
}

fn own_effect(interface: &Interface, name: &str) -> Option<EffectId> {
    let position = interface.effects.iter().position(|effect| effect.user && effect.name == name)?;
    u32::try_from(position).ok().map(EffectId)
}

/// What users of the plugin rely on: public functions with types and effects, and the operations that it performs.
fn surface(interface: &Interface) -> BTreeSet<String> {
    let functions = interface.functions.iter().map(|function| {
        format!("fn {}({}) effects({})", function.name, signature(interface, function), function.effects)
    });
    let operations = interface.effects.iter().flat_map(|effect| {
        effect.operations.iter().map(|operation| format!("performs {}.{}", effect.name, operation.name))
    });
    functions.chain(operations).collect()
}
