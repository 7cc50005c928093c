(module
 (func $f (param $n i64) (result i64) (local $r i64)
  (if (i64.eqz (local.get $n)) (then (return (i64.const 0))))
  (if (i64.eq (local.get $n) (i64.const -9223372036854775808)) (then unreachable))
  (local.set $r (call $f (i64.sub (local.get $n) (i64.const 1))))
  (if (i64.eq (local.get $r) (i64.const 9223372036854775807)) (then unreachable))
  (i64.add (local.get $r) (i64.const 1)))
 (func (export "bench_depth") (param i64) (result i64) (call $f (local.get 0))))
