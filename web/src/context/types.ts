/**
 * What the pictures of a conversation are, as values: what the hook and the page speak of.
 *
 * The endpoint's own words are those of its HTTP answers (docs/pictures.md).
 */

/** What the endpoint says of a picture that it has taken: what the model will be shown. */
export interface Sent {
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** Estimated tokens that the model counts for it. */
  readonly tokens: number;
  readonly model: string | null;
  readonly detail: "low" | "high" | "auto";
}

/** What was sent to the endpoint, by the file's own bytes. */
export interface Received {
  readonly format: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/**
 * Where a picture is on its way:
 * `waiting` for the one before it, `uploading`, `uploaded` and waiting for a conversation,
 * `associating` (between two attempts too: then `problem` says what went wrong), `associated` with
 * the conversation, or `failed` (see `problem`). When the conversation is over, a picture is
 * `uploaded` again: ready for the next one.
 */
export type Phase = "waiting" | "uploading" | "uploaded" | "associating" | "associated" | "failed";

/** What went wrong, in words for a person, and what can be done about it. */
export interface Problem {
  /**
   * The endpoint's `error.code` (`too_large`, `not_a_picture`, `invalid_ticket`, …), or one of
   * ours: `unreachable` where it did not answer, `unreadable` where the file cannot be read,
   * `no_ticket` where `Options.ticket` gave none, or else `unknown`.
   */
  readonly code: string;
  /** One sentence, as the endpoint said it, or our own. */
  readonly message: string;
  /** Whether the same again can help: then `retry` does it. */
  readonly canRetry: boolean;
}

/** One picture, from the file that somebody chose to the turns that it was shown in. */
export interface SharedImage {
  /** Ours alone, and stable for as long as the picture is here. */
  readonly id: string;
  readonly file: File;
  /** The file's name; `picture` for a Blob without one. */
  readonly name: string;
  /** An object URL for `<img>`; revoked when the picture is removed or the component unmounts. */
  readonly preview: string;
  readonly phase: Phase;
  /** The part of the upload that has gone, from 0 to 1. */
  readonly progress: number;
  /** The secret under which it waits; absent until it is uploaded. */
  readonly temporaryId?: string | undefined;
  readonly received?: Received | undefined;
  readonly sent?: Sent | undefined;
  /** What went wrong last; in any phase where a removal failed. */
  readonly problem?: Problem | undefined;
  /** Whether it was to be removed, and is still at the endpoint: no other conversation gets it. */
  readonly isUnwanted?: boolean | undefined;
}

/** One thing that happened, for a list of steps; `at` is milliseconds since the epoch. */
export type Step = { readonly id: number; readonly at: number } & Happened;

/** What happened. */
export type Happened =
  | { readonly kind: "uploaded"; readonly name: string; readonly sent: Sent }
  | { readonly kind: "upload-failed"; readonly name: string; readonly problem: Problem }
  | {
      readonly kind: "conversation-started";
      readonly conversationId: string;
      readonly images: number;
    }
  | { readonly kind: "conversation-ended" }
  | { readonly kind: "associated"; readonly images: number }
  | {
      readonly kind: "association-failed";
      readonly problem: Problem;
      readonly attempt: number;
      readonly willRetry: boolean;
    }
  | { readonly kind: "removed"; readonly name: string }
  | { readonly kind: "removal-failed"; readonly name: string; readonly problem: Problem }
  | { readonly kind: "forgotten" }
  | { readonly kind: "forgetting-failed"; readonly problem: Problem }
  // The following are the endpoint's own words (GET /context/{conversationId}/events).
  | {
      readonly kind: "turn";
      readonly turn: number;
      readonly context: TurnContext;
      readonly images: number;
    }
  | {
      readonly kind: "answered";
      readonly turn: number;
      readonly outcome: string;
      readonly firstContentMs: number | null;
      readonly addedMs: number | null;
    };

/** What `x-sightline-context` says of a turn, without its number. */
export type TurnContext =
  "attached" | "no-conversation-id" | "no-image" | "store-error" | "image-refused";

/**
 * All pictures together: `empty` without any, `uploading` while one is on its way, `ready` when all
 * are uploaded, `associating`, `associated` when all belong to the conversation, `failed` when one
 * could not come.
 */
export type Status = "empty" | "uploading" | "ready" | "associating" | "associated" | "failed";

/** What the hook shows: a frozen value that changes as a whole. */
export interface State {
  readonly images: readonly SharedImage[];
  readonly status: Status;
  /** What happened, oldest first; at most the last 200. */
  readonly steps: readonly Step[];
  /** The conversation that runs now. */
  readonly conversationId: string | null;
}

/** How the hook is told where the endpoint is, and what it needs. */
export interface Options {
  /**
   * The endpoint's address, such as `https://eyes.example.com`; default: this page's own origin.
   * Another one counts from the next conversation on.
   */
  readonly endpoint?: string | undefined;
  /** An upload ticket of your backend, or how to get one; asked anew when one is refused. */
  readonly ticket?: string | (() => string | Promise<string>) | undefined;
  /**
   * Where in `customLlmExtraBody` the temporaryId goes, if the agent allows that and the endpoint
   * has `injector.images.in_band`: keys from the outside in, such as `["temporaryId"]`. Default:
   * nowhere.
   */
  readonly inBand?: readonly string[] | undefined;
  /**
   * How many pictures a conversation may have (`injector.images.max_per_conversation`); default 4.
   * As at the endpoint, the oldest leaves when one more has been uploaded.
   */
  readonly maxImages?: number | undefined;
}

/** What an application does with the pictures; the functions are stable between renders. */
export interface Actions {
  /**
   * Add pictures, during a conversation too; they are uploaded at once, one after the other.
   *
   * Whether a file is a picture says the endpoint, by its bytes. Throws a TypeError where something
   * is no Blob at all, before any is added.
   */
  add(files: Blob | Iterable<Blob>): void;
  /**
   * Remove one picture, here and at the endpoint, from earlier conversations too; true when no agent
   * can see it any more. An upload that nobody was given leaves at once; if the endpoint does not let
   * go of it, it expires there.
   *
   * One that the agent may see stays here until the endpoint has let go of it; where that fails, its
   * `problem` says why, and the answer is false.
   */
  remove(id: string): Promise<boolean>;
  /** Try again, now, what failed for one picture: its upload, its association, or its removal. */
  retry(id: string): void;
  /**
   * Forget everything, here and at the endpoint: all pictures, and all conversations that had them
   * on this page. True when it is gone; else the last step says why, and the pictures stay here.
   */
  forget(): Promise<boolean>;
  /**
   * Return what `startSession` needs of the pictures; await it before you start. Uploads are over
   * then, and pictures of an earlier conversation are uploaded anew, since a temporaryId belongs to
   * one conversation. It never rejects: a picture that fails costs that picture.
   */
  sessionOptions(): Promise<{ customLlmExtraBody?: Record<string, unknown> }>;
  /** Tell that a conversation has begun: give this to `useConversation`. It ends the one before. */
  onConnect(details: { conversationId: string }): void;
  /**
   * Tell that it is over: give this to `useConversation`. What it was shown stays at the endpoint
   * until its `ttl`, the platform's webhook or `forget`, since a last turn may still need it.
   */
  onDisconnect(): void;
}

/** What `useImageContext` returns. */
export type ImageContext = State & Actions;
