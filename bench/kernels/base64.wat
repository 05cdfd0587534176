;; Base64, twelve bytes at a time: byte shuffles, shifts and a table in a vector.
(module
  ;; The bytes to encode are in the first half, the text goes to the second.
  (memory 4)

  ;; Encodes 49152 bytes n times, and gives a checksum of all text.
  (func (export "run") (param $n i32) (result i64)
    (local $i i32) (local $to i32) (local $v v128) (local $sum v128)
    ;; Multiples of an odd number, four at a time.
    (local.set $v (v128.const i32x4 0x9e3779b9 0x3c6ef372 0xdaa66d2b 0x78dde6e4))
    (loop $fill
      (v128.store (local.get $i) (local.get $v))
      (local.set $v
        (i32x4.add (local.get $v) (v128.const i32x4 0x78dde6e4 0x78dde6e4 0x78dde6e4 0x78dde6e4)))
      (br_if $fill
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (i32.const 49152))))
    (loop $again
      (local.set $i (i32.const 0))
      (local.set $to (i32.const 0x20000))
      (loop $encode
        ;; Three bytes in each lane, the first one highest.
        (local.set $v
          (i8x16.swizzle
            (v128.load (local.get $i))
            (v128.const i8x16 2 1 0 255 5 4 3 255 8 7 6 255 11 10 9 255)))
        ;; Six bits in each byte, in the order of the text.
        (local.set $v
          (v128.or
            (v128.or
              (v128.and (i32x4.shr_u (local.get $v) (i32.const 18)) (v128.const i32x4 0x3f 0x3f 0x3f 0x3f))
              (v128.and
                (i32x4.shr_u (local.get $v) (i32.const 4))
                (v128.const i32x4 0x3f00 0x3f00 0x3f00 0x3f00)))
            (v128.or
              (v128.and
                (i32x4.shl (local.get $v) (i32.const 10))
                (v128.const i32x4 0x3f0000 0x3f0000 0x3f0000 0x3f0000))
              (v128.and
                (i32x4.shl (local.get $v) (i32.const 24))
                (v128.const i32x4 0x3f000000 0x3f000000 0x3f000000 0x3f000000)))))
        ;; What to add to become a letter (W. Mula, "Base64 encoding with SIMD instructions"): by 13
        ;; for A to Z, 0 for a to z, 1 to 10 for digits, 11 and 12 for + and /.
        (local.set $v
          (i8x16.add
            (local.get $v)
            (i8x16.swizzle
              (v128.const i8x16 71 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -19 -16 65 0 0)
              (v128.or
                (i8x16.sub_sat_u
                  (local.get $v)
                  (v128.const i8x16 51 51 51 51 51 51 51 51 51 51 51 51 51 51 51 51))
                (v128.and
                  (i8x16.lt_u
                    (local.get $v)
                    (v128.const i8x16 26 26 26 26 26 26 26 26 26 26 26 26 26 26 26 26))
                  (v128.const i8x16 13 13 13 13 13 13 13 13 13 13 13 13 13 13 13 13))))))
        (v128.store (local.get $to) (local.get $v))
        (local.set $sum
          (i32x4.add
            (i32x4.mul (local.get $sum) (v128.const i32x4 31 31 31 31))
            (local.get $v)))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (br_if $encode
          (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 12))) (i32.const 49152))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.add
      (i64x2.extract_lane 0 (local.get $sum))
      (i64x2.extract_lane 1 (local.get $sum)))))
