/** What the endpoint's events (GET /context/{conversationId}/events) say, as steps. Pure. */
import { parsed } from "./asking.ts";
import type { Message } from "./decoding.ts";
import { member } from "./problems.ts";
import type { Happened, TurnContext } from "./types.ts";

const CONTEXTS: readonly string[] = [
  "attached",
  "no-conversation-id",
  "no-image",
  "store-error",
  "image-refused",
] satisfies TurnContext[];

/**
 * Return what an event says of a turn, or that all is forgotten; null for what is known here
 * already (associations and removals are our own doing) and for what a later endpoint may tell.
 */
export function happenedIn(message: Message): Happened | null {
  const told = parsed(message.data);
  if (message.event === "forgotten") return { kind: "forgotten" };
  const turn = member(told, "turn");
  if (typeof turn !== "number") return null;
  if (message.event === "turn") return turnOf(turn, told);
  return message.event === "answered" ? answeredOf(turn, told) : null;
}

function turnOf(turn: number, told: unknown): Happened | null {
  const context = member(told, "context");
  if (!isContext(context)) return null;
  return { kind: "turn", turn, context, images: number(member(told, "images")) ?? 0 };
}

function answeredOf(turn: number, told: unknown): Happened {
  return {
    kind: "answered",
    turn,
    outcome: String(member(told, "outcome") ?? "answered"),
    firstContentMs: number(member(told, "firstContentMs")),
    addedMs: number(member(told, "addedMs")),
  };
}

function isContext(value: unknown): value is TurnContext {
  return typeof value === "string" && CONTEXTS.includes(value);
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
