import { describe, expect, it } from "vitest";
import type { Happened } from "../../src/context/types.ts";
import { story } from "../../src/page/story.ts";
import { SENT, steps } from "./fakeImages.ts";

const problem = { code: "store_failed", message: "the store did not answer", canRetry: true };
const told = (...happened: Happened[]) =>
  story(steps(...happened)).map(({ tone, text, detail }) => [
    tone,
    text,
    ...(detail ? [detail] : []),
  ]);
const turn = (turn: number, context = "attached", images = 1) =>
  ({ kind: "turn", turn, context, images }) as Happened;
const answered = (turn: number, outcome = "answered") =>
  ({ kind: "answered", turn, outcome, firstContentMs: 412, addedMs: 0.42 }) as Happened;
const started: Happened = { kind: "conversation-started", conversationId: "conv_1", images: 1 };

it("tells a picture's way from the upload to the answer", () => {
  expect(
    told(
      { kind: "uploaded", name: "cat.webp", sent: SENT },
      started,
      { kind: "associated", images: 1 },
      turn(1),
      answered(1),
    ),
  ).toEqual([
    ["good", "Uploaded cat.webp", "451 × 300 pixels, 34 KB, about 255 tokens"],
    ["plain", "Conversation started", "conv_1"],
    ["good", "Picture associated with the conversation"],
    ["good", "Attached to turn 1", "first words after 412 ms, 0.4 ms of it Sightline’s"],
  ]);
});

it("tells a picture that can come yet from one that is none", () => {
  const none = { code: "not_a_picture", message: "no picture", canRetry: false };
  expect(
    told(
      { kind: "upload-failed", name: "a.png", problem },
      { kind: "upload-failed", name: "b.txt", problem: none },
    ).map(([, text]) => text),
  ).toEqual(["a.png did not arrive", "b.txt was not taken"]);
});

describe("a turn", () => {
  it("that is sent again is one sentence", () =>
    expect(told(turn(1), turn(1), answered(1))).toEqual([
      [
        "good",
        "Attached to turn 1",
        "asked 2 times; first words after 412 ms, 0.4 ms of it Sightline’s",
      ],
    ]));
  it("whose picture the model refuses says so, and is no repeat", () =>
    expect(told(turn(2), turn(2, "image-refused"))).toEqual([
      ["bad", "The model refused the picture; turn 2 was answered without it"],
    ]));
  it("keeps its place when an answer is late", () =>
    expect(told(turn(1), turn(2), answered(1)).map(([, text]) => text)).toEqual([
      "Attached to turn 1",
      "Attached to turn 2",
    ]));
  it("of another conversation is another", () =>
    expect(told(turn(1), started, turn(1))).toHaveLength(3));
  it("that the model did not answer is bad news", () =>
    expect(told(turn(1), answered(1, "fallback"))).toEqual([
      ["bad", "Attached to turn 1", "the answer: fallback"],
    ]));
  it.each([
    ["no-image", "plain"],
    ["no-conversation-id", "bad"],
    ["store-error", "bad"],
  ])("without a picture because of %s says so", (context, tone) =>
    expect(told(turn(3, context, 0))[0]?.[0]).toBe(tone),
  );
});

it("says of a failed association that it is tried again", () => {
  const failed = (willRetry: boolean): Happened => ({
    kind: "association-failed",
    problem,
    attempt: 1,
    willRetry,
  });
  expect(told(failed(true), failed(false)).map(([, , detail]) => detail)).toEqual([
    "The store did not answer. Trying again.",
    "The store did not answer.",
  ]);
});

it("says that a conversation began without a picture", () =>
  expect(told({ ...started, images: 0 })[0]?.[1]).toBe("Conversation started without a picture"));
