// What every room asks of a value.
import type { Value } from "./dto.ts";

/** The name of its type; of a reference as the text format writes it. */
export function typeOf(value: Value): string {
  return value.type === "ref" ? value.refType : value.type;
}
