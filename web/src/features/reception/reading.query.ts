import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { Problem } from "../../api/problem";
import type { Schemas } from "../../api/types";
import type { RunPath } from "../run/run.query";
import type { Options } from "./reading.model";

/** The beginning of the file as it is read in this round of reception or, with options, as it would be read. */
export function useReading(path: RunPath, round: number, options: Options | undefined, enabled: boolean) {
  return useQuery<Schemas["Reading"], Problem>({
    queryKey: ["reading", path.workspace, path.run, round, options ?? null],
    queryFn: ({ signal }) =>
      body(
        api.POST("/api/v1/workspaces/{workspace}/runs/{run}/reception/preview", {
          params: { path },
          body: { options },
          signal,
        }),
      ),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
}
