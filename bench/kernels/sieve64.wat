;; The sieve of Eratosthenes in a memory with 64-bit addresses; else as in sieve.wat.
(module
  (memory i64 1)

  ;; Number of primes below n. The memory grows to hold n bytes.
  (func (export "run") (param $n32 i32) (result i64)
    (local $n i64) (local $missing i64) (local $i i64) (local $j i64) (local $count i64)
    (local.set $n (i64.extend_i32_u (local.get $n32)))
    (local.set $missing
      (i64.sub
        (i64.add (i64.shr_u (local.get $n) (i64.const 16)) (i64.const 1))
        (memory.size)))
    (if (i64.gt_s (local.get $missing) (i64.const 0))
      (then
        (if (i64.eq (memory.grow (local.get $missing)) (i64.const -1))
          (then (unreachable)))))
    (memory.fill (i64.const 0) (i32.const 0) (local.get $n))
    (local.set $i (i64.const 2))
    (block $done
      (loop $next
        (br_if $done (i64.ge_u (local.get $i) (local.get $n)))
        (if (i32.eqz (i32.load8_u (local.get $i)))
          (then
            (local.set $count (i64.add (local.get $count) (i64.const 1)))
            (local.set $j (i64.shl (local.get $i) (i64.const 1)))
            (block $struck
              (loop $strike
                (br_if $struck (i64.ge_u (local.get $j) (local.get $n)))
                (i32.store8 (local.get $j) (i32.const 1))
                (local.set $j (i64.add (local.get $j) (local.get $i)))
                (br $strike)))))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br $next)))
    (local.get $count)))
