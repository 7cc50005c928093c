//! Operations that go on while the program does: `async(E.op(...))` where the host returns `Started`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use vera_runtime::error::{Limit, TrapKind};
use vera_runtime::host::Started;
use vera_runtime::value::Future;
use vera_runtime::{Error, Limits, Result, Rooted, Scope, vera_host};

vera_runtime::vera!(
    r#"
module shop;

type Percent = { @Int | @Int.0 >= 0 && @Int.0 <= 100 };

effect Shop {
  op price(Nat -> Int);
  op stock(Nat -> Option<Int>);
  op name(Nat -> String);
  op save(Nat -> Unit);
  op good(Nat -> Bool);
  op share(Nat -> Percent);
  op parts(Nat -> Array<String>);
  op show(Array<Future<Int>> -> String);
}

private fn start(@Nat, @Array<Future<Int>> -> @Array<Future<Int>>)
  requires(true)
  ensures(true)
  decreases(@Nat.0)
  effects(<Shop, Async>)
{
  if @Nat.0 == 0 then { @Array<Future<Int>>.0 }
  else { start(@Nat.0 - 1, array_append(@Array<Future<Int>>.0, async(Shop.price(@Nat.0)))) }
}

private fn finish(@Array<Future<Int>>, @Int, @Array<Int> -> @Array<Int>)
  requires(@Int.0 >= 0 && @Int.0 <= nat_to_int(array_length(@Array<Future<Int>>.0)))
  ensures(true)
  decreases(nat_to_int(array_length(@Array<Future<Int>>.0)) - @Int.0)
  effects(<Async>)
{
  if @Int.0 == nat_to_int(array_length(@Array<Future<Int>>.0)) then { @Array<Int>.0 }
  else {
    let @Array<Int> = array_append(@Array<Int>.0, await(@Array<Future<Int>>.0[@Int.0]));
    finish(@Array<Future<Int>>.0, @Int.0 + 1, @Array<Int>.0)
  }
}

-- The prices of n, n - 1, ..., 1.
public fn prices(@Nat -> @Array<Int>)
  requires(true)
  ensures(true)
  effects(<Shop, Async>)
{
  let @Array<Future<Int>> = [];
  let @Array<Future<Int>> = start(@Nat.0, @Array<Future<Int>>.0);
  let @Array<Int> = [];
  finish(@Array<Future<Int>>.0, 0, @Array<Int>.0)
}

-- Starts n and awaits none.
public fn forgotten(@Nat -> @Nat)
  requires(true)
  ensures(true)
  effects(<Shop, Async>)
{
  let @Array<Future<Int>> = [];
  array_length(start(@Nat.0, @Array<Future<Int>>.0))
}

public fn twice(@Nat -> @Tuple<Int, Int, Bool>)
  requires(true)
  ensures(true)
  effects(<Shop, Async>)
{
  let @Future<Int> = async(Shop.price(@Nat.0));
  let @Int = await(@Future<Int>.0);
  let @Int = await(@Future<Int>.0);
  Tuple(@Int.1, @Int.0, @Future<Int>.0 == async(await(@Future<Int>.0)))
}

-- Without `async`.
public fn plain(@Nat -> @Int)
  requires(true)
  ensures(true)
  effects(<Shop>)
{
  Shop.price(@Nat.0)
}

public fn everything(@Nat -> @String)
  requires(true)
  ensures(true)
  effects(<Shop, Async>)
{
  let @Future<Int> = async(Shop.price(@Nat.0));
  let @Future<Option<Int>> = async(Shop.stock(@Nat.0));
  let @Future<String> = async(Shop.name(@Nat.0));
  Shop.save(@Nat.0);
  let @Future<Bool> = async(Shop.good(@Nat.0));
  let @Future<Array<String>> = async(Shop.parts(@Nat.0));
  let @String = string_join(await(@Future<Array<String>>.0), "+");
  let @Int = option_unwrap_or(await(@Future<Option<Int>>.0), -1);
  "\(await(@Future<Int>.0)) \(@Int.0) \(await(@Future<String>.0)) \(await(@Future<Bool>.0)) \(@String.0)"
}

public fn shared(@Nat -> @Percent)
  requires(true)
  ensures(true)
  effects(<Shop, Async>)
{
  let @Future<Percent> = async(Shop.share(@Nat.0));
  await(@Future<Percent>.0)
}

public fn shown(@Nat -> @String)
  requires(true)
  ensures(true)
  effects(<Shop, Async>)
{
  let @Array<Future<Int>> = [];
  Shop.show(start(@Nat.0, @Array<Future<Int>>.0))
}

-- A future to be awaited by nobody but the host.
public fn later(@Nat -> @Option<Future<Int>>)
  requires(true)
  ensures(true)
  effects(<Shop, Async>)
{
  Some(async(Shop.price(@Nat.0)))
}

-- The host is asked only where no handler answers.
public fn mocked(@Nat -> @Int)
  requires(true)
  ensures(true)
  effects(<Async>)
{
  handle[Shop] {
    price(@Nat) -> { resume(nat_to_int(@Nat.0) * 2) },
    stock(@Nat) -> { resume(None) },
    name(@Nat) -> { resume("") },
    save(@Nat) -> { resume(()) },
    good(@Nat) -> { resume(true) },
    share(@Nat) -> { resume(0) },
    parts(@Nat) -> { resume([]) },
    show(@Array<Future<Int>>) -> { resume("") }
  } in {
    array_fold(prices(@Nat.0), 0, fn(@Int, @Int -> @Int) effects(pure) { @Int.0 + @Int.1 })
  }
}

effect Choice {
  op flip(Unit -> Bool);
}

-- The rest of the block runs twice and finds one future.
public fn explored(@Nat -> @Array<Int>)
  requires(true)
  ensures(true)
  effects(<Shop, Async>)
{
  handle[Choice] {
    flip(@Unit) -> {
      let @Array<Int> = resume(true);
      let @Array<Int> = resume(false);
      array_concat(@Array<Int>.1, @Array<Int>.0)
    }
  } in {
    let @Future<Int> = async(Shop.price(@Nat.0));
    let @Future<Bool> = async(Choice.flip(()));
    if await(@Future<Bool>.0) then { [await(@Future<Int>.0)] } else { [await(@Future<Int>.0) + 1] }
  }
}

public fn failing(@Nat -> @Int)
  requires(true)
  ensures(true)
  effects(<Shop, Async>)
{
  let @Future<Int> = async(Shop.price(@Nat.0));
  let @Int = 100 / @Nat.0;
  @Int.0 + await(@Future<Int>.0)
}
"#
);

/// How many operations are at work, and how many must be before any of them ends.
#[derive(Debug, Default)]
struct Gate {
    entered: Mutex<usize>,
    /// How many of them are on the thread of the call.
    at_once: AtomicUsize,
    signal: Condvar,
    width: usize,
}

impl Gate {
    fn of(width: usize) -> Arc<Self> {
        Arc::new(Gate { width, ..Gate::default() })
    }

    /// Waits until as many have come here; whether they have.
    fn pass(&self) -> bool {
        if std::thread::current().name() != Some("vera-started") {
            self.at_once.fetch_add(1, Ordering::Relaxed);
        }
        let mut entered = self.entered.lock().unwrap();
        *entered += 1;
        self.signal.notify_all();
        let patience = Duration::from_secs(60);
        let waiting = self.signal.wait_timeout_while(entered, patience, |entered| *entered < self.width).unwrap();
        !waiting.1.timed_out()
    }
}

#[derive(Debug, Default)]
struct Host {
    gate: Arc<Gate>,
    shown: Vec<Vec<i64>>,
    saved: Vec<u64>,
}

#[vera_host]
impl shop::Shop for Host {
    fn price(&mut self, item: u64) -> Started<std::result::Result<i64, String>> {
        let gate = Arc::clone(&self.gate);
        Started::thread(move || match (gate.pass(), item) {
            (false, _) => Err("alone".to_owned()),
            (_, 13) => panic!("thirteen"),
            (_, 17) => Err("sold out".to_owned()),
            _ => Ok(item as i64 * 10),
        })
    }

    fn stock(&mut self, item: u64) -> Started<Option<i64>> {
        Started::thread(move || Some(item as i64))
    }

    fn name(&mut self, item: u64) -> Started<String> {
        Started::thread(move || format!("item {item} {}", "x".repeat(2000)))
    }

    fn save(&mut self, item: u64) {
        self.saved.push(item);
    }

    fn good(&mut self, item: u64) -> Started<bool> {
        Started::thread(move || item.is_multiple_of(2))
    }

    fn share(&mut self, item: u64) -> Started<i64> {
        Started::thread(move || item as i64)
    }

    fn parts<'s>(&mut self, scope: &mut Scope<'s>, item: u64) -> Result<Rooted<'s, Vec<String>>> {
        scope.array((0..item).map(|part| part.to_string()))
    }

    fn show(&mut self, prices: &[Future<i64>]) -> String {
        let prices: Vec<i64> = prices.iter().map(|price| price.0).collect();
        self.shown.push(prices.clone());
        format!("{prices:?}")
    }
}

fn shop(width: usize, limits: Limits) -> shop::Module<Host> {
    shop::Module::with_limits(Host { gate: Gate::of(width), ..Host::default() }, limits).unwrap()
}

/// Plain and in stress mode.
fn shops(width: usize) -> [shop::Module<Host>; 2] {
    let mut stressed = shop(width, Limits::default());
    stressed.instance_mut().stress().unwrap();
    [shop(width, Limits::default()), stressed]
}

#[test]
fn ten_operations_are_at_work_at_one_time() {
    for mut shop in shops(10) {
        assert_eq!(shop.prices(10).unwrap(), (1..=10).rev().map(|item| item * 10).collect::<Vec<_>>());
        shop.instance_mut().check_heap().unwrap();
    }
}

fn at_once(shop: &shop::Module<Host>) -> usize {
    shop.host().gate.at_once.load(Ordering::Relaxed)
}

#[test]
fn a_future_is_asked_for_once_and_read_by_whatever_reads_it() {
    for mut shop in shops(1) {
        assert_eq!(shop.twice(4).unwrap(), (40, 40, true));
        assert_eq!(*shop.host().gate.entered.lock().unwrap(), 1);
        shop.instance_mut().check_heap().unwrap();
    }
}

#[test]
fn without_async_it_is_run_at_once() {
    for mut shop in shops(1) {
        assert_eq!(shop.plain(4).unwrap(), 40);
        assert_eq!(at_once(&shop), 1);
        assert_eq!(shop.prices(4).unwrap(), [40, 30, 20, 10]);
        assert_eq!(at_once(&shop), 1, "these have threads of their own");
    }
}

#[test]
fn results_of_every_representation_are_awaited() {
    for mut shop in shops(1) {
        let expected = format!("30 3 item 3 {} false 0+1+2", "x".repeat(2000));
        assert_eq!(shop.everything(3).unwrap(), expected);
        assert_eq!(shop.host().saved, [3]);
        shop.instance_mut().check_heap().unwrap();
    }
}

/// What is awaited late is made sure of like what is there at once.
#[test]
fn results_are_what_the_program_declares() {
    for started in [0, 64] {
        let mut shop = shop(1, Limits { started, ..Limits::default() });
        assert_eq!(shop.shared(40).unwrap(), 40);
        let Error::Refinement(violation) = shop.shared(101).unwrap_err() else { panic!("no refinement") };
        assert!(violation.clause.starts_with("result of Shop.share: "), "{violation:?}");
        assert_eq!((violation.function.as_str(), violation.values[0].value.as_str()), ("shared", "101"));
        assert_eq!(shop.shared(41).unwrap(), 41);
    }
}

#[test]
fn what_a_host_is_given_has_been_awaited() {
    for mut shop in shops(4) {
        assert_eq!(shop.shown(4).unwrap(), "[40, 30, 20, 10]");
        assert_eq!(shop.host().shown, [[40, 30, 20, 10]]);
        assert_eq!(shop.later(7).unwrap(), Some(Future(70)));
        shop.instance_mut().check_heap().unwrap();
    }
}

#[test]
fn a_handler_answers_at_once() {
    for mut shop in shops(1000) {
        assert_eq!(shop.mocked(4).unwrap(), 2 * (1 + 2 + 3 + 4));
        assert_eq!(*shop.host().gate.entered.lock().unwrap(), 0, "the host is not asked");
    }
}

#[test]
fn continuations_share_what_was_started_before() {
    for mut shop in shops(1) {
        assert_eq!(shop.explored(5).unwrap(), [50, 51]);
        assert_eq!(*shop.host().gate.entered.lock().unwrap(), 1);
        shop.instance_mut().check_heap().unwrap();
    }
}

#[test]
fn failures_come_where_the_result_is_awaited() {
    for mut shop in shops(1) {
        let Error::Host(failure) = shop.failing(13).unwrap_err() else { panic!("no failure of the host") };
        assert_eq!((failure.effect.as_str(), failure.operation.as_str()), ("Shop", "price"));
        assert_eq!((failure.message.as_str(), failure.panicked), ("thirteen", true));
        let Error::Host(failure) = shop.failing(17).unwrap_err() else { panic!("no failure of the host") };
        assert_eq!((failure.message.as_str(), failure.panicked), ("sold out", false));
        // It stops before it awaits anything.
        let Error::Trap(trap) = shop.failing(0).unwrap_err() else { panic!("no trap") };
        assert_eq!(trap.kind, TrapKind::DivideByZero);
        assert_eq!(shop.failing(10).unwrap(), 110);
    }
}

/// Five wait for a sixth, which the next call starts.
#[test]
fn what_is_not_awaited_is_left_behind() {
    for mut shop in shops(6) {
        assert_eq!(shop.forgotten(5).unwrap(), 5);
        assert_eq!(shop.prices(1).unwrap(), [10]);
        assert_eq!(*shop.host().gate.entered.lock().unwrap(), 6);
        assert_eq!(at_once(&shop), 0);
    }
}

#[test]
fn only_so_many_are_started() {
    let mut shop = shop(3, Limits { started: 3, ..Limits::default() });
    assert_eq!(shop.prices(8).unwrap(), [80, 70, 60, 50, 40, 30, 20, 10]);
    assert_eq!(at_once(&shop), 5);
    assert_eq!(shop.prices(3).unwrap(), [30, 20, 10]);
    assert_eq!(at_once(&shop), 5, "what was awaited counts no more");
    assert_eq!(shop.forgotten(3).unwrap(), 3);
    assert_eq!(shop.prices(3).unwrap(), [30, 20, 10]);
    assert_eq!(at_once(&shop), 5, "nor does what was left behind");
}

#[test]
fn waiting_ends_at_the_deadline() {
    let deadline = Some(Duration::from_millis(50));
    let mut shop = shop(2, Limits { deadline, ..Limits::default() });
    let error = shop.prices(1).unwrap_err();
    let Error::Limit(reached) = &error else { panic!("{error}") };
    assert_eq!(reached.limit, Limit::Deadline(Duration::from_millis(50)));
    // The one that was late comes to the gate's help.
    let mut unlimited =
        shop::Module::with_limits(Host { gate: Arc::clone(&shop.host().gate), ..Host::default() }, Limits::default());
    assert_eq!(unlimited.as_mut().unwrap().prices(1).unwrap(), [10]);
}
