;; Strings and printing
;;
;; WebAssembly has no strings. A text is some bytes in memory, and to hand
;; it over you say where it begins and how long it is.

(module
  (import "print" "string"
    (func $print (param $address i32) (param $length i32)))
  (import "print" "char" (func $char (param i32)))
  (import "print" "newline" (func $newline))

  (memory (export "memory") 1)
  (data (i32.const 0) "a wasp in a nest")
  ;; UTF-8: the bee takes four bytes, as the memory shows.
  (data (i32.const 32) "and a bee: \f0\9f\90\9d")

  ;; Shouts, then turns the text around. Gives the number of letters.
  (func (export "play") (result i32)
    (local $i i32)
    (local $letter i32)
    (local $letters i32)

    (call $print (i32.const 0) (i32.const 16))
    (call $newline)
    (call $print (i32.const 32) (i32.const 15))
    (call $newline)

    ;; A copy at 64, changed letter by letter: "a" to "z" are 97 to 122,
    ;; and the capital of each is 32 lower.
    (memory.copy (i32.const 64) (i32.const 0) (i32.const 16))
    (loop $next
      (local.set $letter (i32.load8_u offset=64 (local.get $i)))
      (if (i32.and
            (i32.ge_u (local.get $letter) (i32.const 97))
            (i32.le_u (local.get $letter) (i32.const 122)))
        (then
          (i32.store8 offset=64 (local.get $i)
            (i32.sub (local.get $letter) (i32.const 32)))
          (local.set $letters (i32.add (local.get $letters) (i32.const 1)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 16))))
    (call $print (i32.const 64) (i32.const 16))
    (call $newline)

    ;; Backwards, one character at a time.
    (loop $back
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (call $char (i32.load8_u (local.get $i)))
      (br_if $back (local.get $i)))
    (call $newline)

    (local.get $letters)))
