/** The official clients for browsers hold conversations with the rehearsal platform, unchanged. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { SessionConfig } from "@elevenlabs/client";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { browser, microphone } from "../browser.ts";
import { voice } from "../photos.ts";
import { type Running, sightline } from "../stack.ts";
import { Endpoint } from "./endpoint.ts";
import { type Pages, pages } from "./pages.ts";
import { until, Visitor } from "./visitor.ts";

const LINES = ["What do you see in my picture?", "And at the top?"] as const;
const LONG = "Please tell me everything that you can see, one thing after the other, at leisure.";
const PICTURE = new URL("../../../rehearsal/photos/coffee.png", import.meta.url);
const COFFEE = readFileSync(fileURLToPath(PICTURE));

type Signed = Extract<SessionConfig, { signedUrl: string }>;

const CONFIG = `
conversation_id: [$request.header.x-conversation-id]
injector: {images: {store: "memory:"}}
`;

const running: Running[] = [];
let endpoint: Endpoint;
let chromium: Browser;
let served: Pages;
let platform: string;

async function start(...args: string[]): Promise<string> {
  const one = await sightline(args);
  running.push(one);
  return one.address;
}

/** Start the model, the endpoint and the platform, each behind the one before it. */
async function startStack(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "official-"));
  const config = join(folder, "config.yaml");
  writeFileSync(config, CONFIG);
  writeFileSync(join(folder, "script.txt"), LINES.join("\n"));
  const model = await start("model", "--listen", "127.0.0.1:0");
  const over = ["--config", config, "--upstream", `${model}/v1`];
  endpoint = await Endpoint.before(await start("serve", "--listen", "127.0.0.1:0", ...over));
  const behind = ["--endpoint", `${endpoint.address}/v1`, "--script", join(folder, "script.txt")];
  platform = await start("rehearse", "--listen", "127.0.0.1:0", ...behind);
}

/** Twice somebody says something; the second time while the answer to the first is being spoken. */
function twoTurns(): string[] {
  return microphone(voice(1.2, "Good day to you!", 3.5, "Stop, please.", 60));
}

beforeAll(async () => {
  await Promise.all([
    startStack(),
    pages().then((one) => (served = one)),
    browser(...twoTurns()).then((one) => (chromium = one)),
  ]);
});

afterAll(async () => {
  await chromium?.close();
  await served?.close();
  endpoint?.close();
  await Promise.all(running.map((one) => one.stop()));
});

let visitor: Visitor;

/** Open a page before each test, and look behind it that it has thrown nothing. */
function onPage(name: string): void {
  beforeEach(async () => {
    endpoint.reset();
    visitor = await Visitor.at(chromium, served.at(name));
  });
  afterEach(async () => {
    const { uncaught } = visitor;
    await visitor.close();
    expect(uncaught).toEqual([]);
  });
}

/** Return the options for an agent; they are those that work with both clients. */
function agent(id = "rehearsal"): Signed {
  const url = `${platform.replace("http", "ws")}/v1/convai/conversation?agent_id=${id}`;
  return { signedUrl: url, overrides: { agent: { firstMessage: "Hi." } } };
}

function inText(id?: string): Signed {
  return { ...agent(id), textOnly: true };
}

describe.each(["client", "react"])("@elevenlabs/%s", (name) => {
  onPage(name);

  test("a text conversation: its ID, parts and whole answers", async () => {
    await visitor.start({ ...inText(), overrides: {} });
    const { conversationId } = await visitor.until("onConnect");
    await visitor.answer("rehearsal");
    endpoint.pause = 20;
    await visitor.say("What do you see?");
    const answer = await visitor.answer('You said: "What do you see?"');
    expect(answer).toContain("(Stand-in model.) I see no picture");
    expect(conversationId).toMatch(/^conv_\w+$/);
    expect(await visitor.id()).toBe(conversationId);
    expect(endpoint.asked[0]?.headers["x-conversation-id"]).toBe(conversationId);
    const messages = await visitor.given("onMessage");
    expect(messages.map(({ role }) => role)).toEqual(["agent", "agent"]);
    const parts = await visitor.given("onAgentChatResponsePart");
    const ours = parts.filter(({ event_id }) => event_id === messages[1]?.event_id);
    const deltas = ours.slice(2).map(() => "delta");
    expect(ours.map(({ type }) => type)).toEqual(["start", ...deltas, "stop"]);
    expect(ours.map(({ text }) => text).join("")).toBe(answer);
    expect(ours.length).toBeGreaterThan(3);
    await visitor.end();
    await visitor.until("onDisconnect", ({ reason }) => reason === "user");
    expect(await visitor.given("onError")).toEqual([]);
  });

  test("what the page says of itself reaches the endpoint", async () => {
    const extra = { temporaryId: "tmp_1", deep: { er: [1, true, null] } };
    await visitor.start({
      ...inText(),
      customLlmExtraBody: extra,
      userId: "anna-1",
      dynamicVariables: { name: "Anna" },
      overrides: {
        agent: { prompt: { prompt: "Talk to {{name}}." }, firstMessage: "Hi, {{name}}!" },
      },
    });
    await visitor.answer("Hi, Anna!");
    await visitor.update("She holds a cat.");
    await visitor.say("hello");
    await visitor.answer("hello");
    const body = endpoint.asked[0]?.body;
    expect(body?.elevenlabs_extra_body).toMatchObject(extra);
    expect(body?.user_id).toBe("anna-1");
    expect(body?.messages[0]?.content).toContain("Talk to Anna.");
    expect(JSON.stringify(body?.messages)).toContain("She holds a cat.");
  });

  test("a typed word interrupts the answer and closes its request", async () => {
    await visitor.start(inText());
    await visitor.answer("Hi.");
    endpoint.pause = 50;
    await visitor.say(LONG);
    await visitor.until("onAgentChatResponsePart", ({ text }) => text.includes("model"));
    endpoint.pause = 0;
    await visitor.say("Stop.");
    await visitor.answer('You said: "Stop."');
    await visitor.until("onInterruption");
    const { corrected_agent_response: kept } = await visitor.until("onAgentResponseCorrection");
    expect(endpoint.said).toEqual([LONG, "Stop."]);
    const history = JSON.stringify(endpoint.asked.at(-1)?.body.messages);
    expect(history).toContain(JSON.stringify(kept.trim()));
    expect(await until(() => endpoint.left || undefined)).toBe(1);
  });

  test("the agent ends the call", async () => {
    await visitor.start(inText());
    await visitor.answer("Hi.");
    await visitor.say("Please end call.");
    const end = await visitor.until("onDisconnect");
    expect(end.reason).toBe("agent");
    expect(await visitor.given("onError")).toEqual([]);
  });

  test("the endpoint is gone: the call dies, and the page hears why", async () => {
    await visitor.start(inText());
    await visitor.answer("Hi.");
    endpoint.fails = true;
    await visitor.say("hello");
    expect(await visitor.until("onDisconnect")).toMatchObject({ reason: "error", closeCode: 1002 });
    expect(endpoint.asked.length).toBe(3);
  });

  test("a voice conversation, and a voice that interrupts", async () => {
    await visitor.start({ ...agent(), connectionType: "websocket" });
    const { conversationId } = await visitor.until("onConnect");
    await visitor.until("onMessage", (one) => one.role === "user" && one.message === LINES[0]);
    const answer = await visitor.answer(LINES[0]);
    await visitor.until("onModeChange", ({ mode }) => mode === "speaking");
    await visitor.until("onInterruption");
    const { corrected_agent_response: kept } = await visitor.until(
      "onAgentResponseCorrection",
      (one) => one.original_agent_response.trim() === answer.trim(),
    );
    expect(kept.length).toBeLessThan(answer.length);
    await visitor.until("onMessage", (one) => one.role === "user" && one.message === LINES[1]);
    await visitor.answer(LINES[1]);
    expect(endpoint.said).toEqual(LINES);
    expect(endpoint.asked[0]?.headers["x-conversation-id"]).toBe(conversationId);
    const sound = await visitor.given("onAudio");
    expect(sound.reduce((sum, one) => sum + Number(one), 0)).toBeGreaterThan(32_000);
    await visitor.end();
    expect(await visitor.given("onError")).toEqual([]);
  });
});

describe("@elevenlabs/client alone", () => {
  onPage("client");

  test("an agent ID and an origin do as well as a signed URL", async () => {
    const origin = platform.replace("http", "ws");
    await visitor.start({ agentId: "header", origin, textOnly: true });
    await visitor.answer("rehearsal");
    expect((await visitor.given("onConnect")).length).toBe(1);
  });

  test("a signed URL from the platform's own route lets in", async () => {
    const route = `${platform}/v1/convai/conversation/get-signed-url?agent_id=rehearsal`;
    const answer = await fetch(route, { headers: { "xi-api-key": "any" } });
    const { signed_url: signedUrl } = (await answer.json()) as { signed_url: string };
    expect(await visitor.start({ signedUrl, textOnly: true })).toBeNull();
    await visitor.answer("rehearsal");
  });

  test("a file is uploaded and the model sees it", async () => {
    await visitor.start({ ...inText(), origin: platform.replace("http", "ws") });
    await visitor.answer("Hi.");
    await visitor.show("What is this?", COFFEE, "image/png");
    await visitor.answer("top left orange");
  });

  test("a tool of the page's is used, and its answer goes to the model", async () => {
    await visitor.start(inText("client-tools"));
    await visitor.answer("Hi.");
    await visitor.say("Please make a note of that.");
    await visitor.answer("noted under 47: Please make a note of that.");
    await visitor.until("onAgentToolResponse", ({ tool_name }) => tool_name === "make_a_note");
  });

  test("an agent that is not there is refused", async () => {
    const refusal = await visitor.start(inText("nobody"));
    expect(refusal).toMatchObject({ name: "SessionConnectionError", value: { closeCode: 1008 } });
    expect(JSON.stringify(refusal)).toContain("does not exist");
  });

  test("an extra body that the agent does not allow is refused", async () => {
    const customLlmExtraBody = { temporaryId: "tmp_1" };
    const refusal = await visitor.start({ ...inText("strict"), customLlmExtraBody });
    expect(refusal).toMatchObject({ name: "SessionConnectionError", value: { closeCode: 1008 } });
    expect(JSON.stringify(refusal)).toContain("custom_llm_extra_body");
  });
});

describe("@elevenlabs/react alone", () => {
  onPage("react");

  test("an agent that is not there is refused, and the page hears why", async () => {
    await visitor.start(inText("nobody"));
    expect(await visitor.until("onError")).toContain("does not exist");
    expect(await visitor.given("onConnect")).toEqual([]);
  });

  test("a second conversation follows the first at once", async () => {
    await visitor.start(inText());
    const first = await visitor.until("onConnect");
    await visitor.end();
    await visitor.start(inText("prompt"));
    await visitor.until("onConnect", (next) => next.conversationId !== first.conversationId);
    await visitor.say("Still there?");
    await visitor.answer("Still there?");
  });
});
