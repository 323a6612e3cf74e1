import { describe, expect, it } from "vitest";
import * as script from "../../../src/page/talk/transcript.ts";
import type { Transcript } from "../../../src/page/talk/transcript.ts";

const start = script.begun(script.SILENCE);
const part = (type: "start" | "delta" | "stop", text = "", event_id = 1) => ({
  type,
  text,
  event_id,
});
const agent = (message: string, event_id = 1) => ({ role: "agent" as const, message, event_id });
const person = (message: string, event_id = 1) => ({ role: "user" as const, message, event_id });
const streamed = (old: Transcript, ...parts: ReturnType<typeof part>[]) =>
  parts.reduce(script.streamed, old);
const shown = ({ lines }: Transcript) =>
  lines.map(({ who, text, state }) => `${who}: ${text} (${state})`);

describe("an answer that is streamed", () => {
  const open = streamed(start, part("start"), part("delta", "A "), part("delta", "cat."));

  it("grows on one line", () => expect(shown(open)).toEqual(["agent: A cat. (open)"]));
  it("is whole when it stops", () =>
    expect(shown(streamed(open, part("stop")))).toEqual(["agent: A cat. (whole)"]));
  it("is replaced by the whole answer, whichever comes first", () => {
    const first = script.told(streamed(open, part("stop")), agent("A cat."));
    const last = streamed(script.told(open, agent("A cat.")), part("stop"), part("delta", "?"));
    expect(shown(first)).toEqual(["agent: A cat. (whole)"]);
    expect(shown(last)).toEqual(["agent: A cat. (whole)"]);
  });
  it("is cut where the connection breaks", () =>
    expect(shown(script.closed(open))).toEqual(["agent: A cat. (cut)"]));
  it("leaves nothing where no word of it came", () =>
    expect(shown(script.closed(streamed(start, part("start"))))).toEqual([]));
  it("without a start is shown all the same", () =>
    expect(shown(streamed(start, part("delta", "A")))).toEqual(["agent: A (open)"]));
});

it("keeps two answers of one event apart once the first is whole", () => {
  const lines = script.told(script.told(start, agent("One moment.")), agent("A cat."));
  expect(shown(lines)).toEqual(["agent: One moment. (whole)", "agent: A cat. (whole)"]);
});

it("never merges with a line of an earlier conversation, whose event ids were the same", () => {
  const before = streamed(start, part("start", "Old"));
  expect(shown(streamed(script.begun(before), part("start", "New")))).toEqual([
    "agent: Old (open)",
    "agent: New (open)",
  ]);
});

it("shows of an interrupted answer what was heard, whatever comes of it later", () => {
  const said = script.told(start, agent("A cat on a red sofa."));
  const cut = script.corrected(script.interrupted(said, 1), 1, "A cat");
  expect(shown(script.told(cut, agent("A cat on a red sofa.")))).toEqual(["agent: A cat (cut)"]);
});

it("does not repeat typed words that the platform tells again", () => {
  const typed = script.typed(start, "What is it?");
  expect(shown(script.told(typed, person("What is it?")))).toEqual(["person: What is it? (whole)"]);
});

it("shows the same spoken words twice if they were spoken twice", () => {
  const once = script.told(start, person("Hello"));
  expect(shown(script.told(once, person("Hello", 2)))).toHaveLength(2);
});

it("ignores an answer without a word", () =>
  expect(shown(script.told(start, agent("  ")))).toEqual([]));

it("gives every line a key of its own", () => {
  const lines = script.noted(script.typed(script.noted(start, "a"), "b"), "c").lines;
  expect(new Set(lines.map(({ key }) => key)).size).toBe(3);
});
