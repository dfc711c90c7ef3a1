const key = "analytix.workspace";

/** The workspace that was used last in this browser. */
export function lastWorkspace(): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return ""; // without storage the first one is shown
  }
}

export function rememberWorkspace(id: string): void {
  try {
    localStorage.setItem(key, id);
  } catch {
    // It is asked for again next time.
  }
}
