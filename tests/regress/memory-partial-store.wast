;; A store that reaches past the end writes nothing, not even the bytes that would fit.
;; Addresses do not wrap round at 4 GiB.

(module
  (memory 1)
  (func (export "store64") (param i32) (i64.store (local.get 0) (i64.const -1)))
  (func (export "store64+") (param i32)
    (i64.store offset=0xffffffff (local.get 0) (i64.const -1)))
  (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "fill") (param i32 i32)
    (memory.fill (local.get 0) (i32.const 0xaa) (local.get 1)))
  (func (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2))))

(assert_trap (invoke "store64" (i32.const 65529)) "out of bounds memory access")
(assert_return (invoke "load8" (i32.const 65529)) (i32.const 0))
(assert_return (invoke "load8" (i32.const 65535)) (i32.const 0))
(assert_trap (invoke "store64" (i32.const -4)) "out of bounds memory access")
(assert_trap (invoke "store64+" (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "store64+" (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "load8" (i32.const 0)) (i32.const 0))

(assert_trap (invoke "fill" (i32.const 65000) (i32.const 537)) "out of bounds memory access")
(assert_return (invoke "load8" (i32.const 65000)) (i32.const 0))
(assert_return (invoke "fill" (i32.const 65536) (i32.const 0)))
(assert_trap (invoke "fill" (i32.const 65537) (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "fill" (i32.const 65000) (i32.const 536)))

;; Copies that overlap, in both directions.
(assert_return (invoke "copy" (i32.const 64999) (i32.const 65000) (i32.const 536)))
(assert_return (invoke "load8" (i32.const 64999)) (i32.const 0xaa))
(assert_return (invoke "copy" (i32.const 64997) (i32.const 64996) (i32.const 4)))
(assert_return (invoke "load8" (i32.const 64996)) (i32.const 0))
(assert_return (invoke "load8" (i32.const 64999)) (i32.const 0))
(assert_return (invoke "load8" (i32.const 65000)) (i32.const 0xaa))
