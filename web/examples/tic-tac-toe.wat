;; Tic-tac-toe
;;
;; The module knows the rules and nothing else. It asks JavaScript for each
;; move and lets JavaScript draw the board: see host.js. The board is nine
;; bytes of memory: 120 is "x", 111 is "o", 0 is free.
;;
;; To play against it, call "play" with 3 and press the keys 1 to 9.

(module
  (import "game" "get_move_for_player"
    (func $get_move_for_player (param $player i32) (result i32)))
  (import "game" "draw_board" (func $draw_board))
  (import "game" "invalid_move" (func $invalid_move (param $place i32)))
  (import "game" "game_over" (func $game_over (param $winner i32)))

  (memory (export "game_mem") 1)
  ;; The eight lines that win, three places each, behind the board.
  (data (i32.const 16)
    "\00\01\02" "\03\04\05" "\06\07\08"      ;; across
    "\00\03\06" "\01\04\07" "\02\05\08"      ;; down
    "\00\04\08" "\02\04\06")                 ;; diagonal

  ;; Which game is played; host.js reads it to choose the players.
  (global $game (export "game") (mut i32) (i32.const 0))

  ;; 1 when $player stands on all three places of the line at $line.
  (func $holds (param $player i32) (param $line i32) (result i32)
    (i32.and
      (i32.and
        (i32.eq
          (i32.load8_u (i32.load8_u (local.get $line)))
          (local.get $player))
        (i32.eq
          (i32.load8_u (i32.load8_u offset=1 (local.get $line)))
          (local.get $player)))
      (i32.eq
        (i32.load8_u (i32.load8_u offset=2 (local.get $line)))
        (local.get $player))))

  (func $has_won (param $player i32) (result i32)
    (local $line i32)
    (local.set $line (i32.const 16))
    (loop $next
      (if (call $holds (local.get $player) (local.get $line))
        (then (return (i32.const 1))))
      (local.set $line (i32.add (local.get $line) (i32.const 3)))
      (br_if $next (i32.lt_u (local.get $line) (i32.const 40))))
    (i32.const 0))

  ;; Asks until the move is allowed: a place from 0 to 8 that is free.
  (func $take_turn (param $player i32)
    (local $place i32)
    (loop $ask
      (local.set $place (call $get_move_for_player (local.get $player)))
      (if (i32.lt_u (local.get $place) (i32.const 9))
        (then
          (if (i32.eqz (i32.load8_u (local.get $place)))
            (then
              (i32.store8 (local.get $place) (local.get $player))
              (return)))))
      (call $invalid_move (local.get $place))
      (br $ask)))

  ;; 1: careful x against careless o.  2: both careful.  3: you are x, with
  ;; the keys 1 to 9, which lie like the board.
  ;; The result is the winner, 120 or 111, or 0 for a draw.
  (func (export "play") (param $which i32) (result i32)
    (local $player i32)
    (local $turns i32)
    (local $winner i32)

    (global.set $game (local.get $which))
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 9))
    (local.set $player (i32.const 120))
    (call $draw_board)

    (block $over
      (loop $turn
        (call $take_turn (local.get $player))
        (call $draw_board)

        (if (call $has_won (local.get $player))
          (then
            (local.set $winner (local.get $player))
            (br $over)))

        ;; Nine turns and no winner: the board is full, a draw.
        (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
        (br_if $over (i32.eq (local.get $turns) (i32.const 9)))

        ;; 120 + 111 = 231, so this turns one player into the other.
        (local.set $player (i32.sub (i32.const 231) (local.get $player)))
        (br $turn)))

    (call $game_over (local.get $winner))
    (local.get $winner)))
