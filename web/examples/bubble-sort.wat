;; Bubble sort, seen in memory
;;
;; The data segment below puts letters at address 0. Sorting swaps
;; neighbours until none stands in the wrong order. Set a breakpoint on the
;; line marked (*), press Continue, and watch the largest letter wander to
;; the end of the text column.

(module
  (import "print" "string"
    (func $print (param $address i32) (param $length i32)))
  (import "print" "newline" (func $newline))

  (memory (export "memory") 1)
  (data (i32.const 0) "SPHINXOFBLACKQUARTZ")

  (func (export "sort") (param $length i32) (result i32)
    (local $i i32)
    (local $end i32)
    (local $swaps i32)
    (local $left i32)
    (local $right i32)

    (local.set $end (i32.sub (local.get $length) (i32.const 1)))
    (block $sorted
      (loop $pass
        (br_if $sorted (i32.le_s (local.get $end) (i32.const 0)))
        (call $print (i32.const 0) (local.get $length))
        (call $newline)

        (local.set $i (i32.const 0))
        (loop $pair
          (local.set $left (i32.load8_u (local.get $i)))
          ;; offset=1 adds 1 to the address: the right neighbour.
          (local.set $right (i32.load8_u offset=1 (local.get $i)))

          (if (i32.gt_u (local.get $left) (local.get $right))
            (then
              (i32.store8 (local.get $i) (local.get $right))
              (i32.store8 offset=1 (local.get $i) (local.get $left))
              (local.set $swaps                              ;; (*)
                (i32.add (local.get $swaps) (i32.const 1)))))

          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $pair (i32.lt_s (local.get $i) (local.get $end))))

        ;; The last letter of this pass is in its place for good.
        (local.set $end (i32.sub (local.get $end) (i32.const 1)))
        (br $pass)))

    (call $print (i32.const 0) (local.get $length))
    (call $newline)
    (local.get $swaps)))
