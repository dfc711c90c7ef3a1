import { keepPreviousData, useInfiniteQuery, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { operations } from "../../api/schema";
import { list, type Schemas } from "../../api/types";
import { type RunPath, runKey } from "../run/run.query";
import { known, type Page } from "./grid.model";

export type Filter = { column: string; operator: Operator; value?: string };
export type Order = { column: string; descending?: boolean };
export const operators = ["equals", "differs", "contains", "starts", "missing", "present"] as const;
export type Operator = (typeof operators)[number];

/** What of a version is looked at, and in which order. */
export interface View {
  version: string;
  filters: Filter[];
  order: Order[];
}

/** Rows and columns are fetched in parts of these sizes. */
export const partRows = 100;
export const partColumns = 40;

// What a version holds never changes: nothing of it is asked for twice while it is remembered.
const forever = { staleTime: Number.POSITIVE_INFINITY, gcTime: 120_000 };

export function useVersions(path: RunPath) {
  return useQuery({
    queryKey: [...runKey(path.workspace, path.run), "versions"],
    queryFn: async () =>
      list((await body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/versions", { params: { path } }))).versions),
  });
}

/** What reception found out about the columns. */
export function useFacts(path: RunPath) {
  return useQuery({
    queryKey: [...runKey(path.workspace, path.run), "reception"],
    queryFn: () => body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/reception", { params: { path } })),
  });
}

function rows(path: RunPath, version: string, ask: Schemas["RowsBody"], signal: AbortSignal) {
  return body(
    api.POST("/api/v1/workspaces/{workspace}/runs/{run}/versions/{version}/rows", {
      params: { path: { ...path, version } },
      body: ask,
      signal,
    }),
  );
}

/** The names of the columns of a version, and how many rows the filters keep. */
export function useOutline(path: RunPath, view: View, enabled: boolean) {
  return useQuery({
    queryKey: ["rows", path.run, view.version, "outline", view.filters],
    queryFn: ({ signal }) => rows(path, view.version, { limit: 1, count: true, filters: view.filters }, signal),
    enabled,
    placeholderData: keepPreviousData,
    ...forever,
  });
}

/** What a column may be read as. */
export type ColumnType = NonNullable<operations["get-profile"]["parameters"]["query"]["as"]>;

/** One part of a table: which of its rows and which of its columns. */
export interface Part {
  rows: number;
  columns: number;
}

/**
 * The parts of a table that are on the screen, of the columns with these names. Going by the row's number costs nothing, however far
 * down. Where a column was hidden or moved, what is known of the others is shown until all have come.
 */
export function useParts(path: RunPath, view: View, parts: Part[], names: string[], byNumber: boolean) {
  const client = useQueryClient();
  return useQueries({
    queries: parts.map((p) => {
      const columns = names.slice(p.columns * partColumns, (p.columns + 1) * partColumns);
      // One word for the rows: a list of filters would match every list that begins with it.
      const key = ["rows", path.run, JSON.stringify([view.version, view.filters, view.order, p.rows, byNumber])];
      return {
        queryKey: [...key, columns],
        queryFn: ({ signal }: { signal: AbortSignal }): Promise<Page> =>
          rows(
            path,
            view.version,
            {
              columns,
              filters: view.filters,
              order: view.order,
              limit: partRows,
              ...(byNumber ? { from: p.rows * partRows + 1 } : { offset: p.rows * partRows }),
            },
            signal,
          ),
        placeholderData: () =>
          known(
            client.getQueriesData<Page>({ queryKey: key }).flatMap(([, page]) => page ?? []),
            columns,
          ),
        ...forever,
      };
    }),
    combine: (all) => ({
      pages: all.map((q) => q.data),
      error: all.find((q) => q.error)?.error ?? null,
      retry: () => void Promise.all(all.filter((q) => q.error).map((q) => q.refetch())),
    }),
  });
}

/** The first rows of a version, of the columns with these names. */
export function useFirstRows(path: RunPath, version: string | undefined, names: string[], limit: number) {
  return useQuery({
    queryKey: ["rows", path.run, version, "first", limit, names],
    queryFn: ({ signal }) => rows(path, version ?? "", { columns: names, from: 1, limit }, signal),
    enabled: version !== undefined && limit > 0 && names.length > 0,
    ...forever,
  });
}

/** The query behind a view, where something is filtered or sorted. The grid asks for the part that tells it as well. */
export function useQueryOf(path: RunPath, view: View, names: string[]): string | undefined {
  const chosen = names.length > 0 && (view.filters.length > 0 || view.order.length > 0);
  const { pages } = useParts(path, view, chosen ? [{ rows: 0, columns: 0 }] : [], names, false);
  return pages[0]?.sql;
}

/** What a column of a version holds. */
export function useProfile(path: RunPath, version: string, column: string, enabled = true) {
  return useQuery({
    queryKey: ["profile", path.run, version, column],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/workspaces/{workspace}/runs/{run}/versions/{version}/profile", {
          params: { path: { ...path, version }, query: { column, top: 12, bins: 24 } },
          signal,
        }),
      ),
    enabled: enabled && column !== "",
    ...forever,
  });
}

/** What of a column can be read as another type. Only that is wanted: as little of the rest is asked for as can be. */
export function useProfileAs(
  path: RunPath,
  version: string | undefined,
  column: string,
  as: ColumnType,
  enabled: boolean,
) {
  return useQuery({
    queryKey: ["profile", path.run, version, column, "as", as],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/workspaces/{workspace}/runs/{run}/versions/{version}/profile", {
          params: { path: { ...path, version: version ?? "" }, query: { column, as, top: 1, bins: 1 } },
          signal,
        }),
      ),
    enabled: enabled && version !== undefined,
    ...forever,
  });
}

/** In what two versions differ, a page at a time. */
export function useDiff(path: RunPath, before: string, version: string, columns: string[]) {
  return useInfiniteQuery({
    queryKey: ["diff", path.run, before, version, columns],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/api/v1/workspaces/{workspace}/runs/{run}/versions/{version}/diff", {
          params: {
            path: { ...path, version },
            query: { before, after: pageParam, limit: 100, columns: columns.length ? columns : undefined },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next || undefined,
    enabled: before !== "" && version !== "" && before !== version,
    ...forever,
  });
}

/** Everything that happened to a cell. */
export function useCellStory(path: RunPath, row: number, column: string) {
  return useQuery({
    queryKey: ["cell", path.run, row, column],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/workspaces/{workspace}/runs/{run}/cell", {
          params: { path, query: { row, column } },
          signal,
        }),
      ),
    enabled: row > 0,
  });
}

/** The files of a workspace, the latest first. */
export function useDatasets(workspace: string) {
  return useInfiniteQuery({
    queryKey: ["datasets", workspace],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/workspaces/{workspace}/datasets", {
          params: { path: { workspace }, query: { limit: 50, after: pageParam || undefined } },
        }),
      ),
    getNextPageParam: (page) => page.next || undefined,
  });
}
