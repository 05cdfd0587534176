// The instruction reference: every instruction the machine has, to be searched and read.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { InstructionInfo } from "../../protocol/dto.ts";
import { description, proposalName } from "../../protocol/proposals.ts";
import { gasOf, viewOf } from "../../state/selectors.ts";
import { useSelect, useStore } from "../../state/use.ts";
import { groupThousands } from "../../state/values.ts";
import { Dialog } from "../../widgets/dialog.tsx";

/** Instructions in which every word is found: in the name, the meaning, the effect or the proposal; names first. */
export function searchInstructions(all: readonly InstructionInfo[], typed: string, proposal: string): readonly InstructionInfo[] {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const matching = all.filter((info) => {
    if (proposal !== "" && info.proposal !== proposal) return false;
    const text = `${info.mnemonic} ${info.stack} ${info.summary} ${proposalName(info.proposal)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const byName = (info: InstructionInfo): boolean => words.every((word) => info.mnemonic.includes(word));
  return words.length === 0 ? matching : [...matching.filter(byName), ...matching.filter((info) => !byName(info))];
}

export function ReferenceDialog({ at }: { readonly at: string | undefined }) {
  const store = useStore();
  const all = useSelect((state) => state.instructions);
  const [typed, setTyped] = useState("");
  const [proposal, setProposal] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const found = useMemo(() => searchInstructions(all, typed, proposal), [all, typed, proposal]);
  const proposals = useMemo(() => [...new Set(all.map((info) => info.proposal))], [all]);
  const here = at ?? viewOf(store.state.peek())?.next?.mnemonic;
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }, [all]);
  return (
    <Dialog title="Instructions" wide onClose={() => store.dispatch({ kind: "dialogClosed" })}>
      <div class="reference-search">
        <input
          class="field grow"
          type="search"
          aria-label="Find an instruction"
          placeholder="name or meaning, like rotate"
          autoFocus
          value={typed}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <select class="field" aria-label="Proposal" value={proposal} onChange={(event) => setProposal(event.currentTarget.value)}>
          <option value="">all of WebAssembly</option>
          {proposals.map((name) => (
            <option key={name} value={name}>
              {proposalName(name)}
            </option>
          ))}
        </select>
        <span class="quiet reference-count" role="status">
          {all.length === 0 ? "being read" : `${groupThousands(found.length)} of ${groupThousands(all.length)}`}
        </span>
      </div>
      {found.length === 0 && all.length > 0 && <p class="quiet">No instruction has all of these words in its name, meaning or proposal.</p>}
      <ul class="reference" aria-label="Instructions" ref={list}>
        {found.map((info) => (
          <Row key={info.mnemonic} info={info} gas={gasOf(store.state.peek(), info.mnemonic)} here={info.mnemonic === here} />
        ))}
      </ul>
    </Dialog>
  );
}

function Row({ info, gas, here }: { readonly info: InstructionInfo; readonly gas: string; readonly here: boolean }) {
  const { url, what } = description(info);
  return (
    <li class="reference-row" aria-current={here || undefined}>
      <code class="reference-name">
        <strong>{info.mnemonic}</strong> {info.immediates}
      </code>
      <code class="reference-stack">{info.stack}</code>
      <span class="reference-text">{info.summary}</span>
      <span class="reference-foot quiet">
        {here && <span>next in the machine</span>}
        {gas !== "" && <span>{gas}</span>}
        <span>{proposalName(info.proposal)}</span>
        <a href={url} target="_blank" rel="noopener noreferrer" aria-label={`${info.mnemonic} in the ${what}`}>
          {what}
        </a>
      </span>
    </li>
  );
}
