/** The list of what happened: each once, the latest at its end. Pure. */
import type { Happened, Step } from "./types.ts";

const KEPT = 200;

/** Return the list with one more; the same list where the endpoint only repeats itself. */
export function withStep(steps: readonly Step[], happened: Happened, at: number): readonly Step[] {
  if (isRepeat(steps, happened)) return steps;
  const id = (steps.at(-1)?.id ?? 0) + 1;
  return Object.freeze([...steps, Object.freeze({ id, at, ...happened })].slice(-KEPT));
}

/** Tell whether a turn is told as it was told last: the platform has sent it again. */
function isRepeat(steps: readonly Step[], happened: Happened): boolean {
  if (happened.kind !== "turn") return false;
  const last = steps.findLast(
    (step) => step.kind === "turn" || step.kind === "conversation-started",
  );
  return (
    last?.kind === "turn" &&
    last.turn === happened.turn &&
    last.context === happened.context &&
    last.images === happened.images
  );
}
