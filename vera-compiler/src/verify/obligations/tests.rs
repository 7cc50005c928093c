//! Each program says at the end of its lines which obligations are there: `-- | kind kind`. A kind with `?` is listed unless
//! it is proved, one with `!` only when it is refuted.

use super::{Obligations, table};
use crate::check;
use crate::lower;
use crate::source::{LineColumn, MemoryLoader, SourceMap, Span};
use crate::tir::{Checked, ExprKind, Program};
use crate::verify::obligation::{CheckPlace, Kind, Listing};
use std::collections::{BTreeMap, BTreeSet};
use vera_abi::interface::{Interface, TrapSite};
use vera_abi::trap::TrapKind;

const NAME: &str = "main.vera";

fn checked_with(text: &str, loader: &MemoryLoader) -> Checked {
    let options = check::Options { strict: false };
    let outcome = check::check(check::Source { name: NAME, text }, loader, options);
    outcome.result.unwrap_or_else(|_| {
        let said: Vec<_> = outcome.diagnostics.iter().map(|it| (it.code, it.description.clone())).collect();
        panic!("{said:?}\n{text}")
    })
}

fn checked(text: &str) -> Checked {
    checked_with(text, &MemoryLoader::new())
}

fn mark(listing: Listing) -> &'static str {
    match listing {
        Listing::Always => "",
        Listing::UnlessProved => "?",
        Listing::WhenRefuted => "!",
    }
}

/// The program with the obligations of each line behind it.
fn annotated(program: &Program, obligations: &Obligations, text: &str) -> String {
    let mut lines: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for (_, obligation) in obligations.iter() {
        assert_eq!(program.sources.file(obligation.span.file).name(), NAME);
        let line = program.sources.start(obligation.span).line;
        lines.entry(line).or_default().push(format!("{}{}", obligation.kind.name(), mark(obligation.listing)));
    }
    let mut out = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split("-- |").next().unwrap_or_default().trim_end();
        out += line;
        if let Some(kinds) = lines.get(&number) {
            out += &format!(" -- | {}", kinds.join(" "));
        }
        out += "\n";
    }
    out
}

#[track_caller]
fn expect(text: &str) {
    let checked = checked(text);
    let obligations = table(checked.program());
    let found = annotated(checked.program(), &obligations, text);
    let text: String = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    assert_eq!(found, text, "\n{found}");
    every_check_is_known(&checked, &obligations, NAME);
    every_check_of_proofs_is_compiled(&checked, NAME);
}

/// Every check that lowering makes in the program's own code has an obligation, or is a premise. How many there are.
#[track_caller]
fn every_check_is_known(checked: &Checked, obligations: &Obligations, name: &str) -> usize {
    let program = checked.program();
    let Ok(lowered) = lower::lower(checked) else { return 0 };
    let known = places(program, obligations);
    let interface = &lowered.program.interface;
    let mut count = 0;
    for site in &interface.sites {
        let own = interface.sources.get(site.source as usize).is_some_and(|source| source == name);
        if !own || matches!(site.kind, TrapKind::Unreachable | TrapKind::UncaughtException) {
            continue;
        }
        let place = (site.kind, site.line, site.column);
        assert!(known.contains(&place), "no obligation for {:?} at {name}:{}:{}", site.kind, site.line, site.column);
        count += 1;
    }
    count
}

/// What a proof may take to hold after a check is what the compiled program checks there: proofs have no check of their own
/// that ends a run. Only functions that the compiled program has are compared, and a condition that is assumed is not run.
/// How many checks there are.
#[track_caller]
fn every_check_of_proofs_is_compiled(checked: &Checked, name: &str) -> usize {
    let (Ok(compiled), Ok(provable)) = (lower::lower(checked), lower::lower_for_proofs(checked)) else { return 0 };
    let place_of = |interface: &Interface, site: &TrapSite| {
        let frame = &interface.frames[site.frame as usize];
        // A measure is compared at the call, or where the function begins.
        let place = (site.kind != TrapKind::Decreases).then_some((site.line, site.column));
        (site.kind, frame.function.clone(), place)
    };
    let there = &compiled.program.interface;
    let known: BTreeSet<_> = there.sites.iter().map(|site| place_of(there, site)).collect();
    let functions: BTreeSet<&str> = there.frames.iter().map(|frame| frame.function.as_str()).collect();
    let here = &provable.program.interface;
    let mut assumed = Vec::new();
    checked.program().functions.iter().for_each(|function| {
        function.walk(&mut |expr| {
            if let ExprKind::Assume(_) = expr.kind {
                assumed.push(expr.span);
            }
        })
    });
    let is_assumed =
        |span: Span| assumed.iter().any(|of| of.file == span.file && of.start <= span.start && span.end <= of.end);
    let mut count = 0;
    for (site, facts) in here.sites.iter().zip(&provable.sites) {
        let own = here.sources.get(site.source as usize).is_some_and(|source| source == name);
        let place = place_of(here, site);
        if own && facts.is_compiled && functions.contains(place.1.as_str()) && !is_assumed(facts.span) {
            assert!(known.contains(&place), "{name}:{}:{}: the program has no {:?}", site.line, site.column, site.kind);
            count += 1;
        }
    }
    count
}

fn places(program: &Program, obligations: &Obligations) -> BTreeSet<(TrapKind, u32, u32)> {
    let start = |sources: &SourceMap, span| {
        let LineColumn { line, column } = sources.start(span);
        (line, column)
    };
    let mut known = BTreeSet::new();
    for (_, obligation) in obligations.iter() {
        for check in &obligation.checks {
            if let CheckPlace::Here(span) = check.place {
                let (line, column) = start(&program.sources, span);
                known.insert((check.kind, line, column));
            }
        }
    }
    for function in &program.functions {
        for param in &function.params {
            let (line, column) = start(&program.sources, function.locals[param.index()].span);
            for kind in [TrapKind::Refinement, TrapKind::NatGuard, TrapKind::Invariant] {
                known.insert((kind, line, column));
            }
        }
    }
    known
}

#[test]
fn clauses_count_one_by_one_and_true_ones_too() {
    expect(
        "private fn f(@Int -> @Int)
  requires(true) -- | requires
  requires(@Int.0 > 0) -- | requires
  ensures(@Int.result > 0) -- | ensures
  ensures(true) -- | ensures
  effects(pure)
{
  @Int.0
}
",
    );
}

#[test]
fn clauses_have_obligations_of_their_own() {
    expect(
        "public fn f(@Int, @Int -> @Int)
  requires(@Int.0 / @Int.1 > 2) -- | div_zero int_overflow! requires
  ensures(@Int.result + 1 > 0) -- | int_overflow ensures
  decreases(@Int.0 * 2) -- | int_overflow decreases
  effects(pure)
{
  if @Int.0 <= 0 then {
    0
  } else {
    f(@Int.1, @Int.0 - 1) -- | int_overflow call_pre?
  }
}
",
    );
}

#[test]
fn division_by_a_positive_literal_is_not_listed() {
    expect(
        "public fn f(@Int, @Float64 -> @Int)
  requires(true) -- | requires
  ensures(true) -- | ensures
  effects(pure)
{
  let @Int = @Int.0 / 2; -- | div_zero! int_overflow!
  let @Int = @Int.0 % 3; -- | div_zero!
  let @Int = @Int.0 % -3; -- | div_zero
  let @Float64 = @Float64.0 / 0.0;
  @Int.0 / 0 -- | div_zero int_overflow!
}
",
    );
}

#[test]
fn negation_is_a_note_and_other_arithmetic_is_listed() {
    expect(
        "public fn f(@Int, @Nat, @Nat -> @Int)
  requires(true) -- | requires
  ensures(true) -- | ensures
  effects(pure)
{
  let @Nat = @Nat.0 - @Nat.1; -- | nat_sub
  let @Nat = @Nat.0 * @Nat.1 + 1; -- | int_overflow int_overflow nat_bind!
  -@Int.0 - 3 -- | int_overflow! int_overflow
}
",
    );
}

#[test]
fn a_value_with_branches_is_converted_once() {
    expect(
        "public fn f(@Int, @Nat -> @Nat)
  requires(true) -- | requires
  ensures(true) -- | ensures
  effects(pure)
{
  let @Nat = if @Int.0 > 3 then { -- | nat_bind
    @Int.0
  } else {
    match @Int.0 {
      0 -> @Int.0 - 1, -- | int_overflow
      _ -> @Nat.0
    }
  };
  let @Nat = if @Int.0 > 3 then { -- | nat_bind!
    @Nat.0 + 1 -- | int_overflow
  } else {
    5
  };
  if @Int.0 > 3 then { -- | nat_bind
    @Int.0
  } else {
    0
  }
}
",
    );
}

#[test]
fn the_branches_of_one_value_share_its_obligation() {
    let checked = checked(
        "public fn f(@Bool, @Int -> @Nat) requires(true) ensures(true) effects(pure) {
  if @Bool.0 then { @Int.0 } else { 0 - @Int.0 }
}",
    );
    let obligations = table(checked.program());
    let bound: Vec<_> = obligations.list().iter().filter(|it| it.kind == Kind::NatBind).collect();
    assert_eq!(bound.len(), 1);
    assert_eq!(bound[0].text, "if @Bool.0 then { @Int.0 } else { 0 - @Int.0 }");
    let here: Vec<&str> = bound[0]
        .checks
        .iter()
        .map(|check| match check.place {
            CheckPlace::Here(span) => checked.program().sources.text(span),
            place => panic!("{place:?}"),
        })
        .collect();
    assert_eq!(here, ["@Int.0", "0 - @Int.0"]);
}

#[test]
fn conversions_wherever_a_value_is_used() {
    expect(
        "effect Ask {
  op ask(Nat -> Int);
}
private data Pair {
  MkPair(Nat, Int)
}
private fn g(@Nat -> @Nat)
  requires(true) -- | requires
  ensures(true) -- | ensures
  effects(pure)
{
  @Nat.0
}
public fn f(@Int -> @Nat)
  requires(true) -- | requires
  ensures(true) -- | ensures
  effects(<Ask>)
{
  let @Nat = @Int.0; -- | nat_bind
  let @Pair = MkPair(@Int.0, @Int.0); -- | nat_bind
  let @Array<Nat> = [@Int.0, 3]; -- | nat_bind
  let @Tuple<Nat, Int> = Tuple(@Int.0, @Int.0); -- | nat_bind
  let Tuple<@Nat, @Nat> = Tuple(@Int.0, 5); -- | nat_bind nat_bind!
  let @Nat = g(@Int.0); -- | nat_bind
  let @Int = Ask.ask(@Int.0); -- | nat_bind
  let @Int = apply_fn(fn(@Nat -> @Nat) effects(pure) {
    @Nat.0 - 3 -- | int_overflow nat_bind
  }, @Int.0); -- | nat_bind
  match Some(@Int.0) {
    Some(@Nat) -> @Nat.0, -- | nat_bind
    None -> 0
  }
}
",
    );
}

#[test]
fn refinements_at_narrowing_and_at_calls() {
    expect(
        "type Pos = { @Int | @Int.0 > 0 };
type Small = { @Nat | 100 / @Nat.0 > 3 }; -- | div_zero int_overflow!
private fn g(@Pos -> @Pos)
  requires(true) -- | requires
  ensures(true) -- | ensures
  effects(pure)
{
  @Pos.0
}
public fn f(@Int -> @Pos)
  requires(true) -- | requires
  ensures(true) -- | ensures
  effects(pure)
{
  let @Small = @Int.0; -- | refine_bind
  let @Pos = g(@Int.0); -- | refine_bind
  let @Pos = g(@Pos.0); -- | refine_bind!
  let @Array<Pos> = [@Int.0]; -- | refine_bind
  @Int.0 -- | refine_bind
}
",
    );
}

#[test]
fn a_parameter_is_checked_by_the_callee_and_the_obligation_is_the_callers() {
    let text = "type Pos = { @Int | @Int.0 > 0 };
private fn g(@Pos -> @Int) requires(@Pos.0 > 5) ensures(true) effects(pure) { @Pos.0 }
public fn f(@Int -> @Int) requires(true) ensures(true) effects(pure) { g(@Int.0) }";
    let checked = checked(text);
    let program = checked.program();
    let obligations = table(program);
    let g = program.functions.iter().find(|it| it.name == "g").expect("g");
    let parameter = g.locals[g.params[0].index()].span;
    let call = obligations.list().iter().find(|it| it.kind == Kind::CallPre).expect("call");
    assert_eq!(program.sources.text(call.span), "g(@Int.0)");
    assert_eq!(call.text, "@Pos.0 > 5");
    let clause = g.requires[0].span;
    let found = |kind, span, at| obligations.of_check(kind, span, at).map(|id| obligations.get(id).kind);
    assert_eq!(found(TrapKind::Requires, clause, Some(call.span)), Some(Kind::CallPre));
    assert_eq!(found(TrapKind::Requires, clause, None), Some(Kind::Requires));
    assert_eq!(found(TrapKind::Refinement, parameter, Some(call.span)), Some(Kind::RefineBind));
    assert_eq!(found(TrapKind::Refinement, parameter, None), None);
}

#[test]
fn containers_invariants_and_answers_of_hosts() {
    expect(
        "type Pos = { @Int | @Int.0 > 0 };
private data Range invariant(match @Range.0 {
  MkRange(@Int, @Int) -> @Int.0 - @Int.1 >= 0 -- | int_overflow
}) {
  MkRange(Int, Int)
}
effect Ask {
  op ask(Unit -> Pos);
}
public fn f(@Array<Int> -> @Array<Nat>)
  requires(true) -- | requires
  ensures(true) -- | ensures
  effects(<Ask>)
{
  let @Range = MkRange(1, 2); -- | invariant
  let @Int = Ask.ask(()); -- | refine_bind!
  @Array<Int>.0 -- | refine_bind!
}
",
    );
}

#[test]
fn built_ins_with_a_domain() {
    expect(
        "public fn f(@Int, @Float64, @String -> @Int)
  requires(true) -- | requires
  ensures(true) -- | ensures
  effects(pure)
{
  let @Nat = abs(@Int.0); -- | int_overflow nat_bind!
  let @Int = floor(@Float64.0) + round(@Float64.0); -- | float_to_int_domain float_to_int_domain int_overflow
  let @Nat = string_char_code(@String.0, @Int.0); -- | call_pre
  string_length(@String.0)
}
",
    );
}

#[test]
fn helpers_follow_their_function_and_generic_functions_have_theirs() {
    expect(
        "public fn f(@Int -> @Int)
  requires(true) -- | requires
  ensures(true) -- | ensures
  effects(pure)
{
  helper(@Int.0)
}
where {
  fn helper(@Int -> @Int)
    requires(true) -- | requires
    ensures(true) -- | ensures
    effects(pure)
  {
    @Int.0 * 2 -- | int_overflow
  }
}
private forall<T> fn first(@Array<T> -> @T)
  requires(array_length(@Array<T>.0) > 0) -- | requires
  ensures(true) -- | ensures
  effects(pure)
{
  @Array<T>.0[0] -- | index_bounds
}
",
    );
}

#[test]
fn measures_of_functions_that_call_each_other() {
    expect(
        "private fn even(@Nat -> @Bool)
  requires(true) -- | requires
  ensures(true) -- | ensures
  decreases(@Nat.0) -- | decreases
  effects(pure)
{
  if @Nat.0 == 0 then {
    true
  } else {
    odd(@Nat.0 - 1) -- | int_overflow nat_bind
  }
}
private fn odd(@Nat -> @Bool)
  requires(true) -- | requires
  ensures(true) -- | ensures
  decreases(@Nat.0) -- | decreases
  effects(pure)
{
  if @Nat.0 == 0 then {
    false
  } else {
    even(@Nat.0 - 1) -- | int_overflow nat_bind
  }
}
private fn plain(@Nat -> @Bool)
  requires(true) -- | requires
  ensures(true) -- | ensures
  decreases(@Nat.0)
  effects(pure)
{
  even(@Nat.0)
}
",
    );
}

#[test]
fn handlers_quantifiers_asserts_and_assumptions() {
    let text = "public fn f(@Int, @Array<Int> -> @Int)
  requires(true) -- | requires
  ensures(true) -- | ensures
  effects(pure)
{
  assert(@Int.0 + 1 > 0); -- | assert int_overflow
  assume(@Int.0 * 2 > 4); -- | int_overflow
  assert(forall(@Int, array_length(@Array<Int>.0), fn(@Int -> @Bool) effects(pure) { -- | assert
    @Array<Int>.0[@Int.0] > 0 -- | index_bounds
  }));
  handle[State<Int>](@Int = @Int.0 + 1) { -- | int_overflow
    get(@Unit) -> {
      resume(@Int.0 * 2) -- | int_overflow
    },
    put(@Int) -> {
      resume(())
    } with @Int = @Int.0 - 1 -- | int_overflow
  } in {
    put(5 * @Int.0); -- | int_overflow
    get(())
  }
}
";
    expect(text);
    let checked = checked(text);
    let obligations = table(checked.program());
    let [assumption] = obligations.assumptions() else { panic!() };
    assert_eq!(assumption.text, "@Int.0 * 2 > 4");
}

#[test]
fn imported_functions_count_by_their_contracts_alone() {
    let loader = MemoryLoader::new().with(
        "lib.half",
        "module lib.half;
public fn half(@Int -> @Int) requires(@Int.0 > 0) ensures(true) effects(pure) { @Int.0 / @Int.0 + abs(@Int.0) }",
    );
    let text = "import lib.half(half);
public fn f(@Int -> @Int) requires(true) ensures(true) effects(pure) { half(@Int.0) }";
    let checked = checked_with(text, &loader);
    let obligations = table(checked.program());
    let kinds: Vec<Kind> = obligations.list().iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Requires, Kind::CallPre, Kind::Ensures]);
}

#[test]
fn what_can_fail_within_the_prelude_is_the_calls() {
    let text = "public fn f(@Array<Int>, @Int -> @Int) requires(true) ensures(true) effects(pure) {
  let @Decimal = decimal_add(decimal_from_int(@Int.0), decimal_from_int(1));
  abs(@Int.0)
}";
    let checked = checked(text);
    let program = checked.program();
    let obligations = table(program);
    let span_of = |text: &str| obligations.list().iter().find(|it| it.text == text).expect("listed").span;
    let inside = program.functions.iter().find(|it| it.name == "abs").expect("abs").span;
    let found = |kind, call| obligations.of_check(kind, inside, Some(call)).map(|id| obligations.get(id));
    let overflow = found(TrapKind::Overflow, span_of("abs(@Int.0)")).expect("overflow of abs");
    assert_eq!((overflow.kind, overflow.listing), (Kind::IntOverflow, Listing::Always));
    let sum = span_of("decimal_add(decimal_from_int(@Int.0), decimal_from_int(1))");
    let decimal = found(TrapKind::Decimal, sum).expect("exponents");
    assert_eq!((decimal.kind, decimal.listing), (Kind::CallPre, Listing::WhenRefuted));
    assert_eq!(found(TrapKind::Assert, sum), None);
}

#[test]
fn no_check_is_of_two_obligations() {
    let text = "type Pos = { @Int | @Int.0 > 0 };
private fn g(@Pos, @Nat -> @Int) requires(@Pos.0 > 5) ensures(true) effects(pure) { @Pos.0 / @Nat.0 }
public fn f(@Int -> @Nat) requires(@Int.0 > 1) ensures(@Nat.result > 0) effects(pure) {
  g(@Int.0, g(@Int.0, @Int.0 - 1)) + g(@Int.0 - 1, 2) / @Int.0
}";
    let checked = checked(text);
    let obligations = table(checked.program());
    let mut seen = BTreeSet::new();
    for (id, obligation) in obligations.iter() {
        for check in &obligation.checks {
            assert!(seen.insert(*check), "{check:?} of {id:?}");
        }
    }
}

#[test]
fn text_is_bounded_and_on_one_line() {
    assert_eq!(super::excerpt("a +\n    b"), "a + b");
    let cut = |text| super::excerpt(text);
    assert_eq!([cut("(a + b)"), cut("(a) + (b)"), cut("()"), cut("((a))")], ["a + b", "(a) + (b)", "()", "(a)"]);
    let long = super::excerpt(&"é".repeat(1_000));
    assert!(long.chars().count() < 200 && long.ends_with('…'));
}

/// Modules beside the program that imports them.
struct Beside;

impl crate::source::SourceLoader for Beside {
    fn load(
        &self,
        module: &[&str],
        importer: &crate::source::Importer<'_>,
    ) -> Result<(String, String), crate::source::LoadError> {
        let folders = std::path::Path::new(importer.name).ancestors().skip(1);
        let mut files = folders.map(|folder| folder.join(module.join("/")).with_extension("vera"));
        let found = files.find_map(|file| Some((file.display().to_string(), std::fs::read_to_string(&file).ok()?)));
        found.ok_or(crate::source::LoadError::NotFound(Vec::new()))
    }
}

#[test]
fn every_check_of_the_conformance_programs_is_known() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance");
    let chapters = std::fs::read_dir(folder).expect("conformance").map(|entry| entry.expect("entry").path());
    let files = chapters.filter(|path| path.is_dir()).flat_map(|path| std::fs::read_dir(path).expect("chapter"));
    let mut programs: Vec<_> = files.map(|entry| entry.expect("entry").path()).collect();
    programs.retain(|path| path.extension().is_some_and(|it| it == "vera"));
    programs.sort();
    let (mut checks, mut of_proofs) = (0, 0);
    for path in programs {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path).expect("text");
        if !text.contains("-- run: ") {
            continue;
        }
        let options = check::Options { strict: false };
        let outcome = check::check(check::Source { name: &name, text: &text }, &Beside, options);
        if let Ok(checked) = outcome.result {
            checks += every_check_is_known(&checked, &table(checked.program()), &name);
            of_proofs += every_check_of_proofs_is_compiled(&checked, &name);
        }
    }
    assert!(checks > 500 && of_proofs > 500, "{checks}, {of_proofs}");
}
