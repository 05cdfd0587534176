;; The game of life
;;
;; A cell with three living neighbours is born, one with two or three lives
;; on, every other dies. The world is a field of bytes that wraps around at
;; its edges: one byte for a cell, 0 or 1.

(module
  (import "canvas" "size" (func $size (param $width i32) (param $height i32)))
  (import "canvas" "blit" (func $blit (param $address i32)))
  (import "canvas" "show" (func $show))
  (import "random" "seed" (func $seed (param i64)))
  (import "random" "range"
    (func $range (param $low i32) (param $high i32) (result i32)))

  ;; 64 by 64 cells = 4096 bytes. This world at 0, the next at 4096,
  ;; the pixels at 8192.
  (memory (export "memory") 1)

  ;; The cell at ($x, $y); "and 63" wraps around at the edges.
  (func $cell (param $x i32) (param $y i32) (result i32)
    (i32.load8_u
      (i32.or
        (i32.and (local.get $x) (i32.const 63))
        (i32.shl (i32.and (local.get $y) (i32.const 63)) (i32.const 6)))))

  (func $neighbours (param $x i32) (param $y i32) (result i32)
    (local $left i32) (local $right i32) (local $up i32) (local $down i32)
    (local.set $left (i32.sub (local.get $x) (i32.const 1)))
    (local.set $right (i32.add (local.get $x) (i32.const 1)))
    (local.set $up (i32.sub (local.get $y) (i32.const 1)))
    (local.set $down (i32.add (local.get $y) (i32.const 1)))
    (call $cell (local.get $left) (local.get $up))
    (i32.add (call $cell (local.get $x) (local.get $up)))
    (i32.add (call $cell (local.get $right) (local.get $up)))
    (i32.add (call $cell (local.get $left) (local.get $y)))
    (i32.add (call $cell (local.get $right) (local.get $y)))
    (i32.add (call $cell (local.get $left) (local.get $down)))
    (i32.add (call $cell (local.get $x) (local.get $down)))
    (i32.add (call $cell (local.get $right) (local.get $down))))

  ;; One generation. Gives the number of living cells.
  (func $generation (export "generation") (result i32)
    (local $at i32) (local $count i32) (local $alive i32) (local $total i32)
    (loop $next
      (local.set $count
        (call $neighbours
          (i32.and (local.get $at) (i32.const 63))
          (i32.shr_u (local.get $at) (i32.const 6))))
      ;; Three neighbours, or two and alive already.
      (local.set $alive
        (i32.or
          (i32.eq (local.get $count) (i32.const 3))
          (i32.and
            (i32.eq (local.get $count) (i32.const 2))
            (i32.load8_u (local.get $at)))))
      (i32.store8 offset=4096 (local.get $at) (local.get $alive))
      (local.set $total (i32.add (local.get $total) (local.get $alive)))

      ;; The pixel: amber for the living, dark grey for the dead.
      (i32.store offset=8192
        (i32.shl (local.get $at) (i32.const 2))
        (select
          (i32.const 0xff00b4ff)
          (i32.const 0xff282828)
          (local.get $alive)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 4096))))

    (memory.copy (i32.const 0) (i32.const 4096) (i32.const 4096))
    (local.get $total))

  (func (export "run") (param $generations i32) (param $seed i64) (result i32)
    (local $at i32) (local $alive i32)

    ;; One cell in four lives at first: those that draw 0 of 0, 1, 2, 3.
    ;; The same seed gives the same world.
    (call $seed (local.get $seed))
    (loop $sow
      (i32.store8 (local.get $at)
        (i32.eqz (call $range (i32.const 0) (i32.const 3))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $sow (i32.lt_u (local.get $at) (i32.const 4096))))

    (call $size (i32.const 64) (i32.const 64))
    (block $over
      (loop $again
        (br_if $over (i32.eqz (local.get $generations)))
        (local.set $alive (call $generation))
        (call $blit (i32.const 8192))
        (call $show)
        (local.set $generations
          (i32.sub (local.get $generations) (i32.const 1)))
        (br $again)))
    (local.get $alive)))
