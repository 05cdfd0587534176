//! The heap: what is reachable stays, everything else goes, and nobody can tell when.

mod support;

use support::*;
use waspnest::*;

const GRAPH: &str = r#"(module
    (type $node (struct (field $id (mut i64)) (field $a (mut anyref)) (field $b (mut (ref null eq)))))
    (type $row (array (mut anyref)))
    (type $text (array (mut i8)))
    (table $roots 8 anyref)
    (func (export "node") (param $at i32) (param $id i32)
        (table.set $roots (local.get $at)
            (struct.new $node (i64.extend_i32_s (local.get $id)) (ref.null any) (ref.null eq))))
    (func (export "row") (param $at i32) (param $len i32)
        (table.set $roots (local.get $at)
            (array.new_default $row (local.get $len))))
    (func (export "drop") (param $at i32) (table.set $roots (local.get $at) (ref.null any)))
    (func (export "link") (param $from i32) (param $place i32) (param $to i32)
        (local $object anyref)
        (local.set $object (table.get $roots (local.get $from)))
        (if (ref.test (ref $row) (local.get $object))
            (then (array.set $row (ref.cast (ref $row) (local.get $object)) (local.get $place)
                (table.get $roots (local.get $to))))
            (else (if (local.get $place)
                (then (struct.set $node $a (ref.cast (ref $node) (local.get $object))
                    (table.get $roots (local.get $to))))
                (else (struct.set $node $b (ref.cast (ref $node) (local.get $object))
                    (ref.cast (ref null eq) (table.get $roots (local.get $to)))))))))
    (func (export "follow") (param $at i32) (param $from i32) (param $place i32)
        (local $object anyref)
        (local.set $object (table.get $roots (local.get $from)))
        (table.set $roots (local.get $at)
            (if (result anyref) (ref.test (ref $row) (local.get $object))
                (then (array.get $row (ref.cast (ref $row) (local.get $object)) (local.get $place)))
                (else (if (result anyref) (local.get $place)
                    (then (struct.get $node $a (ref.cast (ref $node) (local.get $object))))
                    (else (struct.get $node $b (ref.cast (ref $node) (local.get $object)))))))))
    (func (export "same") (param $a i32) (param $b i32) (result i32)
        (ref.eq (ref.cast (ref null eq) (table.get $roots (local.get $a)))
            (ref.cast (ref null eq) (table.get $roots (local.get $b)))))
    (func (export "id") (param $at i32) (result i64)
        (struct.get $node $id (ref.cast (ref $node) (table.get $roots (local.get $at)))))
    (func (export "garbage") (param $n i32) (result i32)
        (array.len (array.new $text (i32.const 1) (local.get $n))))
)"#;

/// What the program should hold: nodes by what they refer to.
#[derive(Default)]
struct Model {
    /// Identity, and what each place refers to.
    objects: Vec<(Option<usize>, Vec<Option<usize>>)>,
    roots: [Option<usize>; 8],
}

impl Model {
    fn n_reachable(&self) -> usize {
        let mut seen = vec![false; self.objects.len()];
        let mut open: Vec<usize> = self.roots.iter().flatten().copied().collect();
        let mut n = 0;
        while let Some(object) = open.pop() {
            if !std::mem::replace(&mut seen[object], true) {
                n += 1;
                open.extend(self.objects[object].1.iter().flatten());
            }
        }
        n
    }
}

#[test]
fn random_graphs_are_what_a_model_says() {
    for seed in 1..=12_u64 {
        let random = &mut Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let collect_always = seed % 3 == 0;
        let config = Config {
            heap_bytes: 40_000,
            collect_always,
            ..Config::default()
        };
        let (mut machine, _) = machine(GRAPH, config);
        let mut model = Model::default();
        for step in 0..2_000 {
            let (at, from) = (random.below(8), random.below(8));
            let object = model.roots[from];
            match random.below(8) {
                0 | 1 => {
                    let id = model.objects.len();
                    invoke(&mut machine, "node", &i32s(&[at, id]));
                    model.objects.push((Some(id), vec![None; 2]));
                    model.roots[at] = Some(id);
                }
                2 => {
                    let len = 1 + random.below(5);
                    invoke(&mut machine, "row", &i32s(&[at, len]));
                    model.objects.push((None, vec![None; len]));
                    model.roots[at] = Some(model.objects.len() - 1);
                }
                3 => {
                    invoke(&mut machine, "drop", &i32s(&[at]));
                    model.roots[at] = None;
                }
                4 | 5 => {
                    let Some(object) = object else { continue };
                    let place = random.below(model.objects[object].1.len());
                    invoke(&mut machine, "link", &i32s(&[from, place, at]));
                    model.objects[object].1[place] = model.roots[at];
                }
                6 => {
                    let Some(object) = object else { continue };
                    let place = random.below(model.objects[object].1.len());
                    invoke(&mut machine, "follow", &i32s(&[at, from, place]));
                    model.roots[at] = model.objects[object].1[place];
                }
                _ => {
                    let n = random.below(3_000);
                    let len = invoke(&mut machine, "garbage", &i32s(&[n]));
                    assert_eq!(len, Some(Value::I32(n as i32)));
                    if collect_always {
                        // Nothing but the garbage itself is there beside what the model has.
                        let n_objects = machine.heap_use().objects as usize;
                        assert_eq!(
                            n_objects,
                            model.n_reachable() + 1,
                            "seed {seed}, step {step}"
                        );
                    }
                }
            }
            let same = invoke(&mut machine, "same", &i32s(&[at, from]));
            let expected = model.roots[at] == model.roots[from];
            assert_eq!(
                same,
                Some(Value::I32(expected.into())),
                "seed {seed}, step {step}"
            );
            if let Some((Some(id), _)) = model.roots[at].map(|object| &model.objects[object]) {
                let found = invoke(&mut machine, "id", &i32s(&[at]));
                assert_eq!(
                    found,
                    Some(Value::I64(*id as i64)),
                    "seed {seed}, step {step}"
                );
            }
            assert!(machine.heap_use().bytes <= 40_000);
        }
    }
}

/// Runs a program to its end in slices; gives the outcome, and the state at every stop.
fn outcome(wat: &str, config: Config, slice: u64) -> (Stop, u64, u64, Vec<u64>) {
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[Value::I32(11)]).expect("one i32");
    let mut hashes = Vec::new();
    let stop = loop {
        let stop = machine.run(slice, &Until::Finished);
        hashes.push(machine.state_hash());
        match stop {
            Stop::Paused => {}
            Stop::HostCall(call) => answer(&mut machine, &call),
            stop => break stop,
        }
    };
    (stop, machine.gas_used().0, machine.ticks(), hashes)
}

#[test]
fn collecting_at_every_object_changes_nothing_that_can_be_seen() {
    let wat = include_str!("programs/objects.wat");
    for (slice, step_stream_only) in [(1, false), (13, false), (17, true), (u64::MAX, false)] {
        let config = |collect_always| Config {
            collect_always,
            step_stream_only,
            schedule: Schedule::waspvm(),
            ..Config::default()
        };
        assert_eq!(
            outcome(wat, config(false), slice),
            outcome(wat, config(true), slice),
            "slices of {slice}"
        );
    }
}

#[test]
fn a_clone_goes_on_by_itself_with_objects_on_its_stacks() {
    let wat = include_str!("programs/objects.wat");
    let config = Config {
        collect_always: true,
        ..Config::default()
    };
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[Value::I32(9)]).expect("one i32");
    let random = &mut Random(77);
    let mut stops = Vec::new();
    let end = loop {
        let stop = machine.run(1 + random.below(20) as u64, &Until::Finished);
        stops.push(machine.clone());
        match stop {
            Stop::Paused => {}
            Stop::HostCall(call) => answer(&mut machine, &call),
            stop => break stop,
        }
    };
    assert!(stops.len() > 100);
    for mut copy in stops {
        assert_eq!(to_end(&mut copy, u64::MAX), end);
        assert_eq!(copy.state_hash(), machine.state_hash());
        assert_eq!(copy.heap_use(), machine.heap_use());
    }
}

const LISTS: &str = r#"(module
    (type $cell (struct (field $next (mut (ref null $cell))) (field $value i32)))
    (type $text (array (mut i8)))
    (global $list (mut (ref null $cell)) (ref.null $cell))
    (func (export "build") (param $n i32)
        (loop $more
            (global.set $list (struct.new $cell (global.get $list) (local.get $n)))
            (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "close") (local $at (ref null $cell))
        (local.set $at (global.get $list))
        (block $end
            (loop $more
                (br_on_null $end (struct.get $cell $next (local.get $at)))
                (local.set $at)
                (br $more))
            unreachable)
        (struct.set $cell $next (local.get $at) (global.get $list)))
    (func (export "forget") (global.set $list (ref.null $cell)))
    (func (export "garbage") (param $n i32)
        (drop (array.new_default $text (local.get $n))))
    (func (export "count") (param $most i32) (result i32) (local $at (ref null $cell)) (local $n i32)
        (local.set $at (global.get $list))
        (block $end
            (loop $more
                (br_if $end (ref.is_null (local.get $at)))
                (local.set $at (struct.get $cell $next (local.get $at)))
                (br_if $more (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1)))
                    (local.get $most)))))
        (local.get $n))
    ;; Frames in number, each with a reference on its operand stack, and garbage at the bottom.
    (func $deep (export "deep") (param $n i32) (result i32)
        (if (i32.eqz (local.get $n))
            (then
                (drop (array.new_default $text (i32.const 60000000)))
                (drop (array.new_default $text (i32.const 60000000)))
                (drop (array.new_default $text (i32.const 60000000)))
                (return (i32.const 0))))
        (struct.new $cell (ref.null $cell) (local.get $n))
        (call $deep (i32.sub (local.get $n) (i32.const 1)))
        (local.set $n)
        (i32.add (struct.get $cell $value) (local.get $n)))
)"#;

#[test]
fn a_million_objects_in_a_list_or_a_cycle_are_kept_and_collected() {
    let (mut machine, _) = machine(LISTS, Config::default());
    let million = 1_000_000;
    assert_eq!(machine.heap_use().collections, 0);
    for is_cycle in [false, true] {
        invoke(&mut machine, "build", &i32s(&[million]));
        if is_cycle {
            invoke(&mut machine, "close", &[]);
        }
        for size in [100_000_000, 100_000_000, 100_000_000] {
            invoke(&mut machine, "garbage", &i32s(&[size]));
        }
        assert_eq!(machine.heap_use().objects, million as u32 + 1);
        let count = invoke(&mut machine, "count", &i32s(&[million + 5]));
        let expected = if is_cycle { million + 5 } else { million };
        assert_eq!(count, Some(Value::I32(expected as i32)));
        invoke(&mut machine, "forget", &[]);
        for size in [150_000_000, 150_000_000] {
            invoke(&mut machine, "garbage", &i32s(&[size]));
        }
        assert_eq!(machine.heap_use().objects, 1);
    }
    assert!((4..100).contains(&machine.heap_use().collections));
}

#[test]
fn references_in_a_million_frames_are_roots() {
    let (mut machine, _) = machine(LISTS, Config::default());
    let sum = invoke(&mut machine, "deep", &i32s(&[1_000_000]));
    let expected: i64 = (1..=1_000_000).sum();
    assert_eq!(sum, Some(Value::I32(expected as i32)));
}

#[test]
fn a_program_that_makes_gigabytes_runs_within_its_limit() {
    let wat = r#"(module
        (type $pair (struct (field (ref null $pair)) (field i64)))
        (type $text (array (mut i16)))
        (func (export "run") (param $n i32) (result i32) (local $kept (ref null $pair))
            (loop $more
                (drop (array.new $text (i32.const 9) (i32.rem_u (local.get $n) (i32.const 5000))))
                (local.set $kept (struct.new $pair
                    (if (result (ref null $pair)) (i32.rem_u (local.get $n) (i32.const 1000))
                        (then (local.get $kept)) (else (ref.null $pair)))
                    (i64.const 1)))
                (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.const 1)))"#;
    let config = Config {
        heap_bytes: 1 << 20,
        ..Config::default()
    };
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[Value::I32(400_000)]).expect("one i32");
    // 400,000 arrays of 5,000 bytes on average are 2 GB.
    while machine.run(100_000, &Until::Finished) == Stop::Paused {
        assert!(machine.heap_use().bytes <= 1 << 20);
    }
    assert_eq!(*machine.state(), Status::Finished(i32s(&[1])));
}

#[test]
fn a_full_heap_is_a_trap_with_everything_readable() {
    let wat = r#"(module
        (type $cell (struct (field (ref null $cell)) (field i64)))
        (type $longs (array (mut i64)))
        (global $list (mut (ref null $cell)) (ref.null $cell))
        (func (export "run") (result i32)
            (loop $more
                (global.set $list (struct.new $cell (global.get $list) (i64.const 1)))
                (br $more))
            unreachable)
        (func (export "huge") (param $n i32)
            (drop (array.new_default $longs (local.get $n))))
        (func (export "free") (global.set $list (ref.null $cell))))"#;
    let config = Config {
        heap_bytes: 32_000,
        ..Config::default()
    };
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no argument");
    let Stop::Trapped(trap) = machine.run(u64::MAX, &Until::Finished) else {
        panic!("no trap")
    };
    assert_eq!(trap.kind(), TrapKind::HeapExhausted);
    assert_eq!(
        trap.to_string(),
        "heap exhausted: struct.new wants more than is left: 32000 of 32000 bytes are in use"
    );
    assert_eq!(machine.heap_use().objects, 1_000);
    assert_eq!(machine.frames(0, 9).len(), 1);
    invoke(&mut machine, "free", &[]);
    invoke(&mut machine, "huge", &i32s(&[3_900]));
    let huge = func(&machine, instance, "huge");
    for n in [4_000, 1_000_000, -1] {
        machine.begin(huge, &[Value::I32(n)]).expect("one i32");
        let Stop::Trapped(trap) = machine.run(u64::MAX, &Until::Finished) else {
            panic!("no trap for {n}")
        };
        assert_eq!(trap.kind(), TrapKind::HeapExhausted);
    }
}

#[test]
fn everything_that_holds_a_reference_is_a_root() {
    let wat = r#"(module
        (type $box (struct (field i32)))
        (type $text (array (mut i8)))
        (import "host" "ask" (func $ask (param anyref externref) (result anyref)))
        (table $any 2 anyref)
        (table $extern 2 externref)
        (global $any (mut anyref) (ref.null any))
        (global $const (ref $box) (struct.new $box (i32.const 1)))
        (elem $passive (ref null $box) (struct.new $box (i32.const 2)) (ref.null $box))
        (func $new (param i32) (result (ref $box)) (struct.new $box (local.get 0)))
        (func (export "fill")
            (table.set $any (i32.const 1) (call $new (i32.const 3)))
            (table.set $extern (i32.const 0) (extern.convert_any (call $new (i32.const 4))))
            (global.set $any (array.new_default $text (i32.const 9))))
        (func (export "ask") (result anyref) (local anyref)
            (local.set 0 (call $new (i32.const 7)))
            (call $new (i32.const 8))
            (call $ask (call $new (i32.const 5)) (extern.convert_any (call $new (i32.const 6))))
            (drop) (drop)
            (call $new (i32.const 10)))
        (func (export "drop") (elem.drop $passive)))"#;
    let config = Config {
        collect_always: true,
        ..Config::default()
    };
    let (mut machine, instance) = machine(wat, config);
    let n_objects = |machine: &mut Machine| {
        // Making one collects all others that are not in use.
        let mut copy = machine.clone();
        let module = Module::new(
            wat::parse_str("(module (type $s (struct)) (global (ref $s) (struct.new $s)))")
                .expect("the text is a module"),
        )
        .expect("valid");
        copy.instantiate(&module, &[]).expect("instantiates");
        copy.heap_use().objects - 1
    };
    assert_eq!(n_objects(&mut machine), 2, "a global and a segment");
    invoke(&mut machine, "fill", &[]);
    assert_eq!(n_objects(&mut machine), 5);
    let ask = func(&machine, instance, "ask");
    machine.begin(ask, &[]).expect("no argument");
    let Stop::HostCall(call) = machine.run(u64::MAX, &Until::Finished) else {
        panic!("no host call")
    };
    assert_eq!(
        n_objects(&mut machine),
        9,
        "two arguments, a local, an operand"
    );
    let Value::Ref(Top::Any, Ref::Object(object)) = call.args[0] else {
        panic!("{:?} is no object", call.args[0])
    };
    assert_eq!(machine.object_field(object, 0), Some(Value::I32(5)));
    machine.keep(call.args[0]).expect("it is there");
    machine.keep(call.args[0]).expect("it is there");
    machine
        .answer(&[call.args[0]])
        .expect("an object that is there");
    let Stop::Finished(results) = machine.run(u64::MAX, &Until::Finished) else {
        panic!("not finished")
    };
    assert_eq!(n_objects(&mut machine), 7, "the kept one and the result");
    machine.abandon();
    assert_eq!(n_objects(&mut machine), 6);
    machine.release(call.args[0]).expect("it was kept twice");
    assert_eq!(n_objects(&mut machine), 6);
    machine.release(call.args[0]).expect("it was kept");
    assert_eq!(n_objects(&mut machine), 5);
    machine.release(call.args[0]).expect_err("it is not kept");
    machine.release(Value::I32(1)).expect("nothing to keep");
    invoke(&mut machine, "drop", &[]);
    assert_eq!(n_objects(&mut machine), 4);
    // What is gone cannot be given back.
    machine.begin(ask, &[]).expect("no argument");
    let _ = machine.run(u64::MAX, &Until::Finished);
    let gone = Value::Ref(Top::Any, Ref::Object(ObjectAddr(9_999)));
    machine
        .answer(&[gone])
        .expect_err("there is no such object");
    assert!(machine.keep(gone).is_err());
    drop(results);
}

#[test]
fn a_slice_ends_where_it_is_time_to_collect() {
    let (mut whole, _) = machine(LISTS, Config::default());
    let mut sliced = whole.clone();
    for (machine, bytes) in [(&mut whole, u64::MAX), (&mut sliced, 1)] {
        let build = func(machine, InstanceIdx(0), "build");
        machine.begin(build, &i32s(&[200_000])).expect("one i32");
        let mut n_slices = 1;
        while machine.run_slice(u64::MAX, bytes, &Until::Finished) == Stop::Paused {
            n_slices += 1;
        }
        // 200,000 objects of 32 bytes: the heap doubles from 1 MiB on.
        let expected = if bytes == 1 { 2..=4 } else { 1..=1 };
        assert!(expected.contains(&n_slices), "{n_slices} slices");
    }
    assert_eq!(whole.state_hash(), sliced.state_hash());
    assert_eq!(whole.heap_use(), sliced.heap_use());
}

#[test]
fn handles_are_held_wherever_the_program_may_find_them_and_no_longer() {
    let wat = r#"(module
        (import "env" "ask" (func $ask (param externref) (result externref)))
        (type $box (struct (field anyref)))
        (tag $lost (param externref))
        (table $t 2 externref)
        (table $funcs 2 funcref)
        (elem (table $funcs) (i32.const 0) func $ask)
        (global $g (mut externref) (ref.null extern))
        (global $b (mut (ref null $box)) (ref.null $box))
        (func (export "run") (param externref externref externref externref)
            (global.set $g (local.get 0))
            (table.set $t (i32.const 1) (local.get 1))
            (global.set $b (struct.new $box (any.convert_extern (local.get 2))))
            (local.set 0 (ref.null extern))
            (local.set 1 (ref.null extern))
            (drop (call $ask (local.get 3))))
        (func (export "drop") (global.set $b (ref.null $box)))
        (func (export "lose") (param externref) (throw $lost (local.get 0))))"#;
    let (mut machine, instance) = machine(wat, Config::default());
    let held = |machine: &Machine| -> Vec<u32> {
        let held = machine.held_handles(8).expect("there is memory");
        (0..8).filter(|handle| held[*handle as usize]).collect()
    };
    assert_eq!(held(&machine), []);
    let args = [1, 3, 5, 6].map(|handle| Value::host(Some(handle)));
    let run = func(&machine, instance, "run");
    machine.begin(run, &args).expect("the arguments fit");
    let Stop::HostCall(_) = machine.run(u64::MAX, &Until::Finished) else {
        panic!("no host call")
    };
    assert_eq!(held(&machine), [1, 3, 5, 6]);
    // Those above the number are not asked for.
    assert_eq!(
        machine.held_handles(4).expect("there is memory"),
        [false, true, false, true]
    );
    machine.answer(&[Value::host(Some(7))]).expect("it fits");
    assert_eq!(held(&machine), [1, 3, 5, 6, 7]);
    let stop = machine.run(u64::MAX, &Until::Finished);
    assert_eq!(stop, Stop::Finished(Vec::new()));
    assert_eq!(held(&machine), [1, 3, 5]);
    invoke(&mut machine, "drop", &[]);
    assert_eq!(held(&machine), [1, 3]);
    // What nothing caught can still be looked at.
    let lose = func(&machine, instance, "lose");
    let lost = [Value::host(Some(2))];
    machine.begin(lose, &lost).expect("the argument fits");
    let Stop::Trapped(_) = machine.run(u64::MAX, &Until::Finished) else {
        panic!("no trap")
    };
    assert_eq!(held(&machine), [1, 2, 3]);
    machine.abandon();
    assert_eq!(held(&machine), [1, 3]);
}
