/** The hook's core with the real endpoint and the stand-in model. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JSDOM } from "jsdom";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { ImageContextCore } from "../../src/context/imageContext.ts";
import type { Options, State } from "../../src/context/types.ts";
import { type Running, sightline } from "../stack.ts";

const PHOTOS = fileURLToPath(new URL("../../../rehearsal/photos", import.meta.url));
const CONFIG = (origin: string) => `
conversation_id: [$request.header.x-conversation-id]
injector:
  images: {store: "memory:", in_band: $request.body#/elevenlabs_extra_body/temporaryId}
  browser: {origins: ["${origin}"]}
`;

let folder: string;
let model: Running;
let endpoint: Running;
const ends: (() => void)[] = [];

// Node has fetch, but no XMLHttpRequest, and no page that it is of.
const { XMLHttpRequest, FormData, File, Blob, location } = new JSDOM("", {
  url: "http://localhost:3000",
}).window;
Object.assign(globalThis, { XMLHttpRequest, FormData, File, Blob, location });
URL.createObjectURL = () => "blob:preview";
URL.revokeObjectURL = () => {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sightline-hook-"));
  await writeFile(join(folder, "config.yaml"), CONFIG(location.origin));
  model = await sightline(["model", "--listen", "127.0.0.1:0"]);
  const options = ["--config", join(folder, "config.yaml"), "--listen", "127.0.0.1:0"];
  endpoint = await sightline(["serve", ...options, "--upstream", `${model.address}/v1`]);
});

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

afterAll(async () => {
  await endpoint?.stop();
  await model?.stop();
  await rm(folder, { recursive: true, force: true });
});

function core(options: Options = {}): ImageContextCore {
  const made = new ImageContextCore({ endpoint: endpoint.address, ...options });
  ends.push(made.attach());
  return made;
}

async function photo(name: string): Promise<File> {
  return new File([await readFile(join(PHOTOS, name))], name);
}

async function reached(made: ImageContextCore, is: (state: State) => boolean): Promise<State> {
  await vi.waitFor(() => expect(is(made.state()), JSON.stringify(made.state())).toBe(true), {
    timeout: 20_000,
  });
  return made.state();
}

/** A turn as the platform makes it; what `x-sightline-context` says of it. */
async function turn(
  conversationId: string | null,
  extra: unknown = undefined,
): Promise<string | null> {
  const response = await fetch(`${endpoint.address}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(conversationId && { "X-Conversation-Id": conversationId }),
    },
    body: JSON.stringify({
      stream: true,
      messages: [{ role: "user", content: "What do you see?" }],
      elevenlabs_extra_body: extra,
    }),
  });
  await response.text();
  return response.headers.get("x-sightline-context");
}

test("pictures walk from their files into the turns, and out again", async () => {
  const made = core();
  made.add([await photo("cat.webp"), await photo("coffee.png")]);
  await made.sessionOptions();
  made.onConnect({ conversationId: "conv_walk" });
  const { images } = await reached(made, ({ status }) => status === "associated");
  expect(images[0]).toMatchObject({
    received: { format: "WebP" },
    sent: { width: 451, height: 300 },
  });
  expect(await turn("conv_walk")).toBe("attached;n=2");
  const { steps } = await reached(made, (state) => state.steps.at(-1)?.kind === "answered");
  expect(steps.at(-2)).toMatchObject({ kind: "turn", turn: 1, context: "attached", images: 2 });
  expect(await made.remove(images[0]?.id ?? "")).toBe(true);
  expect(await turn("conv_walk")).toBe("attached;n=1");
  expect(await made.forget()).toBe(true);
  expect(await turn("conv_walk")).toBe("no-image");
});

test("a picture chosen in mid-conversation is added, and the next conversation has both", async () => {
  const made = core();
  made.add(await photo("cat.webp"));
  made.onConnect({ conversationId: "conv_first" });
  await reached(made, ({ status }) => status === "associated");
  made.add(await photo("rocket.jpg"));
  await reached(made, ({ images, status }) => images.length === 2 && status === "associated");
  expect(await turn("conv_first")).toBe("attached;n=2");
  made.onConnect({ conversationId: "conv_next" });
  await reached(made, ({ status }) => status === "associated");
  expect(await turn("conv_next")).toBe("attached;n=2");
});

test("in band, a turn before any association shows all pictures; they are associated too", async () => {
  const made = core({ inBand: ["temporaryId"] });
  made.add([await photo("cat.webp"), await photo("coffee.png")]);
  const { customLlmExtraBody } = await made.sessionOptions();
  expect(await turn("conv_early", customLlmExtraBody)).toBe("attached;n=2");
  made.onConnect({ conversationId: "conv_early" });
  await reached(made, ({ status }) => status === "associated");
  made.add(await photo("rocket.jpg"));
  await reached(made, ({ images, status }) => images.length === 3 && status === "associated");
  expect(await turn("conv_early", customLlmExtraBody)).toBe("attached;n=3");
});

test("what is no picture is refused in the endpoint's words", async () => {
  const made = core();
  made.add(new File(["<svg xmlns='http://www.w3.org/2000/svg'/>"], "drawing.svg"));
  const { images } = await reached(made, ({ status }) => status === "failed");
  expect(images[0]?.problem).toMatchObject({ code: "not_a_picture", canRetry: false });
  expect(images[0]?.problem?.message).toMatch(/SVG/);
});
