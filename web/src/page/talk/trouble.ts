/** What goes wrong in a conversation, said for a person, with a way out of it. */
import type { Way } from "../choices.ts";

/** What the way out does; its words are in `WAYS_OUT`. */
export type WayOut =
  | "go-on-by-text"
  | "start-again"
  | "look-at-agent"
  | "look-at-address"
  | "start-without-in-band"
  | "dismiss";

/** What a button says that takes a way out. */
export const WAYS_OUT: Readonly<Record<WayOut, string>> = {
  "go-on-by-text": "Go on by text",
  "start-again": "Start again",
  "look-at-agent": "Look at the agent ID",
  "look-at-address": "Look at the address",
  "start-without-in-band": "Start without it",
  dismiss: "All right",
};

export interface Trouble {
  readonly title: string;
  readonly text: string;
  /** What the other side said itself, for whoever mends it. */
  readonly said?: string;
  readonly wayOut: WayOut;
}

/** How the conversation was started that has gone wrong. */
export interface Attempt {
  readonly way: Way;
  readonly voice: boolean;
  /** Whether `customLlmExtraBody` carried the picture. */
  readonly inBand: boolean;
}

/** Return what it means that a session did not start; `cause` is what the SDK rejected with. */
export function startTrouble(message: string, cause: unknown, attempt: Attempt): Trouble {
  return (
    (attempt.voice && microphoneTrouble(message, cause)) ||
    refusal(reasonOf(message, cause), attempt)
  );
}

/**
 * Return what it means that a session has ended by an error, from the SDK's disconnection details.
 */
export function endTrouble(
  details: {
    readonly message?: string;
    readonly closeReason?: string;
    readonly closeCode?: number;
  },
  attempt: Attempt,
): Trouble {
  const reason = { code: details.closeCode, text: details.closeReason || details.message || "" };
  if (isRefusal(reason.code)) {
    const trouble = refusal(reason, attempt);
    if (trouble.wayOut !== "start-again") return trouble;
  }
  return {
    title: "The connection is lost",
    text: "What was said stays here, and so do your pictures.",
    ...told(reason),
    wayOut: "start-again",
  };
}

/** Return what it means that an error came while the conversation goes on. */
export function passingTrouble(message: string): Trouble {
  return {
    title: "Something went wrong",
    text: "The conversation goes on.",
    said: message,
    wayOut: "dismiss",
  };
}

/**
 * Return what it means that the address or ID is missing, or a service did not give the signed
 * URL.
 */
export function unreachable(message: string, way: Way): Trouble {
  return {
    title: "The conversation did not start",
    text: message,
    wayOut: way === "agent" ? "look-at-agent" : "look-at-address",
  };
}

interface Reason {
  readonly code: number | undefined;
  readonly text: string;
}

const POLICY = 1008; // RFC 6455, 7.4.1: what the platform refuses it closes with this
const isRefusal = (code: number | undefined) =>
  code === POLICY || (code !== undefined && code >= 3000);
const told = (reason: Reason) => (reason.text ? { said: sentence(reason) } : {});
const sentence = ({ code, text }: Reason) => (code === undefined ? text : `${text} (${code})`);

function reasonOf(message: string, cause: unknown): Reason {
  const { closeCode, closeReason } = (cause ?? {}) as { closeCode?: number; closeReason?: string };
  return { code: closeCode, text: closeReason || message };
}

function refusal(reason: Reason, attempt: Attempt): Trouble {
  if (attempt.inBand && isRefusal(reason.code) && /overrid|extra.?body/i.test(reason.text)) {
    return {
      title: "The agent takes no picture at the start",
      text: "It refuses what the page sends along to show the picture from the very first word. Without that, the picture is associated as soon as the conversation runs.",
      ...told(reason),
      wayOut: "start-without-in-band",
    };
  }
  if (isRefusal(reason.code) && attempt.way === "agent") return agentTrouble(reason);
  if (isRefusal(reason.code)) {
    return {
      title: "The platform refused the conversation",
      text:
        attempt.way === "signed"
          ? "The signed URL may have run out, or be of another agent."
          : "Look at the address of the rehearsal.",
      ...told(reason),
      wayOut: "look-at-address",
    };
  }
  return {
    title:
      attempt.way === "rehearsal"
        ? "The rehearsal does not answer"
        : "The platform does not answer",
    text:
      attempt.way === "rehearsal"
        ? "Is “sightline rehearse --listen” running at that address?"
        : "Is this device online?",
    ...told(reason),
    wayOut: attempt.way === "rehearsal" ? "look-at-address" : "start-again",
  };
}

function agentTrouble(reason: Reason): Trouble {
  const locked = /auth|sign|allow|forbid|origin/i.test(reason.text);
  return {
    title: locked ? "The agent is not open to this page" : "The agent was not found",
    text: locked
      ? "It wants a signed URL, or does not list this page among its allowed ones."
      : "Look at its ID: it begins with agent_ and stands in the agent’s settings.",
    ...told(reason),
    wayOut: "look-at-agent",
  };
}

/** Return what keeps the microphone away, or null where it is not the microphone. */
function microphoneTrouble(message: string, cause: unknown): Trouble | null {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : "";
  const found =
    MICROPHONE[name] ?? (/getUserMedia|mediaDevices/.test(message) ? INSECURE : undefined);
  return found ? { title: found[0], text: found[1], wayOut: "go-on-by-text" } : null;
}

const REFUSED = [
  "The microphone is not allowed",
  "Allow it beside the address of this page and start again, or type instead.",
] as const;
const MISSING = [
  "There is no microphone",
  "Plug one in and start again, or type instead.",
] as const;
const BUSY = [
  "The microphone does not answer",
  "Another program may hold it. Close that and start again, or type instead.",
] as const;
const INSECURE = [
  "The microphone needs a secure page",
  "Browsers give it only to https:// pages and to http://127.0.0.1. You can type instead.",
] as const;
const MICROPHONE: Readonly<Record<string, readonly [string, string]>> = {
  NotAllowedError: REFUSED,
  PermissionDeniedError: REFUSED,
  SecurityError: INSECURE,
  NotFoundError: MISSING,
  OverconstrainedError: MISSING,
  NotReadableError: BUSY,
  AbortError: BUSY,
};
