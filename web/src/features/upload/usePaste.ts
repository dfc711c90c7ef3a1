import { useCallback, useEffect, useState } from "react";
import { fileOf, lookInto, type Pasted, pastedTable } from "./paste.model";

export type PasteState =
  | { step: "none" }
  | { step: "refused" } // what was pasted is no table
  | { step: "shown"; file: File; table: Pasted | null };

/** Whether what has the focus takes what is pasted for itself. */
function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA"].includes(target.tagName));
}

/** Catches what is pasted anywhere on the page, except into a field: a file, or text that is a table. */
export function usePaste(on: boolean): {
  state: PasteState;
  take: (from: DataTransfer) => void;
  reset: () => void;
} {
  const [state, setState] = useState<PasteState>({ step: "none" });
  const take = useCallback((from: DataTransfer) => {
    const file = from.files[0];
    if (file) {
      void lookInto(file)
        .catch(() => null) // a file that cannot be read here is refused by the sending of it
        .then((table) => setState({ step: "shown", file, table }));
      return;
    }
    const copied = from.getData("text/plain");
    const table = pastedTable(copied);
    setState(table ? { step: "shown", file: fileOf(copied, new Date()), table } : { step: "refused" });
  }, []);
  useEffect(() => {
    if (!on) return;
    const caught = (e: ClipboardEvent) => {
      if (!e.clipboardData || typing(e.target) || document.querySelector("[role='dialog'][aria-modal='true']")) return;
      e.preventDefault();
      take(e.clipboardData);
    };
    document.addEventListener("paste", caught);
    return () => document.removeEventListener("paste", caught);
  }, [on, take]);
  const reset = useCallback(() => setState({ step: "none" }), []);
  return { state, take, reset };
}
