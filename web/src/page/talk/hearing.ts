/**
 * What the SDK tells of a conversation, told on: to the pictures, and as what happens on the page.
 */
import type { HookOptions } from "@elevenlabs/react";
import { openingNotes } from "./notes.ts";
import { endTrouble, passingTrouble, startTrouble } from "./trouble.ts";
import type { Surroundings } from "./useTalk.ts";

/** The part of the surroundings that hears. */
type Ears = Pick<Surroundings, "images" | "current" | "happen">;

/** Return the callbacks for `useConversation`. */
export function hearing({ images, current, happen }: Ears): HookOptions {
  return {
    onConnect: (details) => {
      images.onConnect(details);
      happen({ kind: "connect", notes: openingNotes(current().attempt, images.images) });
    },
    onMessage: (message) => happen({ kind: "told", message }),
    onAgentChatResponsePart: (part) => happen({ kind: "streamed", part }),
    onAgentResponseCorrection: ({ event_id, corrected_agent_response }) =>
      happen({ kind: "corrected", eventId: event_id, text: corrected_agent_response }),
    onInterruption: ({ event_id }) => happen({ kind: "interrupted", eventId: event_id }),
    onModeChange: ({ mode }) => happen({ kind: "mode", speaking: mode === "speaking" }),
    // The SDK's own status stays at "error" after any error; the conversation may go on.
    onError: (message, cause) => {
      const { phase, attempt } = current();
      if (phase === "connected") happen({ kind: "trouble", trouble: passingTrouble(message) });
      else if (phase === "starting" && attempt) {
        happen({ kind: "end", trouble: startTrouble(message, cause, attempt) });
      }
    },
    // After an end by the page itself, this comes late or never: then all is done already.
    onDisconnect: (details) => {
      const { phase, attempt } = current();
      if (phase !== "connected" || !attempt) return;
      images.onDisconnect();
      const note = ENDINGS[details.reason];
      if (details.reason !== "error") happen({ kind: "end", note });
      else happen({ kind: "end", note, trouble: endTrouble(details, attempt) });
    },
  };
}

/** What the transcript says of an end, by who has made it. */
export const ENDINGS = {
  user: "You have ended the conversation.",
  agent: "The agent has ended the conversation.",
  error: "The connection is lost.",
} as const;
