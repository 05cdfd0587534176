;; Host functions
;;
;; What a module cannot do itself it asks of its host. The functions
;; imported from "env" are written in JavaScript: see the tab host.js.
;; Each gets a context first, and through it reads and writes our memory.

(module
  ;; Takes a name from memory, writes a greeting at $to, gives its length.
  (import "env" "greet"
    (func $greet
      (param $name i32) (param $length i32) (param $to i32) (result i32)))
  ;; Comes back after a while: the machine waits, the page does not.
  (import "env" "wait" (func $wait (param $milliseconds i32)))
  ;; An i64 is a BigInt in JavaScript.
  (import "env" "square" (func $square (param i64) (result i64)))
  (import "print" "string"
    (func $print (param $address i32) (param $length i32)))
  (import "print" "newline" (func $newline))

  (memory (export "memory") 1)
  (data (i32.const 0) "Ada")

  (func (export "meet") (param $number i64) (result i64)
    (local $length i32)
    (local.set $length
      (call $greet (i32.const 0) (i32.const 3) (i32.const 64)))
    (call $wait (i32.const 400))
    (call $print (i32.const 64) (local.get $length))
    (call $newline)
    (call $square (local.get $number))))
