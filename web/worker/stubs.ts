// Writes stubs of host functions, so that defining imports starts from something that runs.
import type { FuncType, ImportInfo } from "../protocol/dto.ts";
import { findReadyMade } from "../protocol/ready-made.ts";

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const RESERVED = new Set(
  "await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield".split(" "),
);

function property(name: string): string {
  return IDENTIFIER.test(name) ? name : JSON.stringify(name);
}

function result(type: string): string {
  if (type === "i64" || type === "v128") return "0n";
  return type.endsWith("ref") || type.startsWith("(ref") ? "null" : "0";
}

function stub(info: ImportInfo): string {
  if (info.kind === "global") return `  ${property(info.name)}: ${/i64|v128/.test(info.type) ? "0n" : "0"}, // ${info.type}`;
  if (info.kind === "tag") {
    const types = (info.func?.params ?? []).map((type) => JSON.stringify(type)).join(", ");
    return `  // ${info.type}: ctx.throw(${[JSON.stringify(info.name), ...(types === "" ? [] : ["..."])].join(", ")})\n  ${property(info.name)}: { parameters: [${types}] },`;
  }
  const func: FuncType = info.func ?? { params: [], results: [] };
  const args = ["ctx", ...func.params.map((type, index) => `${type.replace(/\W+/g, "_")}_${index}`)];
  const results = func.results.map(result);
  const returned = results.length === 0 ? "" : `\n    return ${results.length === 1 ? results[0] : `[${results.join(", ")}]`};`;
  const shown = args.slice(1).join(", ");
  return `  // ${info.type}\n  ${property(info.name)}(${args.join(", ")}) {\n    ctx.print(${JSON.stringify(info.name)}${shown === "" ? "" : `, ${shown}`});${returned}\n  },`;
}

/** The end of the object literal that begins at `open`, which is the index of its `{`; strings and comments are skipped. */
function endOfObject(code: string, open: number): number | undefined {
  const token = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{}]/g;
  token.lastIndex = open;
  let depth = 0;
  for (let match = token.exec(code); match !== null; match = token.exec(code)) {
    if (match[0] === "{") depth += 1;
    else if (match[0] === "}") {
      depth -= 1;
      if (depth === 0) return match.index;
    }
  }
  return undefined;
}

/** Where the last thing ends that is neither a comment nor blank. */
function endOfCode(body: string): number {
  const token = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\S/g;
  let end = 0;
  for (const match of body.matchAll(token)) {
    if (!match[0].startsWith("//") && !match[0].startsWith("/*")) end = match.index + match[0].length;
  }
  return end;
}

const escape = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

interface ObjectPlace {
  readonly open: number;
  readonly close: number;
}

/** The object literal whose head a pattern ends with; its `{` is the last character. */
function objectAt(code: string, head: string, from = 0): ObjectPlace | undefined {
  const pattern = new RegExp(head, "g");
  pattern.lastIndex = from;
  const found = pattern.exec(code);
  if (found === null) return undefined;
  const open = found.index + found[0].length - 1;
  const close = endOfObject(code, open);
  return close === undefined ? undefined : { open, close };
}

/** The object that gives a module: `const NAME = { ... }`, or a property of the default export. */
function existing(code: string, module: string): ObjectPlace | undefined {
  const name = escape(module);
  const own = IDENTIFIER.test(module) ? objectAt(code, `(?<![\\w$.])(?:const|let|var)\\s+${name}\\s*=\\s*\\{`) : undefined;
  if (own !== undefined) return own;
  const all = objectAt(code, DEFAULT);
  const inner = all && objectAt(code, `(?<![\\w$])(?:"${name}"|'${name}'|${name})\\s*:\\s*\\{`, all.open);
  return all !== undefined && inner !== undefined && inner.open < all.close ? inner : undefined;
}

const DEFAULT = "export\\s+default\\s*\\{";

/** Whether a module is given in some form; one more would be a second definition. What is indented is within a function. */
function isGiven(code: string, module: string): boolean {
  const name = escape(module);
  const isDeclared = new RegExp(`(?:^|[;}])(?:export\\s+)?(?:async\\s+)?(?:const|let|var|class|function\\s*\\*?)\\s+${name}(?![\\w$])|^export\\s*\\{[^}]*\\b${name}(?![\\w$])`, "m");
  const all = objectAt(code, DEFAULT);
  const isProperty = new RegExp(`(?<![\\w$.])(?:"${name}"|'${name}'|${name})\\s*[:,(}]`);
  return isDeclared.test(code) || (all !== undefined && isProperty.test(code.slice(all.open, all.close + 1)));
}

function defines(body: string, name: string): boolean {
  const escaped = escape(name);
  return new RegExp(`(?:^|[\\s,{*])(?:"${escaped}"|'${escaped}'|${escaped})\\s*[(:,}]`).test(`${body}}`);
}

/**
 * `hostCode`, which can be read, with a stub for each import that nothing gives yet; the same text when nothing is missing.
 * `left`: those for which there is no place.
 */
export function addStubs(imports: readonly ImportInfo[], moduleNames: readonly string[], hostCode: string): { readonly text: string; readonly left: readonly string[] } {
  const modules = new Map<string, ImportInfo[]>();
  for (const info of imports) {
    const wanted = (info.kind === "func" || info.kind === "global" || info.kind === "tag") && !moduleNames.includes(info.module);
    const list = modules.get(info.module) ?? [];
    const known = list.some((other) => other.name === info.name);
    if (!wanted || known || findReadyMade(info.module, info.name) !== undefined) continue;
    list.push(info);
    modules.set(info.module, list);
  }
  let code = hostCode;
  const left: string[] = [];
  const odd: string[] = [];
  const append = (text: string): void => {
    code = `${code.trim() === "" ? "" : `${code.trimEnd()}\n\n`}${text}\n`;
  };
  for (const [module, list] of modules) {
    const place = existing(code, module);
    if (place !== undefined) {
      code = withStubs(code, place, list);
    } else if (isGiven(code, module)) {
      left.push(...list.map((info) => `${module}.${info.name}`));
    } else if (!IDENTIFIER.test(module) || RESERVED.has(module)) {
      odd.push(`  ${JSON.stringify(module)}: {\n${list.map(stub).join("\n").replace(/^/gm, "  ")}\n  },`);
    } else {
      append(`export const ${module} = {\n${list.map(stub).join("\n")}\n};`);
    }
  }
  if (odd.length > 0) {
    const all = objectAt(code, DEFAULT);
    if (all === undefined) append(`export default {\n${odd.join("\n")}\n};`);
    else code = `${code.slice(0, all.open + 1)}\n${odd.join("\n")}${code.slice(all.open + 1)}`;
  }
  return { text: code, left };
}

/** Stubs behind what an object has already. */
function withStubs(code: string, { open, close }: ObjectPlace, list: readonly ImportInfo[]): string {
  const body = code.slice(open + 1, close);
  const missing = list.filter((info) => !defines(body, info.name));
  if (missing.length === 0) return code;
  const end = endOfCode(body);
  const comma = end === 0 || body[end - 1] === "," ? "" : ",";
  const kept = `${body.slice(0, end)}${comma}${body.slice(end).trimEnd()}`;
  return `${code.slice(0, open + 1)}${kept}\n${missing.map(stub).join("\n")}\n${code.slice(close)}`;
}
