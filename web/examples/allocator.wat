;; A memory that grows
;;
;; Memory comes in pages of 64 KiB. memory.grow asks for more and gives the
;; old size in pages, or -1 when the limit is reached. This allocator hands
;; out one piece after the other and grows when the page is full. Watch the
;; size in the memory pane, and the gas: every new page has its price.

(module
  (import "print" "u32" (func $print (param i32)))

  ;; One page now, eight at most.
  (memory (export "memory") 1 8)

  ;; The first free byte. Address 0 stays empty so that 0 can mean "none".
  (global $free (export "free") (mut i32) (i32.const 16))

  ;; Gives the address of $size new bytes, or 0 when there is no room left.
  (func $allocate (export "allocate") (param $size i32) (result i32)
    (local $address i32)
    (local $end i32)

    (local.set $address (global.get $free))
    ;; Round the end up to a multiple of 16: addresses stay aligned.
    (local.set $end
      (i32.and
        (i32.add
          (i32.add (local.get $address) (local.get $size))
          (i32.const 15))
        (i32.const -16)))

    (block $fits
      (loop $more
        (br_if $fits
          (i32.le_u
            (local.get $end)
            (i32.mul (memory.size) (i32.const 65536))))
        ;; -1 means no: there is no room left.
        (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1))
          (then (return (i32.const 0))))
        (br $more)))

    (global.set $free (local.get $end))
    (local.get $address))

  ;; Allocates until nothing is left and marks each piece with its number.
  ;; Gives the number of pieces.
  (func (export "fill") (param $size i32) (result i32)
    (local $piece i32)
    (local $address i32)
    (block $full
      (loop $next
        (local.set $address (call $allocate (local.get $size)))
        (br_if $full (i32.eqz (local.get $address)))
        (call $print (local.get $address))
        (local.set $piece (i32.add (local.get $piece) (i32.const 1)))
        (memory.fill (local.get $address) (local.get $piece) (local.get $size))
        (br $next)))
    (local.get $piece)))
