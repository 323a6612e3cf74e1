/** A conversation's events are followed: by fetch, since an EventSource sends no Authorization. */
import { retryAfter } from "./asking.ts";
import { Decoder, type Message } from "./decoding.ts";
import { elapsed } from "./elapsed.ts";
import { isTransient } from "./problems.ts";
import { pause } from "./retrying.ts";

const STEADY = 2_000; // milliseconds after which a connection that breaks was none that failed
const SILENCE = 45_000; // milliseconds; the endpoint says something every 15 seconds

/** Where events are told, with which token, and which is the last that is known, if any. */
export interface Source {
  readonly url: string;
  readonly token: string;
  readonly last: string;
}

/** How a stream has ended: for how many milliseconds to wait, or null if it is over for good. */
interface End {
  readonly isOver: boolean;
  readonly retryAfter: number | null;
}

/**
 * Tell each event to `hear`, once, until that returns false, `signal` is aborted, or the endpoint
 * refuses; one that knows no such route simply says nothing. It never rejects.
 *
 * A connection that breaks, or says nothing for 45 seconds, is made anew after pauses, from the
 * last event on; the pauses grow where it breaks at once, whatever it has told.
 */
export async function follow(
  source: Source,
  hear: (message: Message) => boolean,
  signal: AbortSignal,
): Promise<void> {
  let { last } = source;
  let attempts = 0;
  const heard = (message: Message) => {
    last = message.id;
    return hear(message);
  };
  while (!signal.aborted) {
    const begun = Date.now();
    const end = await once({ ...source, last }, heard, signal);
    if (end.isOver || signal.aborted) return;
    attempts = Date.now() - begun > STEADY ? 1 : attempts + 1;
    await elapsed(waiting(attempts, end.retryAfter), signal);
  }
}

async function once(
  source: Source,
  hear: (message: Message) => boolean,
  signal: AbortSignal,
): Promise<End> {
  const limit = new AbortController();
  const abort = () => limit.abort();
  const watch = watchdog(abort);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    const response = await fetch(source.url, init(source, limit.signal));
    if (!response.ok || response.body === null) return ended(response);
    return { isOver: await read(response.body, hear, watch.reset), retryAfter: null };
  } catch {
    return { isOver: false, retryAfter: null };
  } finally {
    watch.stop();
    abort(); // whatever of the answer is still to come
    signal.removeEventListener("abort", abort);
  }
}

function init(source: Source, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = {
    Accept: "text/event-stream",
    Authorization: `Bearer ${source.token}`,
  };
  if (source.last !== "") headers["Last-Event-ID"] = source.last;
  return { headers, signal, credentials: "omit", cache: "no-store" };
}

/** Return how it ends where no stream comes: all but a failure in passing is for good. */
function ended(response: Response): End {
  const isOver = !isTransient(response.status);
  return { isOver, retryAfter: retryAfter(response.headers.get("Retry-After"), Date.now()) };
}

/** Read to the end; true where nobody wants to hear more. */
async function read(
  body: ReadableStream<Uint8Array>,
  hear: (message: Message) => boolean,
  alive: () => void,
): Promise<boolean> {
  const reader = body.getReader();
  const decoder = new Decoder();
  const utf8 = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return false;
    alive();
    for (const message of decoder.decode(utf8.decode(value, { stream: true })))
      if (!hear(message)) return true;
  }
}

function watchdog(bark: () => void): { reset: () => void; stop: () => void } {
  let timer = setTimeout(bark, SILENCE);
  const stop = () => clearTimeout(timer);
  const reset = () => {
    stop();
    timer = setTimeout(bark, SILENCE);
  };
  return { reset, stop };
}

function waiting(attempts: number, wanted: number | null): number {
  const tried = {
    attempts,
    retryAfter: wanted,
    spent: 0,
    patience: Infinity,
    chance: Math.random(),
  };
  return pause(tried) ?? 0;
}
