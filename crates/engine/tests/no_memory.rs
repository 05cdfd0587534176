//! A host that gives no more memory: the program is told nothing, the run stops, and goes on exactly
//! once there is more.
//!
//! The allocator of this test refuses what a thread says is too large for it.
#![allow(unsafe_code)]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use support::*;
use waspnest::*;

thread_local! {
    /// Bytes of the largest piece that the present thread gets.
    static LARGEST: Cell<usize> = const { Cell::new(usize::MAX) };
    /// Bytes of the pieces that were moved into larger ones.
    static MOVED: Cell<usize> = const { Cell::new(0) };
}

struct Refusing;

// Safety: the system's allocator, which is allowed to refuse.
unsafe impl GlobalAlloc for Refusing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match layout.size() <= LARGEST.get() {
            // Safety: as the caller says; so for all below.
            true => unsafe { System.alloc(layout) },
            false => std::ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // Safety: as the caller says.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        MOVED.set(MOVED.get() + layout.size());
        match size <= LARGEST.get() {
            // Safety: as the caller says.
            true => unsafe { System.realloc(pointer, layout, size) },
            false => std::ptr::null_mut(),
        }
    }
}

#[global_allocator]
static ALLOCATOR: Refusing = Refusing;

/// What a host does that gives no piece larger than so many bytes.
fn with_largest<T>(n_bytes: usize, then: impl FnOnce() -> T) -> T {
    LARGEST.set(n_bytes);
    let result = then();
    LARGEST.set(usize::MAX);
    result
}

fn ready(wat: &str, config: Config) -> Machine {
    let (mut machine, instance) = machine(wat, config);
    let run = func(&machine, instance, "run");
    machine.begin(run, &[]).expect("no arguments are wanted");
    machine
}

/// Everything that a run needs more memory for.
const WANTING: &[(&str, Room, &str)] = &[
    (
        "memory",
        Room::Memory,
        "(module (memory 1) (func (export \"run\") (result i32) (local $n i32)
            (loop $again
                (drop (memory.grow (i32.const 3)))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $n) (i32.const 20))))
            (memory.size)))",
    ),
    (
        "memory with 64-bit addresses",
        Room::Memory,
        "(module (memory i64 0 50) (func (export \"run\") (result i64)
            (i64.add (memory.grow (i64.const 51)) (memory.grow (i64.const 50)))))",
    ),
    (
        "table",
        Room::Table,
        "(module (table 1 externref) (func (export \"run\") (result i32)
            (drop (table.grow (ref.null extern) (i32.const 200000)))
            (table.grow (ref.null extern) (i32.const 100000))))",
    ),
    (
        "stack",
        Room::Stack,
        "(module (func $down (export \"run\") (result i32) (call $depth (i32.const 100000)))
            (func $depth (param i32) (result i32)
                (if (result i32) (local.get 0)
                    (then (i32.add (i32.const 1) (call $depth (i32.sub (local.get 0) (i32.const 1)))))
                    (else (i32.const 0)))))",
    ),
    (
        "an array",
        Room::Heap,
        "(module (type $a (array (mut i32))) (func (export \"run\") (result i32)
            (array.len (array.new $a (i32.const 7) (i32.const 300000)))))",
    ),
    (
        "a list of structures",
        Room::Heap,
        "(module (type $cell (struct (field (ref null $cell)) (field i64)))
            (func (export \"run\") (result i32) (local $list (ref null $cell)) (local $n i32)
            (loop $again
                (local.set $list (struct.new $cell (local.get $list) (i64.const 1)))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $n) (i32.const 60000))))
            (ref.is_null (local.get $list))))",
    ),
    (
        "exceptions",
        Room::Heap,
        "(module (type $pair (func (param i64 i64))) (tag $t (type $pair)) (table 1 exnref)
            (func (export \"run\") (result i32) (local $n i32) (local $e exnref)
            (drop (table.grow (ref.null exn) (i32.const 10000)))
            (loop $again
                (block $caught (result i64 i64 exnref)
                    (try_table (catch_ref $t $caught) (throw $t (i64.const 1) (i64.const 2)))
                    (unreachable))
                (local.set $e) (drop) (drop)
                (table.set (local.get $n) (local.get $e))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $n) (i32.const 10000))))
            (local.get $n)))",
    ),
];

/// The largest piece that the host gives in these tests.
const LITTLE: usize = 150_000;

#[test]
fn a_run_that_the_host_refuses_memory_stops_and_goes_on_as_if_it_had_not() {
    for (name, room, wat) in WANTING {
        for (step_stream_only, slice) in [(false, u64::MAX), (true, u64::MAX), (false, 7)] {
            let config = || Config {
                step_stream_only,
                ..Config::default()
            };
            let mut refused = ready(wat, config());
            let stop = with_largest(LITTLE, || to_end(&mut refused, slice));
            let Stop::NoMemory(NoMemory {
                room: for_what,
                bytes,
            }) = stop
            else {
                panic!("{name}: {stop:?}");
            };
            assert_eq!(for_what, *room, "{name}");
            let mut free = ready(wat, config());
            assert_eq!(
                free.run(refused.ticks(), &Until::Finished),
                Stop::Paused,
                "{name}"
            );
            let same = |refused: &Machine, free: &Machine| {
                assert_eq!(refused.ticks(), free.ticks(), "{name}");
                assert_eq!(refused.gas_used(), free.gas_used(), "{name}");
                assert_eq!(refused.state_hash(), free.state_hash(), "{name}");
                assert_eq!(refused.n_frames(), free.n_frames(), "{name}");
                assert_eq!(
                    refused.next_instruction(),
                    free.next_instruction(),
                    "{name}"
                );
            };
            same(&refused, &free);
            // Again, by a step, by a slice, with a trace and at a breakpoint: it stays where it is.
            let again = Stop::NoMemory(NoMemory { room: *room, bytes });
            let ways: [&dyn Fn(&mut Machine) -> Stop; 4] = [
                &|machine| machine.run(1, &Until::Step),
                &|machine| machine.run_slice(u64::MAX, 1, &Until::Finished),
                &|machine| machine.run_traced(9, &Until::Finished, &mut |_, _| true),
                &|machine| {
                    let next = machine.next_instruction().expect("a call is under way");
                    machine.set_breakpoint(next.func, next.offset);
                    let stop = machine.run(u64::MAX, &Until::Finished);
                    assert_eq!(stop, Stop::Breakpoint, "{name}");
                    let stop = machine.run(u64::MAX, &Until::Finished);
                    machine.clear_breakpoints();
                    stop
                },
            ];
            for way in ways {
                assert_eq!(with_largest(LITTLE, || way(&mut refused)), again, "{name}");
                same(&refused, &free);
            }
            let end = to_end(&mut free, u64::MAX);
            assert!(matches!(end, Stop::Finished(_)), "{name}: {end:?}");
            assert_eq!(to_end(&mut refused, slice), end, "{name}");
            same(&refused, &free);
        }
    }
}

#[test]
fn a_refusal_says_what_was_wanted() {
    let (name, room, wat) = WANTING[4];
    let mut machine = ready(wat, Config::default());
    let Stop::NoMemory(refused) = with_largest(LITTLE, || to_end(&mut machine, u64::MAX)) else {
        panic!("{name} was given");
    };
    assert_eq!(
        refused,
        NoMemory {
            room,
            bytes: 1_200_016
        }
    );
    assert_eq!(
        refused.to_string(),
        "the host gave no more memory: the heap wants 1200016 more bytes"
    );
}

#[test]
fn a_collection_that_the_host_refuses_is_made_later() {
    let wat = "(module (type $cell (struct (field (ref null $cell))))
        (func (export \"run\") (result i32) (local $n i32)
            (loop $again
                (drop (struct.new_default $cell))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $n) (i32.const 70000))))
            (local.get $n)))";
    let mut machine = ready(wat, Config::default());
    assert_eq!(machine.run(200_000, &Until::Finished), Stop::Paused);
    assert_eq!(machine.heap_use().collections, 0);
    let stop = with_largest(5_000, || to_end(&mut machine, u64::MAX));
    assert!(
        matches!(
            stop,
            Stop::NoMemory(NoMemory {
                room: Room::Heap,
                ..
            })
        ),
        "{stop:?}"
    );
    assert_eq!(machine.heap_use().collections, 0);
    let end = to_end(&mut machine, u64::MAX);
    assert_eq!(end, Stop::Finished(vec![Value::I32(70_000)]));
    assert_eq!(machine.heap_use().collections, 1);
}

#[test]
fn what_is_refused_outside_of_a_run_is_an_error_and_may_be_tried_again() {
    let refused = |error: &Error| matches!(error.kind(), ErrorKind::NoMemory(_));
    for wat in [
        "(module (memory 4))",
        "(module (table 30000 funcref))",
        "(module (type $a (array i64)) (global (ref $a) (array.new_default $a (i32.const 30000))))",
    ] {
        let mut machine = Machine::new(Config::default());
        let module = Module::new(wat::parse_str(wat).expect("text")).expect("valid");
        let error = with_largest(LITTLE, || machine.instantiate(&module, &[])).expect_err(wat);
        assert!(refused(&error), "{error}");
        machine.instantiate(&module, &[]).expect(wat);
    }

    // The first frame of a call.
    let params = "i64 ".repeat(900);
    let wat = format!("(module (func (export \"run\")) (func (export \"wide\") (param {params})))");
    let (mut machine, instance) = machine(&wat, Config::default());
    let wide = func(&machine, instance, "wide");
    let args = vec![Value::I64(1); 900];
    let stop = |machine: &mut Machine| machine.run(u64::MAX, &Until::Finished);
    // It is translated for this, which is no matter of the machine's limits.
    machine.set_breakpoint(wide, WasmOffset(0));
    machine.clear_breakpoints();
    // The slots of the arguments alone take 7,200 bytes.
    let error = with_largest(7_204, || machine.begin(wide, &args));
    assert!(error.is_err_and(|error| refused(&error)));
    assert_eq!(machine.state(), &Status::Idle);
    machine.begin(wide, &args).expect("now there is room");
    assert_eq!(stop(&mut machine), Stop::Finished(Vec::new()));

    // An exception of a host function that somebody catches as an object.
    let wat = "(module (import \"host\" \"f\" (func $f)) (type $a (array i64))
        (tag $t (export \"t\") (param i32)) (global $a (mut (ref null $a)) (ref.null $a))
        (func (export \"run\") (result exnref)
            (global.set $a (array.new_default $a (i32.const 2048)))
            (block $caught (result i32 exnref)
                (try_table (catch_ref $t $caught) (call $f)) (unreachable))
            (return)))";
    let wat = wat.replace("(return)))", "(local.set 0) (drop) (local.get 0)))");
    let wat = wat.replace("(result exnref)\n", "(result exnref) (local exnref)\n");
    let mut machine = ready(&wat, Config::default());
    let call = stop(&mut machine);
    assert!(matches!(call, Stop::HostCall(_)));
    let tag = match machine.export(InstanceIdx(0), "t") {
        Some(Extern::Tag(tag)) => tag,
        other => panic!("{other:?}"),
    };
    let error = with_largest(16_390, || machine.throw_from_host(tag, &[Value::I32(3)]));
    assert!(error.is_err_and(|error| refused(&error)));
    assert_eq!(stop(&mut machine), call);
    machine
        .throw_from_host(tag, &[Value::I32(3)])
        .expect("now there is room");
    assert!(matches!(stop(&mut machine), Stop::Finished(_)));
}

#[test]
fn growing_page_by_page_moves_little() {
    let n_pages = 4_096;
    let wat = format!(
        "(module (memory 0) (func (export \"run\") (result i32)
            (loop $again (br_if $again (i32.lt_u (memory.grow (i32.const 1)) (i32.const {}))))
            (memory.size)))",
        n_pages - 1
    );
    let config = || Config {
        memory_pages: n_pages,
        ..Config::default()
    };
    let mut machine = ready(&wat, config());
    let before = MOVED.get();
    let end = Stop::Finished(vec![Value::I32(n_pages as i32)]);
    assert_eq!(to_end(&mut machine, u64::MAX), end);
    let moved = (MOVED.get() - before) as u64;
    assert!(moved < 3 * n_pages * PAGE_SIZE, "{moved} bytes were moved");
    assert!(!machine.memory(MemAddr(0)).iter().any(|byte| *byte != 0));

    // A host that gives just what is needed and no reserve gives that page by page.
    let mut machine = ready(&wat, config());
    let all = (n_pages * PAGE_SIZE) as usize;
    assert_eq!(with_largest(all, || to_end(&mut machine, u64::MAX)), end);
}

#[test]
fn expressions_of_a_segment_are_not_kept_twice() {
    let n = 100_000;
    let wat = format!(
        "(module (table {n} funcref) (func (export \"run\"))
            (elem (table 0) (i32.const 0) funcref {}))",
        "(ref.null func)".repeat(n)
    );
    let bytes = wat::parse_str(&wat).expect("the text is a module");
    let before = MOVED.get();
    let module = Module::new(bytes).expect("valid");
    let moved = MOVED.get() - before;
    assert!(moved < 1 << 20, "{moved} bytes were moved");
    let mut machine = Machine::new(Config::default());
    machine.instantiate(&module, &[]).expect("instantiates");
    let last = machine.table_get(TableAddr(0), n as u64 - 1);
    assert_eq!(last, Some(Value::default_of(ValType::Ref(RefType::FUNC))));
}
