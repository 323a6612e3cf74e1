/** What an answer that is no success means for a person. Pure. */
import type { Problem } from "./types.ts";

/** What came back, or did not: `status` is 0 where no answer came. */
export interface Answer {
  readonly status: number;
  /** The JSON of the answer; undefined where it has none. */
  readonly body: unknown;
  /** Milliseconds that `Retry-After` asks for, or null. */
  readonly retryAfter: number | null;
}

/** What went wrong, for the program (`status`, `retryAfter`) and for the person (`problem`). */
export interface Trouble {
  readonly status: number;
  readonly retryAfter: number | null;
  readonly problem: Problem;
}

/** A value, or why there is none. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly trouble: Trouble };

// What the endpoint says of these is meant for the page's author; a person needs other words.
const WORDS: Readonly<Record<string, string>> = {
  context_token_required:
    "This conversation has a picture that was shared from somewhere else, so yours cannot be " +
    "added. Start a new conversation to talk about it.",
};

const MENDED_BY_AGAIN = [
  "invalid_ticket",
  "no_ticket",
  "unknown_temporary_id",
  "temporary_id_used",
];

/** Return what a failed answer of the endpoint at `address` means. */
export function troubleOf(answer: Answer, address: string): Trouble {
  const { status, retryAfter } = answer;
  const error = member(answer.body, "error");
  const code = text(member(error, "code")) ?? (status === 0 ? "unreachable" : "unknown");
  const message = WORDS[code] ?? text(member(error, "message")) ?? unsaid(status, address);
  const canRetry = isTransient(status) || MENDED_BY_AGAIN.includes(code);
  return { status, retryAfter, problem: { code, message, canRetry } };
}

/** Return the trouble with an answer that says success, and is none of Sightline's. */
export function strange(answer: Answer, address: string): Trouble {
  const message = `${address} answers, but not as Sightline does: is the endpoint's address right?`;
  const problem = { code: "unknown", message, canRetry: false };
  return { status: answer.status, retryAfter: null, problem };
}

/** Tell whether the same may succeed a little later, by itself. */
export function isTransient(status: number): boolean {
  return status === 0 || status === 408 || status === 429 || status >= 500;
}

/** Tell whether an endpoint has no such route, as one of an earlier version. */
export function isMissingRoute(trouble: Trouble): boolean {
  return trouble.status === 405 || (trouble.status === 404 && trouble.problem.code === "unknown");
}

/** Return a member of what may be an object. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** Return what may be a text, if it is one and not empty. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function unsaid(status: number, address: string): string {
  if (status === 0)
    return (
      `The picture service at ${address} did not answer. Check the connection; if that is fine, ` +
      "the service may not be open to this page (injector.browser.origins)."
    );
  if (status === 404 || status === 405)
    return `The picture service at ${address} does not know this request: is its address right?`;
  if (status === 413) return "The picture is too large: choose a smaller one.";
  if (status === 429) return "That was too often: try again in a minute.";
  if (status >= 500) return `The picture service at ${address} is in trouble: try again later.`;
  return `The picture service at ${address} refused this (${status}).`;
}
