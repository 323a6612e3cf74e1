/** Where the pictures are on their way, each and all together. Pure. */
import type { Phase, SharedImage, Status } from "./types.ts";

/** Return the state of all pictures together. */
export function statusOf(images: readonly SharedImage[]): Status {
  const has = (...phases: Phase[]) => images.some((image) => phases.includes(image.phase));
  if (images.length === 0) return "empty";
  if (has("waiting", "uploading")) return "uploading";
  if (has("associating")) return "associating";
  if (has("failed")) return "failed";
  return has("uploaded") ? "ready" : "associated";
}

/** Tell whether a picture has come so far that it counts as one of the conversation's. */
export function isThere(image: SharedImage): boolean {
  return image.temporaryId !== undefined && image.phase !== "failed";
}

/** Tell whether a picture is still to be uploaded. */
export function isComing(image: SharedImage): boolean {
  return image.phase === "waiting" || image.phase === "uploading";
}
