/** What went wrong with pictures, said for a person, with a way out. */
import type { Problem, SharedImage, State } from "../../context/types.ts";
import { sentence } from "../wording.ts";

export interface PictureTrouble {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly wayOut: "choose-another" | "try-again" | "remove-again" | "look-at-ticket";
}

/** Return the troubles of the pictures that are here, in their order. */
export function pictureTroubles(state: Pick<State, "images" | "steps">): PictureTrouble[] {
  const failed = state.images.flatMap((image) =>
    image.problem && image.phase !== "associating" ? [failure(image, image.problem)] : [],
  );
  const waiting = retrying(state);
  return waiting && failed.length === 0 ? [waiting] : failed;
}

function failure({ id, name, isUnwanted, sent }: SharedImage, problem: Problem): PictureTrouble {
  const text = sentence(problem.message);
  if (isUnwanted)
    return { id, title: `${name} could not be removed`, text, wayOut: "remove-again" };
  if (/ticket/.test(problem.code)) {
    const onward = `${text} Enter one, then try again.`;
    return { id, title: `${name} was not sent`, text: onward, wayOut: "look-at-ticket" };
  }
  if (sent) {
    const onward = `${text} The conversation goes on without it.`;
    return {
      id,
      title: `${name} could not be associated`,
      text: onward,
      wayOut: problem.canRetry ? "try-again" : "choose-another",
    };
  }
  if (problem.canRetry) return { id, title: `${name} did not arrive`, text, wayOut: "try-again" };
  return { id, title: `${name} was not taken`, text, wayOut: "choose-another" };
}

/** An association that failed, and is being tried again by itself. */
function retrying({ images, steps }: Pick<State, "images" | "steps">): PictureTrouble | null {
  const last = steps.findLast(({ kind }) => ASSOCIATION.has(kind));
  const image = images.find(({ phase }) => phase === "associating");
  if (!image || last?.kind !== "association-failed" || !last.willRetry) return null;
  return {
    id: image.id,
    title: "The picture is not there yet",
    text: `${sentence(last.problem.message)} It is tried again by itself, and the conversation goes on.`,
    wayOut: "try-again",
  };
}

const ASSOCIATION: ReadonlySet<string> = new Set([
  "associated",
  "association-failed",
  "conversation-started",
  "conversation-ended",
]);
