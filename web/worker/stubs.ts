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

/** The text inside `export const NAME = { ... }`, where there is one. */
function existing(code: string, module: string): { readonly open: number; readonly close: number } | undefined {
  const head = new RegExp(`export\\s+(?:const|let|var)\\s+${module.replaceAll("$", "\\$")}\\s*=\\s*\\{`).exec(code);
  if (head === null) return undefined;
  const open = head.index + head[0].length - 1;
  const close = endOfObject(code, open);
  return close === undefined ? undefined : { open, close };
}

function defines(body: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?:^|[\\s,{*])(?:"${escaped}"|'${escaped}'|${escaped})\\s*[(:,}]`).test(`${body}}`);
}

/** `hostCode` with a stub for each import that nothing gives yet; the same text when nothing is missing. */
export function addStubs(imports: readonly ImportInfo[], moduleNames: readonly string[], hostCode: string): string {
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
  const odd: string[] = [];
  for (const [module, list] of modules) {
    if (!IDENTIFIER.test(module) || RESERVED.has(module)) {
      const missing = list.filter((info) => !(code.includes(JSON.stringify(module)) && defines(code, info.name)));
      if (missing.length > 0) odd.push(`  ${JSON.stringify(module)}: {\n${missing.map(stub).join("\n").replace(/^/gm, "  ")}\n  },`);
      continue;
    }
    const place = existing(code, module);
    if (place === undefined) {
      const gap = code.trim() === "" ? "" : `${code.trimEnd()}\n\n`;
      code = `${gap}export const ${module} = {\n${list.map(stub).join("\n")}\n};\n`;
      continue;
    }
    const body = code.slice(place.open + 1, place.close);
    const missing = list.filter((info) => !defines(body, info.name));
    if (missing.length === 0) continue;
    const end = endOfCode(body);
    const comma = end === 0 || body[end - 1] === "," ? "" : ",";
    const kept = `${body.slice(0, end)}${comma}${body.slice(end).trimEnd()}`;
    code = `${code.slice(0, place.open + 1)}${kept}\n${missing.map(stub).join("\n")}\n${code.slice(place.close)}`;
  }
  if (odd.length > 0) {
    const head = /export\s+default\s*\{/.exec(code);
    if (head === null) code = `${code.trim() === "" ? "" : `${code.trimEnd()}\n\n`}export default {\n${odd.join("\n")}\n};\n`;
    else code = `${code.slice(0, head.index + head[0].length)}\n${odd.join("\n")}${code.slice(head.index + head[0].length)}`;
  }
  return code;
}
