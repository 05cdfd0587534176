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
