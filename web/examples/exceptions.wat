;; Exceptions
;;
;; A throw leaves everything around it, block after block and frame
;; after frame, up to a try_table with a clause for its tag. The values
;; that it carries land where that clause points.
;;
;; Step in until a throw comes next: the pane "Exceptions" tells who is
;; going to catch it, before it flies. One more step, and it is there.

(module
  (import "print" "char" (func $print_char (param $char i32)))
  (import "print" "newline" (func $newline))

  ;; A tag is a kind of exception, and says what it carries.
  (tag $not_a_digit (param i32 i32)) ;; the character, and its address
  (tag $no_numbers)

  (memory (export "memory") 1)
  (data (i32.const 0) "12,7,x9,30\00")
  (data (i32.const 16) "a,b\00")

  ;; 1 while someone is at work.
  (global $busy (mut i32) (i32.const 0))

  ;; The value of a digit. For anything else there is no answer to give,
  ;; and what to do about it is for others to say: so it throws.
  (func $digit (param $char i32) (param $at i32) (result i32)
    (if (i32.gt_u (i32.sub (local.get $char) (i32.const 48)) (i32.const 9))
      (then (throw $not_a_digit (local.get $char) (local.get $at))))
    (i32.sub (local.get $char) (i32.const 48)))

  ;; The number at an address, up to a comma or the end of the text. No
  ;; word about exceptions here: they pass through.
  (func $number (param $at i32) (result i32)
    (local $char i32) (local $value i32)
    (block $end
      (loop $next
        (local.set $char (i32.load8_u (local.get $at)))
        (br_if $end (i32.eqz (local.get $char)))
        (br_if $end (i32.eq (local.get $char) (i32.const 44)))
        (local.set $value
          (i32.add
            (i32.mul (local.get $value) (i32.const 10))
            (call $digit (local.get $char) (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $value))

  ;; The address behind the next comma, or that of the end of the text.
  (func $skip (param $at i32) (result i32)
    (local $char i32)
    (loop $next
      (local.set $char (i32.load8_u (local.get $at)))
      (if (local.get $char)
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br_if $next (i32.ne (local.get $char) (i32.const 44))))))
    (local.get $at))

  ;; Sum and count of all numbers; what is none is printed and left out.
  (func $sum (param $at i32) (result i32 i32)
    (local $sum i32) (local $count i32)
    (loop $next
      (block $done
        ;; The clause goes on at the end of $bad, so $bad has the type
        ;; of what it brings: two i32. The sum that waits on the stack
        ;; to be added to is dropped on the way.
        (block $bad (result i32 i32)
          (local.set $sum
            (i32.add
              (local.get $sum)
              (try_table (result i32) (catch $not_a_digit $bad)
                (call $number (local.get $at)))))
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (br $done))
        (drop)             ;; the address
        (call $print_char) ;; the character
        (call $newline))
      (local.set $at (call $skip (local.get $at)))
      (br_if $next (i32.load8_u (local.get $at))))
    (local.get $sum)
    (local.get $count))

  ;; A division by zero is a trap, and no clause catches a trap. An
  ;; exception gives others the chance to do so.
  (func $divide (param $sum i32) (param $count i32) (result i32)
    (if (i32.eqz (local.get $count))
      (then (throw $no_numbers)))
    (i32.div_s (local.get $sum) (local.get $count)))

  ;; The average of the numbers in a text: try 0, then 16, where there
  ;; are none. Nothing catches that for good, so it ends the call: the
  ;; machine stops at the throw_ref.
  (func (export "average") (param $text i32) (result i32)
    (global.set $busy (i32.const 1))
    (block $any (result exnref)
      ;; catch_all takes every tag, and _ref adds a reference to the
      ;; exception itself.
      (try_table (result i32) (catch_all_ref $any)
        (call $divide (call $sum (local.get $text))))
      (global.set $busy (i32.const 0))
      (return))
    ;; Whatever it was: tidy up, and throw it again as it is.
    (global.set $busy (i32.const 0))
    (throw_ref)))
