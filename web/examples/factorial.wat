;; Factorial
;;
;; A function that calls itself. Each call gets a frame of its own with its
;; own $n: step in a few times and watch the call stack grow, then choose
;; an outer frame there to see the $n that is still waiting.

(module
  (import "print" "i64" (func $print (param i64)))

  (func $factorial (export "factorial") (param $n i64) (result i64)
    (local $result i64)

    (if (i64.le_u (local.get $n) (i64.const 1))
      (then
        (local.set $result (i64.const 1)))
      (else
        (local.set $result
          (i64.mul
            (local.get $n)
            (call $factorial
              (i64.sub (local.get $n) (i64.const 1)))))))

    ;; Printed on the way back: the innermost call comes first.
    (call $print (local.get $result))
    (local.get $result)))

;; 20! is the largest that fits into 64 bits. Call it with 21 and see
;; what wrapping around makes of it.
