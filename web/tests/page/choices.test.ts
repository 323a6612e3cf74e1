import { describe, expect, it } from "vitest";
import { choicesOf, defaultsOf, recall, remember } from "../../src/page/choices.ts";
import { settingsOf, UNTOLD } from "../../src/page/settings.ts";

describe("the way to begin with", () => {
  it.each([
    [{ rehearsal: "http://r", signedUrl: "https://s", agentId: "a" }, "rehearsal"],
    [{ signedUrl: "https://s", agentId: "a" }, "signed"],
    [{ agentId: "a" }, "agent"],
    [{}, "agent"],
  ])("for %j is %s", (told, way) => expect(defaultsOf(settingsOf(told)).way).toBe(way));
});

describe("what is remembered", () => {
  const before = defaultsOf({ ...UNTOLD, rehearsal: "http://127.0.0.1:1" });
  const choices = { ...before, way: "agent", agentId: "agent_mine" } as const;

  it("is what was chosen last", () =>
    expect(choicesOf(before, { choices, defaults: before })).toEqual(choices));
  it("gives way to what the endpoint proposes anew", () => {
    const now = defaultsOf({ ...UNTOLD, rehearsal: "http://127.0.0.1:2" });
    const kept = { choices: { ...choices, rehearsal: "http://127.0.0.1:1" }, defaults: before };
    expect(choicesOf(now, kept)).toEqual({ ...choices, rehearsal: "http://127.0.0.1:2" });
  });
  it("comes back from storage", () => {
    const store = new Map<string, string>();
    const storage = {
      setItem: (k: string, v: string) => void store.set(k, v),
      getItem: (k: string) => store.get(k) ?? null,
    };
    remember(storage, { choices, defaults: before });
    expect(recall(storage)).toEqual({ choices, defaults: before });
  });
  it.each([null, "", "{", "[]", '{"choices": {"way": "elsewhere"}}'])(
    "is nothing where storage holds %j",
    (value) => expect(recall({ getItem: () => value })).toBeNull(),
  );
  it("is nothing where storage is switched off", () => {
    const off = () => {
      throw new DOMException("no", "SecurityError");
    };
    expect(recall({ getItem: off })).toBeNull();
    remember({ setItem: off }, { choices, defaults: before });
  });
});

it.each([undefined, null, 3, "x", [], { inBand: [], maxUpload: "many", maxImages: -1 }])(
  "settings in %j are the usual ones",
  (told) => expect(settingsOf(told)).toEqual(UNTOLD),
);
