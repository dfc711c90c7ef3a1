import { useCallback, useState } from "react";

/** Which of some things the keys act on. Moving brings it onto the screen. */
export function useCursor(ids: string[]): { id: string | undefined; next: () => void; before: () => void } {
  const [wanted, setWanted] = useState<string>();
  const at = Math.max(0, ids.indexOf(wanted ?? ""));
  const move = useCallback(
    (step: number) => {
      const to = ids[Math.min(ids.length - 1, Math.max(0, at + step))];
      if (!to) return;
      setWanted(to);
      document.getElementById(`item-${to}`)?.scrollIntoView({ block: "nearest" });
    },
    [ids, at],
  );
  return { id: ids[at], next: () => move(1), before: () => move(-1) };
}
