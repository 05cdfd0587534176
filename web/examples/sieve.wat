;; The sieve of Eratosthenes
;;
;; Byte number i of the memory stands for the number i. At first every
;; byte holds the letter "p" for prime; then the multiples of each prime
;; are struck out with a dot. Keep the memory in sight while it runs:
;; what is left in the text column are the primes. $n is at least 2.

(module
  (memory (export "memory") 1)

  (func (export "sieve") (param $n i32) (result i32)
    (local $i i32)
    (local $multiple i32)
    (local $count i32)

    ;; Bytes 0 and 1 are no primes, 2 to n - 1 may be.
    (memory.fill (i32.const 0) (i32.const 46) (i32.const 2))
    (memory.fill (i32.const 2) (i32.const 112)
      (i32.sub (local.get $n) (i32.const 2)))

    (local.set $i (i32.const 2))
    (loop $next
      (if (i32.eq (i32.load8_u (local.get $i)) (i32.const 112))
        (then
          (local.set $count (i32.add (local.get $count) (i32.const 1)))

          ;; Strike out 2i, 3i, 4i and so on.
          (local.set $multiple (i32.shl (local.get $i) (i32.const 1)))
          (block $struck
            (loop $strike
              (br_if $struck (i32.ge_u (local.get $multiple) (local.get $n)))
              (i32.store8 (local.get $multiple) (i32.const 46))
              (local.set $multiple
                (i32.add (local.get $multiple) (local.get $i)))
              (br $strike)))))

      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))

    ;; How many primes are below n.
    (local.get $count)))
