;; Modules that import each other's exports share them; both stay callable.

(module $bank
  (memory (export "memory") 1 2)
  (global $balance (export "balance") (mut i64) (i64.const 100))
  (table (export "table") 2 funcref)
  (func $deposit (export "deposit") (param i64) (result i64)
    (global.set $balance (i64.add (global.get $balance) (local.get 0)))
    (global.get $balance))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (func (export "call") (param i32 i64) (result i64)
    (call_indirect (param i64) (result i64) (local.get 1) (local.get 0))))
(register "bank")

(module $client
  (import "bank" "memory" (memory 1))
  (import "bank" "balance" (global $balance (mut i64)))
  (import "bank" "table" (table 2 funcref))
  (import "bank" "deposit" (func $deposit (param i64) (result i64)))
  (global $own (mut i64) (i64.const 7))
  (elem (i32.const 0) $withdraw $deposit)
  (func $withdraw (param i64) (result i64)
    (global.set $own (i64.add (global.get $own) (local.get 0)))
    (call $deposit (i64.sub (i64.const 0) (local.get 0))))
  (func (export "own") (result i64) (global.get $own))
  (func (export "size") (result i32) (memory.size))
  (func (export "poke") (i32.store (i32.const 65536) (i32.const 42)))
  (func (export "peek") (result i32) (i32.load (i32.const 65536))))

(assert_return (invoke $bank "deposit" (i64.const 10)) (i64.const 110))
;; A function of the client, called through the bank's table, works on the client's globals.
(assert_return (invoke $bank "call" (i32.const 0) (i64.const 5)) (i64.const 105))
(assert_return (invoke $client "own") (i64.const 12))
(assert_return (invoke $bank "call" (i32.const 1) (i64.const 1)) (i64.const 106))
(assert_return (get $bank "balance") (i64.const 106))
;; A memory that one module grows is as large for the other.
(assert_trap (invoke $client "poke") "out of bounds memory access")
(assert_return (invoke $bank "grow") (i32.const 1))
(assert_return (invoke $client "size") (i32.const 2))
(assert_return (invoke $client "poke"))
(assert_return (invoke $client "peek") (i32.const 42))

(assert_unlinkable
  (module (import "bank" "memory" (memory 1 1)))
  "incompatible import type")
(assert_unlinkable
  (module (import "bank" "deposit" (func (param i32) (result i64))))
  "incompatible import type")
(assert_unlinkable
  (module (import "bank" "balance" (global i64)))
  "incompatible import type")
(assert_unlinkable
  (module (import "bank" "vault" (func)))
  "unknown import")
