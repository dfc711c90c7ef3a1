import { type UseQueryResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, session } from "../../api/client";
import type { Problem } from "../../api/problem";
import type { Schemas } from "../../api/types";
import { letGo, tab } from "./held.model";

export const meKey = ["me"];

/** Who is signed in. A 401 is the answer that nobody is. */
export function useMe(): UseQueryResult<Schemas["Me"], Problem> {
  return useQuery<Schemas["Me"], Problem>({
    queryKey: meKey,
    queryFn: async () => {
      const me = await body(api.GET("/api/v1/me"));
      session.set("in");
      return me;
    },
    staleTime: 60_000,
  });
}

/** How people can sign in here. */
export function useWays() {
  return useQuery({ queryKey: ["ways"], queryFn: () => body(api.GET("/api/v1/auth")), staleTime: 0 });
}

export function signIn(email: string, password: string) {
  return body(api.POST("/api/v1/auth/sign-in", { body: { email, password, cookies: true } }));
}

export function secondFactor(challenge: string, code: string) {
  return body(api.POST("/api/v1/auth/second-factor", { body: { challenge, code, cookies: true } }));
}

/** Ends the session here and at the server. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => body(api.POST("/api/v1/auth/sign-out", { body: {} })),
    onSettled: () => {
      session.set("out");
      letGo(tab());
      queries.clear();
      window.location.assign("/sign-in");
    },
  });
}

/** The token of a one-time link stands behind the #, which no server sees. It is taken off the address at once. */
export function tokenOfAddress(): string {
  const token = window.location.hash.slice(1);
  if (token) window.history.replaceState(window.history.state, "", window.location.pathname);
  return token;
}
