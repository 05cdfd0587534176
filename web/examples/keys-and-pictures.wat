;; Keys and pictures
;;
;; The heart of every game: look at the keys, move, draw, wait for the next
;; picture, and again. Press Run and steer the wasp with the keys beside
;; the picture, or click it and use the arrow keys of a keyboard. Space
;; wipes the canvas, Enter ends the game.

(module
  (import "canvas" "size" (func $size (param $width i32) (param $height i32)))
  (import "canvas" "fill" (func $fill (param $rgba i32)))
  (import "canvas" "rect"
    (func $rect
      (param $x i32) (param $y i32) (param $width i32) (param $height i32)
      (param $rgba i32)))
  (import "canvas" "show" (func $show))
  (import "keyboard" "down" (func $down (param $key i32) (result i32)))

  (global $x (export "x") (mut i32) (i32.const 76))
  (global $y (export "y") (mut i32) (i32.const 56))

  ;; Keeps a place between 0 and $most.
  (func $inside (param $place i32) (param $most i32) (result i32)
    (if (i32.lt_s (local.get $place) (i32.const 0))
      (then (return (i32.const 0))))
    (select (local.get $place) (local.get $most)
      (i32.lt_s (local.get $place) (local.get $most))))

  ;; Gives the number of pictures shown; at most $pictures.
  (func (export "play") (param $pictures i32) (result i32)
    (local $shown i32)
    (call $size (i32.const 160) (i32.const 120))
    (call $fill (i32.const 0x202020ff))

    (block $over
      (loop $picture
        (br_if $over (i32.ge_u (local.get $shown) (local.get $pictures)))
        (br_if $over (call $down (i32.const 5)))                   ;; Enter

        ;; "down" gives 1 while the key is held and 0 otherwise, so
        ;; right minus left is -1, 0 or 1.
        (global.set $x
          (call $inside
            (i32.add (global.get $x)
              (i32.shl
                (i32.sub (call $down (i32.const 2)) (call $down (i32.const 0)))
                (i32.const 1)))
            (i32.const 152)))
        (global.set $y
          (call $inside
            (i32.add (global.get $y)
              (i32.shl
                (i32.sub (call $down (i32.const 3)) (call $down (i32.const 1)))
                (i32.const 1)))
            (i32.const 112)))

        (if (call $down (i32.const 4))                             ;; Space
          (then (call $fill (i32.const 0x202020ff))))

        ;; The wasp: two stripes of amber, one of black.
        (call $rect (global.get $x) (global.get $y)
          (i32.const 8) (i32.const 8) (i32.const 0xffb400ff))
        (call $rect (i32.add (global.get $x) (i32.const 3)) (global.get $y)
          (i32.const 2) (i32.const 8) (i32.const 0x000000ff))

        (call $show)
        (local.set $shown (i32.add (local.get $shown) (i32.const 1)))
        (br $picture)))
    (local.get $shown)))
