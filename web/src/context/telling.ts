/** What an event is as a step, for people to read. Pure. */
import type { Event } from "./events.ts";
import { isComing } from "./standing.ts";
import type { Happened, State } from "./types.ts";

/** Return what an event adds to the list of steps, or null. */
export function told(state: State, event: Event): Happened | null {
  const name =
    "id" in event ? (state.images.find((image) => image.id === event.id)?.name ?? "") : "";
  switch (event.kind) {
    case "uploaded":
      return { kind: "uploaded", name, sent: event.sent };
    case "upload-failed":
      return { kind: "upload-failed", name, problem: event.problem };
    case "connected": {
      const { conversationId } = event;
      const images = state.images.filter(
        (image) => !image.isUnwanted && (image.temporaryId !== undefined || isComing(image)),
      );
      return { kind: "conversation-started", conversationId, images: images.length };
    }
    case "disconnected":
      return state.conversationId === null ? null : { kind: "conversation-ended" };
    case "associated":
      return { kind: "associated", images: event.images };
    case "association-failed": {
      const { problem, attempt, willRetry } = event;
      return { kind: "association-failed", problem, attempt, willRetry };
    }
    case "removed":
      return { kind: "removed", name };
    case "removal-failed":
      return { kind: "removal-failed", name, problem: event.problem };
    case "forgotten":
    case "cleared":
      return { kind: "forgotten" };
    case "clearing-failed":
      return { kind: "forgetting-failed", problem: event.problem };
    case "told":
      return event.happened;
    default:
      return null;
  }
}
