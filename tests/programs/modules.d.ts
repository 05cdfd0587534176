// Types of what the programs use of packages that have none, or hide the file.
declare module 'sql.js/dist/sql-wasm-browser.js' {
  interface Database {
    run(sql: string, values?: readonly (string | number)[]): Database;
    exec(sql: string): readonly { readonly columns: readonly string[]; readonly values: readonly unknown[][] }[];
    export(): Uint8Array;
  }
  const init: (options: { readonly wasmBinary: Uint8Array }) => Promise<{ readonly Database: new () => Database }>;
  export default init;
}
