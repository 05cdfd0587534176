;; Structures and references
;;
;; A structure has fields but no address: only a reference leads to it, and
;; no arithmetic makes one. The machine keeps structures on its heap, and takes
;; away those that nothing refers to any more.
;; Step through and watch the pane "Heap": the field that was set is marked,
;; and a node that was taken out of the list is shown as out of reach.

(module
  (import "print" "i32" (func $print (param i32)))

  ;; A node of the list: a value that stays, and the next node, or null.
  (type $node (struct
    (field $value i32)
    (field $next (mut (ref null $node)))))

  ;; The list begins here. Nothing is in it yet.
  (global $first (mut (ref null $node)) (ref.null $node))

  ;; Puts a value in front: the new node refers to what was the first.
  (func $push (param $value i32)
    (global.set $first
      (struct.new $node (local.get $value) (global.get $first))))

  ;; Turns the list round: each node comes to refer to the one before it.
  (func $reverse
    (local $before (ref null $node))   ;; null at first
    (local $at (ref null $node))
    (local $after (ref null $node))
    (local.set $at (global.get $first))
    (block $end
      (loop $next
        (br_if $end (ref.is_null (local.get $at)))
        (local.set $after (struct.get $node $next (local.get $at)))
        (struct.set $node $next (local.get $at) (local.get $before))
        (local.set $before (local.get $at))
        (local.set $at (local.get $after))
        (br $next)))
    (global.set $first (local.get $before)))

  ;; Takes out every second node. Nobody frees it: that nothing refers to it is
  ;; enough.
  (func $thin_out
    (local $at (ref null $node))
    (local $next (ref null $node))
    (local.set $at (global.get $first))
    (block $end
      (loop $more
        (br_if $end (ref.is_null (local.get $at)))
        (local.set $next (struct.get $node $next (local.get $at)))
        (br_if $end (ref.is_null (local.get $next)))
        (struct.set $node $next
          (local.get $at)
          (struct.get $node $next (local.get $next)))
        (local.set $at (struct.get $node $next (local.get $at)))
        (br $more))))

  ;; Prints the values in order and adds them up.
  (func $sum (result i32)
    (local $node (ref $node))          ;; never null: it must be set first
    (local $at (ref null $node))
    (local $sum i32)
    (local.set $at (global.get $first))
    (block $end
      (loop $next
        ;; Null leaves the loop; what is left on the stack is not null.
        (local.set $node (br_on_null $end (local.get $at)))
        (call $print (struct.get $node $value (local.get $node)))
        (local.set $sum
          (i32.add
            (local.get $sum)
            (struct.get $node $value (local.get $node))))
        (local.set $at (struct.get $node $next (local.get $node)))
        (br $next)))
    (local.get $sum))

  ;; The numbers up to n, in order, every second of them taken out. Try 0.
  (func (export "odd_ones") (param $n i32) (result i32)
    (local $i i32)
    (block $done
      (loop $push_next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (call $push (local.get $i))
        (br $push_next)))
    (call $reverse)
    (call $thin_out)
    (call $sum))

  ;; Asks a null for a field: a trap that says which.
  (func (export "value_of_nothing") (result i32)
    (struct.get $node $value (ref.null $node))))
