;; Loops
;;
;; "br" to a block leaves it, "br" to a loop begins it again. Everything
;; other languages call while, for, break and continue is made of these two.

(module
  (import "print" "i32" (func $print (param i32)))

  ;; 1 + 2 + ... + n, printing the total on the way.
  (func (export "sum_to") (param $n i32) (result i32)
    (local $i i32)
    (local $total i32)

    (block $done
      (loop $again
        ;; while $i < $n: when it is not, leave the block.
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))

        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set $total (i32.add (local.get $total) (local.get $i)))
        (call $print (local.get $total))

        ;; Back to the top. Without this line the loop would end here:
        ;; a loop only repeats when something branches to it.
        (br $again)))

    (local.get $total)))
