/** What a page with an official client tells a test: every callback, in its order. */
import type { Callbacks, PartialOptions } from "@elevenlabs/client";

/** One callback: its name, and what it was given. */
export interface Told {
  readonly name: string;
  // A callback's argument, as JSON; the test that reads it knows its shape.
  readonly value: unknown;
}

/** What a test can do on such a page; everything goes through the official client. */
export interface Talk {
  readonly told: Told[];
  /** Start a conversation; return null, or why it did not start. */
  start(options: PartialOptions): Promise<Told | null>;
  say(text: string): void;
  update(text: string): void;
  /** Upload a picture with the client, and ask about it. */
  show(text: string, base64: string, mediaType: string): Promise<void>;
  id(): string;
  end(): Promise<void>;
}

declare global {
  interface Window {
    talk: Talk;
  }
}

const NAMES = [
  "onConnect",
  "onDisconnect",
  "onError",
  "onMessage",
  "onModeChange",
  "onStatusChange",
  "onInterruption",
  "onAgentResponseCorrection",
  "onAgentChatResponsePart",
  "onAgentToolResponse",
  "onPing",
] as const satisfies readonly (keyof Callbacks)[];

/** Return callbacks that note what they are given; of sound only how many bytes there were. */
export function noting(told: Told[]): Callbacks {
  const push = (name: string, value: unknown) => void told.push({ name, value });
  const note = (name: string) => (value: unknown) => push(name, plain(value));
  const all = Object.fromEntries(NAMES.map((name) => [name, note(name)]));
  return { ...all, onAudio: (base64) => push("onAudio", atob(base64).length) };
}

/** Return an error as a value that a test can read. */
export function failed(error: unknown): Told {
  return { name: error instanceof Error ? error.name : "?", value: plain(error) };
}

/** Return what can be told of a value to another process. */
function plain(value: unknown): unknown {
  const found = value instanceof Error ? { ...value, message: value.message } : value;
  return found === undefined ? null : JSON.parse(JSON.stringify(found));
}

/** Return a file's bytes as the browser's own kind of file. */
export function file(base64: string, type: string): Blob {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  return new Blob([bytes], { type });
}
