// Projects for the tests.
import { DEFAULT_LIMITS } from '../../web/share/document.ts';
import type { Limits, ModuleSource, Project } from '../../web/protocol/project.ts';
import { exampleById } from '../../web/examples/index.ts';

export interface ProjectParts {
  readonly host?: string;
  readonly call?: readonly [string, ...string[]];
  readonly limits?: Partial<Limits>;
  readonly schedule?: Project['schedule'];
  readonly breakpoints?: readonly number[];
  readonly title?: string;
}

/** A project of one text module named `module`, or of the modules given. */
export function projectOf(modules: string | readonly ModuleSource[], parts: ProjectParts = {}): Project {
  const sources: readonly ModuleSource[] = typeof modules === 'string' ? [{ kind: 'text', name: 'module', text: modules }] : modules;
  const module = sources.at(-1)?.name ?? 'module';
  const { call } = parts;
  return {
    title: parts.title ?? 'test',
    modules: sources,
    hostCode: parts.host ?? '',
    schedule: parts.schedule ?? { builtin: 'instructions' },
    limits: { ...DEFAULT_LIMITS, ...parts.limits },
    ...(call === undefined ? {} : { call: { module, export: call[0], args: call.slice(1) } }),
    breakpoints: (parts.breakpoints ?? []).map((position) => ({ module, position })),
  };
}

export function exampleProject(id: string): Project {
  const example = exampleById(id);
  if (example === undefined) throw new Error(`there is no example ${id}`);
  return example.project;
}

/** `(func (export NAME) PARAMS BODY)` in a module. */
export function moduleOf(signature: string, body: string, fields = ''): string {
  return `(module\n  ${fields}\n  (func (export "f") ${signature}\n    ${body}))\n`;
}

export const FIB = `(module
  (func $fib (export "fib") (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else
        (i32.add
          (call $fib (i32.sub (local.get $n) (i32.const 1)))
          (call $fib (i32.sub (local.get $n) (i32.const 2))))))))
`;

export const ENDLESS = `(module
  (global $turns (export "turns") (mut i32) (i32.const 0))
  (func $spin (export "spin")
    (loop $again
      (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
      (br $again))))
`;

export const ADD = `(module
  (func (export "add") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.add))
`;
