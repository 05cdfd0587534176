;; Structured control with br_table
;;
;; br_table is a switch: it takes a number and branches to the label with
;; that number. To make cases of it, nest one block for each case; a branch
;; to a block lands just behind its end.
;;
;; Here it drives a little machine inside the machine. Its program is the
;; string of digits in memory:
;;   0 stop   1 add one   2 double   3 print   4 back to the start below 100

(module
  (import "print" "i32" (func $print (param i32)))

  (memory (export "memory") 1)
  (data (i32.const 0) "123240")

  (func (export "run") (param $value i32) (result i32)
    (local $at i32)

    (loop $next
      (block $stop
        (block $again
          (block $say
            (block $double
              (block $add
                (br_table $stop $add $double $say $again
                  $stop                      ;; any other number
                  (i32.sub
                    (i32.load8_u (local.get $at))
                    (i32.const 48))))        ;; the digit "0" is byte 48

              ;; Behind $add: case 1.
              (local.set $value (i32.add (local.get $value) (i32.const 1)))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (br $next))

            ;; Behind $double: case 2.
            (local.set $value (i32.shl (local.get $value) (i32.const 1)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br $next))

          ;; Behind $say: case 3.
          (call $print (local.get $value))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next))

        ;; Behind $again: case 4, a jump of the little machine.
        (local.set $at
          (select
            (i32.const 0)
            (i32.add (local.get $at) (i32.const 1))
            (i32.lt_s (local.get $value) (i32.const 100))))
        (br $next)))

    ;; Behind $stop: case 0.
    (local.get $value)))
