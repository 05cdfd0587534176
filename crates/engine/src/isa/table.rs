//! The one table of all ops: a row for each.
//!
//! Columns: name, mnemonic of the text format (also the key in gas schedules), group in the
//! specification, proposal that brought it, handler in the loop, stack effect, meaning.
//! The enum, the names, the loop's dispatch, the translation of simple instructions, the price
//! lists and the reference all expand from it.

/// Calls the macro `$then` with every row.
macro_rules! for_each_op {
    ($then:ident) => {
        $then! {
            // Control.
            Unreachable "unreachable" control mvp [unreachable] "->" "Traps.";
            Nop "nop" control mvp [nop] "->" "Does nothing.";
            Block "block" control mvp [nop] "params -> params" "Opens a block; a branch to it leaves it at its end.";
            Loop "loop" control mvp [nop] "params -> params" "Opens a loop; a branch to it goes back to its first instruction.";
            If "if" control mvp [if] "params i32 -> params" "Enters the block if the condition is not zero, else its `else` part.";
            Else "else" control mvp [jump] "->" "Ends the first part of an `if` and goes on after its end.";
            Br "br" control mvp [jump] "values ->" "Branches to the label.";
            BrCopy "br" control mvp [br_copy] "values ->" "Branches to the label and takes the values along.";
            BrIf "br_if" control mvp [br_if] "values i32 -> values" "Branches to the label if the condition is not zero.";
            BrIfCopy "br_if" control mvp [br_if_copy] "values i32 -> values" "Branches to the label, with the values, if the condition is not zero.";
            BrTable "br_table" control mvp [br_table] "values i32 ->" "Branches to the label that the index selects, or to the last one.";
            Return "return" control mvp [return] "results ->" "Returns from the function.";
            End "end of function" control mvp [return] "results ->" "Ends the function and returns its results.";
            Call "call" control mvp [call] "args -> results" "Calls a function.";
            CallSlow "call" control mvp [rare call_slow] "args -> results" "Calls a function that is not translated yet, of another instance, or of the host.";
            CallIndirect "call_indirect" control mvp [call_indirect] "args i32 -> results" "Calls the function at an index of a table, if it has the type asked for.";
            ReturnCall "return_call" control tail_call [rare return_call] "args ->" "Calls a function in place of the present one.";
            ReturnCallIndirect "return_call_indirect" control tail_call [rare return_call_indirect] "args i32 ->" "Calls the function at an index of a table in place of the present one.";
            // Parametric.
            Drop "drop" parametric mvp [nop] "any ->" "Removes the top value.";
            Select "select" parametric mvp [select] "any any i32 -> any" "Keeps the first value if the condition is not zero, else the second.";
            // Variables.
            LocalGet "local.get" variable mvp [local_get] "-> any" "Pushes a local.";
            LocalSet "local.set" variable mvp [local_set] "any ->" "Pops into a local.";
            LocalTee "local.tee" variable mvp [local_set] "any -> any" "Copies the top value into a local.";
            GlobalGet "global.get" variable mvp [global_get] "-> any" "Pushes a global.";
            GlobalSet "global.set" variable mvp [global_set] "any ->" "Pops into a global.";
            // Constants.
            I32Const "i32.const" numeric mvp [const32] "-> i32" "Pushes a constant.";
            I64Const "i64.const" numeric mvp [const64] "-> i64" "Pushes a constant.";
            F32Const "f32.const" numeric mvp [const32] "-> f32" "Pushes a constant.";
            F64Const "f64.const" numeric mvp [const64] "-> f64" "Pushes a constant.";
            // References.
            RefNull "ref.null" reference reference_types [const32] "-> ref" "Pushes a null reference.";
            RefIsNull "ref.is_null" reference reference_types [unary ref_is_null] "ref -> i32" "Tells whether a reference is null.";
            RefFunc "ref.func" reference reference_types [const64] "-> funcref" "Pushes a reference to a function.";
            // Loads.
            I32Load "i32.load" memory mvp [load load_u32 4] "i32 -> i32" "Reads 4 bytes as i32.";
            I64Load "i64.load" memory mvp [load load_u64 8] "i32 -> i64" "Reads 8 bytes as i64.";
            F32Load "f32.load" memory mvp [load load_u32 4] "i32 -> f32" "Reads 4 bytes as f32.";
            F64Load "f64.load" memory mvp [load load_u64 8] "i32 -> f64" "Reads 8 bytes as f64.";
            I32Load8S "i32.load8_s" memory mvp [load load_i8_as_i32 1] "i32 -> i32" "Reads 1 byte and sign-extends to i32.";
            I32Load8U "i32.load8_u" memory mvp [load load_u8 1] "i32 -> i32" "Reads 1 byte and zero-extends to i32.";
            I32Load16S "i32.load16_s" memory mvp [load load_i16_as_i32 2] "i32 -> i32" "Reads 2 bytes and sign-extends to i32.";
            I32Load16U "i32.load16_u" memory mvp [load load_u16 2] "i32 -> i32" "Reads 2 bytes and zero-extends to i32.";
            I64Load8S "i64.load8_s" memory mvp [load load_i8_as_i64 1] "i32 -> i64" "Reads 1 byte and sign-extends to i64.";
            I64Load8U "i64.load8_u" memory mvp [load load_u8 1] "i32 -> i64" "Reads 1 byte and zero-extends to i64.";
            I64Load16S "i64.load16_s" memory mvp [load load_i16_as_i64 2] "i32 -> i64" "Reads 2 bytes and sign-extends to i64.";
            I64Load16U "i64.load16_u" memory mvp [load load_u16 2] "i32 -> i64" "Reads 2 bytes and zero-extends to i64.";
            I64Load32S "i64.load32_s" memory mvp [load load_i32_as_i64 4] "i32 -> i64" "Reads 4 bytes and sign-extends to i64.";
            I64Load32U "i64.load32_u" memory mvp [load load_u32 4] "i32 -> i64" "Reads 4 bytes and zero-extends to i64.";
            // Stores.
            I32Store "i32.store" memory mvp [store store_u32 4] "i32 i32 ->" "Writes 4 bytes.";
            I64Store "i64.store" memory mvp [store store_u64 8] "i32 i64 ->" "Writes 8 bytes.";
            F32Store "f32.store" memory mvp [store store_u32 4] "i32 f32 ->" "Writes 4 bytes.";
            F64Store "f64.store" memory mvp [store store_u64 8] "i32 f64 ->" "Writes 8 bytes.";
            I32Store8 "i32.store8" memory mvp [store store_u8 1] "i32 i32 ->" "Writes the low 1 byte.";
            I32Store16 "i32.store16" memory mvp [store store_u16 2] "i32 i32 ->" "Writes the low 2 bytes.";
            I64Store8 "i64.store8" memory mvp [store store_u8 1] "i32 i64 ->" "Writes the low 1 byte.";
            I64Store16 "i64.store16" memory mvp [store store_u16 2] "i32 i64 ->" "Writes the low 2 bytes.";
            I64Store32 "i64.store32" memory mvp [store store_u32 4] "i32 i64 ->" "Writes the low 4 bytes.";
            // Memory as a whole.
            MemorySize "memory.size" memory mvp [rare memory_size] "-> i32" "Pushes the size in pages.";
            MemoryGrow "memory.grow" memory mvp [rare memory_grow] "i32 -> i32" "Grows by pages; pushes the old size, or -1 if that cannot be.";
            MemoryFill "memory.fill" memory bulk_memory [rare memory_fill] "i32 i32 i32 ->" "Sets bytes to a value.";
            MemoryCopy "memory.copy" memory bulk_memory [rare memory_copy] "i32 i32 i32 ->" "Copies bytes; the ranges may overlap.";
            MemoryInit "memory.init" memory bulk_memory [rare memory_init] "i32 i32 i32 ->" "Copies bytes from a data segment.";
            DataDrop "data.drop" memory bulk_memory [rare data_drop] "->" "Empties a data segment.";
            // Tables.
            TableGet "table.get" table reference_types [rare table_get] "i32 -> ref" "Pushes an element.";
            TableSet "table.set" table reference_types [rare table_set] "i32 ref ->" "Sets an element.";
            TableSize "table.size" table reference_types [rare table_size] "-> i32" "Pushes the number of elements.";
            TableGrow "table.grow" table reference_types [rare table_grow] "ref i32 -> i32" "Grows by elements; pushes the old size, or -1 if that cannot be.";
            TableFill "table.fill" table reference_types [rare table_fill] "i32 ref i32 ->" "Sets elements to a reference.";
            TableCopy "table.copy" table bulk_memory [rare table_copy] "i32 i32 i32 ->" "Copies elements; the ranges may overlap.";
            TableInit "table.init" table bulk_memory [rare table_init] "i32 i32 i32 ->" "Copies elements from an element segment.";
            ElemDrop "elem.drop" table bulk_memory [rare elem_drop] "->" "Empties an element segment.";
            // Integer tests and comparisons.
            I32Eqz "i32.eqz" numeric mvp [unary i32_eqz] "i32 -> i32" "Tells whether the value is zero.";
            I32Eq "i32.eq" numeric mvp [binary i32_eq] "i32 i32 -> i32" "Tells whether the values are equal.";
            I32Ne "i32.ne" numeric mvp [binary i32_ne] "i32 i32 -> i32" "Tells whether the values differ.";
            I32LtS "i32.lt_s" numeric mvp [binary i32_lt_s] "i32 i32 -> i32" "Tells whether the first value is less, signed.";
            I32LtU "i32.lt_u" numeric mvp [binary i32_lt_u] "i32 i32 -> i32" "Tells whether the first value is less, unsigned.";
            I32GtS "i32.gt_s" numeric mvp [binary i32_gt_s] "i32 i32 -> i32" "Tells whether the first value is greater, signed.";
            I32GtU "i32.gt_u" numeric mvp [binary i32_gt_u] "i32 i32 -> i32" "Tells whether the first value is greater, unsigned.";
            I32LeS "i32.le_s" numeric mvp [binary i32_le_s] "i32 i32 -> i32" "Tells whether the first value is less or equal, signed.";
            I32LeU "i32.le_u" numeric mvp [binary i32_le_u] "i32 i32 -> i32" "Tells whether the first value is less or equal, unsigned.";
            I32GeS "i32.ge_s" numeric mvp [binary i32_ge_s] "i32 i32 -> i32" "Tells whether the first value is greater or equal, signed.";
            I32GeU "i32.ge_u" numeric mvp [binary i32_ge_u] "i32 i32 -> i32" "Tells whether the first value is greater or equal, unsigned.";
            I64Eqz "i64.eqz" numeric mvp [unary i64_eqz] "i64 -> i32" "Tells whether the value is zero.";
            I64Eq "i64.eq" numeric mvp [binary i64_eq] "i64 i64 -> i32" "Tells whether the values are equal.";
            I64Ne "i64.ne" numeric mvp [binary i64_ne] "i64 i64 -> i32" "Tells whether the values differ.";
            I64LtS "i64.lt_s" numeric mvp [binary i64_lt_s] "i64 i64 -> i32" "Tells whether the first value is less, signed.";
            I64LtU "i64.lt_u" numeric mvp [binary i64_lt_u] "i64 i64 -> i32" "Tells whether the first value is less, unsigned.";
            I64GtS "i64.gt_s" numeric mvp [binary i64_gt_s] "i64 i64 -> i32" "Tells whether the first value is greater, signed.";
            I64GtU "i64.gt_u" numeric mvp [binary i64_gt_u] "i64 i64 -> i32" "Tells whether the first value is greater, unsigned.";
            I64LeS "i64.le_s" numeric mvp [binary i64_le_s] "i64 i64 -> i32" "Tells whether the first value is less or equal, signed.";
            I64LeU "i64.le_u" numeric mvp [binary i64_le_u] "i64 i64 -> i32" "Tells whether the first value is less or equal, unsigned.";
            I64GeS "i64.ge_s" numeric mvp [binary i64_ge_s] "i64 i64 -> i32" "Tells whether the first value is greater or equal, signed.";
            I64GeU "i64.ge_u" numeric mvp [binary i64_ge_u] "i64 i64 -> i32" "Tells whether the first value is greater or equal, unsigned.";
            // Float comparisons.
            F32Eq "f32.eq" numeric mvp [binary f32_eq] "f32 f32 -> i32" "Tells whether the values are equal.";
            F32Ne "f32.ne" numeric mvp [binary f32_ne] "f32 f32 -> i32" "Tells whether the values differ.";
            F32Lt "f32.lt" numeric mvp [binary f32_lt] "f32 f32 -> i32" "Tells whether the first value is less.";
            F32Gt "f32.gt" numeric mvp [binary f32_gt] "f32 f32 -> i32" "Tells whether the first value is greater.";
            F32Le "f32.le" numeric mvp [binary f32_le] "f32 f32 -> i32" "Tells whether the first value is less or equal.";
            F32Ge "f32.ge" numeric mvp [binary f32_ge] "f32 f32 -> i32" "Tells whether the first value is greater or equal.";
            F64Eq "f64.eq" numeric mvp [binary f64_eq] "f64 f64 -> i32" "Tells whether the values are equal.";
            F64Ne "f64.ne" numeric mvp [binary f64_ne] "f64 f64 -> i32" "Tells whether the values differ.";
            F64Lt "f64.lt" numeric mvp [binary f64_lt] "f64 f64 -> i32" "Tells whether the first value is less.";
            F64Gt "f64.gt" numeric mvp [binary f64_gt] "f64 f64 -> i32" "Tells whether the first value is greater.";
            F64Le "f64.le" numeric mvp [binary f64_le] "f64 f64 -> i32" "Tells whether the first value is less or equal.";
            F64Ge "f64.ge" numeric mvp [binary f64_ge] "f64 f64 -> i32" "Tells whether the first value is greater or equal.";
            // Integer arithmetic.
            I32Clz "i32.clz" numeric mvp [count i32_clz] "i32 -> i32" "Counts the leading zero bits.";
            I32Ctz "i32.ctz" numeric mvp [count i32_ctz] "i32 -> i32" "Counts the trailing zero bits.";
            I32Popcnt "i32.popcnt" numeric mvp [count i32_popcnt] "i32 -> i32" "Counts the one bits.";
            I32Add "i32.add" numeric mvp [binary i32_add] "i32 i32 -> i32" "Adds, wrapping.";
            I32Sub "i32.sub" numeric mvp [binary i32_sub] "i32 i32 -> i32" "Subtracts, wrapping.";
            I32Mul "i32.mul" numeric mvp [binary i32_mul] "i32 i32 -> i32" "Multiplies, wrapping.";
            I32DivS "i32.div_s" numeric mvp [try_binary i32_div_s] "i32 i32 -> i32" "Divides, signed, towards zero; traps on zero and on overflow.";
            I32DivU "i32.div_u" numeric mvp [try_binary i32_div_u] "i32 i32 -> i32" "Divides, unsigned; traps on zero.";
            I32RemS "i32.rem_s" numeric mvp [try_binary i32_rem_s] "i32 i32 -> i32" "Remainder, signed; traps on zero.";
            I32RemU "i32.rem_u" numeric mvp [try_binary i32_rem_u] "i32 i32 -> i32" "Remainder, unsigned; traps on zero.";
            I32And "i32.and" numeric mvp [binary i32_and] "i32 i32 -> i32" "Bitwise and.";
            I32Or "i32.or" numeric mvp [binary i32_or] "i32 i32 -> i32" "Bitwise or.";
            I32Xor "i32.xor" numeric mvp [binary i32_xor] "i32 i32 -> i32" "Bitwise exclusive or.";
            I32Shl "i32.shl" numeric mvp [binary i32_shl] "i32 i32 -> i32" "Shifts left; the count is taken modulo the width.";
            I32ShrS "i32.shr_s" numeric mvp [binary i32_shr_s] "i32 i32 -> i32" "Shifts right, copying the sign bit.";
            I32ShrU "i32.shr_u" numeric mvp [binary i32_shr_u] "i32 i32 -> i32" "Shifts right, filling with zeros.";
            I32Rotl "i32.rotl" numeric mvp [binary i32_rotl] "i32 i32 -> i32" "Rotates left.";
            I32Rotr "i32.rotr" numeric mvp [binary i32_rotr] "i32 i32 -> i32" "Rotates right.";
            I64Clz "i64.clz" numeric mvp [count i64_clz] "i64 -> i64" "Counts the leading zero bits.";
            I64Ctz "i64.ctz" numeric mvp [count i64_ctz] "i64 -> i64" "Counts the trailing zero bits.";
            I64Popcnt "i64.popcnt" numeric mvp [count i64_popcnt] "i64 -> i64" "Counts the one bits.";
            I64Add "i64.add" numeric mvp [binary i64_add] "i64 i64 -> i64" "Adds, wrapping.";
            I64Sub "i64.sub" numeric mvp [binary i64_sub] "i64 i64 -> i64" "Subtracts, wrapping.";
            I64Mul "i64.mul" numeric mvp [binary i64_mul] "i64 i64 -> i64" "Multiplies, wrapping.";
            I64DivS "i64.div_s" numeric mvp [try_binary i64_div_s] "i64 i64 -> i64" "Divides, signed, towards zero; traps on zero and on overflow.";
            I64DivU "i64.div_u" numeric mvp [try_binary i64_div_u] "i64 i64 -> i64" "Divides, unsigned; traps on zero.";
            I64RemS "i64.rem_s" numeric mvp [try_binary i64_rem_s] "i64 i64 -> i64" "Remainder, signed; traps on zero.";
            I64RemU "i64.rem_u" numeric mvp [try_binary i64_rem_u] "i64 i64 -> i64" "Remainder, unsigned; traps on zero.";
            I64And "i64.and" numeric mvp [binary i64_and] "i64 i64 -> i64" "Bitwise and.";
            I64Or "i64.or" numeric mvp [binary i64_or] "i64 i64 -> i64" "Bitwise or.";
            I64Xor "i64.xor" numeric mvp [binary i64_xor] "i64 i64 -> i64" "Bitwise exclusive or.";
            I64Shl "i64.shl" numeric mvp [binary i64_shl] "i64 i64 -> i64" "Shifts left; the count is taken modulo the width.";
            I64ShrS "i64.shr_s" numeric mvp [binary i64_shr_s] "i64 i64 -> i64" "Shifts right, copying the sign bit.";
            I64ShrU "i64.shr_u" numeric mvp [binary i64_shr_u] "i64 i64 -> i64" "Shifts right, filling with zeros.";
            I64Rotl "i64.rotl" numeric mvp [binary i64_rotl] "i64 i64 -> i64" "Rotates left.";
            I64Rotr "i64.rotr" numeric mvp [binary i64_rotr] "i64 i64 -> i64" "Rotates right.";
            // Float arithmetic.
            F32Abs "f32.abs" numeric mvp [unary f32_abs] "f32 -> f32" "Absolute value.";
            F32Neg "f32.neg" numeric mvp [unary f32_neg] "f32 -> f32" "Changes the sign.";
            F32Ceil "f32.ceil" numeric mvp [unary f32_ceil] "f32 -> f32" "Rounds up to an integer.";
            F32Floor "f32.floor" numeric mvp [unary f32_floor] "f32 -> f32" "Rounds down to an integer.";
            F32Trunc "f32.trunc" numeric mvp [unary f32_trunc] "f32 -> f32" "Rounds towards zero to an integer.";
            F32Nearest "f32.nearest" numeric mvp [unary f32_nearest] "f32 -> f32" "Rounds to the nearest integer, ties to even.";
            F32Sqrt "f32.sqrt" numeric mvp [unary f32_sqrt] "f32 -> f32" "Square root.";
            F32Add "f32.add" numeric mvp [binary f32_add] "f32 f32 -> f32" "Adds.";
            F32Sub "f32.sub" numeric mvp [binary f32_sub] "f32 f32 -> f32" "Subtracts.";
            F32Mul "f32.mul" numeric mvp [binary f32_mul] "f32 f32 -> f32" "Multiplies.";
            F32Div "f32.div" numeric mvp [binary f32_div] "f32 f32 -> f32" "Divides.";
            F32Min "f32.min" numeric mvp [binary f32_min] "f32 f32 -> f32" "Smaller value; NaN if one is.";
            F32Max "f32.max" numeric mvp [binary f32_max] "f32 f32 -> f32" "Greater value; NaN if one is.";
            F32Copysign "f32.copysign" numeric mvp [binary f32_copysign] "f32 f32 -> f32" "First value with the sign of the second.";
            F64Abs "f64.abs" numeric mvp [unary f64_abs] "f64 -> f64" "Absolute value.";
            F64Neg "f64.neg" numeric mvp [unary f64_neg] "f64 -> f64" "Changes the sign.";
            F64Ceil "f64.ceil" numeric mvp [unary f64_ceil] "f64 -> f64" "Rounds up to an integer.";
            F64Floor "f64.floor" numeric mvp [unary f64_floor] "f64 -> f64" "Rounds down to an integer.";
            F64Trunc "f64.trunc" numeric mvp [unary f64_trunc] "f64 -> f64" "Rounds towards zero to an integer.";
            F64Nearest "f64.nearest" numeric mvp [unary f64_nearest] "f64 -> f64" "Rounds to the nearest integer, ties to even.";
            F64Sqrt "f64.sqrt" numeric mvp [unary f64_sqrt] "f64 -> f64" "Square root.";
            F64Add "f64.add" numeric mvp [binary f64_add] "f64 f64 -> f64" "Adds.";
            F64Sub "f64.sub" numeric mvp [binary f64_sub] "f64 f64 -> f64" "Subtracts.";
            F64Mul "f64.mul" numeric mvp [binary f64_mul] "f64 f64 -> f64" "Multiplies.";
            F64Div "f64.div" numeric mvp [binary f64_div] "f64 f64 -> f64" "Divides.";
            F64Min "f64.min" numeric mvp [binary f64_min] "f64 f64 -> f64" "Smaller value; NaN if one is.";
            F64Max "f64.max" numeric mvp [binary f64_max] "f64 f64 -> f64" "Greater value; NaN if one is.";
            F64Copysign "f64.copysign" numeric mvp [binary f64_copysign] "f64 f64 -> f64" "First value with the sign of the second.";
            // Conversions.
            I32WrapI64 "i32.wrap_i64" numeric mvp [unary i32_wrap_i64] "i64 -> i32" "Keeps the low 32 bits.";
            I32TruncF32S "i32.trunc_f32_s" numeric mvp [try_unary i32_trunc_f32_s] "f32 -> i32" "Rounds towards zero to an signed integer; traps if it does not fit.";
            I32TruncF32U "i32.trunc_f32_u" numeric mvp [try_unary i32_trunc_f32_u] "f32 -> i32" "Rounds towards zero to an unsigned integer; traps if it does not fit.";
            I32TruncF64S "i32.trunc_f64_s" numeric mvp [try_unary i32_trunc_f64_s] "f64 -> i32" "Rounds towards zero to an signed integer; traps if it does not fit.";
            I32TruncF64U "i32.trunc_f64_u" numeric mvp [try_unary i32_trunc_f64_u] "f64 -> i32" "Rounds towards zero to an unsigned integer; traps if it does not fit.";
            I64ExtendI32S "i64.extend_i32_s" numeric mvp [unary i64_extend_i32_s] "i32 -> i64" "Sign-extends to 64 bits.";
            I64ExtendI32U "i64.extend_i32_u" numeric mvp [nop] "i32 -> i64" "Zero-extends to 64 bits.";
            I64TruncF32S "i64.trunc_f32_s" numeric mvp [try_unary i64_trunc_f32_s] "f32 -> i64" "Rounds towards zero to an signed integer; traps if it does not fit.";
            I64TruncF32U "i64.trunc_f32_u" numeric mvp [try_unary i64_trunc_f32_u] "f32 -> i64" "Rounds towards zero to an unsigned integer; traps if it does not fit.";
            I64TruncF64S "i64.trunc_f64_s" numeric mvp [try_unary i64_trunc_f64_s] "f64 -> i64" "Rounds towards zero to an signed integer; traps if it does not fit.";
            I64TruncF64U "i64.trunc_f64_u" numeric mvp [try_unary i64_trunc_f64_u] "f64 -> i64" "Rounds towards zero to an unsigned integer; traps if it does not fit.";
            F32ConvertI32S "f32.convert_i32_s" numeric mvp [unary f32_convert_i32_s] "i32 -> f32" "Converts a signed integer.";
            F32ConvertI32U "f32.convert_i32_u" numeric mvp [unary f32_convert_i32_u] "i32 -> f32" "Converts an unsigned integer.";
            F32ConvertI64S "f32.convert_i64_s" numeric mvp [unary f32_convert_i64_s] "i64 -> f32" "Converts a signed integer.";
            F32ConvertI64U "f32.convert_i64_u" numeric mvp [unary f32_convert_i64_u] "i64 -> f32" "Converts an unsigned integer.";
            F32DemoteF64 "f32.demote_f64" numeric mvp [unary f32_demote_f64] "f64 -> f32" "Rounds to 32 bits.";
            F64ConvertI32S "f64.convert_i32_s" numeric mvp [unary f64_convert_i32_s] "i32 -> f64" "Converts a signed integer.";
            F64ConvertI32U "f64.convert_i32_u" numeric mvp [unary f64_convert_i32_u] "i32 -> f64" "Converts an unsigned integer.";
            F64ConvertI64S "f64.convert_i64_s" numeric mvp [unary f64_convert_i64_s] "i64 -> f64" "Converts a signed integer.";
            F64ConvertI64U "f64.convert_i64_u" numeric mvp [unary f64_convert_i64_u] "i64 -> f64" "Converts an unsigned integer.";
            F64PromoteF32 "f64.promote_f32" numeric mvp [unary f64_promote_f32] "f32 -> f64" "Widens to 64 bits.";
            I32ReinterpretF32 "i32.reinterpret_f32" numeric mvp [nop] "f32 -> i32" "Keeps the bits.";
            I64ReinterpretF64 "i64.reinterpret_f64" numeric mvp [nop] "f64 -> i64" "Keeps the bits.";
            F32ReinterpretI32 "f32.reinterpret_i32" numeric mvp [nop] "i32 -> f32" "Keeps the bits.";
            F64ReinterpretI64 "f64.reinterpret_i64" numeric mvp [nop] "i64 -> f64" "Keeps the bits.";
            I32Extend8S "i32.extend8_s" numeric sign_extension [unary i32_extend8_s] "i32 -> i32" "Sign-extends the low 8 bits.";
            I32Extend16S "i32.extend16_s" numeric sign_extension [unary i32_extend16_s] "i32 -> i32" "Sign-extends the low 16 bits.";
            I64Extend8S "i64.extend8_s" numeric sign_extension [unary i64_extend8_s] "i64 -> i64" "Sign-extends the low 8 bits.";
            I64Extend16S "i64.extend16_s" numeric sign_extension [unary i64_extend16_s] "i64 -> i64" "Sign-extends the low 16 bits.";
            I64Extend32S "i64.extend32_s" numeric sign_extension [unary i64_extend32_s] "i64 -> i64" "Sign-extends the low 32 bits.";
            I32TruncSatF32S "i32.trunc_sat_f32_s" numeric saturating_float_to_int [unary i32_trunc_sat_f32_s] "f32 -> i32" "Rounds towards zero to the nearest signed integer; NaN gives 0.";
            I32TruncSatF32U "i32.trunc_sat_f32_u" numeric saturating_float_to_int [unary i32_trunc_sat_f32_u] "f32 -> i32" "Rounds towards zero to the nearest unsigned integer; NaN gives 0.";
            I32TruncSatF64S "i32.trunc_sat_f64_s" numeric saturating_float_to_int [unary i32_trunc_sat_f64_s] "f64 -> i32" "Rounds towards zero to the nearest signed integer; NaN gives 0.";
            I32TruncSatF64U "i32.trunc_sat_f64_u" numeric saturating_float_to_int [unary i32_trunc_sat_f64_u] "f64 -> i32" "Rounds towards zero to the nearest unsigned integer; NaN gives 0.";
            I64TruncSatF32S "i64.trunc_sat_f32_s" numeric saturating_float_to_int [unary i64_trunc_sat_f32_s] "f32 -> i64" "Rounds towards zero to the nearest signed integer; NaN gives 0.";
            I64TruncSatF32U "i64.trunc_sat_f32_u" numeric saturating_float_to_int [unary i64_trunc_sat_f32_u] "f32 -> i64" "Rounds towards zero to the nearest unsigned integer; NaN gives 0.";
            I64TruncSatF64S "i64.trunc_sat_f64_s" numeric saturating_float_to_int [unary i64_trunc_sat_f64_s] "f64 -> i64" "Rounds towards zero to the nearest signed integer; NaN gives 0.";
            I64TruncSatF64U "i64.trunc_sat_f64_u" numeric saturating_float_to_int [unary i64_trunc_sat_f64_u] "f64 -> i64" "Rounds towards zero to the nearest unsigned integer; NaN gives 0.";
            // Ops of the machine that are no instructions: they take no tick.
            Meter "(meter)" pseudo mvp [meter] "->" "Pays for the block of instructions that follows.";
            Enter "(enter)" pseudo mvp [meter] "->" "Meter at the entry of a function; carries the sizes of its frame.";
            BrTarget "(br_table target)" pseudo mvp [pseudo] "->" "One target of a `br_table`.";
            Halt "(halt)" pseudo mvp [pseudo] "->" "Where the first frame of a call returns to.";
            Break "(breakpoint)" pseudo mvp [break] "->" "A breakpoint planted over an instruction.";
        }
    };
}

pub(crate) use for_each_op;
