;; Arithmetic and types
;;
;; There are four number types: i32 and i64 are whole numbers of 32 and
;; 64 bits, f32 and f64 are floating point. An i32 has no sign of its own:
;; it is 32 bits, and the *instruction* decides how to read them.

(module
  (import "print" "i32" (func $i32 (param i32)))
  (import "print" "u32" (func $u32 (param i32)))
  (import "print" "hex" (func $hex (param i32)))
  (import "print" "i64" (func $i64 (param i64)))
  (import "print" "f64" (func $f64 (param f64)))

  (func (export "tour") (param $x i32) (result i64)
    ;; The same bits three times: signed, unsigned, hexadecimal.
    ;; With $x = -1 every bit is set.
    (call $i32 (local.get $x))
    (call $u32 (local.get $x))
    (call $hex (local.get $x))

    ;; Division must know about the sign: div_s and div_u differ.
    (call $i32 (i32.div_s (local.get $x) (i32.const 2)))
    (call $u32 (i32.div_u (local.get $x) (i32.const 2)))

    ;; Addition need not: it wraps around. 2147483647 + 1 = -2147483648.
    (call $i32 (i32.add (i32.const 0x7fffffff) (i32.const 1)))

    ;; Widening to 64 bits: fill up with the sign (_s) or with zeros (_u).
    (call $i64 (i64.extend_i32_s (local.get $x)))
    (call $i64 (i64.extend_i32_u (local.get $x)))

    ;; Floating point is binary, so one tenth is never exact.
    (call $f64 (f64.add (f64.const 0.1) (f64.const 0.2)))

    ;; From float to integer: trunc_sat cuts at the largest i32,
    ;; plain trunc would trap here.
    (call $i32 (i32.trunc_sat_f64_s (f64.const 1e20)))

    ;; The bits of a float, read as an integer.
    (i64.reinterpret_f64 (f64.const 1))))
