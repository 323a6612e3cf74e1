/** What the hook shows, as a value, and what becomes of it when something happens. Pure. */
import type { Event } from "./events.ts";
import { statusOf } from "./standing.ts";
import { withStep } from "./steps.ts";
import { told } from "./telling.ts";
import type { SharedImage, State } from "./types.ts";

/** No picture, no conversation, nothing has happened. */
export const EMPTY: State = Object.freeze({
  images: Object.freeze([]),
  status: "empty",
  steps: Object.freeze([]),
  conversationId: null,
});

/** Return the state after an event at a time in milliseconds; the very same if nothing changes. */
export function after(state: State, event: Event, at: number): State {
  if (isLate(state, event)) return state;
  const happened = told(state, event);
  const images = imagesAfter(state.images, event);
  const conversationId = conversationAfter(state, event);
  const steps = happened === null ? state.steps : withStep(state.steps, happened, at);
  if (images === state.images && conversationId === state.conversationId && steps === state.steps)
    return state;
  return Object.freeze({ images, status: statusOf(images), steps, conversationId });
}

/** Tell whether an event is of a picture that is gone, or that has gone another way since. */
function isLate(state: State, event: Event): boolean {
  if (!("id" in event)) return false;
  const image = state.images.find((one) => one.id === event.id);
  if (image === undefined) return true;
  if (image.isUnwanted) return event.kind !== "removed" && event.kind !== "removal-failed";
  const isAssociation = event.kind === "associated" || event.kind === "association-failed";
  return isAssociation && image.phase !== "associating";
}

function imagesAfter(images: readonly SharedImage[], event: Event): readonly SharedImage[] {
  switch (event.kind) {
    case "added":
      return Object.freeze([...images, ...event.images.map((image) => Object.freeze(image))]);
    case "removed":
      return Object.freeze(images.filter((image) => image.id !== event.id));
    case "cleared":
      return Object.freeze(images.filter((image) => !event.ids.has(image.id)));
    default:
      return changed(images, (image) => imageAfter(image, event));
  }
}

function changed(
  images: readonly SharedImage[],
  change: (image: SharedImage) => SharedImage,
): readonly SharedImage[] {
  const made = images.map(change);
  return made.every((image, at) => image === images[at]) ? images : Object.freeze(made);
}

function imageAfter(image: SharedImage, event: Event): SharedImage {
  if ("id" in event) return event.id === image.id ? ownAfter(image, event) : image;
  switch (event.kind) {
    case "connected":
    case "disconnected":
      return freed(image);
    case "forgotten":
      return image.phase === "associated" ? freed(image) : image;
    case "paused":
      return suspended(image);
    case "previewed":
      return put(image, { preview: event.previews.get(image.id) ?? image.preview });
    default:
      return image;
  }
}

function ownAfter(image: SharedImage, event: Event & { readonly id: string }): SharedImage {
  switch (event.kind) {
    case "queued":
      return put(image, { ...UNSENT, phase: "waiting", progress: 0 });
    case "uploading":
      return put(image, { ...UNSENT, phase: "uploading", progress: 0 });
    case "progress":
      return image.phase === "uploading" ? put(image, { progress: event.progress }) : image;
    case "uploaded": {
      const { temporaryId, sent, received } = event;
      return put(image, { temporaryId, sent, received, phase: "uploaded", progress: 1 });
    }
    case "upload-failed":
      return put(image, { ...UNSENT, phase: "failed", progress: 0, problem: event.problem });
    case "ready":
      return put(image, { phase: "uploaded", problem: undefined });
    case "associating":
      return put(image, { phase: "associating" });
    case "associated":
      return put(image, { phase: "associated", problem: undefined });
    case "association-failed":
      return put(image, {
        phase: event.willRetry ? "associating" : "failed",
        problem: event.problem,
      });
    case "removal-failed": {
      // What nobody has seen yet must not be shown after all.
      const phase = image.phase === "associated" ? "associated" : "failed";
      return put(image, { phase, problem: event.problem, isUnwanted: true });
    }
    default:
      return image;
  }
}

const UNSENT = { temporaryId: undefined, problem: undefined } as const;

/** Return a picture that belongs to no conversation: one that came so far is ready for the next. */
function freed(image: SharedImage): SharedImage {
  if (image.isUnwanted) return put(image, { phase: "failed" });
  const isUploaded = image.temporaryId !== undefined && image.phase !== "uploaded";
  return isUploaded ? put(image, { phase: "uploaded", problem: undefined }) : image;
}

function suspended(image: SharedImage): SharedImage {
  if (image.phase === "uploading") return put(image, { phase: "waiting", progress: 0 });
  if (image.phase === "associating") return put(image, { phase: "uploaded" });
  return image;
}

function put(image: SharedImage, change: Partial<SharedImage>): SharedImage {
  const names = Object.keys(change) as (keyof SharedImage)[];
  if (names.every((name) => image[name] === change[name])) return image;
  return Object.freeze({ ...image, ...change });
}

function conversationAfter(state: State, event: Event): string | null {
  if (event.kind === "connected") return event.conversationId;
  return event.kind === "disconnected" ? null : state.conversationId;
}
