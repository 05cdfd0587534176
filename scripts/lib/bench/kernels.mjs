// What is measured: our kernels, or any exported function of any module that imports nothing.
import { readFileSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { Failure, root, run } from '../run.mjs';
import { PROGRAMS, SITE, compiled } from './build.mjs';

/**
 * The list of our kernels, or those of them with the names given.
 * @param {readonly string[]} only all without names
 */
export function listed(only) {
  const all = JSON.parse(readFileSync(join(root, 'bench/kernels.json'), 'utf8'));
  const unknown = only.find((name) => !all.some((kernel) => kernel.name === name));
  if (unknown !== undefined) {
    throw new Failure(`There is no kernel ${unknown}; there are ${all.map(({ name }) => name).join(', ')}.`);
  }
  return all.filter(({ name }) => only.length === 0 || only.includes(name));
}

/** Puts one of the listed kernels into the site. */
export async function ourKernel({ name, what, n, original = false }, assembler) {
  const program = PROGRAMS[name];
  const from = program === undefined ? join(root, 'bench/kernels', `${name}.wat`) : compiled(program);
  return { name, what, original, ...(await prepared(from, 'run', [String(n)], assembler)) };
}

/** The function of a module that the command line names, relative to where it was typed. */
export async function ownKernel([file, func, ...args], assembler) {
  const from = resolve(process.env.INIT_CWD ?? '.', file);
  const kind = statSync(from, { throwIfNoEntry: false });
  if (kind === undefined) throw new Failure(`There is no file ${file}.`);
  if (!kind.isFile()) throw new Failure(`${file} is no file; name a module, .wat or .wasm.`);
  const call = await prepared(from, func, args, assembler);
  return { name: `${basename(file)} ${func}`, original: false, ...call };
}

/** A module with its functions as the assembler describes them: `file` is its binary form in the site. */
async function read(from, assembler) {
  const file = `${basename(from, extname(from))}.kernel.wasm`;
  const { code, output } = await run(assembler, [from, join(SITE, file)], { quiet: true });
  if (code === 1) throw new Failure(`${basename(from)} ${output.trim()}.`);
  if (code !== 0) throw new Failure(`The assembler ended with code ${code}.`);
  const lines = output.split('\n').map((line) => line.split('\t'));
  return { file, lines };
}

/** Puts a module into the site and finds out what the function takes. */
async function prepared(from, func, words, assembler) {
  const name = basename(from);
  const { file, lines } = await read(from, assembler);
  const imported = lines.find(([kind]) => kind === 'import');
  if (imported) {
    throw new Failure(`${name} imports "${imported[1]}" "${imported[2]}"; only modules without imports can be measured.`);
  }
  const funcs = lines.filter(([kind]) => kind === 'func');
  const names = funcs.map(([, name]) => name).join(', ') || 'none';
  if (func === undefined) throw new Failure(`After ${name}, name the function to call; it exports ${names}.`);
  const found = funcs.find(([, name]) => name === func);
  if (!found) throw new Failure(`${name} exports no function ${func}; it exports ${names}.`);
  const [params, results] = found.slice(2).map((list) => (list === '-' ? [] : list.split(',')));
  if (params.length !== words.length) {
    throw new Failure(`${func} takes ${count(params.length, 'argument')} (${params.join(', ') || 'none'}), not ${words.length}.`);
  }
  const other = [...params, ...results.slice(0, 1)].find((type) => !['i32', 'i64', 'f32', 'f64'].includes(type));
  if (other !== undefined) throw new Failure(`${func} takes or gives a value of type ${other}; only numbers can be given and compared.`);
  return { file, func, params, results, args: words.map((word, i) => bitsOf(word.trim(), params[i])) };
}

function count(n, what) {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** An argument as bits in decimal, which any page can read. */
function bitsOf(word, type) {
  const view = new DataView(new ArrayBuffer(8));
  if (type === 'i32' || type === 'i64') {
    if (!/^-?(\d+|0x[\da-f]+)$/i.test(word)) throw new Failure(`"${word}" is not an integer, which ${type} asks for.`);
    const value = word.startsWith('-') ? -BigInt(word.slice(1)) : BigInt(word);
    const width = type === 'i32' ? 32 : 64;
    if (value < -(1n << BigInt(width - 1)) || value >= 1n << BigInt(width)) {
      throw new Failure(`${word} does not fit ${type}.`);
    }
    return BigInt.asUintN(64, value).toString();
  }
  const names = { nan: NaN, inf: Infinity, '-inf': -Infinity };
  const value = names[word] ?? (word === '' ? NaN : Number(word));
  if (Number.isNaN(value) && word !== 'nan') throw new Failure(`"${word}" is not a number, which ${type} asks for.`);
  if (type === 'f32') view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return view.getBigUint64(0, true).toString();
}
