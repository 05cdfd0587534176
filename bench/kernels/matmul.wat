;; The product of two square f64 matrices: three nested loops over memory.
(module
  (memory 1)

  (func $fill (param $at i32) (param $len i32) (param $seed i32)
    (local $i i32)
    (loop $next
      (f64.store
        (i32.add (local.get $at) (i32.shl (local.get $i) (i32.const 3)))
        (f64.convert_i32_s
          (i32.sub
            (i32.rem_u
              (i32.add (i32.mul (local.get $i) (i32.const 31)) (local.get $seed))
              (i32.const 17))
            (i32.const 8))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $len)))))

  (func $row_by_column (param $row i32) (param $column i32) (param $n i32) (result f64)
    (local $k i32) (local $stride i32) (local $sum f64)
    (local.set $stride (i32.shl (local.get $n) (i32.const 3)))
    (loop $next
      (local.set $sum
        (f64.add (local.get $sum)
          (f64.mul (f64.load (local.get $row)) (f64.load (local.get $column)))))
      (local.set $row (i32.add (local.get $row) (i32.const 8)))
      (local.set $column (i32.add (local.get $column) (local.get $stride)))
      (local.set $k (i32.add (local.get $k) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $k) (local.get $n))))
    (local.get $sum))

  ;; Multiplies two matrices of n rows and n columns, n at least 1.
  ;; The result is the sum of the product's entries, each times its place, as an integer.
  (func (export "run") (param $n i32) (result i64)
    (local $bytes i32) (local $missing i32) (local $i i32) (local $j i32) (local $sum f64)
    (local.set $bytes
      (i32.shl (i32.mul (local.get $n) (local.get $n)) (i32.const 3)))
    (local.set $missing
      (i32.sub
        (i32.add (i32.shr_u (i32.shl (local.get $bytes) (i32.const 1)) (i32.const 16)) (i32.const 1))
        (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then
        (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1))
          (then (unreachable)))))
    (call $fill (i32.const 0) (i32.mul (local.get $n) (local.get $n)) (i32.const 3))
    (call $fill (local.get $bytes) (i32.mul (local.get $n) (local.get $n)) (i32.const 5))
    (loop $rows
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $sum
          (f64.add (local.get $sum)
            (f64.mul
              (f64.convert_i32_u
                (i32.add (i32.mul (local.get $i) (local.get $n)) (local.get $j)))
              (call $row_by_column
                (i32.shl (i32.mul (local.get $i) (local.get $n)) (i32.const 3))
                (i32.add (local.get $bytes) (i32.shl (local.get $j) (i32.const 3)))
                (local.get $n)))))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $columns (i32.lt_u (local.get $j) (local.get $n))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $i) (local.get $n))))
    (i64.trunc_sat_f64_s (local.get $sum))))
