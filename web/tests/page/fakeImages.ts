/** Pictures without an endpoint: a state that a test sets, and what the page asked of it. */
import type { Happened, ImageContext, SharedImage, State, Step } from "../../src/context/types.ts";

export const SENT = {
  mediaType: "image/jpeg",
  width: 451,
  height: 300,
  bytes: 33_877,
  tokens: 255,
  model: "gpt-4o",
  detail: "high",
} as const;

/** A picture in some phase. */
export function picture(about: Partial<SharedImage> = {}): SharedImage {
  return {
    id: "1",
    file: new File(["pixels"], "cat.webp", { type: "image/webp" }),
    name: "cat.webp",
    preview: "data:image/png;base64,iVBORw0KGgo=",
    phase: "uploaded",
    progress: 1,
    sent: SENT,
    ...about,
  };
}

/** A hook's answer with `state`, which notes in `asked` what is called. */
export function images(state: Partial<State> = {}, asked: unknown[] = []): ImageContext {
  const note =
    (name: string) =>
    (...words: unknown[]) =>
      void asked.push([name, ...words]);
  return {
    images: [],
    status: "empty",
    steps: [],
    conversationId: null,
    ...state,
    add: note("add"),
    remove: async (id) => (note("remove")(id), true),
    retry: note("retry"),
    forget: async () => (note("forget")(), true),
    sessionOptions: async () => ({}),
    onConnect: note("onConnect"),
    onDisconnect: note("onDisconnect"),
  };
}

/** Steps with their numbers and times. */
export function steps(...told: readonly Happened[]): Step[] {
  return told.map((step, i) => ({ ...step, id: i + 1, at: Date.UTC(2026, 10, 24, 12, 0, i) }));
}
