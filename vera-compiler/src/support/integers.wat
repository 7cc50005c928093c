;; Integers as decimal text.

(func $int_to_string (param $value i64) (result i32 i32)
  (call $append_int (i32.const {EMPTY_BUFFER}) (i32.const 0) (local.get $value)))

;; Appends the digits of $value, after a minus sign when it is negative.
(func $append_int (param $ptr i32) (param $len i32) (param $value i64) (result i32 i32)
  (local $magnitude i64)
  (local $width i32)
  (local $at i32)
  ;; The magnitude of the smallest integer is right when read as unsigned.
  (local.set $magnitude
    (select
      (i64.sub (i64.const 0) (local.get $value))
      (local.get $value)
      (i64.lt_s (local.get $value) (i64.const 0))))
  (local.set $width
    (i32.add
      (call $decimal_width (local.get $magnitude))
      (i64.lt_s (local.get $value) (i64.const 0))))
  (local.set $ptr
    (call $buffer_reserve
      (local.get $ptr)
      (local.get $len)
      (local.get $width)
      (i32.const 1)
      (i32.const {BYTES_HEADER})))
  (local.set $at (i32.add (i32.add (local.get $ptr) (i32.const {BUFFER_DATA})) (local.get $len)))
  (if (i64.lt_s (local.get $value) (i64.const 0))
    (then (i32.store8 (local.get $at) (i32.const 0x2d))))
  (local.set $len (i32.add (local.get $len) (local.get $width)))
  (local.set $at (i32.add (local.get $at) (local.get $width)))
  (loop $digits
    (local.set $at (i32.sub (local.get $at) (i32.const 1)))
    (i64.store8
      (local.get $at)
      (i64.add (i64.rem_u (local.get $magnitude) (i64.const 10)) (i64.const 0x30)))
    (local.set $magnitude (i64.div_u (local.get $magnitude) (i64.const 10)))
    (br_if $digits (i64.ne (local.get $magnitude) (i64.const 0))))
  (local.get $ptr)
  (local.get $len))

;; The number of decimal digits of an unsigned integer up to 2^63.
(func $decimal_width (param $magnitude i64) (result i32)
  (local $width i32)
  (local $power i64)
  (local.set $width (i32.const 1))
  (local.set $power (i64.const 10))
  (block $done
    (loop $digits
      (br_if $done (i64.lt_u (local.get $magnitude) (local.get $power)))
      (local.set $power (i64.mul (local.get $power) (i64.const 10)))
      (local.set $width (i32.add (local.get $width) (i32.const 1)))
      (br $digits)))
  (local.get $width))
