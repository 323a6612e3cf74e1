/** The endpoint's own events become steps. */
import { describe, expect, test, vi } from "vitest";
import { happenedIn } from "../../src/context/happenings.ts";
import type { ImageContextCore } from "../../src/context/imageContext.ts";
import { picture, reached, setting } from "../setting.ts";

const at = setting();
const TURN = { at: "2026-11-24T10:00:00Z", turn: 1, context: "attached", images: 1 };
const ANSWERED = {
  at: "2026-11-24T10:00:01Z",
  turn: 1,
  outcome: "answered",
  firstContentMs: 7,
  addedMs: 0.4,
};

async function watched(): Promise<ImageContextCore> {
  const core = at.core();
  core.add(picture());
  core.onConnect({ conversationId: "conv_1" });
  await reached(core, ({ status }) => status === "associated");
  await vi.waitFor(() => expect(at.endpoint.watchers.get("conv_1")).toHaveLength(1));
  return core;
}

const kinds = (core: ImageContextCore) => core.state().steps.map(({ kind }) => kind);

describe("what is told", () => {
  test("of a turn is a step, with the token that only this page has", async () => {
    const core = await watched();
    at.endpoint.event("conv_1", 1, "associated", { images: 1, inBand: true });
    at.endpoint.event("conv_1", 2, "turn", TURN);
    at.endpoint.event("conv_1", 3, "answered", ANSWERED);
    const { steps } = await reached(core, (state) => state.steps.at(-1)?.kind === "answered");
    expect(steps.at(-2)).toMatchObject({ kind: "turn", turn: 1, context: "attached", images: 1 });
    expect(steps.at(-1)).toMatchObject({ outcome: "answered", firstContentMs: 7, addedMs: 0.4 });
    expect(at.endpoint.of("GET", "/context/")[0]?.headers.authorization).toMatch(/^Bearer ctx_/);
  });

  test("goes on after a broken connection, from the last event on", async () => {
    const core = await watched();
    at.endpoint.event("conv_1", 41, "turn", TURN);
    await reached(core, (state) => state.steps.at(-1)?.kind === "turn");
    at.endpoint.watchers.get("conv_1")?.[0]?.destroy();
    await vi.waitFor(() => expect(at.endpoint.watchers.get("conv_1")).toHaveLength(2), {
      timeout: 5_000,
    });
    expect(at.endpoint.of("GET", "/context/").at(-1)?.headers["last-event-id"]).toBe("41");
    at.endpoint.event("conv_1", 42, "answered", ANSWERED);
    await reached(core, (state) => state.steps.at(-1)?.kind === "answered");
  });

  test("is heard after the end of the conversation too, until another begins", async () => {
    const core = await watched();
    core.onDisconnect();
    at.endpoint.event("conv_1", 1, "answered", ANSWERED);
    await reached(core, (state) => state.steps.at(-1)?.kind === "answered");
    core.onConnect({ conversationId: "conv_2" });
    await reached(core, ({ status }) => status === "associated");
    const before = kinds(core).length;
    at.endpoint.event("conv_1", 2, "turn", TURN);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(kinds(core)).toHaveLength(before);
  });
});

test("a conversation that the endpoint forgets leaves the picture here, for another one", async () => {
  const core = await watched();
  const [mine] = core.state().images;
  at.endpoint.conversations.clear();
  at.endpoint.uploads.clear();
  at.endpoint.event("conv_1", 1, "forgotten", {});
  await reached(core, ({ steps }) => steps.at(-1)?.kind === "forgotten");
  expect(core.state().images[0]).toMatchObject({ id: mine?.id, phase: "uploaded" });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(at.endpoint.conversations.size).toBe(0);
  core.onConnect({ conversationId: "conv_2" });
  await reached(core, ({ status }) => status === "associated");
});

test("a stream that is cut at once is asked for less and less often, whatever it tells", async () => {
  const core = at.core();
  at.endpoint.trick = ({ path }, response) => {
    if (!path.endsWith("/events")) return false;
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.end(`id: 1\nevent: turn\ndata: ${JSON.stringify(TURN)}\n\n`);
    return true;
  };
  vi.spyOn(Math, "random").mockReturnValue(0.5); // pauses of 0.5, 1, 2 … seconds
  core.add(picture());
  core.onConnect({ conversationId: "conv_1" });
  await reached(core, ({ status }) => status === "associated");
  await new Promise((resolve) => setTimeout(resolve, 2_300));
  vi.restoreAllMocks();
  expect(at.endpoint.of("GET", "/context/")).toHaveLength(3);
});

test("an endpoint without events says nothing, and is asked once", async () => {
  at.endpoint.hasEvents = false;
  const core = at.core();
  core.add(picture());
  core.onConnect({ conversationId: "conv_1" });
  await reached(core, ({ status }) => status === "associated");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(at.endpoint.of("GET", "/context/")).toHaveLength(1);
  expect(kinds(core)).toEqual(["conversation-started", "uploaded", "associated"]);
});

test.each([
  ["associated", '{"images": 1}'],
  ["removed", '{"images": 1}'],
  ["turn", '{"turn": "1", "context": "attached"}'],
  ["turn", '{"turn": 1, "context": "of a later version"}'],
  ["turn", "no JSON"],
  ["of a later version", "{}"],
])("%s %s adds no step", (event, data) => {
  expect(happenedIn({ id: "1", event, data })).toBeNull();
});
