;; Memory layout, blocks, and runs of free blocks.
;;
;; From the heap base to the heap end, memory is a sequence of segments, each a run of whole blocks that says at
;; its start how many it has: one block of cells of a size class, one large object, one chunk of the mark stack, or
;; a free run. Following the run lengths from the heap base therefore visits every segment; no block inside a run is
;; ever looked at. Adding up holds at every loop iteration and call, so that an interrupted instance (out of fuel,
;; past its deadline, out of stack) stays walkable.
;;
;; The block map has a byte per 32 KiB of address space: 1 at the first block of a segment that holds objects.
;;
;; Free runs are in lists by the logarithm of their length. They are only ever joined by the collector, which visits
;; all segments in address order anyway, and where memory grows.

(memory (export "{MEMORY}") 1 {MEMORY_MAX_PAGES})

;; The class records (sizes only) and the size maps.
(data (i32.const {CLASS_TABLE}) "{CLASS_TABLE_IMAGE}")

(global $gc_sp (export "{GC_SP}") (mut i32) (i32.const 0))
(global $gc_stack_limit (export "{GC_STACK_LIMIT}") (mut i32) (i32.const 0))
(global $trap_site (export "{TRAP_SITE}") (mut i32) (i32.const {NO_SITE}))
(global $trap_0 (export "{TRAP_0}") (mut i64) (i64.const 0))
(global $trap_1 (export "{TRAP_1}") (mut i64) (i64.const 0))
(global $data_end (mut i32) (i32.const {STATICS_END}))
(global $shadow_base (mut i32) (i32.const 0))
(global $block_map (mut i32) (i32.const 0))
(global $mark_stack (mut i32) (i32.const 0))
(global $heap_base (mut i32) (i32.const 0))
(global $heap_end (mut i32) (i32.const 0))
(global $stress (mut i32) (i32.const 0))

(func $fail (param $site i32)
  (global.set $trap_site (local.get $site))
  (unreachable))

;; Places, from the end of the literals on: shadow stack, block map, first chunk of the mark stack, heap.
(func $init (export "{INIT}") (param $shadow_stack_bytes i32)
  (local $at i64)
  (local $missing i64)
  (global.set $shadow_base (global.get $data_end))
  (global.set $gc_sp (global.get $data_end))
  ;; 64 bits wide, so that no size wraps around.
  (local.set $at
    (i64.and
      (i64.add (i64.extend_i32_u (global.get $data_end)) (i64.extend_i32_u (local.get $shadow_stack_bytes)))
      (i64.const -8)))
  (global.set $gc_stack_limit (i32.wrap_i64 (local.get $at)))
  (global.set $block_map (i32.wrap_i64 (local.get $at)))
  (local.set $at
    (i64.and
      (i64.add (local.get $at) (i64.const {BLOCK_MAP_SIZE_ROUNDED}))
      (i64.const {BLOCK_BASE_MASK})))
  (global.set $mark_stack (i32.add (i32.wrap_i64 (local.get $at)) (i32.const {CHUNK_ENTRIES})))
  (local.set $at (i64.add (local.get $at) (i64.const {BLOCK})))
  (local.set $missing
    (i64.sub
      (i64.shr_u (i64.add (local.get $at) (i64.const 0xffff)) (i64.const 16))
      (i64.extend_i32_u (memory.size))))
  (if (i64.gt_s (local.get $missing) (i64.const 0))
    (then
      (if (i32.eq (memory.grow (i32.wrap_i64 (local.get $missing))) (i32.const -1))
        (then (call $fail (i32.const {SITE_HEAP_EXHAUSTED}))))))
  (global.set $heap_base (i32.wrap_i64 (local.get $at)))
  (global.set $heap_end (i32.wrap_i64 (local.get $at)))
  (call $adopt (global.get $heap_end)))

;; Makes the memory from $start, a block boundary, to the end of memory a free run and part of the heap.
(func $adopt (param $start i32)
  (local $end i32)
  (local.set $end (i32.shl (memory.size) (i32.const 16)))
  (if (i32.lt_u (local.get $start) (local.get $end))
    (then
      (call $free_run
        (local.get $start)
        (i32.shr_u (i32.sub (local.get $end) (local.get $start)) (i32.const {BLOCK_SHIFT})))
      (global.set $heap_end (local.get $end)))))

;; The list of free runs in which one of $blocks blocks belongs.
(func $run_list (param $blocks i32) (result i32)
  (i32.add
    (i32.const {FREE_RUNS})
    (i32.shl (i32.sub (i32.const 31) (i32.clz (local.get $blocks))) (i32.const 2))))

;; Makes $blocks blocks from $block on a free run.
(func $free_run (param $block i32) (param $blocks i32)
  (local $list i32)
  (local.set $list (call $run_list (local.get $blocks)))
  (i32.store offset={BLOCK_CLASS} (local.get $block) (i32.const {CLASS_NONE}))
  (i32.store offset={BLOCK_RUN} (local.get $block) (local.get $blocks))
  (i32.store offset={BLOCK_NEXT} (local.get $block) (i32.load (local.get $list)))
  (i32.store (local.get $list) (local.get $block)))

;; Takes $blocks blocks from the free runs, or returns 0. A run in the first list looked at may be too short; every
;; run in the lists after it is long enough, so the cost is at most the number of free runs of similar length.
(func $take_run (param $blocks i32) (result i32)
  (local $list i32)
  (local $link i32)
  (local $run i32)
  (local $rest i32)
  (local.set $list (call $run_list (local.get $blocks)))
  (loop $lists
    (local.set $link (local.get $list))
    (block $end_of_list
      (loop $runs
        (br_if $end_of_list (i32.eqz (local.tee $run (i32.load offset={BLOCK_NEXT} (local.get $link)))))
        (if (i32.ge_u (i32.load offset={BLOCK_RUN} (local.get $run)) (local.get $blocks))
          (then
            (i32.store offset={BLOCK_NEXT} (local.get $link) (i32.load offset={BLOCK_NEXT} (local.get $run)))
            (local.set $rest (i32.sub (i32.load offset={BLOCK_RUN} (local.get $run)) (local.get $blocks)))
            (if (local.get $rest)
              (then
                (call $free_run
                  (i32.add (local.get $run) (i32.shl (local.get $blocks) (i32.const {BLOCK_SHIFT})))
                  (local.get $rest))
                (i32.store offset={BLOCK_RUN} (local.get $run) (local.get $blocks))))
            (return (local.get $run))))
        (local.set $link (local.get $run))
        (br $runs)))
    (local.set $list (i32.add (local.get $list) (i32.const 4)))
    (br_if $lists (i32.lt_u (local.get $list) (i32.const {FREE_RUNS_END}))))
  (i32.const 0))

;; The word that points to the free run that ends at the heap end, or 0 when the last block is in use.
(func $link_to_last_run (result i32)
  (local $list i32)
  (local $link i32)
  (local $run i32)
  (local.set $list (i32.const {FREE_RUNS}))
  (loop $lists
    (local.set $link (local.get $list))
    (block $end_of_list
      (loop $runs
        (br_if $end_of_list (i32.eqz (local.tee $run (i32.load offset={BLOCK_NEXT} (local.get $link)))))
        (if
          (i32.eq
            (i32.add
              (local.get $run)
              (i32.shl (i32.load offset={BLOCK_RUN} (local.get $run)) (i32.const {BLOCK_SHIFT})))
            (global.get $heap_end))
          (then (return (local.get $link))))
        (local.set $link (local.get $run))
        (br $runs)))
    (local.set $list (i32.add (local.get $list) (i32.const 4)))
    (br_if $lists (i32.lt_u (local.get $list) (i32.const {FREE_RUNS_END}))))
  (i32.const 0))

;; Grows memory until the free run at the heap end has $blocks blocks at least. Returns whether it could. Memory grows by
;; a chunk, or by less where the limit is near, but at least by what that run lacks.
(func $grow (param $blocks i32) (result i32)
  (local $link i32)
  (local $start i32)
  (local $step i32)
  (local.set $start (global.get $heap_end))
  (local.set $link (call $link_to_last_run))
  (if (local.get $link)
    (then
      (local.set $start (i32.load offset={BLOCK_NEXT} (local.get $link)))
      (local.set $blocks (i32.sub (local.get $blocks) (i32.load offset={BLOCK_RUN} (local.get $start))))))
  (local.set $step (i32.const {GROWTH_BLOCKS}))
  (block $grown
    (loop $smaller
      (if (i32.lt_u (local.get $step) (local.get $blocks))
        (then (local.set $step (local.get $blocks))))
      (br_if $grown
        (i32.ne
          (memory.grow (i32.shr_u (i32.add (local.get $step) (i32.const 1)) (i32.const 1)))
          (i32.const -1)))
      (if (i32.eq (local.get $step) (local.get $blocks))
        (then (return (i32.const 0))))
      (local.set $step (i32.shr_u (local.get $step) (i32.const 1)))
      (br $smaller)))
  (if (local.get $link)
    (then
      (i32.store offset={BLOCK_NEXT} (local.get $link) (i32.load offset={BLOCK_NEXT} (local.get $start)))))
  (call $adopt (local.get $start))
  (i32.const 1))

;; The word that points to the segment at $start when that is a free run, or 0. The cost is that of $take_run.
(func $link_to_run (param $start i32) (result i32)
  (local $link i32)
  (local $run i32)
  (if (i32.ge_u (local.get $start) (global.get $heap_end))
    (then (return (i32.const 0))))
  (local.set $link (call $run_list (i32.load offset={BLOCK_RUN} (local.get $start))))
  (block $found
    (loop $runs
      (local.set $run (i32.load offset={BLOCK_NEXT} (local.get $link)))
      (br_if $found (i32.eq (local.get $run) (local.get $start)))
      (if (i32.eqz (local.get $run))
        (then (return (i32.const 0))))
      (local.set $link (local.get $run))
      (br $runs)))
  (local.get $link))

;; Takes the $blocks blocks from $start on, the end of a segment, when they are free or when memory can grow there.
;; Returns whether it did. The caller makes them part of the segment before.
(func $take_behind (param $start i32) (param $blocks i32) (result i32)
  (local $link i32)
  (local $free i32)
  (if (local.tee $link (call $link_to_run (local.get $start)))
    (then (local.set $free (i32.load offset={BLOCK_RUN} (local.get $start)))))
  (if (i32.lt_u (local.get $free) (local.get $blocks))
    (then
      (if
        (i32.ne
          (i32.add (local.get $start) (i32.shl (local.get $free) (i32.const {BLOCK_SHIFT})))
          (global.get $heap_end))
        (then (return (i32.const 0))))
      (if (i32.eqz (call $grow (local.get $blocks)))
        (then (return (i32.const 0))))
      (local.set $link (call $link_to_run (local.get $start)))
      (local.set $free (i32.load offset={BLOCK_RUN} (local.get $start)))))
  (i32.store offset={BLOCK_NEXT} (local.get $link) (i32.load offset={BLOCK_NEXT} (local.get $start)))
  (if (i32.ne (local.get $free) (local.get $blocks))
    (then
      (call $free_run
        (i32.add (local.get $start) (i32.shl (local.get $blocks) (i32.const {BLOCK_SHIFT})))
        (i32.sub (local.get $free) (local.get $blocks)))))
  (i32.const 1))

;; Takes $blocks blocks, growing memory when no free run will do, or returns 0.
(func $find_run (param $blocks i32) (result i32)
  (local $run i32)
  (if (local.tee $run (call $take_run (local.get $blocks)))
    (then (return (local.get $run))))
  (if (call $grow (local.get $blocks))
    (then (return (call $take_run (local.get $blocks)))))
  (i32.const 0))
