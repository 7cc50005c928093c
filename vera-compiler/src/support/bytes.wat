;; Byte strings: values (ptr, len) over buffers of bytes.

;; Concatenation. The two may share a buffer.
(func $bytes_append
  (param $ptr i32) (param $len i32) (param $other_ptr i32) (param $other_len i32) (result i32 i32)
  (local $frame i32)
  (local $joined i32)
  (if (i32.eqz (local.get $other_len))
    (then (return (local.get $ptr) (local.get $len))))
  (if (i32.eqz (local.get $len))
    (then (return (local.get $other_ptr) (local.get $other_len))))
  (local.set $frame (global.get $gc_sp))
  (call $root (local.get $other_ptr))
  (local.set $joined
    (call $buffer_reserve
      (local.get $ptr)
      (local.get $len)
      (local.get $other_len)
      (i32.const 1)
      (i32.const {BYTES_HEADER})))
  (global.set $gc_sp (local.get $frame))
  (memory.copy
    (i32.add (i32.add (local.get $joined) (i32.const {BUFFER_DATA})) (local.get $len))
    (i32.add (local.get $other_ptr) (i32.const {BUFFER_DATA}))
    (local.get $other_len))
  (local.get $joined)
  (i32.add (local.get $len) (local.get $other_len)))

;; The bytes from $start to $end, where $start <= $end <= $len.
(func $bytes_slice (param $ptr i32) (param $len i32) (param $start i32) (param $end i32) (result i32 i32)
  (local $count i32)
  (local.set $count (i32.sub (local.get $end) (local.get $start)))
  (if (i32.eq (local.get $count) (local.get $len))
    (then (return (local.get $ptr) (local.get $len))))
  (call $buffer_slice
    (local.get $ptr)
    (local.get $start)
    (local.get $count)
    (i32.const 1)
    (i32.const {BYTES_HEADER}))
  (local.get $count))

(func $bytes_equal
  (param $ptr i32) (param $len i32) (param $other_ptr i32) (param $other_len i32) (result i32)
  (if (i32.ne (local.get $len) (local.get $other_len))
    (then (return (i32.const 0))))
  (i32.eq
    (call $mismatch
      (i32.add (local.get $ptr) (i32.const {BUFFER_DATA}))
      (i32.add (local.get $other_ptr) (i32.const {BUFFER_DATA}))
      (local.get $len))
    (local.get $len)))

;; -1, 0 or 1 by the first byte that differs, then by length.
(func $bytes_compare
  (param $ptr i32) (param $len i32) (param $other_ptr i32) (param $other_len i32) (result i32)
  (local $common i32)
  (local $at i32)
  (local.set $common
    (select
      (local.get $len)
      (local.get $other_len)
      (i32.lt_u (local.get $len) (local.get $other_len))))
  (local.set $at
    (call $mismatch
      (i32.add (local.get $ptr) (i32.const {BUFFER_DATA}))
      (i32.add (local.get $other_ptr) (i32.const {BUFFER_DATA}))
      (local.get $common)))
  (if (i32.lt_u (local.get $at) (local.get $common))
    (then
      (local.set $len (i32.load8_u offset={BUFFER_DATA} (i32.add (local.get $ptr) (local.get $at))))
      (local.set $other_len (i32.load8_u offset={BUFFER_DATA} (i32.add (local.get $other_ptr) (local.get $at))))))
  (i32.sub
    (i32.gt_u (local.get $len) (local.get $other_len))
    (i32.lt_u (local.get $len) (local.get $other_len))))

;; The index of the first byte in which $count bytes at two addresses differ, or $count.
(func $mismatch (param $left i32) (param $right i32) (param $count i32) (result i32)
  (local $at i32)
  (local $difference i64)
  (if (i32.eq (local.get $left) (local.get $right))
    (then (return (local.get $count))))
  (block $tail
    (loop $words
      (br_if $tail (i32.lt_u (i32.sub (local.get $count) (local.get $at)) (i32.const 8)))
      (local.set $difference
        (i64.xor
          (i64.load align=1 (i32.add (local.get $left) (local.get $at)))
          (i64.load align=1 (i32.add (local.get $right) (local.get $at)))))
      (if (i64.ne (local.get $difference) (i64.const 0))
        (then
          (return
            (i32.add
              (local.get $at)
              (i32.wrap_i64 (i64.shr_u (i64.ctz (local.get $difference)) (i64.const 3)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br $words)))
  (block $different
    (loop $bytes
      (br_if $different (i32.eq (local.get $at) (local.get $count)))
      (br_if $different
        (i32.ne
          (i32.load8_u (i32.add (local.get $left) (local.get $at)))
          (i32.load8_u (i32.add (local.get $right) (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $bytes)))
  (local.get $at))
