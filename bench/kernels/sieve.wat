;; The sieve of Eratosthenes with one byte for each number: byte stores with a stride.
(module
  (memory 1)

  ;; Number of primes below n. The memory grows to hold n bytes.
  (func (export "run") (param $n i32) (result i64)
    (local $missing i32) (local $i i32) (local $j i32) (local $count i64)
    (local.set $missing
      (i32.sub
        (i32.add (i32.shr_u (local.get $n) (i32.const 16)) (i32.const 1))
        (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then
        (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1))
          (then (unreachable)))))
    (memory.fill (i32.const 0) (i32.const 0) (local.get $n))
    (local.set $i (i32.const 2))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (if (i32.eqz (i32.load8_u (local.get $i)))
          (then
            (local.set $count (i64.add (local.get $count) (i64.const 1)))
            (local.set $j (i32.shl (local.get $i) (i32.const 1)))
            (block $struck
              (loop $strike
                (br_if $struck (i32.ge_u (local.get $j) (local.get $n)))
                (i32.store8 (local.get $j) (i32.const 1))
                (local.set $j (i32.add (local.get $j) (local.get $i)))
                (br $strike)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $count)))
