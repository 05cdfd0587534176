(module
  (memory 1)
  (func $inner (param $n i32) (result i32)
    (i32.add (i32.const 7)
      (i32.mul (local.get $n)
        (i32.load offset=65533 (i32.sub (local.get $n) (i32.const 3))))))
  (func (export "run") (param $n i32) (result i32) (local $i i32)
    (loop $again
      (drop (call $inner (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $i)))
