/** What the page remarks when a conversation begins. */
import type { SharedImage } from "../../context/types.ts";
import type { Attempt } from "./trouble.ts";

/** Return the remarks, in order: that it is a rehearsal, and that there is no picture. */
export function openingNotes(attempt: Attempt | null, images: readonly SharedImage[]): string[] {
  const notes: string[] = [];
  if (attempt?.way === "rehearsal") {
    notes.push(
      attempt.voice
        ? "This is a rehearsal. It does not understand speech: when you pause, it takes the next line of a script for what you said."
        : "This is a rehearsal: a stand-in for the voice platform answers you.",
    );
  }
  if (!images.some(({ phase }) => phase !== "failed")) {
    notes.push("You have started without a picture. Add one whenever you like.");
  }
  return notes;
}
