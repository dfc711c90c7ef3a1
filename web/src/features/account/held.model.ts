/** Where something is held: in the tab, which forgets it as it is closed. */
export type Place = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const prefix = "analytix.held.";

const nameOf = (owner: string, key: string) => `${prefix}${owner}.${key}`;

/** What is held for an account under a key; null where there is nothing, or nothing that can be read. */
export function held<T>(place: Place | undefined, owner: string, key: string): T | null {
  try {
    const found = place?.getItem(nameOf(owner, key));
    return found ? (JSON.parse(found) as T) : null;
  } catch {
    return null;
  }
}

/** Holds something, or lets go of it where it is null. What does not fit is not held: it stays on the page all the same. */
export function hold<T>(place: Place | undefined, owner: string, key: string, value: T | null): void {
  try {
    if (value === null) place?.removeItem(nameOf(owner, key));
    else place?.setItem(nameOf(owner, key), JSON.stringify(value));
  } catch {
    // The place is full or closed.
  }
}

/** Lets go of everything, as somebody leaves. */
export function letGo(place: Place | undefined): void {
  if (!place) return;
  const names = Array.from({ length: place.length }, (_, i) => place.key(i));
  for (const name of names) if (name?.startsWith(prefix)) place.removeItem(name);
}

/** The place of this tab; undefined where the browser gives none. */
export function tab(): Place | undefined {
  try {
    return window.sessionStorage;
  } catch {
    return undefined;
  }
}
