/**
 * What was said, as lines: streaming parts, whole answers, corrections and notes made into one
 * list.
 */

export interface Line {
  readonly key: number;
  /** Which conversation: event ids begin anew in each, lines stay. */
  readonly talk: number;
  readonly who: "person" | "agent" | "note";
  readonly text: string;
  /** `open` while more of it comes; `cut` where the person, or the connection, broke in. */
  readonly state: "open" | "whole" | "cut";
  readonly typed?: boolean;
  readonly eventId?: number;
}

export interface Transcript {
  readonly lines: readonly Line[];
  readonly talk: number;
}

/** A piece of an answer, as `onAgentChatResponsePart` tells it. */
export interface Part {
  readonly type: "start" | "delta" | "stop";
  readonly text: string;
  readonly event_id: number;
}

/** A whole message, as `onMessage` tells it. */
export interface Message {
  readonly role: "user" | "agent";
  readonly message: string;
  readonly event_id?: number | undefined;
}

export const SILENCE: Transcript = { lines: [], talk: 0 };

/** Begin another conversation; what was said before stays. */
export const begun = (old: Transcript): Transcript => ({ ...old, talk: old.talk + 1 });

/** Add what the person has typed: the platform does not tell it again. */
export const typed = (old: Transcript, text: string): Transcript =>
  added(old, { who: "person", text, state: "whole", typed: true });

/** Add a remark of the page itself. */
export const noted = (old: Transcript, text: string): Transcript =>
  added(old, { who: "note", text, state: "whole" });

/** Add a whole message; it takes the place of the parts with its event id. */
export function told(old: Transcript, { role, message, event_id }: Message): Transcript {
  if (role === "user") return isEcho(old, message) ? old : added(old, person(message, event_id));
  const same = find(old, event_id);
  if (same?.state === "open") return changed(old, same, { text: message, state: "whole" });
  if (same?.text === message || (same?.state === "cut" && event_id !== undefined)) return old;
  if (!message.trim()) return old;
  return added(old, { who: "agent", text: message, state: "whole", ...event(event_id) });
}

/** Add a part of an answer to the line with its event id. */
export function streamed(old: Transcript, { type, text, event_id }: Part): Transcript {
  const same = find(old, event_id);
  if (same?.state === "open") {
    return changed(old, same, {
      text: same.text + text,
      state: type === "stop" ? "whole" : "open",
    });
  }
  // After the whole answer, or an interruption, late parts say nothing new.
  if (type === "stop" || (same && type === "delta")) return old;
  return added(old, { who: "agent", text, state: "open", eventId: event_id });
}

/** Show what the person has really heard of an answer that was interrupted. */
export function corrected(old: Transcript, eventId: number, text: string): Transcript {
  const same = find(old, eventId);
  return same ? changed(old, same, { text, state: "cut" }) : old;
}

/** Mark an answer as broken off by the person. */
export function interrupted(old: Transcript, eventId: number): Transcript {
  const same = find(old, eventId);
  return same ? changed(old, same, { state: "cut" }) : old;
}

/** Close what is still open, when the conversation is over; a line without a word is dropped. */
export function closed(old: Transcript): Transcript {
  const lines = old.lines
    .filter((line) => line.state !== "open" || line.text.trim())
    .map((line): Line => (line.state === "open" ? { ...line, state: "cut" } : line));
  return { ...old, lines };
}

/** Whether an answer is being streamed. */
export const isOpen = ({ lines, talk }: Transcript): boolean =>
  lines.some((line) => line.talk === talk && line.state === "open");

type New = Omit<Line, "key" | "talk">;

const event = (id: number | undefined) => (id === undefined ? {} : { eventId: id });
const person = (text: string, id: number | undefined): New => ({
  who: "person",
  text,
  state: "whole",
  ...event(id),
});

/** Some platforms tell typed words again as if they had been heard (unverified): once is enough. */
function isEcho({ lines, talk }: Transcript, message: string): boolean {
  const last = lines.at(-1);
  return last?.talk === talk && last.typed === true && last.text.trim() === message.trim();
}

function find({ lines, talk }: Transcript, id: number | undefined): Line | undefined {
  if (id === undefined) return undefined;
  return lines.findLast((l) => l.who === "agent" && l.talk === talk && l.eventId === id);
}

function added(old: Transcript, line: New): Transcript {
  const key = (old.lines.at(-1)?.key ?? 0) + 1;
  return { ...old, lines: [...old.lines, { ...line, key, talk: old.talk }] };
}

function changed(old: Transcript, line: Line, to: Partial<Line>): Transcript {
  return {
    ...old,
    lines: old.lines.map((one) => (one.key === line.key ? { ...one, ...to } : one)),
  };
}
