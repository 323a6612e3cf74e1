/** One HTTP question with a time limit, whose answer is a value: it never rejects. */
import type { Answer } from "./problems.ts";

/** A question to the endpoint. */
export interface Question {
  readonly method: "POST" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent as JSON; as text/plain, which asks no browser for a preflight. */
  readonly json?: unknown;
  /** Whether it may outlive the page. */
  readonly keepalive?: boolean;
}

const PATIENCE = 10_000; // milliseconds for one answer
const NOTHING: Answer = { status: 0, body: undefined, retryAfter: null };

/** Ask; the answer has status 0 where none came in time, or `signal` was aborted. */
export async function ask(question: Question, signal?: AbortSignal): Promise<Answer> {
  const limit = new AbortController();
  const abort = () => limit.abort();
  const late = setTimeout(abort, PATIENCE);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  try {
    const response = await fetch(question.url, init(question, limit.signal));
    return {
      status: response.status,
      body: parsed(await response.text()),
      retryAfter: retryAfter(response.headers.get("Retry-After"), Date.now()),
    };
  } catch {
    return NOTHING; // the network's own words help nobody, and differ between browsers
  } finally {
    clearTimeout(late);
    signal?.removeEventListener("abort", abort);
  }
}

/** Return the milliseconds that `Retry-After` asks for: whole seconds, or a date. */
export function retryAfter(value: string | null, now: number): number | null {
  if (value === null || value.trim() === "") return null;
  const seconds = Number(value);
  const wanted = Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1000;
  return Number.isFinite(wanted) ? Math.max(0, wanted) : null;
}

/** Return what a text is as JSON; undefined where it is none. */
export function parsed(said: string): unknown {
  try {
    return JSON.parse(said) as unknown;
  } catch {
    return undefined;
  }
}

function init(question: Question, signal: AbortSignal): RequestInit {
  const made: RequestInit = {
    method: question.method,
    signal,
    credentials: "omit",
    cache: "no-store",
  };
  if (question.headers) made.headers = question.headers;
  if (question.json !== undefined) made.body = JSON.stringify(question.json);
  if (question.keepalive) made.keepalive = true;
  return made;
}
