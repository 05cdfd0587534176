// The names of WebAssembly's instructions, by kind, for colours and completion.
// Built from the patterns of the specification's index of instructions (release 3.0), with threads and the
// legacy exception instructions, which browsers still run. What an instruction does is not here: that comes
// with the reference of the core.

export type InstructionKind = "control" | "variable" | "memory" | "numeric" | "vector" | "reference" | "atomic";

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function prefixed(prefixes: string, names: string): readonly string[] {
  return words(prefixes).flatMap((prefix) => words(names).map((name) => `${prefix}.${name}`));
}

const control = words(`
  unreachable nop block loop if else end try_table br br_if br_table br_on_null br_on_non_null br_on_cast
  br_on_cast_fail return call call_indirect call_ref return_call return_call_indirect return_call_ref
  throw throw_ref try delegate rethrow drop select`);

const variable = [...prefixed("local", "get set tee"), ...prefixed("global", "get set")];

const memory = [
  ...prefixed("i32 i64", "load load8_s load8_u load16_s load16_u store store8 store16"),
  ...prefixed("i64", "load32_s load32_u store32"),
  ...prefixed("f32 f64", "load store"),
  ...prefixed("memory", "size grow fill copy init discard"),
  ...prefixed("table", "get set size grow fill copy init"),
  "data.drop",
  "elem.drop",
];

const integer = `clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr
  eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u const extend8_s extend16_s
  trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u
  trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u`;
const float = `const abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign eq ne lt gt le ge
  convert_i32_s convert_i32_u convert_i64_s convert_i64_u`;
const numeric = [
  ...prefixed("i32 i64", integer),
  ...prefixed("i32", "wrap_i64 reinterpret_f32"),
  ...prefixed("i64", "extend32_s extend_i32_s extend_i32_u reinterpret_f64 add128 sub128 mul_wide_s mul_wide_u"),
  ...prefixed("f32 f64", float),
  ...prefixed("f32", "demote_f64 reinterpret_i32"),
  ...prefixed("f64", "promote_f32 reinterpret_i64"),
];

const vector = [
  ...prefixed(
    "v128",
    `const not and andnot or xor bitselect any_true load store load8x8_s load8x8_u load16x4_s load16x4_u
     load32x2_s load32x2_u load8_splat load16_splat load32_splat load64_splat load32_zero load64_zero
     load8_lane load16_lane load32_lane load64_lane store8_lane store16_lane store32_lane store64_lane`,
  ),
  ...prefixed("i8x16 i16x8", "extract_lane_s extract_lane_u add_sat_s add_sat_u sub_sat_s sub_sat_u avgr_u"),
  ...prefixed("i32x4 i64x2 f32x4 f64x2", "extract_lane"),
  ...prefixed("i8x16 i16x8 i32x4 i64x2 f32x4 f64x2", "splat replace_lane eq ne"),
  ...prefixed("i8x16 i16x8 i32x4", "lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u min_s min_u max_s max_u"),
  ...prefixed("i64x2", "lt_s gt_s le_s ge_s"),
  ...prefixed("i8x16 i16x8 i32x4 i64x2", "abs neg all_true bitmask shl shr_s shr_u add sub relaxed_laneselect"),
  ...prefixed("i16x8 i32x4 i64x2", "mul"),
  ...prefixed("i8x16", "shuffle swizzle relaxed_swizzle popcnt narrow_i16x8_s narrow_i16x8_u"),
  ...prefixed(
    "i16x8",
    `narrow_i32x4_s narrow_i32x4_u q15mulr_sat_s relaxed_q15mulr_s extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u
     extend_low_i8x16_s extend_low_i8x16_u extend_high_i8x16_s extend_high_i8x16_u
     extmul_low_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_s extmul_high_i8x16_u relaxed_dot_i8x16_i7x16_s`,
  ),
  ...prefixed(
    "i32x4",
    `dot_i16x8_s extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u
     extend_low_i16x8_s extend_low_i16x8_u extend_high_i16x8_s extend_high_i16x8_u
     extmul_low_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_s extmul_high_i16x8_u
     trunc_sat_f32x4_s trunc_sat_f32x4_u trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero
     relaxed_trunc_f32x4_s relaxed_trunc_f32x4_u relaxed_trunc_f64x2_s_zero relaxed_trunc_f64x2_u_zero
     relaxed_dot_i8x16_i7x16_add_s`,
  ),
  ...prefixed(
    "i64x2",
    `extend_low_i32x4_s extend_low_i32x4_u extend_high_i32x4_s extend_high_i32x4_u
     extmul_low_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_s extmul_high_i32x4_u`,
  ),
  ...prefixed(
    "f32x4 f64x2",
    `lt gt le ge abs neg sqrt ceil floor trunc nearest add sub mul div min max pmin pmax
     relaxed_madd relaxed_nmadd relaxed_min relaxed_max`,
  ),
  ...prefixed("f32x4", "convert_i32x4_s convert_i32x4_u demote_f64x2_zero"),
  ...prefixed("f64x2", "convert_low_i32x4_s convert_low_i32x4_u promote_low_f32x4"),
];

const reference = [
  ...prefixed("ref", "null is_null func eq as_non_null test cast i31"),
  ...prefixed("i31", "get_s get_u"),
  ...prefixed("struct", "new new_default get get_s get_u set"),
  ...prefixed(
    "array",
    "new new_default new_fixed new_data new_elem get get_s get_u set len fill copy init_data init_elem",
  ),
  "any.convert_extern",
  "extern.convert_any",
];

const readModifyWrite = words("add sub and or xor xchg cmpxchg");
const atomic = [
  ...prefixed("memory.atomic", "notify wait32 wait64"),
  "atomic.fence",
  ...prefixed("i32.atomic i64.atomic", "load load8_u load16_u store store8 store16"),
  ...prefixed("i64.atomic", "load32_u store32"),
  ...readModifyWrite.flatMap((name) => [
    ...prefixed("i32.atomic.rmw i64.atomic.rmw", name),
    ...prefixed("i32.atomic.rmw8 i32.atomic.rmw16 i64.atomic.rmw8 i64.atomic.rmw16 i64.atomic.rmw32", `${name}_u`),
  ]),
];

export const instructionNames: Readonly<Record<InstructionKind, readonly string[]>> = {
  control,
  variable,
  memory,
  numeric,
  vector,
  reference,
  atomic,
};

/** Words that open and order the parts of a module and of its types; with those of scripts (`.wast`). */
export const keywordNames = words(`
  module type rec sub final func param result local global mut memory table import export start elem data offset
  declare item tag field struct array pagesize shared then do on cont
  catch catch_ref catch_all catch_all_ref definition instance binary quote component register invoke get
  assert_return assert_trap assert_exhaustion assert_malformed assert_invalid assert_unlinkable
  assert_exception either script input output`);

export const typeNames = words(`
  i32 i64 f32 f64 v128 i8 i16 funcref externref anyref eqref i31ref structref arrayref exnref
  nullref nullfuncref nullexternref nullexnref ref null any eq i31 none nofunc extern noextern exn noexn
  i8x16 i16x8 i32x4 i64x2 f32x4 f64x2`);
