// What nearly every project contains, so that a link need not: deflate may point back into this text as if it had come first.
// Frozen: a dictionary that was ever published stays as it is, to the last character, or links of its version cannot be read.
// Later text is cheaper to point at, so the commonest phrases stand last.

const JAVASCRIPT = `
  async get(ctx, address, length) {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const bytes = ctx.memory("memory").bytes(address, length);
    const text = ctx.memory().string(address, length);
    ctx.memory().write(address, new TextEncoder().encode(text));
    ctx.print(\`\${value}\`);
    ctx.global("name").get();
    ctx.charge(10);
    ctx.canvas.rect(x, y, 8, 8, 0xffffffff);
    for (let i = 0; i < length; i += 1) {
      if (x === undefined) return undefined;
    }
    return 0;
  },
};
/** The functions that the module imports. */
export const env = {
  log(ctx, value) {
    ctx.print(value);
  },
};
`;

const TEXT_FORMAT = `
;; memory.size table.size table.get table.set table.grow table.fill table.init table.copy elem.drop data.drop ref.null func ref.is_null ref.func extern externref funcref anyref
 v128 f32.reinterpret_i32 i32.reinterpret_f32 i64.reinterpret_f64 f64.reinterpret_i64 f64.promote_f32 f32.demote_f64 i32.trunc_sat_f64_s i64.trunc_f64_u i32.extend8_s i32.extend16_s i64.extend32_s f64.copysign f64.nearest f64.floor f64.ceil f64.trunc f64.sqrt f64.min f64.max f64.neg f64.abs
 i64.load8_u i64.load16_u i64.load32_u i64.load32_s i64.store8 i64.store16 i64.store32 i32.load8_s i32.load16_s i32.load16_u i32.store16 i32.clz i32.ctz i32.popcnt i32.rotl i32.rotr i64.rotl
 f32.const f32.load f32.store f32.add f32.sub f32.mul f32.div f64.convert_i32_s f64.convert_i32_u f64.const 1.0 f64.load f64.store f64.add f64.sub f64.mul f64.div f64.lt f64.gt f64.le f64.ge
 i64.extend_i32_s i64.extend_i32_u i32.wrap_i64 i64.eqz i64.eq i64.ne i64.lt_s i64.le_u i64.gt_s i64.ge_u i64.shl i64.shr_u i64.and i64.or i64.xor i64.load i64.store i64.sub i64.mul i64.add i64.const 1
  (import "env" "log" (func $log (param i64)))
  (import "print" "string" (func $print (param $address i32) (param $length i32)))
  (import "print" "u32" (func $print (param i32)))
  (import "print" "f64" (func $f64 (param f64)))
  (import "print" "i64" (func $print (param i64)))
  (import "print" "char" (func $char (param i32)))
  (import "print" "newline" (func $newline))
  (import "random" "range" (func $range (param $low i32) (param $high i32) (result i32)))
  (import "canvas" "size" (func $size (param $width i32) (param $height i32)))
  (import "canvas" "blit" (func $blit (param $address i32)))
  (import "canvas" "rect" (func $rect (param $x i32) (param $y i32)
  (import "canvas" "pixel" (func $pixel
  (import "canvas" "show" (func $show))
  (import "keyboard" "down" (func $down (param $key i32) (result i32)))
  (global $count (export "count") (mut i32) (i32.const 0))
  (type $binary (func (param i32 i32) (result i32)))
  (table (export "table") 4 funcref)
  (elem (i32.const 0) $add $sub
  (start $main)
  (data (i32.const 0) "Hello, world\\n")
    (call_indirect (type $
    (return_call $
    (br_table $
    (memory.copy (memory.fill (memory.grow (i32.const 1))
    (global.set $x (i32.add (global.get $x) (i32.const 1)))
    (unreachable) (return (i32.const -1)) (drop (nop)
    (select
    (i32.store8 offset=1 (local.get $address) (i32.load8_u offset=4 (local.get $i32.store (i32.load (local.get $
    (i32.and (i32.or (i32.xor (i32.shl (i32.shr_u (i32.shr_s (i32.div_s (i32.div_u (i32.rem_s (i32.rem_u (i32.eq (i32.ne (i32.lt_s (i32.lt_u (i32.le_s (i32.le_u (i32.gt_s (i32.gt_u (i32.ge_s (i32.eqz (local.get $
;; A function that calls itself for the result of the stack and the memory. This is what the machine pushes and pops when you step in.
  ;; Gives the number of bytes, at most
    ;; The value is the address of the first byte: 0 when there is
(module
  (import "print" "i32" (func $print (param i32)))

  ;; One page of memory: 65,536 bytes
  (memory (export "memory") 1)

  (func $fib (export "fib") (param $n i64) (result i64)
  (func (export "main") (param $x i32) (param $y i32) (result i32)
    (local $i i32)
    (local $result i32)
    (local $address i32)

    local.get $a
    local.get $b
    i32.add
    local.set $sum
    i32.const 0
    (if (result i32) (i32.eqz (local.get $n))
      (then
        (i32.const 0))
      (else
        (call $print (local.get $x))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $x (i32.mul (local.get $x) (local.get $i)))
        (local.set $i (i32.sub (local.get $i) (i32.const 1)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
        (br $again)))
    (local.get $result)))
`;

const DOCUMENT =
  `"schedule":"waspvm-0.8.1","alchemy-cycles","limits":{"gas":"none","gas":"10000000","stackSlots":65536,"memoryPages":,"hostMillis":` +
  `"breakpoints":[["module",100],["main",` +
  `"layout":"","host":"export const env = {\\n  "modules":[{"name":"main","packed":"AGFzbQEAAAA"}],` +
  `{"waspnest":1,"title":"untitled","call":{"module":"module","export":"main","args":["10","0"]},"modules":[{"name":"module","text":"(module\\n  "}]}` +
  `","modules":[{"name":"module","text":";; `;

/** Texts stand in the document as JSON strings, so here too: with \n and \" in two characters. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

const VERSION_1 = new TextEncoder().encode(escaped(JAVASCRIPT) + escaped(TEXT_FORMAT) + DOCUMENT);

/** `version`: one that was published. */
export function dictionaryOf(version: number): Uint8Array {
  if (version !== 1) throw new Error(`there is no dictionary of version ${version}`);
  return VERSION_1;
}
