;; Four pixels at once
;;
;; A v128 is 16 bytes that one instruction works on. It has no type of its
;; own: the instruction says how the bytes are cut into lanes. Here they are
;; four pixels of red, green, blue and opacity, and one picture fades into
;; another four pixels at a time.
;;
;; Step into "blend" and watch a vector change its shape: i8x16 are 16 bytes,
;; i16x8 are 8 numbers of twice the width. Beside each vector is a choice to
;; read it in another shape; that changes nothing but what you see.

(module
  (import "canvas" "size" (func $size (param $width i32) (param $height i32)))
  (import "canvas" "blit" (func $blit (param $address i32)))
  (import "canvas" "show" (func $show))

  ;; Two pictures of 64 by 64 pixels, and the one between them.
  (memory (export "memory") 1)
  (global $bytes i32 (i32.const 16384))
  (global $second i32 (i32.const 16384))
  (global $between i32 (i32.const 32768))

  ;; A byte of the result is a*(256 - t)/256 + b*t/256, for 16 bytes at once.
  ;; Call it by hand: lanes are written as in the text format, such as
  ;; i8x16 0 255 10 20 ... or i32x4 1 2 3 4.
  (func $blend (export "blend")
    (param $a v128) (param $b v128) (param $t i32) (result v128)
    (local $of_a v128)
    (local $of_b v128)
    (local $low v128)
    (local $high v128)
    ;; The same weight in all eight lanes.
    (local.set $of_b (i16x8.splat (local.get $t)))
    (local.set $of_a
      (i16x8.sub (i16x8.splat (i32.const 256)) (local.get $of_b)))

    ;; A byte times 256 does not fit a byte. So the first eight bytes are
    ;; widened to 16 bits, weighed and added ...
    (local.set $low
      (i16x8.add
        (i16x8.mul
          (i16x8.extend_low_i8x16_u (local.get $a)) (local.get $of_a))
        (i16x8.mul
          (i16x8.extend_low_i8x16_u (local.get $b)) (local.get $of_b))))
    ;; ... and the other eight as well.
    (local.set $high
      (i16x8.add
        (i16x8.mul
          (i16x8.extend_high_i8x16_u (local.get $a)) (local.get $of_a))
        (i16x8.mul
          (i16x8.extend_high_i8x16_u (local.get $b)) (local.get $of_b))))

    ;; Shifted right by 8 they are bytes again, and go back into one vector.
    (i8x16.narrow_i16x8_u
      (i16x8.shr_u (local.get $low) (i32.const 8))
      (i16x8.shr_u (local.get $high) (i32.const 8))))

  ;; A dawn and rings on water, pixel by pixel: this is what the slow way
  ;; looks like.
  (func $paint
    (local $x i32)
    (local $y i32)
    (local $at i32)
    (loop $next
      (local.set $x (i32.and (local.get $at) (i32.const 63)))
      (local.set $y (i32.shr_u (local.get $at) (i32.const 6)))
      (i32.store (i32.shl (local.get $at) (i32.const 2))
        (i32.or
          (i32.const 0xff400000)
          (i32.or
            (i32.const 0xff)
            (i32.shl (i32.mul (local.get $y) (i32.const 3)) (i32.const 8)))))
      (i32.store offset=16384 (i32.shl (local.get $at) (i32.const 2))
        (i32.or
          (i32.const 0xffc02000)
          (i32.and
            (i32.shr_u
              (i32.add
                (i32.mul (local.get $x) (local.get $x))
                (i32.mul (local.get $y) (local.get $y)))
              (i32.const 2))
            (i32.const 0xff))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 4096)))))

  ;; Fades in so many frames; gives how many vectors were blended.
  (func (export "fade") (param $frames i32) (result i32)
    (local $frame i32)
    (local $at i32)
    (local $count i32)
    (call $size (i32.const 64) (i32.const 64))
    (call $paint)
    (loop $picture
      (local.set $frame (i32.add (local.get $frame) (i32.const 1)))
      (local.set $at (i32.const 0))
      (loop $pixels
        (v128.store
          (i32.add (global.get $between) (local.get $at))
          (call $blend
            (v128.load (local.get $at))
            (v128.load (i32.add (global.get $second) (local.get $at)))
            (i32.div_u
              (i32.shl (local.get $frame) (i32.const 8))
              (local.get $frames))))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        ;; 16 bytes on: the next four pixels.
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $pixels (i32.lt_u (local.get $at) (global.get $bytes))))
      (call $blit (global.get $between))
      (call $show)
      (br_if $picture (i32.lt_u (local.get $frame) (local.get $frames))))
    (local.get $count)))
