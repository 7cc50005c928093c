//! Times of allocation and collection, for reading, not for passing:
//! `cargo test --release -p vera-compiler -- --ignored --nocapture measure`.

#![expect(clippy::print_stdout, reason = "what it measures is for reading")]

use std::time::Instant;

use vera_abi::heap;
use wasmtime::{Engine, Instance, Module, Store};

use crate::support::Assembled;

/// Compiled code as the code generator would write it: inline allocation, roots spilled around calls.
fn workload() -> String {
    let class = heap::class_record(heap::size_class(16).unwrap());
    let cons = heap::record_header(1, 1);
    let node = heap::record_header(1, 2);
    format!(
        r#"
        (func $tree (export "tree") (param $depth i32) (result i32)
          (local $left i32) (local $right i32) (local $cell i32) (local $frame i32)
          (if (i32.eqz (local.get $depth)) (then (return (i32.const 0))))
          (local.set $frame (global.get $gc_sp))
          (local.set $left (call $tree (i32.sub (local.get $depth) (i32.const 1))))
          (call $root (local.get $left))
          (local.set $right (call $tree (i32.sub (local.get $depth) (i32.const 1))))
          (local.set $cell (i32.load (i32.const {class})))
          (if (i32.eq (local.get $cell) (i32.load (i32.const {end})))
            (then
              (call $root (local.get $right))
              (local.set $cell (call $alloc_slow (i32.const {class}))))
            (else (i32.store (i32.const {class}) (i32.add (local.get $cell) (i32.const 16)))))
          (global.set $gc_sp (local.get $frame))
          (i32.store (local.get $cell) (i32.const {node}))
          (i32.store offset=4 (local.get $cell) (local.get $left))
          (i32.store offset=8 (local.get $cell) (local.get $right))
          (local.get $cell))
        (func $count (export "count") (param $tree i32) (result i32)
          (if (i32.eqz (local.get $tree)) (then (return (i32.const 0))))
          (i32.add
            (i32.const 1)
            (i32.add (call $count (i32.load offset=4 (local.get $tree))) (call $count (i32.load offset=8 (local.get $tree))))))
        (func $list (export "list") (param $len i32) (result i32)
          (local $tail i32) (local $cell i32) (local $frame i32)
          (loop $more
            (local.set $cell (i32.load (i32.const {class})))
            (if (i32.eq (local.get $cell) (i32.load (i32.const {end})))
              (then
                (local.set $frame (global.get $gc_sp))
                (call $root (local.get $tail))
                (local.set $cell (call $alloc_slow (i32.const {class})))
                (global.set $gc_sp (local.get $frame)))
              (else (i32.store (i32.const {class}) (i32.add (local.get $cell) (i32.const 16)))))
            (i32.store (local.get $cell) (i32.const {cons}))
            (i32.store offset=4 (local.get $cell) (local.get $tail))
            (i64.store offset=8 (local.get $cell) (i64.extend_i32_u (local.get $len)))
            (local.set $tail (local.get $cell))
            (br_if $more (local.tee $len (i32.sub (local.get $len) (i32.const 1)))))
          (local.get $tail))
        (func (export "root") (param i32) (call $root (local.get 0)))
        "#,
        end = class + heap::CLASS_END,
    )
}

#[test]
#[ignore = "a measurement"]
fn measure_trees_lists_and_marking() {
    let module = Module::new(&Engine::default(), Assembled::new(&workload()).wasm).unwrap();
    let mut store = Store::new(module.engine(), ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let mut call = |name: &str, param: i32| -> (i32, f64) {
        let function = instance.get_func(&mut store, name).unwrap();
        let ty = function.ty(&store);
        let params = vec![wasmtime::Val::I32(param); ty.params().len()];
        let mut results = vec![wasmtime::Val::I32(0); ty.results().len()];
        let start = Instant::now();
        function.call(&mut store, &params, &mut results).unwrap();
        let time = start.elapsed().as_secs_f64() * 1e3;
        (results.first().map_or(0, wasmtime::Val::unwrap_i32), time)
    };
    call(vera_abi::names::INIT, 1 << 20);
    for run in ["cold", "warm", "warm"] {
        let (mut nodes, mut trees) = (0, 0.0);
        for depth in (4..=16).step_by(2) {
            for _ in 0..1 << (16 - depth + 4) {
                let (tree, built) = call("tree", depth);
                let (count, counted) = call("count", tree);
                nodes += count;
                trees += built + counted;
            }
        }
        let (mut lists, cells) = (0.0, 40);
        for _ in 0..cells {
            lists += call("list", 1_000_000).1;
        }
        println!(
            "{run}: trees {trees:.0} ms, {:.1} ns a node; lists {:.1} ns a cell",
            trees * 1e6 / f64::from(nodes),
            lists / f64::from(cells)
        );
    }
    let (list, _) = call("list", 1_000_000);
    call("root", list);
    let (tree, _) = call("tree", 20);
    call("root", tree);
    for _ in 0..3 {
        println!("marking a list of 10^6 and a tree of 2^20: {:.1} ms", call(vera_abi::names::COLLECT, 0).1);
    }
}
