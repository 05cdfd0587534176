;; First steps
;;
;; This machine works with a stack: an
;; instruction pops its operands and
;; pushes its results.
;;
;; Press "Step in" again and again and
;; watch the marked instruction, the
;; stack, and the line that says what
;; happened.

(module
  (import "print" "i32"
    (func $print (param i32)))

  ;; One page of memory: 65,536 zeros.
  (memory (export "memory") 1)

  (func (export "add")
    (param $a i32) (param $b i32)
    (result i32)
    (local $sum i32)

    local.get $a    ;; push $a
    local.get $b    ;; push $b
    i32.add         ;; pop both, push sum
    local.set $sum  ;; pop it into $sum

    ;; The same, folded: operands are in
    ;; brackets; the innermost is first.
    (i32.store
      (i32.const 16)     ;; at byte 16
      (local.get $sum))

    (call $print (local.get $sum))

    ;; What is left on the stack at the
    ;; end is the result.
    local.get $sum))
