;; Deep recursion
;;
;; How deep can calls nest? Here a frame is a few numbers in a plain list,
;; so a hundred thousand calls inside each other are no trouble. Pause
;; somewhere on the way and scroll through the call stack.
;;
;; How deep it may go is the stack limit among the settings. When it is
;; reached the machine stops with a sentence, and everything stays readable.

(module
  (import "print" "i32" (func $print (param i32)))

  ;; The deepest $depth reached so far; see it in the globals.
  (global $deepest (export "deepest") (mut i32) (i32.const 0))

  (func $dive (param $left i32) (result i32)
    (if (result i32) (i32.eqz (local.get $left))
      (then
        (call $print (global.get $deepest))   ;; at the very bottom
        (i32.const 0))
      (else
        (global.set $deepest
          (i32.add (global.get $deepest) (i32.const 1)))
        ;; One more than the call inside: added on the way back up.
        (i32.add
          (i32.const 1)
          (call $dive (i32.sub (local.get $left) (i32.const 1)))))))

  (func (export "dive") (param $depth i32) (result i32)
    (global.set $deepest (i32.const 0))
    (call $dive (local.get $depth))))
