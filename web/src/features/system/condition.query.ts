import { useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { list, type Schemas } from "../../api/types";

/** What everybody feels of what is out of order. It needs no sign-in, and no database. */
export function useStatus() {
  return useQuery({
    queryKey: ["status"],
    queryFn: async (): Promise<Schemas["Condition"][]> => list((await body(api.GET("/api/v1/status"))).conditions),
    // Looked at more often while something is out, so that the line goes when it is back.
    refetchInterval: (q) => (q.state.data?.length ? 5_000 : 30_000),
    retry: false,
  });
}

/** Everything that is out of order, for those who run the system. */
export function useConditions() {
  return useQuery({
    queryKey: ["system", "conditions"],
    queryFn: async (): Promise<Schemas["SystemCondition"][]> =>
      list((await body(api.GET("/api/v1/system/conditions"))).conditions),
    refetchInterval: 5_000,
    retry: false,
  });
}
