import type { useDisclosure } from "@mantine/hooks";
import { useSearch } from "@tanstack/react-router";
import { useKeys } from "../quality/useKeys";
import type { Choice, Decision } from "./point.model";
import type { PointMoves } from "./point.query";
import { useCursor } from "./useCursor";

interface Ask {
  /** What is decided on, in the order in which it is shown; nothing before it is. */
  ids: string[];
  live: boolean;
  decisions: Record<string, Decision>;
  moves: PointMoves;
  confirm: ReturnType<typeof useDisclosure>;
  /** What a person enters beside a card goes with their yes to it. */
  beside?: (id: string) => Partial<Choice>;
  /** Further keys, for the card that the cursor is at. */
  keys?: Record<string, (id: string) => unknown>;
}

/** Cards to say yes or no to, one after the other, with the keyboard or the pointer. */
export function useCards({ ids, live, decisions, moves, confirm, beside, keys = {} }: Ask) {
  const { item } = useSearch({ from: "/signed-in/w/$workspace/runs/$run" });
  const cursor = useCursor(ids, item);
  const take = (choices: Choice[]) => {
    if (live && choices.length > 0) moves.decide.mutate(choices);
  };
  const keep = (id: string) => take([{ item: id, choice: "accept", option: "keep", ...beside?.(id) }]);
  const dismiss = (id: string, reason?: string) =>
    take([{ item: id, choice: "reject", reason: reason?.trim() || undefined }]);
  const undo = (id: string) => {
    if (live && decisions[id]) moves.withdraw.mutate([id]);
  };
  const at = cursor.id;
  const onward = (act: (id: string) => void) => () => {
    if (!at) return;
    act(at);
    cursor.next();
  };
  useKeys(!confirm[0], {
    j: cursor.next,
    k: cursor.before,
    a: onward(keep),
    r: onward(dismiss),
    u: () => at && undo(at),
    Enter: () => live && confirm[1].open(),
    ...Object.fromEntries(Object.entries(keys).map(([key, act]) => [key, () => at && live && act(at)])),
  });
  return { at, take, keep, dismiss, undo };
}
