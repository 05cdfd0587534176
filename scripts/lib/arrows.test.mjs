import { describe, expect, test } from 'vitest';
import { dependenciesOf, importsOf, readTable, targetOf } from './arrows.mjs';

describe('imports', () => {
  test.each([
    ["import { a } from '../base/a.ts';", ['../base/a.ts']],
    ['import type { A } from "../protocol/dto.ts";', ['../protocol/dto.ts']],
    ["import './theme.css';", ['./theme.css']],
    ["export * from './x.ts';", ['./x.ts']],
    ["const m = await import('../editor/host.ts');", ['../editor/host.ts']],
    ["import source from 'inline:../worker/main.ts';", ['inline:../worker/main.ts']],
    ["// import './not.ts'\n/* from './not.ts' */", []],
    ["import {\n  a,\n  b,\n} from './many.ts';", ['./many.ts']],
  ])('%s', (text, expected) => {
    expect(importsOf(text)).toEqual(expected);
  });
});

describe('targets', () => {
  test.each([
    ['web/state/store.ts', '../base/a.ts', { room: 'base' }],
    ['web/editor/wat/names.ts', '../../protocol/dto.ts', { room: 'protocol' }],
    ['web/client/assets.ts', 'inline:../worker/main.ts', { room: 'worker' }],
    ['web/editor/x.ts', '@codemirror/state', { package: '@codemirror/state' }],
    ['web/app/main.tsx', 'preact/hooks', { package: 'preact' }],
    ['web/app/main.tsx', '../../scripts/x.mjs', undefined],
  ])('%s imports %s', (file, specifier, expected) => {
    expect(targetOf(file, specifier)).toEqual(expected);
  });
});

test('a table is read from its fenced block', () => {
  const table = readTable('text\n```arrows web\nbase ->\nstate -> base protocol\n```\n', 'web');
  expect(table.get('base')).toEqual(new Set());
  expect(table.get('state')).toEqual(new Set(['base', 'protocol']));
});

test('a missing table is said to be missing', () => {
  expect(() => readTable('nothing', 'web')).toThrow('ARCHITECTURE.md has no table "arrows web".');
});

test('only ordinary dependencies of a crate count', () => {
  const manifest = '[dependencies]\nwaspnest = { workspace = true }\nserde.workspace = true\n\n[dev-dependencies]\nwasmi = "2"\n';
  expect(dependenciesOf(manifest)).toEqual(['waspnest', 'serde']);
});
