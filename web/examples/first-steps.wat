;; First steps
;;
;; A WebAssembly machine works with a stack: an instruction pops its
;; operands off the stack and pushes its results back on.
;;
;; Press "Step in" again and again and watch three things: the marked
;; instruction, the operand stack, and the line that says what happened.

(module
  (import "print" "i32" (func $print (param i32)))

  ;; One page of memory: 65,536 bytes, all of them zero at first.
  (memory (export "memory") 1)

  (func (export "add") (param $a i32) (param $b i32) (result i32)
    (local $sum i32)

    local.get $a        ;; push the value of $a
    local.get $b        ;; push the value of $b
    i32.add             ;; pop both, push their sum
    local.set $sum      ;; pop the sum into the local variable $sum

    ;; The same style, folded: operands stand inside the brackets.
    ;; The machine still does the innermost first.
    (i32.store
      (i32.const 16)         ;; the address
      (local.get $sum))      ;; the value: look at byte 16 of the memory

    (call $print (local.get $sum))

    ;; What is left on the stack at the end is the result.
    local.get $sum))
