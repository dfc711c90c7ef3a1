import { useEffect, useRef } from "react";

/** Whether what has the focus takes keys for itself. */
function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** Answers single keys as long as nobody types, no dialog is open, and no other key is held. Escape leaves the field in which one types. */
export function useKeys(on: boolean, keys: Record<string, () => unknown>): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    if (!on) return;
    const press = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
      if (typing(e.target)) {
        const field = e.target as HTMLElement;
        if (e.key === "Escape" && field.ariaExpanded !== "true" && !field.closest("[role='dialog']")) field.blur();
        return;
      }
      if (document.querySelector("[role='dialog'][aria-modal='true'], [role='menu']") && e.key !== "?") return;
      // Enter on a button or link is that button's.
      if (
        e.key === "Enter" &&
        e.target instanceof HTMLElement &&
        e.target.closest("button, a, [role='radio'], summary")
      )
        return;
      const act = now.current[e.key];
      if (!act) return;
      e.preventDefault();
      act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [on]);
}
