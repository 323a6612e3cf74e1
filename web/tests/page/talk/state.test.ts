import { expect, it } from "vitest";
import {
  after,
  type Happening,
  isOn,
  QUIET,
  statusOf,
  type Talk,
} from "../../../src/page/talk/state.ts";

const attempt = (voice: boolean) => ({ way: "rehearsal", voice, inBand: false }) as const;
const TROUBLE = { title: "t", text: "x", wayOut: "start-again" } as const;
const run = (...what: Happening[]): Talk => what.reduce(after, QUIET);
const begun = (voice: boolean): Happening[] => [
  { kind: "start", attempt: attempt(voice) },
  { kind: "connect", notes: ["Note."] },
];

it("is ready, connecting, listening, speaking and ended in turn", () => {
  expect(statusOf(QUIET)).toBe("Ready");
  expect(statusOf(run({ kind: "start", attempt: attempt(true) }))).toBe("Connecting");
  expect(statusOf(run(...begun(true)))).toBe("Listening");
  expect(statusOf(run(...begun(true), { kind: "mode", speaking: true }))).toBe("Speaking");
  expect(statusOf(run(...begun(true), { kind: "end" }))).toBe("Ended");
});

it("speaks in writing while an answer is streamed", () => {
  const part = { kind: "streamed", part: { type: "start", text: "A", event_id: 1 } } as const;
  expect(statusOf(run(...begun(false), part))).toBe("Speaking");
});

it("is ready again after a start that failed, and says why", () => {
  const talk = run(
    { kind: "start", attempt: attempt(true) },
    { kind: "end", note: "Over.", trouble: TROUBLE },
  );
  expect([statusOf(talk), talk.trouble, talk.transcript.lines]).toEqual(["Ready", TROUBLE, []]);
});

it("keeps what was said when the connection is lost, and when another conversation begins", () => {
  const lost = run(
    ...begun(false),
    { kind: "typed", text: "Hello" },
    { kind: "end", note: "Lost.", trouble: TROUBLE },
  );
  const lines = (talk: Talk) => talk.transcript.lines.map(({ text }) => text);
  expect(lines(lost)).toEqual(["Note.", "Hello", "Lost."]);
  expect(lines(begun(false).reduce(after, lost))).toEqual(["Note.", "Hello", "Lost.", "Note."]);
});

it("forgets a trouble when the person starts again", () =>
  expect(run({ kind: "trouble", trouble: TROUBLE }, ...begun(false)).trouble).toBeNull());

it("is on from the click to the end", () => {
  expect(
    [
      QUIET,
      run({ kind: "start", attempt: attempt(true) }),
      run(...begun(true), { kind: "end" }),
    ].map(isOn),
  ).toEqual([false, true, false]);
});
