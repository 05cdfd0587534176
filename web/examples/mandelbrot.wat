;; The Mandelbrot set on the canvas
;;
;; A pixel is four bytes in memory: red, green, blue, opacity. The module
;; computes a row, "blit" copies the memory to the canvas, and "show" puts
;; it on the screen.
;;
;; For each point c of the plane: begin with z = 0 and go on with z*z + c.
;; Points where z stays small forever are in the set and stay black; the
;; others are coloured by how soon z ran away.

(module
  (import "canvas" "size" (func $size (param $width i32) (param $height i32)))
  (import "canvas" "blit" (func $blit (param $address i32)))
  (import "canvas" "show" (func $show))

  (memory (export "memory") 2)

  (global $width i32 (i32.const 160))
  (global $height i32 (i32.const 120))

  ;; How many rounds z takes to leave the circle of radius 2, at most $limit.
  (func $rounds (param $cx f64) (param $cy f64) (param $limit i32) (result i32)
    (local $x f64)
    (local $y f64)
    (local $xx f64)
    (local $yy f64)
    (local $n i32)
    (block $done
      (loop $again
        (local.set $xx (f64.mul (local.get $x) (local.get $x)))
        (local.set $yy (f64.mul (local.get $y) (local.get $y)))
        (br_if $done
          (f64.gt (f64.add (local.get $xx) (local.get $yy)) (f64.const 4)))
        (br_if $done (i32.ge_u (local.get $n) (local.get $limit)))

        ;; (x + iy) squared is x*x - y*y + i * 2xy.
        (local.set $y
          (f64.add
            (f64.mul (f64.const 2) (f64.mul (local.get $x) (local.get $y)))
            (local.get $cy)))
        (local.set $x
          (f64.add (f64.sub (local.get $xx) (local.get $yy)) (local.get $cx)))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br $again)))
    (local.get $n))

  ;; Black inside; outside from dark red through amber to white.
  (func $colour (param $n i32) (param $limit i32) (result i32)
    (if (i32.eq (local.get $n) (local.get $limit))
      (then (return (i32.const 0xff000000))))
    (local.set $n (i32.mul (local.get $n) (i32.const 9)))
    (i32.or
      (i32.const 0xff000000)                            ;; fully opaque
      (i32.or
        (call $shade (i32.add (local.get $n) (i32.const 40)))
        (i32.or
          (i32.shl
            (call $shade (i32.sub (local.get $n) (i32.const 60)))
            (i32.const 8))
          (i32.shl
            (call $shade (i32.sub (local.get $n) (i32.const 240)))
            (i32.const 16))))))

  ;; Cuts a number to the range of a byte.
  (func $shade (param $x i32) (result i32)
    (if (i32.lt_s (local.get $x) (i32.const 0))
      (then (return (i32.const 0))))
    (if (i32.gt_s (local.get $x) (i32.const 255))
      (then (return (i32.const 255))))
    (local.get $x))

  ;; Gives the number of points inside the set.
  (func (export "draw") (param $limit i32) (result i32)
    (local $px i32)
    (local $py i32)
    (local $address i32)
    (local $n i32)
    (local $inside i32)

    (call $size (global.get $width) (global.get $height))
    (loop $row
      (local.set $px (i32.const 0))
      (loop $column
        (local.set $n
          (call $rounds
            ;; From -2.2 to 1.0 across, from -1.2 to 1.2 down.
            (f64.add (f64.const -2.2)
              (f64.mul (f64.convert_i32_u (local.get $px)) (f64.const 0.02)))
            (f64.add (f64.const -1.2)
              (f64.mul (f64.convert_i32_u (local.get $py)) (f64.const 0.02)))
            (local.get $limit)))
        (local.set $inside
          (i32.add
            (local.get $inside)
            (i32.eq (local.get $n) (local.get $limit))))
        (i32.store
          (local.get $address)
          (call $colour (local.get $n) (local.get $limit)))
        (local.set $address (i32.add (local.get $address) (i32.const 4)))
        (local.set $px (i32.add (local.get $px) (i32.const 1)))
        (br_if $column (i32.lt_u (local.get $px) (global.get $width))))

      ;; Show the picture after every fourth row.
      (if (i32.eqz (i32.and (local.get $py) (i32.const 3)))
        (then
          (call $blit (i32.const 0))
          (call $show)))

      (local.set $py (i32.add (local.get $py) (i32.const 1)))
      (br_if $row (i32.lt_u (local.get $py) (global.get $height))))

    (call $blit (i32.const 0))
    (call $show)
    (local.get $inside)))
