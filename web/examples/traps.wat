;; A gallery of traps
;;
;; Nothing here can harm the page. Each function runs into one wall of the
;; sandbox on purpose: choose one in the call form, run it, and read the
;; sentence. The machine stops *at* the instruction, with everything still
;; there to be looked at.

(module
  (memory (export "memory") 1)
  (table 2 funcref)
  (elem (i32.const 0) $takes_nothing)
  (func $takes_nothing)

  ;; Reads four bytes. The memory ends at 65536: 65532 works, 65533 does not.
  (func (export "out_of_bounds") (param $address i32) (result i32)
    (i32.load (local.get $address)))

  ;; Try 1 / 0, then -2147483648 / -1, whose result does not fit.
  (func (export "divide") (param $a i32) (param $b i32) (result i32)
    (i32.div_s (local.get $a) (local.get $b)))

  ;; Not a number has no whole part. 3e9 is too large for an i32.
  (func (export "convert") (param $x f64) (result i32)
    (i32.trunc_f64_s (local.get $x)))

  ;; For places that must never be reached.
  (func (export "unreachable")
    (unreachable))

  ;; 0 is a function of another type, 1 is empty, 2 is outside the table.
  (func (export "wrong_call") (param $entry i32) (result i32)
    (call_indirect (result i32) (local.get $entry)))

  ;; Never ends by itself. The gas runs out; add some and it goes on.
  (func (export "endless_loop")
    (loop $forever
      (br $forever)))

  ;; Calls itself until the stack limit is reached.
  (func $deeper (export "endless_recursion") (param $depth i32) (result i32)
    (call $deeper (i32.add (local.get $depth) (i32.const 1))))

  ;; Asks for memory until it gets no more: memory.grow answers -1 at the
  ;; limit. That is no trap; the result is the number of pages it got.
  (func (export "memory_bomb") (result i32)
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    (memory.size)))
