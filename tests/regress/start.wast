;; A start function runs before anything else can; one that traps leaves no instance, but what it
;; changed elsewhere stays changed.

(module $store
  (memory (export "memory") 1)
  (func (export "load") (result i32) (i32.load (i32.const 0))))
(register "store")

(assert_trap
  (module
    (import "store" "memory" (memory 1))
    (func $start
      (i32.store (i32.const 0) (i32.const 1))
      (unreachable))
    (start $start))
  "unreachable")
(assert_return (invoke "load") (i32.const 1))

(module
  (import "store" "memory" (memory 1))
  (global $g (export "g") (mut i32) (i32.const 0))
  (func $start (global.set $g (i32.load (i32.const 0))))
  (start $start))
(assert_return (get "g") (i32.const 1))

(assert_trap
  (module (func $start (call $start)) (start $start))
  "call stack exhausted")
