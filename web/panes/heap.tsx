// The heap: how full it is, and what is in it. Its content is a part of its own: most modules make no objects.

import { Pane } from "../widgets/pane.tsx";
import { counted, formatBytes, groupThousands } from "../state/values.ts";
import { useSelect } from "../state/use.ts";
import { useFolding } from "./folding.ts";
import { lazily } from "./lazy.tsx";
import { view } from "./looking.ts";

const LazyObjects = lazily(async () => (await import("./heap-objects.tsx")).Objects, <p class="nothing">is being loaded</p>);

export function Heap() {
  const now = useSelect(view);
  const folding = useFolding("Heap");
  const heap = now?.heap;
  const empty = !now || !heap ? "no machine yet" : heap.objects === 0 ? "no structures or arrays were made" : undefined;
  const use = heap && (
    <span class="quiet" title={`${groupThousands(heap.bytes)} of ${groupThousands(heap.limit)} bytes, with what waits to be collected`}>
      {formatBytes(heap.bytes)} of {formatBytes(heap.limit)}, {counted(heap.collections, "collection")}
    </span>
  );
  return (
    <Pane name="Heap" className="heap" {...folding} empty={empty} aside={use}>
      {now?.heapWindow && <LazyObjects now={now} seen={now.heapWindow} />}
      {now && !now.heapWindow && now.status.kind === "running" && <p class="nothing">so many objects are listed when the machine stands</p>}
    </Pane>
  );
}

