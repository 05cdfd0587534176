// The example that the page opens on: it comes with the page, the others when they are asked for.
import firstSteps from "./first-steps.wat";
import { example } from "./recipe.ts";

export const firstExample = example({
  id: "first-steps",
  title: "First steps",
  idea: "Push, add, store, print: one instruction after the other.",
  modules: firstSteps,
  call: ["add", "40", "2"],
});
