/** The state is a value, and stays whole whatever happens in whatever order. */
import { expect, test } from "vitest";
import type { Event } from "../../src/context/events.ts";
import { statusOf } from "../../src/context/standing.ts";
import { after, EMPTY } from "../../src/context/state.ts";
import type { Phase, Problem, Sent, SharedImage, State } from "../../src/context/types.ts";

const problem: Problem = { code: "unknown", message: "no", canRetry: true };
const sent: Sent = {
  mediaType: "image/png",
  width: 4,
  height: 3,
  bytes: 9,
  tokens: 85,
  model: null,
  detail: "high",
};

function image(id: string, more: Partial<SharedImage> = {}): SharedImage {
  return {
    id,
    file: new File(["x"], id),
    name: id,
    preview: "",
    phase: "waiting",
    progress: 0,
    ...more,
  };
}

function passed(...events: Event[]): State {
  return events.reduce((state, event) => after(state, event, 5), EMPTY);
}

const added: Event = { kind: "added", images: [image("a")] };
const uploaded = { kind: "uploaded", id: "a", temporaryId: "tmp_1", sent } satisfies Event;
const connected = { kind: "connected", conversationId: "conv_1" } satisfies Event;
const associating: Event = { kind: "associating", id: "a" };
const associated: Event = { kind: "associated", id: "a", images: 1 };

test.each<[string, Phase[], string]>([
  ["none", [], "empty"],
  ["one to come", ["associated", "failed", "waiting"], "uploading"],
  ["one on its way into the conversation", ["failed", "associating"], "associating"],
  ["one that could not come", ["associated", "failed"], "failed"],
  ["one that waits for a conversation", ["associated", "uploaded"], "ready"],
  ["all there", ["associated", "associated"], "associated"],
])("%s", (_, phases, status) => {
  expect(statusOf(phases.map((phase, at) => image(String(at), { phase })))).toBe(status);
});

test("each step is told once, with its time and a number that grows", () => {
  const { steps } = passed(added, uploaded, connected, associating, associated, {
    kind: "disconnected",
  });
  expect(steps.map(({ id, at, kind }) => [id, at, kind])).toEqual([
    [1, 5, "uploaded"],
    [2, 5, "conversation-started"],
    [3, 5, "associated"],
    [4, 5, "conversation-ended"],
  ]);
});

test("a conversation that begins without a picture says so", () => {
  expect(passed(connected).steps[0]).toMatchObject({ conversationId: "conv_1", images: 0 });
});

test("a turn that is sent again is told once, and a refusal of its picture all the same", () => {
  const turn = (number: number, context: "attached" | "image-refused"): Event => ({
    kind: "told",
    happened: { kind: "turn", turn: number, context, images: 1 },
  });
  const answered: Event = {
    kind: "told",
    happened: { kind: "answered", turn: 1, outcome: "answered", firstContentMs: 5, addedMs: 1 },
  };
  const { steps } = passed(
    turn(1, "attached"),
    answered,
    turn(1, "attached"),
    turn(1, "image-refused"),
    turn(2, "attached"),
  );
  expect(steps.map(({ kind }) => kind)).toEqual(["turn", "answered", "turn", "turn"]);
});

test("turns of the next conversation are told, also where they look like the last", () => {
  const turn: Event = {
    kind: "told",
    happened: { kind: "turn", turn: 1, context: "attached", images: 1 },
  };
  const { steps } = passed(turn, connected, turn);
  expect(steps.filter(({ kind }) => kind === "turn")).toHaveLength(2);
});

test("the list of steps keeps the last 200", () => {
  const { steps } = passed(...Array.from({ length: 250 }, (): Event => ({ kind: "forgotten" })));
  expect([steps.length, steps[0]?.id, steps.at(-1)?.id]).toEqual([200, 51, 250]);
});

test("what comes too late for its picture changes nothing", () => {
  const state = passed(added, uploaded);
  for (const late of [
    associated,
    { ...uploaded, id: "gone" },
    { kind: "removed", id: "gone" },
  ] as Event[])
    expect(after(state, late, 6)).toBe(state);
});

test("a removal that fails leaves a picture that is seen, and holds back one that is not", () => {
  const failed: Event = { kind: "removal-failed", id: "a", problem };
  expect(passed(added, uploaded, associating, associated, failed).images[0]).toMatchObject({
    phase: "associated",
    problem,
  });
  expect(passed(added, uploaded, associating, failed).images[0]).toMatchObject({
    phase: "failed",
    problem,
  });
});

test("whatever happens, the state is frozen, its status true, and its numbers grow", () => {
  const random = seeded(7);
  for (let run = 0; run < 300; run++) {
    let state = EMPTY;
    for (let step = 0; step < 40; step++) {
      const had = state;
      state = after(state, anyEvent(state, random), step);
      checkWhole(state);
      if (state === had) continue;
      expect(state.steps.map(({ id }) => id)).toEqual(
        [...state.steps.keys()].map((at) => (state.steps[0]?.id ?? 0) + at),
      );
    }
  }
});

function checkWhole(state: State): void {
  expect(
    [state, state.images, state.steps, ...state.images, ...state.steps].every(Object.isFrozen),
  ).toBe(true);
  expect(state.status).toBe(statusOf(state.images));
  for (const { phase, temporaryId, problem: trouble } of state.images) {
    if (phase === "waiting" || phase === "uploading") expect(temporaryId).toBeUndefined();
    if (phase === "failed") expect(trouble).toBeDefined();
  }
}

/** Any event that can be told of one of three pictures: an association only of what is uploaded. */
function anyEvent({ images }: State, random: (below: number) => number): Event {
  const id = "abc"[random(3)] ?? "a";
  const had = images.find((one) => one.id === id);
  if (had === undefined) return { kind: "added", images: [image(id)] };
  if (had.temporaryId !== undefined && random(3) === 0) return { kind: "associating", id };
  const all: Event[] = [
    { kind: "queued", id },
    { kind: "uploading", id },
    { kind: "progress", id, progress: random(100) / 100 },
    { ...uploaded, id },
    { kind: "upload-failed", id, problem },
    { ...connected, conversationId: `conv_${random(3)}` },
    { kind: "association-failed", id, problem, attempt: 1, willRetry: random(2) === 0 },
    { kind: "associated", id, images: 1 },
    { kind: "removed", id },
    { kind: "removal-failed", id, problem },
    { kind: "disconnected" },
    { kind: "forgotten" },
    { kind: "cleared", ids: new Set([id]) },
    { kind: "paused" },
  ];
  return all[random(all.length)] ?? { kind: "paused" };
}

function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}
