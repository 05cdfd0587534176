;; Indirect calls
;;
;; A table holds functions, and call_indirect calls one by its number.
;; That is how function pointers, closures and virtual methods are made.
;; The call says which type it expects, and the machine checks it.

(module
  (import "print" "i32" (func $print (param i32)))

  ;; A name for the type of all our operations.
  (type $binary (func (param i32 i32) (result i32)))

  (table (export "operations") 4 funcref)
  (elem (i32.const 0) $add $subtract $multiply $larger)

  (func $add (type $binary)
    (i32.add (local.get 0) (local.get 1)))
  (func $subtract (type $binary)
    (i32.sub (local.get 0) (local.get 1)))
  (func $multiply (type $binary)
    (i32.mul (local.get 0) (local.get 1)))
  (func $larger (type $binary)
    (select
      (local.get 0)
      (local.get 1)
      (i32.gt_s (local.get 0) (local.get 1))))

  ;; One operation, chosen by its number. Try 4: the table ends at 3.
  (func $apply (export "apply")
    (param $operation i32) (param $a i32) (param $b i32) (result i32)
    (call_indirect (type $binary)
      (local.get $a)
      (local.get $b)
      (local.get $operation)))       ;; the number in the table comes last

  ;; All of them after each other; the result is the sum of the results.
  (func (export "apply_all") (param $a i32) (param $b i32) (result i32)
    (local $operation i32)
    (local $result i32)
    (local $sum i32)
    (loop $next
      (local.set $result
        (call $apply (local.get $operation) (local.get $a) (local.get $b)))
      (call $print (local.get $result))
      (local.set $sum (i32.add (local.get $sum) (local.get $result)))
      (local.set $operation (i32.add (local.get $operation) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $operation) (table.size))))
    (local.get $sum)))
