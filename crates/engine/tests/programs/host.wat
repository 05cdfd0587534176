(module
  (import "env" "ask" (func $ask (param i32) (result i32)))
  (import "env" "tell" (func $tell (param i32 i64)))
  (func $tail (param i32) (result i32) (return_call $ask (local.get 0)))
  (func (export "run") (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then
        (call $tell (local.get $n) (i64.const -1))
        (i32.add (call $ask (local.get $n)) (call $tail (i32.const 4))))
      (else (i32.const 0)))))
