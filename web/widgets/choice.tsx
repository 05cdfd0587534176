// A few choices side by side, one of them taken. The arrow keys go from one to the next, as in every radio group.

interface ChoiceProps<T extends string> {
  readonly label: string;
  /** `name` is what the option is called; `text` a sign for it. */
  readonly options: readonly { readonly value: T; readonly text: string; readonly name: string; readonly title?: string }[];
  readonly value: T;
  onChoose(value: T): void;
}

export function Choice<T extends string>({ label, options, value, onChoose }: ChoiceProps<T>) {
  const move = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 0;
    const at = options.findIndex((option) => option.value === value);
    const next = options[(at + by + options.length) % options.length];
    if (by === 0 || !next) return;
    event.preventDefault();
    onChoose(next.value);
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.querySelectorAll<HTMLElement>("[role=radio]")[options.indexOf(next)]?.focus();
  };
  return (
    <div class="choice" role="radiogroup" aria-label={label} onKeyDown={move}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          aria-label={option.name}
          tabIndex={option.value === value ? 0 : -1}
          title={option.title ?? option.name}
          class="choice-option"
          onClick={() => onChoose(option.value)}
        >
          {option.text}
        </button>
      ))}
    </div>
  );
}
