;; Collatz sequences in i64: small blocks, unpredictable branches, 64-bit arithmetic.
(module
  (func $steps (param $x i64) (result i64)
    (local $count i64)
    (block $done
      (loop $next
        (br_if $done (i64.eq (local.get $x) (i64.const 1)))
        (if (i64.eqz (i64.and (local.get $x) (i64.const 1)))
          (then (local.set $x (i64.shr_u (local.get $x) (i64.const 1))))
          (else
            (local.set $x
              (i64.add (i64.mul (local.get $x) (i64.const 3)) (i64.const 1)))))
        (local.set $count (i64.add (local.get $count) (i64.const 1)))
        (br $next)))
    (local.get $count))

  ;; Sum of the lengths of the sequences that start below n, n at least 2.
  (func (export "run") (param $n i32) (result i64)
    (local $i i32) (local $sum i64)
    (local.set $i (i32.const 1))
    (loop $next
      (local.set $sum
        (i64.add (local.get $sum) (call $steps (i64.extend_i32_u (local.get $i)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $sum)))
