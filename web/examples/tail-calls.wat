;; Tail calls
;;
;; A call that is the last thing a function does need not come back: the
;; new frame may take the place of the old one. return_call says so, and
;; recursion becomes a loop that never uses up the stack.
;;
;; Step through "is_even": the call stack stays as short as it is.
;; Then try "is_even_plain", which does the same with ordinary calls.

(module
  (import "print" "string"
    (func $print (param $address i32) (param $length i32)))
  (import "print" "newline" (func $newline))

  (memory (export "memory") 1)
  (data (i32.const 0) "even")
  (data (i32.const 8) "odd")

  ;; n is even when n - 1 is odd, and odd when n - 1 is even.
  (func $even (param $n i32) (result i32)
    (if (i32.eqz (local.get $n))
      (then (return (i32.const 1))))
    (return_call $odd (i32.sub (local.get $n) (i32.const 1))))

  (func $odd (param $n i32) (result i32)
    (if (i32.eqz (local.get $n))
      (then (return (i32.const 0))))
    (return_call $even (i32.sub (local.get $n) (i32.const 1))))

  (func (export "is_even") (param $n i32) (result i32)
    (local $answer i32)
    (local.set $answer (call $even (local.get $n)))
    (if (local.get $answer)
      (then (call $print (i32.const 0) (i32.const 4)))
      (else (call $print (i32.const 8) (i32.const 3))))
    (call $newline)
    (local.get $answer))

  ;; The same with plain calls: a frame for every number.
  (func $even_plain (param $n i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 1))
      (else (call $odd_plain (i32.sub (local.get $n) (i32.const 1))))))

  (func $odd_plain (param $n i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 0))
      (else (call $even_plain (i32.sub (local.get $n) (i32.const 1))))))

  (func (export "is_even_plain") (param $n i32) (result i32)
    (call $even_plain (local.get $n))))
