import { describe, expect, it } from "vitest";
import type { Choices } from "../../../src/page/choices.ts";
import { reach, rehearsalUrl } from "../../../src/page/talk/reach.ts";

const choices = (about: Partial<Choices>): Choices => ({
  way: "agent",
  agentId: "",
  signedUrl: "",
  rehearsal: "",
  ...about,
});
const signed = { way: "signed", signedUrl: "https://app.example.com/sign" } as const;
const service = (answer: Response | Error) => async () => {
  if (answer instanceof Error) throw answer;
  return answer;
};

describe("a rehearsal's address", () => {
  const SOCKET = "/v1/convai/conversation?agent_id=rehearsal";
  it.each([
    ["http://127.0.0.1:8002", `ws://127.0.0.1:8002${SOCKET}`],
    [" 127.0.0.1:8002/ ", `ws://127.0.0.1:8002${SOCKET}`],
    ["localhost:8002", `ws://localhost:8002${SOCKET}`],
    ["https://rehearsal.example.com", `wss://rehearsal.example.com${SOCKET}`],
    [
      "ws://h:1/v1/convai/conversation?agent_id=strict",
      "ws://h:1/v1/convai/conversation?agent_id=strict",
    ],
  ])("%s becomes its WebSocket", (address, url) => expect(rehearsalUrl(address)).toBe(url));

  it.each(["", "   ", "http://", "the one here"])("that is “%s” is refused in words", (address) =>
    expect(() => rehearsalUrl(address)).toThrow("Enter its address"),
  );
});

it("an agent ID goes over a WebSocket, since WebRTC would go past a proxy", async () =>
  expect(await reach(choices({ agentId: " agent_1 " }))).toEqual({
    agentId: "agent_1",
    connectionType: "websocket",
  }));

it("an agent without an ID is asked for", async () =>
  await expect(reach(choices({}))).rejects.toThrow("Which agent?"));

describe("a signed-URL service", () => {
  it("is asked for the URL", async () => {
    const ask = service(Response.json({ signed_url: "wss://x/y?token=1" }));
    expect(await reach(choices(signed), ask)).toEqual({ signedUrl: "wss://x/y?token=1" });
  });

  it.each([
    [new TypeError("failed"), "does not answer"],
    [new Response("no", { status: 403 }), "answered with 403"],
    [new Response("<html>"), 'without a "signed_url"'],
    [Response.json({ signed_url: "http://x" }), 'without a "signed_url"'],
    [Response.json(null), 'without a "signed_url"'],
  ])(
    "that fails says so (%#)",
    async (answer, words) =>
      await expect(reach(choices(signed), service(answer))).rejects.toThrow(words),
  );

  it("without an address is asked for", async () =>
    await expect(reach(choices({ way: "signed", signedUrl: "app" }))).rejects.toThrow(
      "Which service",
    ));
});
