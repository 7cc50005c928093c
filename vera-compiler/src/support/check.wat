;; Stress modes: what makes a mistake in rooting or layout show where it is made.

;; Whether the collection under way looks at each reference before following it.
(global $validating (mut i32) (i32.const 0))
;; The first malformed reference that it met, or 0.
(global $malformed (mut i32) (i32.const 0))

(func $set_stress (export "{SET_STRESS}") (param $flags i32)
  (local $class i32)
  (global.set $stress (local.get $flags))
  (if (i32.and (local.get $flags) (i32.const {STRESS_COLLECT_ALWAYS}))
    (then
      ;; Without holes at hand, every allocation goes the slow way.
      (local.set $class (i32.const {CLASS_TABLE}))
      (loop $classes
        (i32.store offset={CLASS_END} (local.get $class) (i32.load offset={CLASS_CUR} (local.get $class)))
        (local.set $class (i32.add (local.get $class) (i32.const {CLASS_RECORD})))
        (br_if $classes (i32.lt_u (local.get $class) (i32.const {CLASS_TABLE_END})))))))

;; Collects while looking at each reachable object. Returns 0, or the first reachable address that is no well-formed
;; object; it is not followed.
(func $check_heap (export "{CHECK_HEAP}") (result i32)
  (call $collect_and_check (i32.const 1))
  (global.get $malformed))

;; Whether $p may be followed; notes the first that may not.
(func $check_reference (param $p i32) (result i32)
  (if (call $is_reference (local.get $p))
    (then (return (i32.const 1))))
  (if (i32.eqz (global.get $malformed))
    (then (global.set $malformed (local.get $p))))
  (i32.const 0))

;; Whether $p is 0, a static object, or the start of a cell whose header describes an object that fits it.
(func $is_reference (param $p i32) (result i32)
  (local $block i32)
  (local $offset i32)
  (local $size i32)
  (if (i32.eqz (local.get $p))
    (then (return (i32.const 1))))
  (if (i32.lt_u (local.get $p) (global.get $heap_base))
    (then
      (return
        (i32.and
          (i32.and
            (i32.ge_u (local.get $p) (i32.const {STATICS}))
            (i32.lt_u (local.get $p) (global.get $data_end)))
          (i32.eqz (i32.and (local.get $p) (i32.const 3)))))))
  (if (i32.ge_u (local.get $p) (global.get $heap_end))
    (then (return (i32.const 0))))
  (local.set $block (i32.and (local.get $p) (i32.const {BLOCK_BASE_MASK})))
  (if (i32.eqz (call $has_objects (local.get $block)))
    (then (return (i32.const 0))))
  (local.set $offset (i32.sub (i32.and (local.get $p) (i32.const {BLOCK_OFFSET_MASK})) (i32.const {BLOCK_CELLS})))
  (if (i32.lt_s (local.get $offset) (i32.const 0))
    (then (return (i32.const 0))))
  (local.set $size (i32.load offset={BLOCK_CELL_SIZE} (local.get $block)))
  (if (i32.rem_u (local.get $offset) (local.get $size))
    (then (return (i32.const 0))))
  (if (i32.ge_u (local.get $p) (i32.load offset={BLOCK_LIMIT} (local.get $block)))
    (then (return (i32.const 0))))
  (call $fits (local.get $p) (local.get $size)))

;; Whether the header at $p describes an object whose pointers are within $size bytes.
(func $fits (param $p i32) (param $size i32) (result i32)
  (local $header i32)
  (local $kind i32)
  (local.set $header (i32.load (local.get $p)))
  (local.set $kind (i32.shr_u (local.get $header) (i32.const {KIND_SHIFT})))
  (if (i32.eq (local.get $kind) (i32.const {KIND_POISON}))
    (then (return (i32.const 0))))
  (if (i32.eq (local.get $kind) (i32.const {KIND_RECORD}))
    (then
      (return
        (i32.le_u
          (i32.add
            (i32.const {RECORD_POINTERS})
            (i32.shl (i32.shr_u (local.get $header) (i32.const {TAG_BITS})) (i32.const 2)))
          (local.get $size)))))
  (i32.le_u
    (i32.load offset={BUFFER_FILL} (local.get $p))
    (i32.div_u
      (i32.sub (local.get $size) (i32.const {BUFFER_DATA}))
      (i32.shl (local.get $kind) (i32.const 2)))))

;; Overwrites the unmarked cells of a segment. A cell that still reads as poison was not used since.
(func $poison (param $block i32)
  (local $cell i32)
  (local $size i32)
  (local $limit i32)
  (local.set $cell (i32.add (local.get $block) (i32.const {BLOCK_CELLS})))
  (local.set $size (i32.load offset={BLOCK_CELL_SIZE} (local.get $block)))
  (local.set $limit (i32.load offset={BLOCK_LIMIT} (local.get $block)))
  (loop $cells
    (if (i32.eqz (call $is_marked (local.get $cell)))
      (then
        (if (i32.ne (i32.load (local.get $cell)) (i32.const -1))
          (then (memory.fill (local.get $cell) (i32.const 0xff) (local.get $size))))))
    (local.set $cell (i32.add (local.get $cell) (local.get $size)))
    (br_if $cells (i32.lt_u (local.get $cell) (local.get $limit)))))
