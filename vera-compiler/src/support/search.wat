;; Search for a byte string in another.
;;
;; Eight positions at a time are compared by the needle's first and last byte, and the few that match both are compared
;; in full. Where such positions keep matching in long stretches without being occurrences, comparing them could
;; take time proportional to the product of the lengths, so then the search goes on by rolling hashes (Rabin-Karp).

;; The index of the first occurrence that starts at or after $from, or -1.
(func $bytes_find
  (param $ptr i32) (param $len i32) (param $needle_ptr i32) (param $needle_len i32) (param $from i32) (result i32)
  (local $text i32)
  (local $needle i32)
  (local $at i32)
  (local $last i32)
  (local $span i32)
  (local $first_byte i64)
  (local $last_byte i64)
  (local $difference i64)
  (local $candidates i64)
  (local $candidate i32)
  (local $matched i32)
  (local $compared i64)
  (if (i32.gt_u (local.get $from) (local.get $len))
    (then (return (i32.const -1))))
  (if (i32.eqz (local.get $needle_len))
    (then (return (local.get $from))))
  (if (i32.gt_u (local.get $needle_len) (i32.sub (local.get $len) (local.get $from)))
    (then (return (i32.const -1))))
  (local.set $text (i32.add (local.get $ptr) (i32.const {BUFFER_DATA})))
  (local.set $needle (i32.add (local.get $needle_ptr) (i32.const {BUFFER_DATA})))
  (local.set $span (i32.sub (local.get $needle_len) (i32.const 1)))
  (local.set $at (i32.add (local.get $text) (local.get $from)))
  (local.set $last (i32.sub (i32.add (local.get $text) (local.get $len)) (local.get $needle_len)))
  (local.set $first_byte
    (i64.mul (i64.load8_u (local.get $needle)) (i64.const 0x0101010101010101)))
  (local.set $last_byte
    (i64.mul
      (i64.load8_u (i32.add (local.get $needle) (local.get $span)))
      (i64.const 0x0101010101010101)))
  (block $tail
    (loop $words
      (br_if $tail (i32.gt_u (i32.add (local.get $at) (i32.const 7)) (local.get $last)))
      ;; A zero byte where both match. The usual test for zero bytes can also report a byte above one, never one too few.
      (local.set $difference
        (i64.or
          (i64.xor (i64.load align=1 (local.get $at)) (local.get $first_byte))
          (i64.xor
            (i64.load align=1 (i32.add (local.get $at) (local.get $span)))
            (local.get $last_byte))))
      (local.set $candidates
        (i64.and
          (i64.and
            (i64.sub (local.get $difference) (i64.const 0x0101010101010101))
            (i64.xor (local.get $difference) (i64.const -1)))
          (i64.const 0x8080808080808080)))
      (block $no_candidates
        (loop $each
          (br_if $no_candidates (i64.eqz (local.get $candidates)))
          (local.set $candidate
            (i32.add
              (local.get $at)
              (i32.wrap_i64 (i64.shr_u (i64.ctz (local.get $candidates)) (i64.const 3)))))
          (local.set $candidates
            (i64.and (local.get $candidates) (i64.sub (local.get $candidates) (i64.const 1))))
          (local.set $matched (call $mismatch (local.get $candidate) (local.get $needle) (local.get $needle_len)))
          (if (i32.eq (local.get $matched) (local.get $needle_len))
            (then (return (i32.sub (local.get $candidate) (local.get $text)))))
          (local.set $compared (i64.add (local.get $compared) (i64.extend_i32_u (local.get $matched))))
          (br $each)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $words
        (i64.lt_u
          (local.get $compared)
          (i64.add
            (i64.shl
              (i64.extend_i32_u (i32.sub (i32.sub (local.get $at) (local.get $text)) (local.get $from)))
              (i64.const 3))
            (i64.const 1024))))
      (br_if $tail (i32.gt_u (local.get $at) (local.get $last)))
      (return
        (call $find_by_hash
          (local.get $text)
          (local.get $at)
          (local.get $last)
          (local.get $needle)
          (local.get $needle_len)))))
  (block $absent
    (loop $positions
      (br_if $absent (i32.gt_u (local.get $at) (local.get $last)))
      (if
        (i32.eq
          (call $mismatch (local.get $at) (local.get $needle) (local.get $needle_len))
          (local.get $needle_len))
        (then (return (i32.sub (local.get $at) (local.get $text)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $positions)))
  (i32.const -1))

;; The same for positions (addresses) $at to $last, by a hash of the bytes at each position.
(func $find_by_hash
  (param $text i32) (param $at i32) (param $last i32) (param $needle i32) (param $needle_len i32) (result i32)
  (local $i i32)
  (local $leaving i64)
  (local $wanted i64)
  (local $hash i64)
  ;; After the loop: the factor of the byte that leaves the window, base ^ needle_len.
  (local.set $leaving (i64.const 1))
  (loop $bytes
    (local.set $wanted
      (i64.add
        (i64.mul (local.get $wanted) (i64.const {HASH_BASE}))
        (i64.load8_u (i32.add (local.get $needle) (local.get $i)))))
    (local.set $hash
      (i64.add
        (i64.mul (local.get $hash) (i64.const {HASH_BASE}))
        (i64.load8_u (i32.add (local.get $at) (local.get $i)))))
    (local.set $leaving (i64.mul (local.get $leaving) (i64.const {HASH_BASE})))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $bytes (i32.lt_u (local.get $i) (local.get $needle_len))))
  (loop $positions
    (if (i64.eq (local.get $hash) (local.get $wanted))
      (then
        (if
          (i32.eq
            (call $mismatch (local.get $at) (local.get $needle) (local.get $needle_len))
            (local.get $needle_len))
          (then (return (i32.sub (local.get $at) (local.get $text)))))))
    (if (i32.eq (local.get $at) (local.get $last))
      (then (return (i32.const -1))))
    (local.set $hash
      (i64.sub
        (i64.add
          (i64.mul (local.get $hash) (i64.const {HASH_BASE}))
          (i64.load8_u (i32.add (local.get $at) (local.get $needle_len))))
        (i64.mul (local.get $leaving) (i64.load8_u (local.get $at)))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br $positions))
  (unreachable))
