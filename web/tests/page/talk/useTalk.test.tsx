// @vitest-environment jsdom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ImageContext } from "../../../src/context/types.ts";
import { after, type Happening, QUIET, type Talk } from "../../../src/page/talk/state.ts";
import { type Controls, useTalk } from "../../../src/page/talk/useTalk.ts";
import { images } from "../fakeImages.ts";

type Callbacks = Record<string, (...told: unknown[]) => void>;
const sdk = {
  callbacks: {} as Callbacks,
  startSession: vi.fn(),
  endSession: vi.fn(),
  sendUserMessage: vi.fn(),
  setMuted: vi.fn(),
  getInputVolume: () => 0.2,
};
vi.mock("@elevenlabs/react", () => ({
  useConversation: (options: Callbacks) => {
    sdk.callbacks = options;
    return sdk;
  },
}));

const CHOICES = {
  way: "rehearsal",
  agentId: "",
  signedUrl: "",
  rehearsal: "http://127.0.0.1:1",
} as const;
let talk: Talk;
let asked: unknown[];
const renew = vi.fn();

/** The hook with pictures in some state, and how to give it others. */
function talking(pictures: ImageContext = images({}, asked)) {
  const happen = (what: Happening) => void (talk = after(talk, what));
  const use = (given: ImageContext) =>
    useTalk({ images: given, choices: CHOICES, current: () => talk, happen, renew });
  const { result, rerender } = renderHook(use, { initialProps: pictures });
  return { controls: () => result.current, rerender };
}

const start = (controls: () => Controls, voice: boolean, inBand?: boolean) =>
  act(async () => await controls().start(voice, inBand));
const connect = () => act(() => sdk.callbacks.onConnect?.({ conversationId: "conv_1" }));

beforeEach(() => {
  talk = QUIET;
  asked = [];
  vi.clearAllMocks();
});
afterEach(cleanup);

it("a written conversation asks for no microphone", async () => {
  const { controls } = talking();
  await start(controls, false);
  const signedUrl = "ws://127.0.0.1:1/v1/convai/conversation?agent_id=rehearsal";
  expect(sdk.startSession).toHaveBeenCalledExactlyOnceWith({ signedUrl, textOnly: true });
});

it("a conversation that connects is told to the pictures at once", async () => {
  const { controls } = talking();
  await start(controls, true);
  connect();
  expect(asked).toEqual([["onConnect", { conversationId: "conv_1" }]]);
  expect(talk.phase).toBe("connected");
});

it("the picture goes along at the start where the endpoint reads it there, and not when told so", async () => {
  const given = { customLlmExtraBody: { temporaryId: "tmp_1" } };
  const { controls } = talking({ ...images(), sessionOptions: async () => given });
  await start(controls, true);
  expect(sdk.startSession.mock.lastCall?.[0]).toMatchObject(given);
  act(() =>
    sdk.callbacks.onError?.("no", {
      closeCode: 1008,
      closeReason: "Override custom_llm_extra_body is not allowed",
    }),
  );
  expect(talk.trouble?.wayOut).toBe("start-without-in-band");
  await start(controls, true, false);
  expect(sdk.startSession.mock.lastCall?.[0]).not.toHaveProperty("customLlmExtraBody");
});

it("a start that was ended meanwhile does not begin after all", async () => {
  let through = () => {};
  const sessionOptions = () => new Promise<object>((done) => (through = () => done({})));
  const { controls } = talking({ ...images(), sessionOptions });
  let starting: Promise<void> | undefined;
  act(() => void (starting = controls().start(true)));
  act(() => controls().end());
  through();
  await act(async () => await starting);
  expect(sdk.startSession).not.toHaveBeenCalled();
  expect(talk.phase).toBe("idle");
});

it("ending while the platform is silent begins with a fresh SDK, since the old one stays locked", async () => {
  const { controls } = talking();
  await start(controls, false);
  act(() => controls().end());
  expect(renew).toHaveBeenCalledOnce();
  expect(sdk.endSession).not.toHaveBeenCalled();
});

it("the pictures are told of an end once, though the SDK tells of it too", async () => {
  const { controls } = talking();
  await start(controls, false);
  connect();
  act(() => controls().end());
  act(() => sdk.callbacks.onDisconnect?.({ reason: "user" }));
  expect(asked.filter((one) => (one as string[])[0] === "onDisconnect")).toHaveLength(1);
  expect(talk.phase).toBe("ended");
});

it("an error in the middle leaves the conversation on", async () => {
  const { controls } = talking();
  await start(controls, false);
  connect();
  act(() => sdk.callbacks.onError?.("Server error: busy"));
  expect([talk.phase, talk.trouble?.said]).toEqual(["connected", "Server error: busy"]);
});

it("typed words wait until the picture is associated, and no longer", async () => {
  const { controls, rerender } = talking(images({ status: "associating" }));
  await start(controls, false);
  connect();
  act(() => controls().send("What is it?"));
  expect(sdk.sendUserMessage).not.toHaveBeenCalled();
  expect(talk.transcript.lines.at(-1)?.text).toBe("What is it?");
  rerender(images({ status: "associated" }));
  expect(sdk.sendUserMessage).toHaveBeenCalledExactlyOnceWith("What is it?");
});

it("typed words wait three seconds at most", async () => {
  const { controls } = talking(images({ status: "associating" }));
  await start(controls, false);
  connect();
  vi.useFakeTimers();
  act(() => controls().send("What is it?"));
  act(() => void vi.advanceTimersByTime(3000));
  vi.useRealTimers();
  expect(sdk.sendUserMessage).toHaveBeenCalledOnce();
});

it("typed words that still wait at the end are told as not sent, and nothing is wrong", async () => {
  const { controls, rerender } = talking(images({ status: "associating" }));
  await start(controls, false);
  connect();
  act(() => controls().send("What is it?"));
  act(() => controls().end());
  rerender(images({ status: "ready" }));
  expect(sdk.sendUserMessage).not.toHaveBeenCalled();
  expect(talk.trouble).toBeNull();
  expect(talk.transcript.lines.at(-1)?.text).toMatch(/was not sent/);
});

it("a written conversation has nothing to mute: the SDK would throw", async () => {
  const { controls } = talking();
  await start(controls, false);
  connect();
  act(() => controls().mute(true));
  expect(sdk.setMuted).not.toHaveBeenCalled();
});
