;; Every NaN that arithmetic makes is the positive canonical one, on every machine.

(module
  (func (export "f32.div") (result i32)
    (i32.reinterpret_f32 (f32.div (f32.const 0) (f32.const 0))))
  (func (export "f32.sqrt") (result i32)
    (i32.reinterpret_f32 (f32.sqrt (f32.const -1))))
  (func (export "f64.sub") (result i64)
    (i64.reinterpret_f64 (f64.sub (f64.const inf) (f64.const inf))))
  (func (export "payload") (result i32)
    (i32.reinterpret_f32 (f32.add (f32.const nan:0x200001) (f32.const 1))))
  (func (export "promote") (result i64)
    (i64.reinterpret_f64 (f64.promote_f32 (f32.const -nan:0x400001))))
  (func (export "min") (result i64)
    (i64.reinterpret_f64 (f64.min (f64.const -nan) (f64.const 1))))
  ;; Sign operations are not arithmetic: they keep every other bit.
  (func (export "neg") (result i32)
    (i32.reinterpret_f32 (f32.neg (f32.const nan:0x200001)))))

(assert_return (invoke "f32.div") (i32.const 0x7fc00000))
(assert_return (invoke "f32.sqrt") (i32.const 0x7fc00000))
(assert_return (invoke "f64.sub") (i64.const 0x7ff8000000000000))
(assert_return (invoke "payload") (i32.const 0x7fc00000))
(assert_return (invoke "promote") (i64.const 0x7ff8000000000000))
(assert_return (invoke "min") (i64.const 0x7ff8000000000000))
(assert_return (invoke "neg") (i32.const 0xffa00001))
