;; Calls through a table: the shape of virtual methods and of interpreters.
(module
  (type $op (func (param i64 i32) (result i64)))
  (table funcref
    (elem $add $sub $xor $rotate $mul $shift $square $swap))

  (func $add (type $op)
    (i64.add (local.get 0) (i64.extend_i32_u (local.get 1))))
  (func $sub (type $op)
    (i64.sub (local.get 0) (i64.extend_i32_u (local.get 1))))
  (func $xor (type $op)
    (i64.xor (local.get 0) (i64.extend_i32_u (local.get 1))))
  (func $rotate (type $op)
    (i64.rotl (local.get 0) (i64.extend_i32_u (local.get 1))))
  (func $mul (type $op)
    (i64.mul (local.get 0) (i64.const 0x5851f42d4c957f2d)))
  (func $shift (type $op)
    (i64.xor (local.get 0) (i64.shr_u (local.get 0) (i64.const 29))))
  (func $square (type $op)
    (i64.add (i64.mul (local.get 0) (local.get 0)) (i64.const 1)))
  (func $swap (type $op)
    (i64.or
      (i64.shl (local.get 0) (i64.const 32))
      (i64.shr_u (local.get 0) (i64.const 32))))

  ;; Applies n operations, each chosen by the value so far, n at least 1.
  (func (export "run") (param $n i32) (result i64)
    (local $value i64)
    (local.set $value (i64.const 0x9e3779b97f4a7c15))
    (loop $next
      (local.set $value
        (call_indirect (type $op)
          (local.get $value)
          (local.get $n)
          (i32.and
            (i32.xor (i32.wrap_i64 (i64.shr_u (local.get $value) (i64.const 17))) (local.get $n))
            (i32.const 7))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (local.get $n)))
    (local.get $value)))
