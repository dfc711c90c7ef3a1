import { useState } from "react";
import { useMe } from "./account.query";
import { held, hold, tab } from "./held.model";

/**
 * A state that outlives a reload and the end of a session, in this tab and for this account alone: what was typed or chosen
 * and is kept nowhere else. It is null where there is nothing; null lets go of it. Whoever uses it is given a React key where
 * the name changes. An empty name holds nothing over a reload.
 */
export function useHeld<T>(name: string): [T | null, (next: T | null | ((now: T | null) => T | null)) => void] {
  const owner = useMe().data?.id ?? "";
  const [value, setValue] = useState<T | null>(() => (name ? held<T>(tab(), owner, name) : null));
  const change = (next: T | null | ((now: T | null) => T | null)) =>
    setValue((now) => {
      const then = typeof next === "function" ? (next as (now: T | null) => T | null)(now) : next;
      if (name) hold(tab(), owner, name, then);
      return then;
    });
  return [value, change];
}
