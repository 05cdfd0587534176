// Closing of brackets, which the first key typed needs; completion, of the same package, is loaded later (completion.ts).
// The build gives this file a copy of the package of its own (scripts/lib/bundle.mjs), so that nothing else of it comes along.
export { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
