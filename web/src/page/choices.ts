/** How to reach the agent: what the person has chosen, and what is remembered of it. */
import type { Settings } from "./settings.ts";

/**
 * By its ID, by an address that a service of yours has signed, or by the stand-in on this machine.
 */
export type Way = "agent" | "signed" | "rehearsal";

export interface Choices {
  readonly way: Way;
  readonly agentId: string;
  readonly signedUrl: string;
  readonly rehearsal: string;
}

/** What is written down: the choices, and the defaults from which they departed. */
export interface Kept {
  readonly choices: Choices;
  readonly defaults: Choices;
}

const PLACE = "sightline.choices";
const WAYS: readonly Way[] = ["rehearsal", "signed", "agent"];
/** Where `sightline rehearse --listen` is, unless somebody says otherwise (docs/page.md). */
export const REHEARSAL = "http://127.0.0.1:8002";

/**
 * Return what the endpoint proposes: a rehearsal if it names one, else a signed URL, else an
 * agent.
 */
export function defaultsOf(settings: Settings): Choices {
  const way = settings.rehearsal ? "rehearsal" : settings.signedUrl ? "signed" : "agent";
  return {
    way,
    agentId: settings.agentId ?? "",
    signedUrl: settings.signedUrl ?? "",
    rehearsal: settings.rehearsal ?? REHEARSAL,
  };
}

/**
 * Return the choices to begin with: the last ones, but for what the endpoint proposes anew since
 * then.
 */
export function choicesOf(defaults: Choices, kept: Kept | null): Choices {
  if (!kept) return defaults;
  const last = <K extends keyof Choices>(key: K): Choices[K] =>
    kept.defaults[key] === defaults[key] ? kept.choices[key] : defaults[key];
  return {
    way: last("way"),
    agentId: last("agentId"),
    signedUrl: last("signedUrl"),
    rehearsal: last("rehearsal"),
  };
}

/** Return what was kept, or null where nothing was, or what is there is not ours. */
export function recall(storage: Pick<Storage, "getItem">): Kept | null {
  try {
    const kept = JSON.parse(storage.getItem(PLACE) ?? "null") as Partial<Kept> | null;
    return kept && sound(kept.choices) && sound(kept.defaults) ? (kept as Kept) : null;
  } catch {
    return null; // storage is switched off, or holds something else: nothing is remembered
  }
}

/** Keep the choices for the next visit; a browser that keeps nothing is none the worse. */
export function remember(storage: Pick<Storage, "setItem">, kept: Kept): void {
  try {
    storage.setItem(PLACE, JSON.stringify(kept));
  } catch {
    // Private windows and full disks refuse: the choices hold for this visit.
  }
}

function sound(choices: Partial<Choices> | undefined): boolean {
  if (!choices || !WAYS.includes(choices.way as Way)) return false;
  return [choices.agentId, choices.signedUrl, choices.rehearsal].every(
    (v) => typeof v === "string",
  );
}
