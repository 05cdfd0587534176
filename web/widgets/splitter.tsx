// A line between two regions that is dragged or moved with the arrow keys.

interface SplitterProps {
  readonly label: string;
  /** The way the line itself runs. */
  readonly direction: "vertical" | "horizontal";
  /** Hundredths of the parent's size that the first region takes. */
  readonly at: number;
  readonly min: number;
  readonly max: number;
  /** True when `at` is measured from the far end. */
  readonly fromEnd?: boolean;
  onMove(at: number): void;
}

const KEY_STEP = 2;

export function Splitter({ label, direction, at, min, max, fromEnd = false, onMove }: SplitterProps) {
  const clamp = (value: number): number => Math.round(Math.min(max, Math.max(min, value)) * 10) / 10;
  const start = (event: PointerEvent): void => {
    if (!(event.currentTarget instanceof HTMLElement)) return;
    const line = event.currentTarget;
    const box = line.parentElement?.getBoundingClientRect();
    if (!box) return;
    event.preventDefault();
    line.setPointerCapture(event.pointerId);
    const move = (to: PointerEvent): void => {
      const part = direction === "vertical" ? (to.clientX - box.left) / box.width : (to.clientY - box.top) / box.height;
      onMove(clamp((fromEnd ? 1 - part : part) * 100));
    };
    const end = (): void => {
      line.removeEventListener("pointermove", move);
      line.removeEventListener("lostpointercapture", end);
    };
    line.addEventListener("pointermove", move);
    line.addEventListener("lostpointercapture", end);
  };
  const key = (event: KeyboardEvent): void => {
    const less = direction === "vertical" ? "ArrowLeft" : "ArrowUp";
    const more = direction === "vertical" ? "ArrowRight" : "ArrowDown";
    if (event.key !== less && event.key !== more) return;
    event.preventDefault();
    const towards = (event.key === more) !== fromEnd ? KEY_STEP : -KEY_STEP;
    onMove(clamp(at + towards));
  };
  return (
    <div
      class={`splitter splitter-${direction}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={direction}
      aria-valuenow={Math.round(at)}
      aria-valuemin={min}
      aria-valuemax={max}
      onPointerDown={start}
      onKeyDown={key}
    />
  );
}
