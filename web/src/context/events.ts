/** What can happen to the pictures and their conversation, as values. */
import type { Happened, Problem, Received, Sent, SharedImage } from "./types.ts";

/** What can happen to the pictures. What comes too late for its picture changes nothing. */
export type Event =
  | { readonly kind: "added"; readonly images: readonly SharedImage[] }
  | { readonly kind: "queued"; readonly id: string }
  | { readonly kind: "uploading"; readonly id: string }
  | { readonly kind: "progress"; readonly id: string; readonly progress: number }
  | {
      readonly kind: "uploaded";
      readonly id: string;
      readonly temporaryId: string;
      readonly sent: Sent;
      readonly received?: Received | undefined;
    }
  | { readonly kind: "upload-failed"; readonly id: string; readonly problem: Problem }
  | { readonly kind: "ready"; readonly id: string }
  | { readonly kind: "connected"; readonly conversationId: string }
  | { readonly kind: "associating"; readonly id: string }
  | { readonly kind: "associated"; readonly id: string; readonly images: number }
  | {
      readonly kind: "association-failed";
      readonly id: string;
      readonly problem: Problem;
      readonly attempt: number;
      readonly willRetry: boolean;
    }
  | { readonly kind: "removed"; readonly id: string }
  | { readonly kind: "removal-failed"; readonly id: string; readonly problem: Problem }
  | { readonly kind: "disconnected" }
  | { readonly kind: "forgotten" } // by the endpoint: what is here can be shared anew
  | { readonly kind: "cleared"; readonly ids: ReadonlySet<string> } // at our own wish
  | { readonly kind: "clearing-failed"; readonly problem: Problem }
  | { readonly kind: "told"; readonly happened: Happened }
  | { readonly kind: "paused" } // nothing runs from here on; what ran begins again later
  | { readonly kind: "previewed"; readonly previews: ReadonlyMap<string, string> };
