/** Where a picture is on its way, in a few words. */
import type { SharedImage } from "../../context/types.ts";

/** Return the words beside a picture. */
export function phaseOf({ phase, progress, sent, problem, isUnwanted }: SharedImage): string {
  switch (phase) {
    case "waiting":
      return "Waiting";
    case "uploading":
      return progress < 1 ? `Uploading ${Math.floor(progress * 100)} %` : "Being prepared";
    case "uploaded":
      return "Ready";
    case "associating":
      return "Joining the conversation";
    case "associated":
      return "In the conversation";
    case "failed":
      if (isUnwanted) return "Not removed yet";
      if (problem && sent) return "Not in the conversation";
      return problem?.canRetry ? "Not sent" : "Not taken";
  }
}
