import createClient from "openapi-fetch";
import { Actions } from "./action.model";
import { Problem, problemOf } from "./problem";
import type { paths } from "./schema";
import { cookie, requestName, SessionStore, singleFlight } from "./session.model";

/** The one session of this page. */
export const session = new SessionStore();

/** What the person at this page does, from one click or key to the next. */
const actions = new Actions();
for (const event of ["pointerdown", "keydown", "submit", "drop"])
  addEventListener(event, actions.begin, { capture: true, passive: true });

/** Requests wait for the answer, never for a browser's cache: what is shown is what stands. */
function send(request: Request): Promise<Response> {
  request.headers.set("traceparent", actions.header());
  return fetch(request, { credentials: "same-origin", cache: "no-store" });
}

function unsafe(method: string): boolean {
  return method !== "GET" && method !== "HEAD";
}

function withToken(request: Request): Request {
  if (!unsafe(request.method)) return request;
  const headers = new Headers(request.headers);
  headers.set("X-CSRF-Token", csrfToken());
  return new Request(request, { headers });
}

const refreshedAt = "analytix.refreshed";

/** New tokens in the cookies; false where the session has ended for good. Other tabs use what one tab got. */
const refresh = singleFlight(async (): Promise<boolean> => {
  const began = Date.now();
  const ask = async () => {
    if (Number(localStorage.getItem(refreshedAt)) > began) return true; // another tab did, while this one waited
    const answer = await fetch("/api/v1/auth/refresh", {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "Idempotency-Key": requestName() },
      body: "{}",
    });
    if (answer.ok) localStorage.setItem(refreshedAt, String(Date.now()));
    else if (answer.status !== 401) throw await readProblem(answer);
    return answer.ok;
  };
  return navigator.locks ? navigator.locks.request("analytix-refresh", ask) : ask();
});

async function readProblem(answer: Response): Promise<Problem> {
  try {
    return new Problem(await answer.json());
  } catch {
    return new Problem({ status: answer.status, detail: `The server answered ${answer.status} ${answer.statusText}.` });
  }
}

/** The token that a change has to show. */
export function csrfToken(): string {
  return cookie(document.cookie, "analytix_csrf");
}

/** After a 401: renews the tokens, or waits until somebody has signed in again. False where nobody did. */
export async function renewed(): Promise<boolean> {
  if (await refresh()) return true;
  if (session.get() !== "in" && session.get() !== "expired") {
    session.set("out");
    return false;
  }
  return session.signedInAgain();
}

/**
 * Sends a request as the signed-in person. A token that has run out is renewed unseen; where the session has ended while
 * somebody worked, the request waits until they have signed in again, and is then sent as it was.
 */
export async function authorized(request: Request): Promise<Response> {
  const open = new URL(request.url, location.href).pathname.startsWith("/api/v1/auth");
  for (let tries = 0; ; tries++) {
    const answer = await send(withToken(request.clone()));
    if (open || answer.status !== 401 || tries === 3) return answer;
    if (!(await renewed())) return answer;
  }
}

/** The typed client, made from openapi.json. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: authorized });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer, or the problem as an error. */
export async function body<T>(answer: Promise<Answer<T>>): Promise<T> {
  return (await tagged(answer)).body;
}

/** The body of an answer with its ETag, which a change has to carry. */
export async function tagged<T>(answer: Promise<Answer<T>>): Promise<{ body: T; tag: string }> {
  const { data, error, response } = await answer.catch((e: unknown) => {
    throw problemOf(e);
  });
  if (!response.ok) throw new Problem(typeof error === "object" && error ? error : { status: response.status });
  return { body: data as T, tag: response.headers.get("ETag") ?? "" };
}
