import { useCallback, useEffect, useState } from "react";

interface Cursor {
  id: string | undefined;
  next: () => void;
  before: () => void;
}

/** Which of some things the keys act on, at first the one that the address names. Moving brings it onto the screen. */
export function useCursor(ids: string[], named: string | undefined): Cursor {
  const [wanted, setWanted] = useState<string>();
  const there = named !== undefined && ids.includes(named);
  useEffect(() => {
    if (!there) return;
    setWanted(named);
    document.getElementById(`item-${named}`)?.scrollIntoView({ block: "start" });
  }, [there, named]);
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
