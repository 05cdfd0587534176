// What is left of the page when drawing it has failed: one sentence, and the ways out. The work is kept, the workers are ended.

import { Component, type ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { messageOf } from "../base/assert.ts";
import type { Store } from "../state/store.ts";
import { type Reopening, reopenAs } from "./reopening.ts";
import { downloadProject } from "./saving.ts";

interface BoundaryProps {
  readonly store: Store;
  readonly children: ComponentChildren;
}

interface BoundaryState {
  readonly failed?: { readonly what: string; readonly unkept: string | undefined };
}

/** Around the whole page: what is thrown while it is drawn, or in an effect of it, ends here. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override componentDidCatch(thrown: unknown): void {
    console.error(thrown);
    let before: string | undefined;
    const now = whatFails(() => {
      before = this.props.store.flush();
    });
    const unkept = now ?? before;
    // Nothing of the page would show any more what a machine does.
    this.props.store.dispose();
    this.setState({ failed: { what: messageOf(thrown), unkept } });
  }

  override render() {
    const { failed } = this.state;
    return failed === undefined ? this.props.children : <Mishap store={this.props.store} {...failed} />;
  }
}

/** What an action throws, as text. */
function whatFails(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

interface MishapProps {
  readonly store: Store;
  readonly what: string;
  readonly unkept: string | undefined;
}

function Mishap({ store, what, unkept }: MishapProps) {
  const first = useRef<HTMLButtonElement>(null);
  /** What one of the ways out came to. */
  const [blocked, setBlocked] = useState<string | undefined>(undefined);
  const attempt = (act: () => void, sentence: (why: string) => string): void => {
    const why = whatFails(act);
    setBlocked(why === undefined ? undefined : sentence(why));
  };
  const reopen = (way: Reopening): void => attempt(() => reopenAs(way), (why) => `The page cannot be opened this way: ${why}. Reload opens it as it was.`);
  useEffect(() => first.current?.focus(), []);
  return (
    <main class="mishap" aria-label="The page has stopped">
      <div role="alert">
        <p>
          The page could not go on, because of a mistake of its own: {what}. {unkept === undefined ? "What you wrote is kept in this browser" : `What you wrote last may not be kept in this browser (${unkept})`}, and nothing runs any more.
        </p>
        {blocked !== undefined && <p>{blocked}</p>}
      </div>
      <p class="mishap-ways">
        <button type="button" class="button button-primary" ref={first} onClick={() => location.reload()}>
          Reload
        </button>
        <button type="button" class="button" onClick={() => reopen("idle")}>
          Open without running anything
        </button>
        <button type="button" class="button" onClick={() => attempt(() => downloadProject(store), (why) => `The project could not be written to a file: ${why}.`)}>
          Save the project to a file
        </button>
        <button type="button" class="button" onClick={() => reopen("anew")}>
          Start anew with the first example
        </button>
      </p>
    </main>
  );
}
