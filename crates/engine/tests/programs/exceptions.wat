;; Exceptions of all kinds: thrown far down, in tail calls, after host calls; caught by tag, by all,
;; with and without a reference, in a loop's label and in the function's own; thrown again.
(module
  (import "host" "tap" (func $tap (param i32) (result i32)))
  (tag $odd (param i32))
  (tag $pair (param i64 f64))
  (tag $none)
  (type $thrower (func (param i32) (result i32)))
  (table funcref (elem $deep $tail $twice $again $by_loop $by_function))
  (global $kept (mut exnref) (ref.null exn))
  (global $sum (mut i32) (i32.const 0))

  (func $deep (param $n i32) (result i32) (local $extra i64)
    (if (i32.eqz (local.get $n))
      (then (throw $pair (i64.const 7) (f64.const 0.5))))
    (local.set $extra (i64.extend_i32_u (local.get $n)))
    (i32.add (call $deep (i32.sub (local.get $n) (i32.const 1)))
             (i32.wrap_i64 (local.get $extra))))

  ;; Throws in place of a caller of its own.
  (func $tail (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (throw $none)))
    (return_call $tail (i32.sub (local.get $n) (i32.const 1))))

  ;; Catches, changes the value, throws another exception past its own handler.
  (func $twice (param $n i32) (result i32)
    (block $h (result i32)
      (try_table (catch $odd $h)
        (throw $odd (call $tap (local.get $n))))
      (unreachable))
    (i32.add (i32.const 100))
    (throw $odd))

  ;; Catches all with a reference, keeps it, and throws it again.
  (func $again (param $n i32) (result i32)
    (block $h (result exnref)
      (try_table (catch_all_ref $h)
        (drop (call $deep (local.get $n))))
      (unreachable))
    (global.set $kept)
    (throw_ref (global.get $kept)))

  ;; The label is a loop's: each catch is the next round.
  (func $by_loop (param $n i32) (result i32)
    (i32.const 0)
    (loop $again (param i32) (result i32)
      (global.set $sum (i32.add (global.get $sum)))
      (local.tee $n (i32.sub (local.get $n) (i32.const 1)))
      (if (i32.gt_s (i32.const 0)) (then
        (try_table (catch $odd $again)
          (throw $odd (local.get $n)))))
      (global.get $sum)
      (return)))

  ;; The label is the function's: a catch returns.
  (func $caught (param $n i32) (result exnref)
    (try_table (catch_all_ref 0) (drop (call $twice (local.get $n))))
    (ref.null exn))
  (func $by_function (param $n i32) (result i32)
    (global.set $kept (call $caught (local.get $n)))
    (ref.is_null (global.get $kept)))

  (func (export "run") (param $n i32) (result i32) (local $result i32)
    (loop $round
      (block $done
        (block $other (result exnref)
          (block $pair (result i64 f64 exnref)
            (block $odd (result i32)
              (try_table (catch $odd $odd) (catch_ref $pair $pair) (catch_all_ref $other)
                (local.set $result (i32.add (local.get $result)
                  (call_indirect (type $thrower) (local.get $n)
                    (i32.rem_u (local.get $n) (i32.const 6))))))
              (br $done))
            (local.set $result (i32.add (local.get $result)))
            (br $done))
          (drop)
          (drop)
          (local.set $result (i32.add (i32.wrap_i64) (local.get $result)))
          (br $done))
        (global.set $kept)
        (local.set $result (i32.xor (local.get $result) (i32.const 5))))
      (br_if $round (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $result)))
