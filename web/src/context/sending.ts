/** A picture's bytes go to the endpoint: by XMLHttpRequest, since fetch tells no progress. */
import { parsed, retryAfter } from "./asking.ts";
import type { Answer } from "./problems.ts";

const PATIENCE = 120_000; // milliseconds; the endpoint itself allows a minute for the bytes
const NOTHING: Answer = { status: 0, body: undefined, retryAfter: null };

/** A picture, and where it goes. */
export interface Parcel {
  readonly url: string;
  readonly file: File;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Send a picture; the answer has status 0 where none came, or `signal` was aborted.
 *
 * `told` hears which part of the bytes has gone, from 0 to 1.
 */
export function send(
  parcel: Parcel,
  told: (progress: number) => void,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(NOTHING);
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const end = (answer: Answer) => {
      signal.removeEventListener("abort", abort);
      resolve(answer);
    };
    signal.addEventListener("abort", abort);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) told(Math.min(1, event.loaded / event.total));
    };
    request.onload = () => end(answerOf(request));
    request.onerror = request.ontimeout = request.onabort = () => end(NOTHING);
    request.open("POST", parcel.url);
    request.timeout = PATIENCE;
    for (const [name, value] of Object.entries(parcel.headers))
      request.setRequestHeader(name, value);
    request.send(form(parcel.file));
  });
}

function form(file: File): FormData {
  const made = new FormData();
  made.append("image", file);
  return made;
}

function answerOf(request: XMLHttpRequest): Answer {
  return {
    status: request.status,
    body: parsed(request.responseText),
    retryAfter: retryAfter(request.getResponseHeader("Retry-After"), Date.now()),
  };
}
