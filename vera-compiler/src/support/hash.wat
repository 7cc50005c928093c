;; Hashes. The language's `hash` of a string is the same everywhere. The hashes by which maps place keys depend on a key
;; that the host gives each instance: what they are is said in vera-abi (map.rs).

(global $hash_key_0 (export "{HASH_KEY_0}") (mut i64) (i64.const 0))
(global $hash_key_1 (export "{HASH_KEY_1}") (mut i64) (i64.const 0))

;; FNV-1a, 64 bits.
(func $bytes_hash (param $ptr i32) (param $len i32) (result i64)
  (local $end i32)
  (local $hash i64)
  (local.set $hash (i64.const 0xcbf29ce484222325))
  (local.set $end (i32.add (local.get $ptr) (local.get $len)))
  (block $done
    (loop $bytes
      (br_if $done (i32.eq (local.get $ptr) (local.get $end)))
      (local.set $hash
        (i64.mul
          (i64.xor (local.get $hash) (i64.load8_u offset={BUFFER_DATA} (local.get $ptr)))
          (i64.const 0x100000001b3)))
      (local.set $ptr (i32.add (local.get $ptr) (i32.const 1)))
      (br $bytes)))
  (local.get $hash))

;; SipHash-1-3 of bytes.
(func $bytes_key_hash (param $ptr i32) (param $len i32) (result i64)
  (local $end i32)
  (local $word i64)
  {SIP_LOCALS}
  {SIP_START}
  (local.set $end (i32.add (local.get $ptr) (i32.and (local.get $len) (i32.const -8))))
  (block $words_done
    (loop $words
      (br_if $words_done (i32.eq (local.get $ptr) (local.get $end)))
      (local.set $word (i64.load offset={BUFFER_DATA} (local.get $ptr)))
      {SIP_ABSORB}
      (local.set $ptr (i32.add (local.get $ptr) (i32.const 8)))
      (br $words)))
  (local.set $word (i64.shl (i64.extend_i32_u (local.get $len)) (i64.const 56)))
  ;; A cell is a whole number of words, so that of the last bytes can be read.
  (if (i32.and (local.get $len) (i32.const 7))
    (then
      (local.set $word
        (i64.or
          (local.get $word)
          (i64.and
            (i64.load offset={BUFFER_DATA} (local.get $ptr))
            (i64.shr_u
              (i64.const -1)
              (i64.extend_i32_u
                (i32.shl (i32.sub (i32.const 8) (i32.and (local.get $len) (i32.const 7))) (i32.const 3)))))))))
  {SIP_ABSORB}
  {SIP_FINISH})

;; A hash with another part.
(func $key_step (param $hash i64) (param $part i64) (result i64)
  (local $word i64)
  {SIP_LOCALS}
  {SIP_START}
  (local.set $word (local.get $hash))
  {SIP_ABSORB}
  (local.set $word (local.get $part))
  {SIP_ABSORB}
  {SIP_FINISH})

;; The hash of a number.
(func $key_number (param $hash i64) (result i64)
  (local.set $hash (i64.xor (local.get $hash) (global.get $hash_key_0)))
  (local.set $hash
    (i64.mul
      (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 33)))
      (i64.const 0xff51afd7ed558ccd)))
  (local.set $hash
    (i64.mul
      (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 33)))
      (i64.const 0xc4ceb9fe1a85ec53)))
  (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 33))))
