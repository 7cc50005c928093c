//! Hosts composed of one value for each effect, by the builders of wrappers.

use std::io;
use vera_runtime::error::Limit;
use vera_runtime::host::io::{CapturedIo, Console, FixedClock, MemoryFiles, SteppingClock, Variables};
use vera_runtime::host::random::SplitMix;
use vera_runtime::host::{Recorder, Replay};
use vera_runtime::{Error, Limits, vera_host};

vera_runtime::vera! {
    module report;

    public data Builder { Builder(Int) }

    effect Log {
      op info(String -> Unit);
    }

    effect Store<T> {
      op put(T -> Unit);
      op get(Unit -> T);
    }

    -- This effect has the name of a method that every builder has.
    effect Limits {
      op most(Unit -> Int);
    }

    public fn start(@String -> @Result<Int, String>)
      requires(true)
      ensures(true)
      effects(<IO, Log, Store<Int>, Limits, Random>)
    {
      Log.info(@String.0);
      let @Nat = IO.time(());
      IO.sleep(5);
      Store.put(nat_to_int(IO.time(()) - @Nat.0) + Limits.most(()) + Random.random_int(7, 7));
      IO.print(string_join(IO.args(()), ","));
      IO.print(option_unwrap_or(IO.get_env("LANGUAGE_OF_TEST"), "none"));
      match IO.read_file("in.txt") {
        Ok(@String) -> IO.write_file("out.txt", string_upper(@String.0)),
        Err(@String) -> Err(@String.0)
      };
      Ok(Store.get(()))
    }

    public fn builder(@Builder -> @Int)
      requires(true)
      ensures(true)
      effects(pure)
    {
      match @Builder.0 {
        Builder(@Int) -> @Int.0
      }
    }
}

vera_runtime::vera! {
    module pure_one;

    public fn twice(@Nat -> @Nat)
      requires(true)
      ensures(true)
      effects(pure)
    {
      @Nat.0 * 2
    }
}

#[derive(Clone, Debug, Default)]
struct Lines(Vec<String>);

#[vera_host]
impl report::Log for Lines {
    fn info(&mut self, message: &str) {
        self.0.push(message.to_owned());
    }
}

/// A host of two effects.
#[derive(Clone, Debug, Default)]
struct Cell(i64);

#[vera_host]
impl report::Store<i64> for Cell {
    fn put(&mut self, value: i64) {
        self.0 = value;
    }

    fn get(&mut self, _: ()) -> i64 {
        self.0
    }
}

#[vera_host]
impl report::Limits for Cell {
    fn most(&mut self, _: ()) -> i64 {
        100
    }
}

fn files() -> MemoryFiles {
    MemoryFiles { files: [("in.txt".to_owned(), b"text".to_vec())].into() }
}

#[test]
fn each_effect_has_a_host_of_its_own() {
    for stress in [false, true] {
        let mut module = report::Module::builder()
            .random(SplitMix::seeded(1))
            .log(Lines::default())
            .files(files())
            .limits2(Cell::default())
            .store(Cell::default())
            .clock(SteppingClock { now: 1_000, step: 1 })
            .environment(Variables::new().with_args(["a", "b"]).set("LANGUAGE_OF_TEST", "vera"))
            .console(CapturedIo::default())
            .build()
            .unwrap();
        if stress {
            module.instance_mut().stress().unwrap();
        }
        // The clock was looked at, advanced by 1, slept 5.
        assert_eq!(module.start("hello").unwrap(), Ok(6 + 100 + 7));
        assert_eq!(module.host().console.output, "a,bvera");
        assert_eq!(module.host().files.files["out.txt"], b"TEXT");
        assert_eq!(module.host().store.0, 113);
        assert_eq!(module.builder_(report::Builder(4)).unwrap(), 4);
        module.host_mut().clock = SteppingClock { now: 0, step: 10 };
        assert_eq!(module.start("again").unwrap(), Ok(15 + 107));
        assert_eq!(module.into_host().log.0, ["hello", "again"]);
    }
}

/// One value of all effects is what it was before there were builders, and may be granted for each as well.
#[derive(Clone, Debug, Default)]
struct Everything(Vec<String>);

impl Console for Everything {
    fn print(&mut self, text: &str) -> io::Result<()> {
        self.0.push(format!("out {text}"));
        Ok(())
    }
}
impl vera_runtime::host::io::Clock for Everything {}
impl vera_runtime::host::io::Files for Everything {
    fn read(&mut self, _: &str) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }
}
impl vera_runtime::host::io::Environment for Everything {
    fn get_env(&mut self, _: &str) -> Option<String> {
        None
    }
}
impl vera_runtime::host::random::Random for Everything {
    fn bits(&mut self) -> u64 {
        0
    }
}
#[vera_host]
impl report::Log for Everything {
    fn info(&mut self, message: &str) {
        self.0.push(format!("log {message}"));
    }
}
#[vera_host]
impl report::Store<i64> for Everything {
    fn put(&mut self, _: i64) {}
    fn get(&mut self, _: ()) -> i64 {
        5
    }
}
#[vera_host]
impl report::Limits for Everything {
    fn most(&mut self, _: ()) -> i64 {
        1
    }
}

#[test]
fn one_value_may_be_all_hosts() {
    let mut module = report::Module::new(Everything::default()).unwrap();
    assert_eq!(module.start("x").unwrap(), Ok(5));
    assert_eq!(module.host().0, ["log x", "out ", "out none"]);
    let limits = Limits { fuel: Some(10), ..Limits::default() };
    let mut module = report::Module::builder()
        .console(Everything::default())
        .clock(FixedClock { now: 3 })
        .files(Everything::default())
        .environment(Everything::default())
        .random(Everything::default())
        .log(Everything::default())
        .store(Everything::default())
        .limits2(Everything::default())
        .limits(limits)
        .build()
        .unwrap();
    let error = module.start("x").unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Fuel(10))), "{error:?}");
}

#[test]
fn a_module_without_effects_has_a_builder() {
    assert_eq!(pure_one::Module::builder().build().unwrap().twice(4).unwrap(), 8);
    let limits = Limits { fuel: Some(1), ..Limits::default() };
    let error = pure_one::Module::builder().limits(limits).build().unwrap().twice(4).unwrap_err();
    assert!(matches!(error, Error::Limit(_)), "{error:?}");
}

/// Instances of one template have nothing in common but the code, and their hosts begin alike.
#[test]
fn a_template_makes_instances_on_any_thread() {
    let template = pure_one::Module::builder().template().unwrap();
    let sum: u64 = std::thread::scope(|threads| {
        let calls = [1, 2, 3].map(|number| {
            let template = template.clone();
            threads.spawn(move || template.instance().unwrap().twice(number).unwrap())
        });
        calls.into_iter().map(|call| call.join().unwrap()).sum()
    });
    assert_eq!(sum, 12);

    let template = report::Module::builder()
        .random(SplitMix::default())
        .log(Lines::default())
        .files(files())
        .limits2(Cell::default())
        .store(Cell::default())
        .clock(FixedClock { now: 3 })
        .environment(Variables::new())
        .console(CapturedIo::default())
        .template()
        .unwrap();
    let outputs = [(), ()].map(|()| {
        let mut module = template.instance().unwrap();
        module.start("hello").unwrap().unwrap();
        module.into_host().console.output
    });
    assert!(!outputs[0].is_empty() && outputs[0] == outputs[1], "{outputs:?}");
}

/// What a module was answered once answers it again, without any of its hosts: data of the program included.
#[test]
fn a_recording_is_a_host_of_the_module() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.jsonl");
    let mut module = report::Module::builder()
        .random(SplitMix::default())
        .log(Lines::default())
        .files(files())
        .limits2(Cell::default())
        .store(Cell::default())
        .clock(SteppingClock { now: 1_000, step: 3 })
        .environment(Variables::new().with_args(["a", "b"]))
        .console(CapturedIo::default())
        .build()
        .unwrap();
    module.instance_mut().record(Recorder::create(&file).unwrap());
    let first = module.start("hello").unwrap();
    drop(module);
    for stress in [false, true] {
        let mut replayed = report::Module::builder().replay(Replay::from_file(&file).unwrap()).unwrap();
        if stress {
            replayed.instance_mut().stress().unwrap();
        }
        assert_eq!(replayed.start("hello").unwrap(), first);
        assert_eq!(replayed.host().left(), 0);
        let error = replayed.start("hello").unwrap_err();
        assert!(error.to_string().contains("the recording ends after 14 calls"), "{error}");
    }
}
