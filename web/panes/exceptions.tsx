// Exceptions: the one that is thrown next or was just thrown, those that values in sight refer to, and the others of the heap. Most modules throw none, so the list is a part of its own.

import { Pane } from "../widgets/pane.tsx";
import { useSelect } from "../state/use.ts";
import { useFolding } from "./folding.ts";
import { lazily } from "./lazy.tsx";
import { view } from "./looking.ts";

const LazyExceptions = lazily(async () => (await import("./exception-list.tsx")).ExceptionList, <p class="nothing">is being loaded</p>);

interface ExceptionsProps {
  /** Only there while there is one in sight. */
  readonly brief?: boolean;
}

export function Exceptions({ brief = false }: ExceptionsProps) {
  const now = useSelect(view);
  const folding = useFolding("Exceptions");
  const rows = now?.exceptions ?? [];
  if (!now || (rows.length === 0 && (brief || !now.hasTags))) return null;
  const none = rows.length === 0 && now.otherExceptionCount === 0;
  return (
    <Pane name="Exceptions" {...folding} empty={none ? "none is thrown here or held" : undefined}>
      <LazyExceptions now={now} />
    </Pane>
  );
}
