/**
 * The conversation as the page sees it: one value, changed by what happens, and the word for it.
 */
import * as script from "./transcript.ts";
import type { Attempt, Trouble } from "./trouble.ts";

export interface Talk {
  /** `starting` from the click until the platform has answered. */
  readonly phase: "idle" | "starting" | "connected" | "ended";
  /** How the present, or the last, conversation was started. */
  readonly attempt: Attempt | null;
  readonly speaking: boolean;
  readonly transcript: script.Transcript;
  readonly trouble: Trouble | null;
}

export type Happening =
  | { readonly kind: "start"; readonly attempt: Attempt }
  | { readonly kind: "connect"; readonly notes: readonly string[] }
  | { readonly kind: "typed"; readonly text: string }
  | { readonly kind: "told"; readonly message: script.Message }
  | { readonly kind: "streamed"; readonly part: script.Part }
  | { readonly kind: "corrected"; readonly eventId: number; readonly text: string }
  | { readonly kind: "interrupted"; readonly eventId: number }
  | { readonly kind: "mode"; readonly speaking: boolean }
  | { readonly kind: "noted"; readonly text: string }
  | { readonly kind: "end"; readonly note?: string; readonly trouble?: Trouble }
  | { readonly kind: "trouble"; readonly trouble: Trouble }
  | { readonly kind: "relief" };

export const QUIET: Talk = {
  phase: "idle",
  attempt: null,
  speaking: false,
  transcript: script.SILENCE,
  trouble: null,
};

/** Return the conversation after what has happened. */
export function after(talk: Talk, what: Happening): Talk {
  switch (what.kind) {
    case "start":
      return { ...talk, phase: "starting", attempt: what.attempt, speaking: false, trouble: null };
    case "connect":
      return {
        ...talk,
        phase: "connected",
        transcript: what.notes.reduce(script.noted, script.begun(talk.transcript)),
      };
    case "end":
      return over(talk, what.note, what.trouble);
    case "mode":
      return { ...talk, speaking: what.speaking };
    case "trouble":
      return { ...talk, trouble: what.trouble };
    case "relief":
      return { ...talk, trouble: null };
    default:
      return { ...talk, transcript: transcript(talk.transcript, what) };
  }
}

/** Whether a conversation runs, or is about to. */
export const isOn = ({ phase }: Talk): boolean => phase === "starting" || phase === "connected";

/** Return the one word that says where the conversation is. */
export function statusOf(talk: Talk): "Ready" | "Connecting" | "Listening" | "Speaking" | "Ended" {
  if (talk.phase === "idle") return "Ready";
  if (talk.phase === "starting") return "Connecting";
  if (talk.phase === "ended") return "Ended";
  const speaks = talk.speaking || (!talk.attempt?.voice && script.isOpen(talk.transcript));
  return speaks ? "Speaking" : "Listening";
}

type Said = Extract<
  Happening,
  { kind: "typed" | "told" | "streamed" | "corrected" | "interrupted" | "noted" }
>;

function transcript(old: script.Transcript, what: Said): script.Transcript {
  switch (what.kind) {
    case "typed":
      return script.typed(old, what.text);
    case "told":
      return script.told(old, what.message);
    case "streamed":
      return script.streamed(old, what.part);
    case "corrected":
      return script.corrected(old, what.eventId, what.text);
    case "interrupted":
      return script.interrupted(old, what.eventId);
    case "noted":
      return script.noted(old, what.text);
  }
}

/** A start that fails leaves the page as it was; what has run is ended, and says so. */
function over(talk: Talk, note: string | undefined, trouble: Trouble | undefined): Talk {
  const ran = talk.phase === "connected";
  const lines = script.closed(talk.transcript);
  return {
    ...talk,
    phase: ran ? "ended" : talk.transcript.talk > 0 ? "ended" : "idle",
    speaking: false,
    transcript: ran && note ? script.noted(lines, note) : lines,
    trouble: trouble ?? null,
  };
}
