/**
 * The conversation: the official SDK on one side, the pictures on the other, one value for the
 * page.
 */
import { useConversation } from "@elevenlabs/react";
import { useCallback, useEffect, useRef, useState } from "react";
import type { ImageContext } from "../../context/types.ts";
import type { Choices } from "../choices.ts";
import { ENDINGS, hearing } from "./hearing.ts";
import { reach, Unreachable } from "./reach.ts";
import type { Happening, Talk } from "./state.ts";
import { type Attempt, passingTrouble, startTrouble, unreachable } from "./trouble.ts";
import { useOutbox } from "./useOutbox.ts";

// On our own origin, since the page's policy lets no script come from blob: (see
// @elevenlabs/client).
const WORKLETS = {
  rawAudioProcessor: "/worklets/rawAudioProcessor.js",
  audioConcatProcessor: "/worklets/audioConcatProcessor.js",
};

// Words that waited for a picture when the conversation ended.
const UNSENT = "Your last message was not sent: the conversation had ended.";

/** What the page does with a conversation. */
export interface Controls {
  /** Start by voice or by text; `inBand: false` leaves the picture out of the start. */
  start(voice: boolean, inBand?: boolean): Promise<void>;
  end(): void;
  send(text: string): void;
  readonly muted: boolean;
  mute(muted: boolean): void;
  /** The microphone's loudness, from 0 to 1. */
  level(): number;
}

/** What the conversation is made of; `current` is the newest value, also between two renders. */
export interface Surroundings {
  readonly images: ImageContext;
  readonly choices: Choices;
  current(): Talk;
  happen(what: Happening): void;
  /**
   * Begin with a fresh SDK: it stays locked for good while a platform that was asked does not
   * answer.
   */
  renew(): void;
}

/** Bind the SDK; must stand inside a `ConversationProvider`. */
export function useTalk({ images, choices, current, happen, renew }: Surroundings): Controls {
  const tries = useRef(0);
  const [muted, setMuted] = useState(false);

  const sdk = useConversation({ workletPaths: WORKLETS, ...hearing({ images, current, happen }) });
  const { startSession, endSession, sendUserMessage, setMuted: setSdkMuted } = sdk;
  const deliver = useCallback(
    (text: string) => {
      if (current().phase !== "connected") return happen({ kind: "noted", text: UNSENT });
      try {
        sendUserMessage(text);
      } catch (error) {
        happen({ kind: "trouble", trouble: passingTrouble(String(error)) });
      }
    },
    [sendUserMessage, current, happen],
  );
  const post = useOutbox(deliver, images.status === "associating");

  const start = async (voice: boolean, inBand = true) => {
    const mine = ++tries.current;
    const attempt = { way: choices.way, voice, inBand: false };
    happen({ kind: "start", attempt });
    setMuted(false);
    try {
      const [reached, options] = await Promise.all([reach(choices), images.sessionOptions()]);
      if (mine !== tries.current) return;
      const given = inBand ? options : {};
      happen({
        kind: "start",
        attempt: { ...attempt, inBand: given.customLlmExtraBody !== undefined },
      });
      startSession({ ...given, ...reached, ...(voice ? {} : { textOnly: true }) });
    } catch (error) {
      if (mine === tries.current) happen({ kind: "end", trouble: before(error, attempt) });
    }
  };

  const end = useCallback(() => {
    tries.current += 1;
    const { phase } = current();
    if (phase === "connected") {
      endSession();
      images.onDisconnect();
    } else renew();
    happen({ kind: "end", note: ENDINGS.user });
  }, [current, endSession, happen, images, renew]);

  // Nobody else may end a start that the page has left.
  useEffect(() => () => void (tries.current += 1), []);

  return {
    start,
    end,
    send: (text) => {
      happen({ kind: "typed", text });
      post(text);
    },
    muted,
    mute: (to) => {
      if (!current().attempt?.voice) return; // a text session has no microphone, and throws
      setSdkMuted(to);
      setMuted(to);
    },
    level: sdk.getInputVolume,
  };
}

function before(error: unknown, attempt: Attempt) {
  if (error instanceof Unreachable) return unreachable(error.message, attempt.way);
  return startTrouble(error instanceof Error ? error.message : String(error), error, attempt);
}
