import { QueryClient } from "@tanstack/react-query";
import { Problem } from "../api/problem";

/** What the page knows of the server. Events say when it is out of date, so nothing is asked for twice without need. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      retry: (tries, error) => tries < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
    mutations: { retry: false },
  },
});
