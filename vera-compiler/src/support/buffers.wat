;; Buffers: the storage of strings and arrays.
;;
;; A function that allocates puts its own pointers on the shadow stack meanwhile, and takes them off again. Pointers
;; are to the start of buffers. Only elements below the fill mark are followed by the collector, so the mark never
;; covers uninitialised elements when something is allocated.

;; Keeps $ptr alive until the caller restores gc_sp.
(func $root (param $ptr i32)
  (local $slot i32)
  (local.set $slot (global.get $gc_sp))
  (if (i32.gt_u (i32.add (local.get $slot) (i32.const 4)) (global.get $gc_stack_limit))
    (then (call $fail (i32.const {SITE_SHADOW_STACK_EXHAUSTED}))))
  (i32.store (local.get $slot) (local.get $ptr))
  (global.set $gc_sp (i32.add (local.get $slot) (i32.const 4))))

;; A buffer with room for at least $bytes bytes of elements and none used.
(func $buffer_new (param $bytes i32) (param $header i32) (result i32)
  (local $buffer i32)
  (if (i32.gt_u (local.get $bytes) (i32.const {MAX_BUFFER_BYTES}))
    (then (call $fail (i32.const {SITE_BUFFER_TOO_LARGE}))))
  (local.set $buffer (call $alloc (i32.add (local.get $bytes) (i32.const {BUFFER_DATA}))))
  (i32.store (local.get $buffer) (local.get $header))
  (i32.store offset={BUFFER_FILL} (local.get $buffer) (i32.const 0))
  (local.get $buffer))

;; The same with room for $room bytes, or where memory does not hold that for less, down to $least.
(func $buffer_roomy (param $room i32) (param $least i32) (param $header i32) (result i32)
  (local $buffer i32)
  (local $collected i32)
  (block $made
    (loop $less
      (if
        (i32.or
          (i32.le_u (local.get $room) (local.get $least))
          (i32.le_u (local.get $room) (i32.const {LARGEST_ROOM})))
        (then (return (call $buffer_new (local.get $room) (local.get $header)))))
      (br_if $made
        (local.tee $buffer
          (call $try_large (i32.add (local.get $room) (i32.const {BUFFER_DATA})) (local.get $collected))))
      (local.set $collected (i32.const 1))
      ;; Half as much more than the least, and in the end none.
      (local.set $room
        (i32.add
          (local.get $least)
          (i32.shr_u (i32.sub (local.get $room) (local.get $least)) (i32.const 1))))
      (if
        (i32.lt_u
          (i32.sub (local.get $room) (local.get $least))
          (i32.shr_u (local.get $least) (i32.const 4)))
        (then (local.set $room (local.get $least))))
      (br $less)))
  (i32.store (local.get $buffer) (local.get $header))
  (i32.store offset={BUFFER_FILL} (local.get $buffer) (i32.const 0))
  (local.get $buffer))

;; A buffer with the first $len elements of $ptr, room for $extra more, and the fill mark after those, which the
;; caller stores next. It is $ptr when nothing was appended there yet and there is room.
(func $buffer_reserve
  (param $ptr i32) (param $len i32) (param $extra i32) (param $element_size i32) (param $header i32) (result i32)
  (local $count i64)
  (local $needed i64)
  (local.set $count (i64.add (i64.extend_i32_u (local.get $len)) (i64.extend_i32_u (local.get $extra))))
  (local.set $needed (i64.mul (local.get $count) (i64.extend_i32_u (local.get $element_size))))
  (if
    (i32.or
      (i64.gt_u (local.get $needed) (i64.const {MAX_BUFFER_BYTES}))
      ;; Elements of size zero are limited too.
      (i64.gt_u (local.get $count) (i64.const {MAX_BUFFER_BYTES})))
    (then (call $fail (i32.const {SITE_BUFFER_TOO_LARGE}))))
  ;; The fill mark of a literal is larger than any length. That of the empty buffer is 0, and what is read as its cell
  ;; size is 0 as well.
  (if (i32.eq (i32.load offset={BUFFER_FILL} (local.get $ptr)) (local.get $len))
    (then
      (if
        (i64.le_u
          (i64.add (local.get $needed) (i64.const {BUFFER_DATA}))
          (i64.load32_u offset={BLOCK_CELL_SIZE} (i32.and (local.get $ptr) (i32.const {BLOCK_BASE_MASK}))))
        (then
          ;; A collector of young objects only would have to hear of this buffer here.
          (i32.store offset={BUFFER_FILL} (local.get $ptr) (i32.wrap_i64 (local.get $count)))
          (return (local.get $ptr))))))
  (return_call $buffer_grow
    (local.get $ptr)
    (local.get $len)
    (local.get $extra)
    (i32.or (local.get $header) (local.get $element_size))))

;; The same where there is no room. $shape is the header of the buffer and the size of an element, which fits its low bits:
;; the engine passes four parameters in registers. A large buffer gets room in place when the blocks behind it are free;
;; otherwise the buffer is copied.
;;
;; All of these functions are a cycle of tail calls, which takes no stack. The engine inlines no cycles, so it keeps the
;; rare cases out of the code that appends.
(func $buffer_grow (param $ptr i32) (param $len i32) (param $extra i32) (param $shape i32) (result i32)
  (if
    (i32.and
      (i32.eq (i32.load offset={BUFFER_FILL} (local.get $ptr)) (local.get $len))
      (i32.eq
        (i32.load offset={BLOCK_CLASS} (i32.and (local.get $ptr) (i32.const {BLOCK_BASE_MASK})))
        (i32.const {CLASS_LARGE})))
    (then
      (return_call $buffer_extend (local.get $ptr) (local.get $len) (local.get $extra) (local.get $shape))))
  (return_call $buffer_move (local.get $ptr) (local.get $len) (local.get $extra) (local.get $shape)))

;; A large buffer that has run out of room.
(func $buffer_extend (param $ptr i32) (param $len i32) (param $extra i32) (param $shape i32) (result i32)
  (local $size i64)
  (local $bytes i64)
  (local $needed i64)
  (local $frame i32)
  (local $extended i32)
  (local.set $size (i64.extend_i32_u (i32.and (local.get $shape) (i32.const {ELEMENT_SIZE_MASK}))))
  (local.set $bytes (i64.mul (i64.extend_i32_u (local.get $len)) (local.get $size)))
  (local.set $needed
    (i64.add (local.get $bytes) (i64.mul (i64.extend_i32_u (local.get $extra)) (local.get $size))))
  (local.set $frame (global.get $gc_sp))
  (call $root (local.get $ptr))
  (local.set $extended
    (call $extend_large (local.get $ptr) (call $room_for (local.get $bytes) (local.get $needed))))
  (if (i32.eqz (local.get $extended))
    (then
      (local.set $extended
        (call $extend_large (local.get $ptr) (call $least_room_for (local.get $bytes) (local.get $needed))))))
  (global.set $gc_sp (local.get $frame))
  (if (local.get $extended)
    (then
      (return_call $buffer_reserve
        (local.get $ptr)
        (local.get $len)
        (local.get $extra)
        (i32.wrap_i64 (local.get $size))
        (i32.and (local.get $shape) (i32.const {BUFFER_HEADER_MASK})))))
  (return_call $buffer_move (local.get $ptr) (local.get $len) (local.get $extra) (local.get $shape)))

;; A copy. A buffer whose end is in use by another value is copied just to the room needed.
(func $buffer_move (param $ptr i32) (param $len i32) (param $extra i32) (param $shape i32) (result i32)
  (local $size i32)
  (local $bytes i64)
  (local $needed i64)
  (local $room i32)
  (local $least i32)
  (local $frame i32)
  (local $copy i32)
  (local.set $size (i32.and (local.get $shape) (i32.const {ELEMENT_SIZE_MASK})))
  (local.set $bytes (i64.mul (i64.extend_i32_u (local.get $len)) (i64.extend_i32_u (local.get $size))))
  (local.set $needed
    (i64.add
      (local.get $bytes)
      (i64.mul (i64.extend_i32_u (local.get $extra)) (i64.extend_i32_u (local.get $size)))))
  (local.set $room (i32.wrap_i64 (local.get $needed)))
  (local.set $least (local.get $room))
  (if (i32.eq (i32.load offset={BUFFER_FILL} (local.get $ptr)) (local.get $len))
    (then
      (local.set $room (call $room_for (local.get $bytes) (local.get $needed)))
      (local.set $least (call $least_room_for (local.get $bytes) (local.get $needed)))))
  (local.set $frame (global.get $gc_sp))
  (call $root (local.get $ptr))
  (local.set $copy
    (call $buffer_roomy
      (local.get $room)
      (local.get $least)
      (i32.and (local.get $shape) (i32.const {BUFFER_HEADER_MASK}))))
  (global.set $gc_sp (local.get $frame))
  (if (i64.ne (local.get $bytes) (i64.const 0))
    (then
      (memory.copy
        (i32.add (local.get $copy) (i32.const {BUFFER_DATA}))
        (i32.add (local.get $ptr) (i32.const {BUFFER_DATA}))
        (i32.wrap_i64 (local.get $bytes)))))
  (i32.store offset={BUFFER_FILL} (local.get $copy) (i32.add (local.get $len) (local.get $extra)))
  (local.get $copy))

;; The bytes of elements that a buffer gets which has run out of room with $bytes, and needs $needed: twice as many.
(func $room_for (param $bytes i64) (param $needed i64) (result i32)
  (call $within (i64.shl (local.get $bytes) (i64.const 1)) (local.get $needed)))

;; The same where memory does not hold that: at least a sixteenth more. A program that appends where memory ends does not
;; copy for each element.
(func $least_room_for (param $bytes i64) (param $needed i64) (result i32)
  (call $within
    (i64.add (local.get $bytes) (i64.shr_u (local.get $bytes) (i64.const 4)))
    (local.get $needed)))

;; A number of bytes, but at least $needed, and otherwise no more than a buffer may have.
(func $within (param $bytes i64) (param $needed i64) (result i32)
  (if (i64.gt_u (local.get $bytes) (i64.const {MAX_BUFFER_BYTES}))
    (then (local.set $bytes (i64.const {MAX_BUFFER_BYTES}))))
  (i32.wrap_i64
    (select
      (local.get $needed)
      (local.get $bytes)
      (i64.lt_u (local.get $bytes) (local.get $needed)))))

;; A copy of $count elements of $ptr from $start on.
(func $buffer_slice
  (param $ptr i32) (param $start i32) (param $count i32) (param $element_size i32) (param $header i32) (result i32)
  (local $bytes i32)
  (local $frame i32)
  (local $copy i32)
  (local.set $bytes (i32.mul (local.get $count) (local.get $element_size)))
  (if (i32.eqz (local.get $bytes))
    (then (return (i32.const {EMPTY_BUFFER}))))
  (local.set $frame (global.get $gc_sp))
  (call $root (local.get $ptr))
  (local.set $copy (call $buffer_new (local.get $bytes) (local.get $header)))
  (global.set $gc_sp (local.get $frame))
  (memory.copy
    (i32.add (local.get $copy) (i32.const {BUFFER_DATA}))
    (i32.add
      (i32.add (local.get $ptr) (i32.const {BUFFER_DATA}))
      (i32.mul (local.get $start) (local.get $element_size)))
    (local.get $bytes))
  (i32.store offset={BUFFER_FILL} (local.get $copy) (local.get $count))
  (local.get $copy))
