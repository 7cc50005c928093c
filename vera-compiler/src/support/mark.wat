;; Marking: finds everything reachable from an object.
;;
;; The mark byte of the cell at p is at (p's block) + (p's offset in it) / 16. Cells are at least 16 bytes long, so no
;; two share one, and the first 128 of these bytes, where no cell begins, are the block's header.
;;
;; The last pointer found in an object is kept at hand and visited next; the others wait on the mark stack. A list
;; whose tail is the last pointer therefore needs no stack at all. The stack is a chain of chunks: a permanent one
;; below the heap base, then free blocks as needed. A chunk holds the end address of the chunk before it, then entries;
;; `$top` is the next free entry, and a block boundary when the chunk is full. When no block can be had, the
;; object is left marked with its children unvisited, and $overflowed says that marked objects must be visited
;; again.

(global $overflowed (mut i32) (i32.const 0))
;; Chunks no longer in use, kept for the rest of the collection.
(global $spare_chunks (mut i32) (i32.const 0))

;; Marks a root and everything reachable from it.
(func $mark_root (param $p i32)
  (local $block i32)
  (local $mark i32)
  (if (global.get $validating)
    (then
      (if (i32.eqz (call $check_reference (local.get $p)))
        (then (return)))))
  (if (i32.lt_u (local.get $p) (global.get $heap_base))
    (then (return)))
  (local.set $block (i32.and (local.get $p) (i32.const {BLOCK_BASE_MASK})))
  (local.set $mark
    (i32.add
      (local.get $block)
      (i32.shr_u (i32.and (local.get $p) (i32.const {BLOCK_OFFSET_MASK})) (i32.const {MARK_SHIFT}))))
  (if (i32.load8_u (local.get $mark))
    (then (return)))
  (i32.store8 (local.get $mark) (i32.const 1))
  (i32.store offset={BLOCK_LIVE}
    (local.get $block)
    (i32.add (i32.load offset={BLOCK_LIVE} (local.get $block)) (i32.const 1)))
  (call $trace (local.get $p)))

;; Marks everything reachable from a marked object.
(func $trace (param $object i32)
  (local $heap_base i32)
  (local $validating i32)
  (local $top i32)
  (local $header i32)
  (local $word i32)
  (local $end i32)
  (local $stride i32)
  (local $next i32)
  (local $p i32)
  (local $block i32)
  (local $mark i32)
  (local.set $heap_base (global.get $heap_base))
  (local.set $validating (global.get $validating))
  (local.set $top (global.get $mark_stack))
  (loop $objects
    (local.set $next (i32.const 0))
    (local.set $header (i32.load (local.get $object)))
    (if (i32.lt_u (local.get $header) (i32.const {FIRST_BUFFER_HEADER}))
      (then
        (local.set $word (i32.add (local.get $object) (i32.const {RECORD_POINTERS})))
        (local.set $end
          (i32.add
            (local.get $word)
            (i32.shl (i32.shr_u (local.get $header) (i32.const {TAG_BITS})) (i32.const 2))))
        (local.set $stride (i32.const 4)))
      (else
        ;; Elements of kind 1 take 4 bytes, of kind 2 8 bytes.
        (local.set $stride (i32.shl (i32.shr_u (local.get $header) (i32.const {KIND_SHIFT})) (i32.const 2)))
        (local.set $word (i32.add (local.get $object) (i32.const {BUFFER_DATA})))
        (local.set $end
          (i32.add
            (local.get $word)
            (i32.mul (i32.load offset={BUFFER_FILL} (local.get $object)) (local.get $stride))))))
    (block $words_done
      (loop $words
        (br_if $words_done (i32.eq (local.get $word) (local.get $end)))
        (local.set $p (i32.load (local.get $word)))
        (local.set $word (i32.add (local.get $word) (local.get $stride)))
        (if (local.get $validating)
          (then (br_if $words (i32.eqz (call $check_reference (local.get $p))))))
        (br_if $words (i32.lt_u (local.get $p) (local.get $heap_base)))
        (local.set $block (i32.and (local.get $p) (i32.const {BLOCK_BASE_MASK})))
        (local.set $mark
          (i32.add
            (local.get $block)
            (i32.shr_u (i32.and (local.get $p) (i32.const {BLOCK_OFFSET_MASK})) (i32.const {MARK_SHIFT}))))
        (br_if $words (i32.load8_u (local.get $mark)))
        (i32.store8 (local.get $mark) (i32.const 1))
        (i32.store offset={BLOCK_LIVE}
          (local.get $block)
          (i32.add (i32.load offset={BLOCK_LIVE} (local.get $block)) (i32.const 1)))
        (if (local.get $next)
          (then
            (if (i32.eqz (i32.and (local.get $top) (i32.const {BLOCK_OFFSET_MASK})))
              (then (local.set $top (call $next_chunk (local.get $top)))))
            (if (i32.and (local.get $top) (i32.const {BLOCK_OFFSET_MASK}))
              (then
                (i32.store (local.get $top) (local.get $next))
                (local.set $top (i32.add (local.get $top) (i32.const 4))))
              (else (global.set $overflowed (i32.const 1))))))
        (local.set $next (local.get $p))
        (br $words)))
    (if (local.get $next)
      (then
        (local.set $object (local.get $next))
        (br $objects)))
    (if (i32.ne (local.get $top) (global.get $mark_stack))
      (then
        (if (i32.eq (i32.and (local.get $top) (i32.const {BLOCK_OFFSET_MASK})) (i32.const {CHUNK_ENTRIES}))
          (then (local.set $top (call $previous_chunk (local.get $top)))))
        (local.set $top (i32.sub (local.get $top) (i32.const 4)))
        (local.set $object (i32.load (local.get $top)))
        (br $objects)))))

;; The first entry of a chunk after the full one that ends at $top, or $top when there is no memory for one.
(func $next_chunk (param $top i32) (result i32)
  (local $chunk i32)
  (local.set $chunk (global.get $spare_chunks))
  (if (local.get $chunk)
    (then (global.set $spare_chunks (i32.load offset={CHUNK_PREVIOUS} (local.get $chunk))))
    (else
      ;; Having failed once, asking again for every object would take long.
      (if (global.get $overflowed)
        (then (return (local.get $top))))
      (if (i32.eqz (local.tee $chunk (call $find_run (i32.const 1))))
        (then (return (local.get $top))))))
  (i32.store offset={CHUNK_PREVIOUS} (local.get $chunk) (local.get $top))
  (i32.add (local.get $chunk) (i32.const {CHUNK_ENTRIES})))

;; The end of the chunk before the empty one whose first entry is $top.
(func $previous_chunk (param $top i32) (result i32)
  (local $chunk i32)
  (local $previous i32)
  (local.set $chunk (i32.sub (local.get $top) (i32.const {CHUNK_ENTRIES})))
  (local.set $previous (i32.load offset={CHUNK_PREVIOUS} (local.get $chunk)))
  (i32.store offset={CHUNK_PREVIOUS} (local.get $chunk) (global.get $spare_chunks))
  (global.set $spare_chunks (local.get $chunk))
  (local.get $previous))

;; Visits every marked object again, until none was left with its children unvisited. Every pass marks at least one
;; object that the passes before did not.
(func $trace_again
  (local $block i32)
  (local $cell i32)
  (local $size i32)
  (local $limit i32)
  (block $complete
    (loop $passes
      (br_if $complete (i32.eqz (global.get $overflowed)))
      (global.set $overflowed (i32.const 0))
      (local.set $block (global.get $heap_base))
      (block $end_of_heap
        (loop $segments
          (br_if $end_of_heap (i32.ge_u (local.get $block) (global.get $heap_end)))
          (if (call $has_objects (local.get $block))
            (then
              (local.set $cell (i32.add (local.get $block) (i32.const {BLOCK_CELLS})))
              (local.set $size (i32.load offset={BLOCK_CELL_SIZE} (local.get $block)))
              (local.set $limit (i32.load offset={BLOCK_LIMIT} (local.get $block)))
              (loop $cells
                (if (call $is_marked (local.get $cell))
                  (then (call $trace (local.get $cell))))
                (local.set $cell (i32.add (local.get $cell) (local.get $size)))
                (br_if $cells (i32.lt_u (local.get $cell) (local.get $limit))))))
          (local.set $block (call $next_segment (local.get $block)))
          (br $segments)))
      (br $passes))))

(func $is_marked (param $cell i32) (result i32)
  (i32.load8_u
    (i32.add
      (i32.and (local.get $cell) (i32.const {BLOCK_BASE_MASK}))
      (i32.shr_u (i32.and (local.get $cell) (i32.const {BLOCK_OFFSET_MASK})) (i32.const {MARK_SHIFT})))))
