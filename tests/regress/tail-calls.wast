;; Tail calls need no more stack than the largest frame among them.

(module
  (type $step (func (param i32 i64) (result i64)))
  (table funcref (elem $even $odd))

  (func $count (export "count") (param $n i32) (param $sum i64) (result i64)
    (if (result i64) (i32.eqz (local.get $n))
      (then (local.get $sum))
      (else
        (return_call $count
          (i32.sub (local.get $n) (i32.const 1))
          (i64.add (local.get $sum) (i64.const 3))))))

  (func $even (type $step)
    (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call_indirect (type $step)
      (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (i32.const 1)))
  (func $odd (type $step)
    (local i64 i64 i64 i64 i64 i64 i64 i64)
    (if (i32.eqz (local.get 0)) (then (return (i64.const -1))))
    (return_call_indirect (type $step)
      (i32.sub (local.get 0) (i32.const 1))
      (i64.add (local.get 1) (local.get 2))
      (i32.const 0)))
  (func (export "alternate") (param i32) (result i64)
    (call $even (local.get 0) (i64.const 77)))

  ;; More parameters than the caller has, in another order.
  (func $six (param i32 i64 i32 i64 i32 i64) (result i64)
    (i64.sub
      (i64.mul (local.get 1) (i64.const 100))
      (i64.add (local.get 3) (local.get 5))))
  (func (export "spread") (param i64 i64) (result i64)
    (return_call $six
      (i32.const 1) (local.get 1) (i32.const 2) (local.get 0) (i32.const 3) (local.get 1)))

  ;; Locals of the callee begin at zero whatever stood there.
  (func $fresh (param i32) (result i64)
    (local i64 i64 i64)
    (i64.or (local.get 1) (i64.or (local.get 2) (local.get 3))))
  (func (export "fresh") (result i64)
    (local i64 i64 i64 i64)
    (local.set 0 (i64.const -1))
    (local.set 1 (i64.const -1))
    (local.set 2 (i64.const -1))
    (local.set 3 (i64.const -1))
    (return_call $fresh (i32.const 5))))

(assert_return (invoke "count" (i32.const 300000) (i64.const 0)) (i64.const 900000))
(assert_return (invoke "alternate" (i32.const 300000)) (i64.const 77))
(assert_return (invoke "alternate" (i32.const 299999)) (i64.const -1))
(assert_return (invoke "spread" (i64.const 3) (i64.const 5)) (i64.const 492))
(assert_return (invoke "fresh") (i64.const 0))
