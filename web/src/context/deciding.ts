/** What a conversation does next for its pictures: one deed at a time. Pure. */
import type { Phase } from "./types.ts";

/** One picture, as far as a conversation is concerned. */
export interface Candidate {
  readonly id: string;
  readonly phase: Phase;
  /** Whether the copy that the endpoint has is good for this conversation. */
  readonly isGood: boolean;
  /** The time before which it is not tried (again), in milliseconds; 0 if at once. */
  readonly dueAt: number;
}

/** What is to be done. */
export type Deed =
  | { readonly kind: "associate"; readonly id: string }
  | { readonly kind: "announce" }
  | { readonly kind: "withdraw" }
  | { readonly kind: "wait"; readonly until: number }
  | { readonly kind: "rest" };

/**
 * Return the next deed.
 *
 * Pictures are associated in their order, each when the one before is through: the first brings the
 * token that the others need. While one is still on its way and none is due, it is announced once;
 * where none is on its way any more, the announcement is taken back.
 */
export function next(candidates: readonly Candidate[], isAnnounced: boolean, now: number): Deed {
  const first = candidates.find(isToBeAssociated);
  if (first !== undefined && first.dueAt <= now) return { kind: "associate", id: first.id };
  const isComing = candidates.some(({ phase }) => phase === "waiting" || phase === "uploading");
  if (isComing !== isAnnounced) return { kind: isComing ? "announce" : "withdraw" };
  return first === undefined ? { kind: "rest" } : { kind: "wait", until: first.dueAt };
}

function isToBeAssociated(candidate: Candidate): boolean {
  return (candidate.phase === "uploaded" || candidate.phase === "associating") && candidate.isGood;
}
