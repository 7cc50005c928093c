;; Integers as decimal text.

(func $int_to_string (param $value i64) (result i32 i32)
  (local $ptr i32)
  (local $width i32)
  (local.set $width (call $int_width (local.get $value)))
  (local.set $ptr (call $buffer_new (local.get $width) (i32.const {BYTES_HEADER})))
  (i32.store offset={BUFFER_FILL} (local.get $ptr) (local.get $width))
  (call $write_int (i32.add (local.get $ptr) (i32.const {BUFFER_DATA})) (local.get $width) (local.get $value))
  (local.get $ptr)
  (local.get $width))

;; Appends the digits of $value, after a minus sign when it is negative.
(func $append_int (param $ptr i32) (param $len i32) (param $value i64) (result i32 i32)
  (local $width i32)
  (local.set $width (call $int_width (local.get $value)))
  (local.set $ptr
    (call $buffer_reserve
      (local.get $ptr)
      (local.get $len)
      (local.get $width)
      (i32.const 1)
      (i32.const {BYTES_HEADER})))
  (call $write_int
    (i32.add (i32.add (local.get $ptr) (i32.const {BUFFER_DATA})) (local.get $len))
    (local.get $width)
    (local.get $value))
  (local.get $ptr)
  (i32.add (local.get $len) (local.get $width)))

;; The magnitude of the smallest integer is right when read as unsigned.
(func $magnitude (param $value i64) (result i64)
  (select
    (i64.sub (i64.const 0) (local.get $value))
    (local.get $value)
    (i64.lt_s (local.get $value) (i64.const 0))))

;; The number of characters of an integer.
(func $int_width (param $value i64) (result i32)
  (i32.add
    (call $decimal_width (call $magnitude (local.get $value)))
    (i64.lt_s (local.get $value) (i64.const 0))))

;; Writes the $width characters of an integer.
(func $write_int (param $at i32) (param $width i32) (param $value i64)
  (local $magnitude i64)
  (local.set $magnitude (call $magnitude (local.get $value)))
  (if (i64.lt_s (local.get $value) (i64.const 0))
    (then (i32.store8 (local.get $at) (i32.const 0x2d))))
  (local.set $at (i32.add (local.get $at) (local.get $width)))
  (loop $digits
    (local.set $at (i32.sub (local.get $at) (i32.const 1)))
    (i64.store8
      (local.get $at)
      (i64.add (i64.rem_u (local.get $magnitude) (i64.const 10)) (i64.const 0x30)))
    (local.set $magnitude (i64.div_u (local.get $magnitude) (i64.const 10)))
    (br_if $digits (i64.ne (local.get $magnitude) (i64.const 0)))))

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
