;; The Mandelbrot set, four points at a time: f32x4 arithmetic, comparisons and masks.
(module
  ;; Sum of the iterations of n x n points, at most 64 each; n is a multiple of 4.
  (func (export "run") (param $n i32) (result i64)
    (local $row i32) (local $column i32) (local $left i32) (local $step f32)
    (local $cr v128) (local $ci v128) (local $zr v128) (local $zi v128)
    (local $rr v128) (local $ii v128) (local $inside v128) (local $count v128) (local $sum v128)
    (local.set $step (f32.div (f32.const 3) (f32.convert_i32_u (local.get $n))))
    (loop $rows
      (local.set $ci
        (f32x4.splat
          (f32.sub (f32.mul (f32.convert_i32_u (local.get $row)) (local.get $step)) (f32.const 1.5))))
      (local.set $column (i32.const 0))
      (loop $columns
        (local.set $cr
          (f32x4.sub
            (f32x4.mul
              (f32x4.add
                (f32x4.splat (f32.convert_i32_u (local.get $column)))
                (v128.const f32x4 0 1 2 3))
              (f32x4.splat (local.get $step)))
            (v128.const f32x4 2 2 2 2)))
        (local.set $zr (local.get $cr))
        (local.set $zi (local.get $ci))
        (local.set $count (v128.const i32x4 0 0 0 0))
        (local.set $left (i32.const 64))
        (block $escaped
          (loop $iterations
            (local.set $rr (f32x4.mul (local.get $zr) (local.get $zr)))
            (local.set $ii (f32x4.mul (local.get $zi) (local.get $zi)))
            (local.set $inside
              (f32x4.le (f32x4.add (local.get $rr) (local.get $ii)) (v128.const f32x4 4 4 4 4)))
            (br_if $escaped (i32.eqz (v128.any_true (local.get $inside))))
            ;; A mask is -1 in each lane that is still inside.
            (local.set $count (i32x4.sub (local.get $count) (local.get $inside)))
            (local.set $zi
              (f32x4.add
                (f32x4.mul (f32x4.add (local.get $zr) (local.get $zr)) (local.get $zi))
                (local.get $ci)))
            (local.set $zr
              (f32x4.add (f32x4.sub (local.get $rr) (local.get $ii)) (local.get $cr)))
            (br_if $iterations
              (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))
        (local.set $sum (i32x4.add (local.get $sum) (local.get $count)))
        (br_if $columns
          (i32.lt_u
            (local.tee $column (i32.add (local.get $column) (i32.const 4)))
            (local.get $n))))
      (br_if $rows
        (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 1))) (local.get $n))))
    (i64.extend_i32_u
      (i32.add
        (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
        (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))))
