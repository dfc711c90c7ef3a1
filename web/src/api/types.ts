import type { components } from "./schema";

/** The types of the API, by name. */
export type Schemas = components["schemas"];

/** A list of the API, which says null for an empty one. */
export function list<T>(items: T[] | null | undefined): T[] {
  return items ?? [];
}
