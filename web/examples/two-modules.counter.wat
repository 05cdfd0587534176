;; A module that others use. It keeps its count for itself and lets others
;; see it only through what it exports.

(module
  (global $count (mut i32) (i32.const 0))

  ;; Its memory is exported too: both modules work on the same bytes.
  (memory (export "notes") 1)

  (func $next (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))

  (func $reset (export "reset")
    (global.set $count (i32.const 0))))
