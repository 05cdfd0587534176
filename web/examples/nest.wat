;; A nest in a nest
;;
;; This machine is WebAssembly that runs WebAssembly. So it can run itself.
;; The module "waspnest" beside this one is the very machine that you are
;; looking at, built once more as a module without imports. It reads a third,
;; tiny module, and runs it: a machine in a machine in your browser.
;;
;; Run the call: two to the power of 10, counted by the innermost module.
;; Then step in, and see how many instructions of the outer machine it takes
;; to run one of the inner.

(module
  (import "waspnest" "memory" (memory 1))
  (import "waspnest" "room" (func $room (param $len i32) (result i32)))
  (import "waspnest" "load" (func $load (result i32)))
  (import "waspnest" "call" (func $call (param $arg i64) (result i32)))
  (import "waspnest" "result" (func $result (result i64)))
  (import "waspnest" "gas" (func $gas (result i64)))
  (import "waspnest" "message" (func $message (result i32)))
  (import "waspnest" "message_len" (func $message_len (result i32)))
  (import "print" "i64" (func $print (param i64)))
  (import "print" "string" (func $print_string (param i32 i32)))

  ;; The innermost module, in the binary format. In the text format it is
  ;;
  ;;   (module
  ;;     (func (export "run") (param i32) (result i32)
  ;;       (local i32)
  ;;       (local.set 1 (i32.const 1))
  ;;       (block
  ;;         (loop
  ;;           (br_if 1 (i32.eqz (local.get 0)))
  ;;           (local.set 1 (i32.shl (local.get 1) (i32.const 1)))
  ;;           (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
  ;;           (br 0)))
  ;;       (local.get 1)))
  (data $inner
    "\00asm\01\00\00\00"                       ;; magic and version
    "\01\06\01\60\01\7f\01\7f"                 ;; type: i32 to i32
    "\03\02\01\00"                             ;; one function of that type
    "\07\07\01\03run\00\00"                    ;; exported by the name run
    "\0a\27\01\25\01\01\7f"                    ;; its code, with one local
    "\41\01\21\01\02\40\03\40\20\00\45\0d\01"
    "\20\01\41\01\74\21\01\20\00\41\01\6b\21\00\0c\00\0b\0b"
    "\20\01\0b")

  (func $say
    (call $print_string (call $message) (call $message_len)))

  (func (export "power") (param $n i64) (result i64)
    ;; Copy the inner module into the memory of the machine that will run it.
    (memory.init $inner
      (call $room (i32.const 70))
      (i32.const 0)
      (i32.const 70))

    ;; It is read and validated there, as any module is here.
    (if (call $load)
      (then (call $say) (return (i64.const -1))))

    (if (call $call (local.get $n))
      (then (call $say) (return (i64.const -1))))

    ;; What the inner program paid, by the inner meter.
    (call $print (call $gas))
    (call $result)))
