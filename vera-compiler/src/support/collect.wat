;; Collection: full, non-moving, without a sweep.
;;
;; Between collections an unmarked cell is free or was allocated since the last one. So after marking, the cells to
;; hand out next are simply those without a mark, and blocks without any mark are free as a whole.
;;
;; A collection can be interrupted by a trap at any loop and call. Until its marks are complete no class has a block, so
;; nothing is taken from between half the marks, and the trigger is 0, so the next allocation starts over.
;;
;; To collect only what is young, keep the marks of the collection before instead of clearing them: values never change,
;; so a marked object points to nothing younger than itself, except a buffer of pointers appended to in place.

(func $collect (export "{COLLECT}")
  (call $collect_and_check (i32.and (global.get $stress) (i32.const {STRESS_CHECK})))
  (if (global.get $malformed)
    (then (call $fail (i32.const {SITE_HEAP_CORRUPT})))))

;; Collects, and sets $malformed to the first malformed reference met when $validate says to look at each.
(func $collect_and_check (param $validate i32)
  (local $live i64)
  (local $bytes i64)
  (local $survived i64)
  (global.set $trigger (i64.const 0))
  (global.set $validating (local.get $validate))
  (global.set $malformed (i32.const 0))
  (global.set $overflowed (i32.const 0))
  (global.set $spare_chunks (i32.const 0))
  (call $reset_classes)
  (call $clear_marks)
  (call $mark_roots)
  (call $trace_again)
  (local.set $live (call $rebuild_lists))
  (local.set $survived (local.get $live))
  (local.set $bytes (global.get $allocated))
  (global.set $allocated (i64.const 0))
  ;; Twice the live bytes: marking, which visits what lives, is half of a byte for each byte allocated.
  (local.set $live (i64.shl (local.get $live) (i64.const 1)))
  (global.set $trigger
    (select
      (local.get $live)
      (i64.const {MIN_TRIGGER})
      (i64.gt_u (local.get $live) (i64.const {MIN_TRIGGER}))))
  (call $count_collection (local.get $bytes) (local.get $survived)))

;; Counts a collection after $bytes were allocated, which $survived of the heap's bytes survived. The host reads the
;; counts when it has control again: the module has no clock, and it imports nothing that it could call here.
(func $count_collection (param $bytes i64) (param $survived i64)
  (i64.store
    (i32.const {COLLECTIONS})
    (i64.add (i64.load (i32.const {COLLECTIONS})) (i64.const 1)))
  (i64.store offset={COLLECTIONS_ALLOCATED}
    (i32.const {COLLECTIONS})
    (i64.add (i64.load offset={COLLECTIONS_ALLOCATED} (i32.const {COLLECTIONS})) (local.get $bytes)))
  (i64.store offset={COLLECTIONS_SURVIVED} (i32.const {COLLECTIONS}) (local.get $survived)))

;; Leaves every class without blocks.
(func $reset_classes
  (local $class i32)
  (local.set $class (i32.const {CLASS_TABLE}))
  (loop $classes
    (i32.store offset={CLASS_CUR} (local.get $class) (i32.const 0))
    (i32.store offset={CLASS_END} (local.get $class) (i32.const 0))
    (i32.store offset={CLASS_BLOCK} (local.get $class) (i32.const 0))
    (i32.store offset={CLASS_LAST_BLOCK} (local.get $class) (i32.const 0))
    (local.set $class (i32.add (local.get $class) (i32.const {CLASS_RECORD})))
    (br_if $classes (i32.lt_u (local.get $class) (i32.const {CLASS_TABLE_END})))))

(func $clear_marks
  (local $block i32)
  (local.set $block (global.get $heap_base))
  (block $end_of_heap
    (loop $segments
      (br_if $end_of_heap (i32.ge_u (local.get $block) (global.get $heap_end)))
      (if (call $has_objects (local.get $block))
        (then
          (i32.store offset={BLOCK_LIVE} (local.get $block) (i32.const 0))
          (memory.fill
            (i32.add (local.get $block) (i32.const {BLOCK_MARKS}))
            (i32.const 0)
            (i32.const {BLOCK_MARKS_SIZE}))))
      (local.set $block (call $next_segment (local.get $block)))
      (br $segments))))

(func $mark_roots
  (local $slot i32)
  (local.set $slot (global.get $shadow_base))
  (block $end_of_stack
    (loop $slots
      (br_if $end_of_stack (i32.ge_u (local.get $slot) (global.get $gc_sp)))
      (call $mark_root (i32.load (local.get $slot)))
      (local.set $slot (i32.add (local.get $slot) (i32.const 4)))
      (br $slots))))

;; Sorts the segments after marking: joins neighbours without live objects to free runs, gives blocks with free cells
;; to their classes in address order. Returns the bytes in live cells.
(func $rebuild_lists (result i64)
  (local $block i32)
  (local $free i32)
  (local $live i32)
  (local $live_bytes i64)
  (memory.fill (i32.const {FREE_RUNS}) (i32.const 0) (i32.const {FREE_RUNS_SIZE}))
  (local.set $block (global.get $heap_base))
  (block $end_of_heap
    (loop $segments
      (br_if $end_of_heap (i32.ge_u (local.get $block) (global.get $heap_end)))
      (local.set $live (i32.const 0))
      (if (call $has_objects (local.get $block))
        (then
          (local.set $live (i32.load offset={BLOCK_LIVE} (local.get $block)))
          (if (i32.and (global.get $stress) (i32.const {STRESS_POISON}))
            (then (call $poison (local.get $block))))
          (if (i32.eqz (local.get $live))
            (then (call $set_block_map (local.get $block) (i32.const 0))))))
      (if (local.get $live)
        (then
          (call $free_gap (local.get $free) (local.get $block))
          (local.set $free (i32.const 0))
          (local.set $live_bytes
            (i64.add
              (local.get $live_bytes)
              (i64.mul
                (i64.extend_i32_u (local.get $live))
                (i64.load32_u offset={BLOCK_CELL_SIZE} (local.get $block)))))
          (if (i32.lt_u (local.get $live) (i32.load offset={BLOCK_CAPACITY} (local.get $block)))
            (then (call $list_block (local.get $block)))))
        (else
          (if (i32.eqz (local.get $free))
            (then (local.set $free (local.get $block))))))
      (local.set $block (call $next_segment (local.get $block)))
      (br $segments)))
  (call $free_gap (local.get $free) (local.get $block))
  (local.get $live_bytes))

;; Makes the blocks from $start to $end a free run, unless $start is 0.
(func $free_gap (param $start i32) (param $end i32)
  (if (local.get $start)
    (then
      (call $free_run
        (local.get $start)
        (i32.shr_u (i32.sub (local.get $end) (local.get $start)) (i32.const {BLOCK_SHIFT}))))))

;; Adds a block with free cells at the end of its class's list. The class's first block becomes its current one.
(func $list_block (param $block i32)
  (local $class i32)
  (local $last i32)
  (local $cells i32)
  (local.set $class (i32.load offset={BLOCK_CLASS} (local.get $block)))
  (local.set $last (i32.load offset={CLASS_LAST_BLOCK} (local.get $class)))
  (i32.store offset={BLOCK_NEXT} (local.get $block) (i32.const 0))
  (if (local.get $last)
    (then (i32.store offset={BLOCK_NEXT} (local.get $last) (local.get $block)))
    (else
      (local.set $cells (i32.add (local.get $block) (i32.const {BLOCK_CELLS})))
      (i32.store offset={CLASS_BLOCK} (local.get $class) (local.get $block))
      (i32.store offset={CLASS_CUR} (local.get $class) (local.get $cells))
      (i32.store offset={CLASS_END} (local.get $class) (local.get $cells))))
  (i32.store offset={CLASS_LAST_BLOCK} (local.get $class) (local.get $block)))

;; Whether the segment holds objects, rather than being free or part of the mark stack.
(func $has_objects (param $block i32) (result i32)
  (i32.load8_u
    (i32.add (global.get $block_map) (i32.shr_u (local.get $block) (i32.const {BLOCK_SHIFT})))))

(func $set_block_map (param $block i32) (param $has_objects i32)
  (i32.store8
    (i32.add (global.get $block_map) (i32.shr_u (local.get $block) (i32.const {BLOCK_SHIFT})))
    (local.get $has_objects)))

(func $next_segment (param $block i32) (result i32)
  (i32.add
    (local.get $block)
    (i32.shl (i32.load offset={BLOCK_RUN} (local.get $block)) (i32.const {BLOCK_SHIFT}))))
