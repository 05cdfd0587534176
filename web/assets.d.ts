// What the build understands besides TypeScript; see scripts/lib/bundle.mjs.

/** The named module, bundled with all it imports into one classic script, as text. */
declare module 'inline:*' {
  const source: string;
  export default source;
}

declare module '*.wat' {
  const text: string;
  export default text;
}

declare module '*.txt' {
  const text: string;
  export default text;
}

declare module '*.css' {}

/** Set by the page's loader: absolute addresses of the core and of the machine as a module, with the version of the build. */
declare var waspnestAssets: { readonly core: string; readonly coreScript: string; readonly nest: string; readonly nestScript: string } | undefined;

/** Set by the script at `coreScript`: the core in base64, for pages opened from a file. */
declare var waspnestCore: string | undefined;

/** Set by the script at `nestScript`, in the same way. */
declare var waspnestNest: string | undefined;
