import { describe, expect, it } from "vitest";
import { type Attempt, endTrouble, startTrouble } from "../../../src/page/talk/trouble.ts";

const attempt = (about: Partial<Attempt> = {}): Attempt => ({
  way: "agent",
  voice: false,
  inBand: false,
  ...about,
});
const refusal = (closeCode: number, closeReason: string) =>
  Object.assign(new Error(closeReason), { closeCode, closeReason });
const failing = (name: string) => new DOMException("no", name);

describe("a start that fails", () => {
  it.each([
    ["NotAllowedError", "The microphone is not allowed"],
    ["NotFoundError", "There is no microphone"],
    ["NotReadableError", "The microphone does not answer"],
  ])("by the microphone's %s leads on by text", (name, title) => {
    const trouble = startTrouble("no", failing(name), attempt({ voice: true }));
    expect(trouble).toMatchObject({ title, wayOut: "go-on-by-text" });
  });

  it("on a page that is not secure leads on by text", () => {
    const message = "Cannot read properties of undefined (reading 'getUserMedia')";
    const trouble = startTrouble(message, new TypeError(message), attempt({ voice: true }));
    expect(trouble).toMatchObject({
      title: "The microphone needs a secure page",
      wayOut: "go-on-by-text",
    });
  });

  it.each([
    ["The AI agent you are trying to reach does not exist.", "The agent was not found"],
    ["Agent not found", "The agent was not found"],
    ["This agent requires authorization", "The agent is not open to this page"],
  ])("because “%s” leads to the agent's ID", (reason, title) => {
    const trouble = startTrouble(reason, refusal(1008, reason), attempt());
    expect(trouble).toMatchObject({ title, wayOut: "look-at-agent", said: `${reason} (1008)` });
  });

  it.each([
    "Override for field 'custom_llm_extra_body' is not allowed by config.",
    "extra body refused",
  ])("because “%s” leads to a start without the picture in band", (reason) => {
    const trouble = startTrouble(reason, refusal(1008, reason), attempt({ inBand: true }));
    expect(trouble.wayOut).toBe("start-without-in-band");
    expect(startTrouble(reason, refusal(1008, reason), attempt()).wayOut).not.toBe(
      "start-without-in-band",
    );
  });

  it("because no rehearsal listens leads to its address", () => {
    const trouble = startTrouble("closed", refusal(1006, ""), attempt({ way: "rehearsal" }));
    expect(trouble).toMatchObject({
      title: "The rehearsal does not answer",
      wayOut: "look-at-address",
    });
  });

  it("because nothing answers can be made again", () =>
    expect(startTrouble("closed", refusal(1006, ""), attempt()).wayOut).toBe("start-again"));
});

describe("an end by an error", () => {
  it("is a lost connection, which says why and starts again", () => {
    const trouble = endTrouble(
      { message: "closed", closeReason: "custom LLM error", closeCode: 1011 },
      attempt(),
    );
    expect(trouble).toMatchObject({ wayOut: "start-again", said: "custom LLM error (1011)" });
  });

  it("by a refusal leads to what was refused", () => {
    const reason = "Override for field 'custom_llm_extra_body' is not allowed";
    const details = { message: reason, closeReason: reason, closeCode: 1008 };
    expect(endTrouble(details, attempt({ inBand: true })).wayOut).toBe("start-without-in-band");
  });
});
