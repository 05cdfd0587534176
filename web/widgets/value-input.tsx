// A field in which a value, or a lane of one, is changed: Enter sets it, Escape leaves it.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Parsed } from "../state/values.ts";

interface ValueInputProps<T> {
  readonly text: string;
  /** For screen readers: `local $n, i32`. */
  readonly label: string;
  parse(text: string): Parsed<T>;
  /** `byKey`: the person goes on with the keyboard where the value stands. */
  onDone(value: T | undefined, byKey: boolean): void;
}

export function ValueInput<T>({ text: first, label, parse, onDone }: ValueInputProps<T>) {
  const [text, setText] = useState(first);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const parsed = parse(text);
  const failed = parsed.kind === "failed";
  return (
    <span class="value value-editing">
      <input
        ref={input}
        class="value-input"
        value={text}
        aria-label={label}
        aria-invalid={failed}
        title={failed ? parsed.message : "Enter sets it, Escape leaves it"}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={() => onDone(undefined, false)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") onDone(undefined, true);
          if (event.key === "Enter" && parsed.kind === "ok") onDone(parsed.value, true);
        }}
      />
      {failed && (
        <span class="value-problem" role="alert">
          {parsed.message}
        </span>
      )}
    </span>
  );
}
