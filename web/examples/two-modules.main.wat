;; Two modules
;;
;; An import names a module and one of its exports. The first module of this
;; project is called "counter" (see its tab), so its exports are imported
;; from "counter". Step into "next": the text of the other module opens.

(module
  (import "counter" "next" (func $next (result i32)))
  (import "counter" "reset" (func $reset))
  (import "counter" "notes" (memory 1))
  (import "print" "i32" (func $print (param i32)))

  ;; Counts to $n and notes every number in the shared memory.
  (func (export "count_to") (param $n i32) (result i32)
    (local $i i32)
    (call $reset)
    (block $done
      (loop $again
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $i (call $next))
        (i32.store
          (i32.shl (local.get $i) (i32.const 2))     ;; four bytes each
          (local.get $i))
        (call $print (local.get $i))
        (br $again)))
    (local.get $i)))
