;; Allocation.
;;
;; A size class allocates by bumping through holes: [cur, end) in its record is a stretch of cells free for use, in
;; its current block. Cells from `end` on are free exactly where their mark byte is 0, so the next hole is found
;; without a sweep. Compiled code and the host bump `cur` themselves and come here when `cur == end`.
;;
;; A collection may start only in $collect_if_due and where memory is exhausted, before anything is taken.

;; Bytes handed out since the last collection, and how many may be before the next.
(global $allocated (export "{ALLOCATED}") (mut i64) (i64.const 0))
(global $trigger (export "{TRIGGER}") (mut i64) (i64.const {MIN_TRIGGER}))

;; An uninitialised cell of at least $bytes bytes.
(func $alloc (export "{ALLOC}") (param $bytes i32) (result i32)
  (local $class i32)
  (local $cell i32)
  (if (i32.le_u (local.get $bytes) (i32.const {FINE_LIMIT}))
    (then
      (local.set $class
        (i32.load8_u offset={FINE_MAP}
          (i32.shr_u (i32.add (local.get $bytes) (i32.const {FINE_ROUND})) (i32.const {FINE_SHIFT})))))
    (else
      (if (i32.gt_u (local.get $bytes) (i32.const {LARGEST_CELL}))
        (then (return (call $alloc_large (local.get $bytes)))))
      (local.set $class
        (i32.load8_u offset={COARSE_MAP}
          (i32.shr_u (i32.add (local.get $bytes) (i32.const {COARSE_ROUND})) (i32.const {COARSE_SHIFT}))))))
  (local.set $class
    (i32.add (i32.const {CLASS_TABLE}) (i32.mul (local.get $class) (i32.const {CLASS_RECORD}))))
  (local.set $cell (i32.load offset={CLASS_CUR} (local.get $class)))
  (if (i32.eq (local.get $cell) (i32.load offset={CLASS_END} (local.get $class)))
    (then (return (call $alloc_slow (local.get $class)))))
  (i32.store offset={CLASS_CUR}
    (local.get $class)
    (i32.add (local.get $cell) (i32.load offset={CLASS_SIZE} (local.get $class))))
  (local.get $cell))

;; A cell of the class whose record is at $class, from its next hole, which becomes the current one.
(func $alloc_slow (param $class i32) (result i32)
  (local $collected i32)
  (local $found i32)
  (local.set $collected (call $collect_if_due (i64.const 0)))
  (loop $again
    (if (local.tee $found (call $next_hole (local.get $class)))
      (then (return (local.get $found))))
    (if (local.tee $found (call $find_run (i32.const 1)))
      (then
        (call $open_block (local.get $found) (local.get $class))
        (br $again)))
    (if (local.get $collected)
      (then (call $fail (i32.const {SITE_HEAP_EXHAUSTED}))))
    (call $collect)
    (local.set $collected (i32.const 1))
    (br $again))
  (unreachable))

;; An object too large for a cell.
(func $alloc_large (param $bytes i32) (result i32)
  (local $found i32)
  (if (i32.eqz (local.tee $found (call $try_large (local.get $bytes) (i32.const 0))))
    (then (call $fail (i32.const {SITE_HEAP_EXHAUSTED}))))
  (local.get $found))

;; The same, or 0 when there is no room, after a collection unless one was just $collected. The object starts where the
;; first cell of a block would and fills the rest of its run.
(func $try_large (param $bytes i32) (param $collected i32) (result i32)
  (local $blocks i32)
  (local $run_bytes i64)
  (local $found i32)
  (local.set $blocks
    (i32.wrap_i64
      (i64.shr_u
        (i64.add (i64.extend_i32_u (local.get $bytes)) (i64.const {LARGE_OVERHEAD_ROUNDED}))
        (i64.const {BLOCK_SHIFT}))))
  (local.set $run_bytes (i64.shl (i64.extend_i32_u (local.get $blocks)) (i64.const {BLOCK_SHIFT})))
  (if (i32.eqz (local.get $collected))
    (then (local.set $collected (call $collect_if_due (local.get $run_bytes)))))
  (loop $again
    (if (local.tee $found (call $find_run (local.get $blocks)))
      (then
        (global.set $allocated (i64.add (global.get $allocated) (local.get $run_bytes)))
        (call $open_cells
          (local.get $found)
          (i32.const {CLASS_LARGE})
          (i32.sub (i32.wrap_i64 (local.get $run_bytes)) (i32.const {BLOCK_CELLS}))
          (i32.const 1))
        (return (i32.add (local.get $found) (i32.const {BLOCK_CELLS})))))
    (if (local.get $collected)
      (then (return (i32.const 0))))
    (call $collect)
    (local.set $collected (i32.const 1))
    (br $again))
  (unreachable))

;; Makes a large buffer long enough for $bytes bytes of elements, which it is not, without moving it. Returns whether the
;; blocks behind it could be had. The caller keeps it alive.
(func $extend_large (param $buffer i32) (param $bytes i32) (result i32)
  (local $block i32)
  (local $blocks i32)
  (local $more i32)
  (local $more_bytes i64)
  (local.set $block (i32.and (local.get $buffer) (i32.const {BLOCK_BASE_MASK})))
  (local.set $blocks
    (i32.wrap_i64
      (i64.shr_u
        (i64.add (i64.extend_i32_u (local.get $bytes)) (i64.const {LARGE_BUFFER_OVERHEAD_ROUNDED}))
        (i64.const {BLOCK_SHIFT}))))
  (local.set $more (i32.sub (local.get $blocks) (i32.load offset={BLOCK_RUN} (local.get $block))))
  (local.set $more_bytes (i64.shl (i64.extend_i32_u (local.get $more)) (i64.const {BLOCK_SHIFT})))
  (drop (call $collect_if_due (local.get $more_bytes)))
  (if
    (i32.eqz
      (call $take_behind
        (i32.add
          (local.get $block)
          (i32.shl (i32.load offset={BLOCK_RUN} (local.get $block)) (i32.const {BLOCK_SHIFT})))
        (local.get $more)))
    (then (return (i32.const 0))))
  (global.set $allocated (i64.add (global.get $allocated) (local.get $more_bytes)))
  (i32.store offset={BLOCK_RUN} (local.get $block) (local.get $blocks))
  (i32.store offset={BLOCK_CELL_SIZE}
    (local.get $block)
    (i32.sub (i32.shl (local.get $blocks) (i32.const {BLOCK_SHIFT})) (i32.const {BLOCK_CELLS})))
  (i32.store offset={BLOCK_LIMIT}
    (local.get $block)
    (i32.add (local.get $block) (i32.shl (local.get $blocks) (i32.const {BLOCK_SHIFT}))))
  (i32.const 1))

;; Makes the hole of a size class hold at least one cell.
(func $refill (export "{REFILL}") (param $class i32)
  (if (i32.ge_u (local.get $class) (i32.const {CLASS_COUNT}))
    (then (unreachable)))
  (local.set $class
    (i32.add (i32.const {CLASS_TABLE}) (i32.mul (local.get $class) (i32.const {CLASS_RECORD}))))
  (if (i32.eq (i32.load offset={CLASS_CUR} (local.get $class)) (i32.load offset={CLASS_END} (local.get $class)))
    (then (i32.store offset={CLASS_CUR} (local.get $class) (call $alloc_slow (local.get $class))))))

;; Collects when $bytes more would pass the trigger, or always in that stress mode. Returns whether it did.
(func $collect_if_due (param $bytes i64) (result i32)
  (if (i32.eqz (i32.and (global.get $stress) (i32.const {STRESS_COLLECT_ALWAYS})))
    (then
      (if (i64.lt_u (i64.add (global.get $allocated) (local.get $bytes)) (global.get $trigger))
        (then (return (i32.const 0))))))
  (call $collect)
  (i32.const 1))

;; Takes the first cell of the next hole of a class and makes the rest of the hole the current one. Returns 0 when
;; no block of the class has a free cell from `end` on.
(func $next_hole (param $class i32) (result i32)
  (local $size i32)
  (local $block i32)
  (local $limit i32)
  (local $cell i32)
  (local $end i32)
  (local.set $size (i32.load offset={CLASS_SIZE} (local.get $class)))
  (local.set $block (i32.load offset={CLASS_BLOCK} (local.get $class)))
  (local.set $cell (i32.load offset={CLASS_END} (local.get $class)))
  (block $found
    (loop $blocks
      (if (i32.eqz (local.get $block))
        (then (return (i32.const 0))))
      (local.set $limit (i32.load offset={BLOCK_LIMIT} (local.get $block)))
      (local.set $end (local.get $limit))
      (if (i32.load offset={BLOCK_LIVE} (local.get $block))
        (then
          (block $unmarked
            (loop $marked
              (br_if $unmarked (i32.ge_u (local.get $cell) (local.get $limit)))
              (br_if $unmarked
                (i32.eqz
                  (i32.load8_u
                    (i32.add
                      (local.get $block)
                      (i32.shr_u
                        (i32.and (local.get $cell) (i32.const {BLOCK_OFFSET_MASK}))
                        (i32.const {MARK_SHIFT}))))))
              (local.set $cell (i32.add (local.get $cell) (local.get $size)))
              (br $marked)))
          (local.set $end (local.get $cell))
          (block $end_of_hole
            (loop $unmarked
              (br_if $end_of_hole (i32.ge_u (local.get $end) (local.get $limit)))
              (br_if $end_of_hole
                (i32.load8_u
                  (i32.add
                    (local.get $block)
                    (i32.shr_u
                      (i32.and (local.get $end) (i32.const {BLOCK_OFFSET_MASK}))
                      (i32.const {MARK_SHIFT})))))
              (local.set $end (i32.add (local.get $end) (local.get $size)))
              (br $unmarked)))))
      (br_if $found (i32.lt_u (local.get $cell) (local.get $limit)))
      (local.set $block (i32.load offset={BLOCK_NEXT} (local.get $block)))
      (local.set $cell (i32.add (local.get $block) (i32.const {BLOCK_CELLS})))
      (br $blocks)))
  ;; A hole of one cell brings every allocation here.
  (if (i32.and (global.get $stress) (i32.const {STRESS_COLLECT_ALWAYS}))
    (then (local.set $end (i32.add (local.get $cell) (local.get $size)))))
  (global.set $allocated
    (i64.add
      (global.get $allocated)
      (i64.extend_i32_u (i32.sub (local.get $end) (local.get $cell)))))
  (i32.store offset={CLASS_BLOCK} (local.get $class) (local.get $block))
  (i32.store offset={CLASS_CUR} (local.get $class) (i32.add (local.get $cell) (local.get $size)))
  (i32.store offset={CLASS_END} (local.get $class) (local.get $end))
  (local.get $cell))

;; Makes a free block the current block of a class, with nothing used of it.
(func $open_block (param $block i32) (param $class i32)
  (local $size i32)
  (local.set $size (i32.load offset={CLASS_SIZE} (local.get $class)))
  (call $open_cells
    (local.get $block)
    (local.get $class)
    (local.get $size)
    (i32.div_u (i32.const {BLOCK_CELL_BYTES}) (local.get $size)))
  (i32.store offset={CLASS_BLOCK} (local.get $class) (local.get $block))
  (i32.store offset={CLASS_CUR} (local.get $class) (i32.add (local.get $block) (i32.const {BLOCK_CELLS})))
  (i32.store offset={CLASS_END} (local.get $class) (i32.add (local.get $block) (i32.const {BLOCK_CELLS}))))

;; Makes a free run a segment of $capacity cells. Its mark bytes may hold anything: a mark stack or a large object
;; may have been there.
(func $open_cells (param $block i32) (param $class i32) (param $size i32) (param $capacity i32)
  (local $limit i32)
  (local.set $limit
    (i32.add
      (i32.add (local.get $block) (i32.const {BLOCK_CELLS}))
      (i32.mul (local.get $size) (local.get $capacity))))
  (i32.store offset={BLOCK_NEXT} (local.get $block) (i32.const 0))
  (i32.store offset={BLOCK_LIVE} (local.get $block) (i32.const 0))
  (i32.store offset={BLOCK_CELL_SIZE} (local.get $block) (local.get $size))
  (i32.store offset={BLOCK_LIMIT} (local.get $block) (local.get $limit))
  (i32.store offset={BLOCK_CAPACITY} (local.get $block) (local.get $capacity))
  (i32.store offset={BLOCK_CLASS} (local.get $block) (local.get $class))
  (memory.fill
    (i32.add (local.get $block) (i32.const {BLOCK_MARKS}))
    (i32.const 0)
    (i32.const {BLOCK_MARKS_SIZE}))
  (call $set_block_map (local.get $block) (i32.const 1))
  (if (i32.and (global.get $stress) (i32.const {STRESS_POISON}))
    (then (call $poison (local.get $block)))))
