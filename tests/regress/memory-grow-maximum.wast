;; memory.grow honours the declared maximum and answers -1 beyond it, leaving everything as it was.

(module
  (memory (export "memory") 1 3)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size))
  (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))

(assert_return (invoke "store" (i32.const 65532) (i32.const 0x01020304)))
(assert_return (invoke "grow" (i32.const 0)) (i32.const 1))
(assert_return (invoke "grow" (i32.const 3)) (i32.const -1))
(assert_return (invoke "grow" (i32.const -1)) (i32.const -1))
(assert_return (invoke "size") (i32.const 1))
(assert_return (invoke "grow" (i32.const 1)) (i32.const 1))
(assert_return (invoke "grow" (i32.const 1)) (i32.const 2))
(assert_return (invoke "grow" (i32.const 1)) (i32.const -1))
(assert_return (invoke "size") (i32.const 3))
(assert_return (invoke "load" (i32.const 65532)) (i32.const 0x01020304))
(assert_return (invoke "load" (i32.const 196604)) (i32.const 0))
(assert_trap (invoke "load" (i32.const 196605)) "out of bounds memory access")
