import { useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { type RunPath, runKey } from "../run/run.query";

/** What the data says, as it was found. */
export function useInsights(path: RunPath) {
  return useQuery({
    queryKey: [...runKey(path.workspace, path.run), "insights"],
    queryFn: () => body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/insights", { params: { path } })),
  });
}
