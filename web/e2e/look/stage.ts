/**
 * The built page with an endpoint and a platform that are played by the test: every state can be
 * shown without a process, on any machine that has a browser.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions, Page, Route, WebSocketRoute } from "playwright-core";
import { build, preview } from "vite";
import { browser, microphone } from "../browser.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A pixel, so that there is something to see. */
export const PICTURE = {
  name: "a rather long name of a photograph.png",
  mimeType: "image/png",
  buffer: Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
};

const SETTINGS = {
  rehearsal: "http://127.0.0.1:1",
  maxUpload: 20_971_520,
  maxImages: 4,
  model: "gpt-4o",
  version: "0.1.0",
};
const UPLOADED = {
  temporaryId: "tmp_1",
  mediaType: "image/jpeg",
  width: 1024,
  height: 768,
  bytes: 203_877,
  tokens: 765,
  model: "gpt-4o",
  detail: "high",
  received: {
    format: "HEIC",
    mediaType: "image/heic",
    width: 4032,
    height: 3024,
    bytes: 3_245_000,
  },
};

/** What the endpoint and the platform do, where it is not the usual. */
export interface Play {
  readonly settings?: Readonly<Record<string, unknown>> | "away";
  readonly upload?:
    "never ends" | { readonly status: number; readonly code: string; readonly message: string };
  readonly associate?: "busy";
  readonly platform?: "silent" | { readonly code: number; readonly reason: string };
  readonly context?: BrowserContextOptions;
}

/** Somebody's page, and the platform at its other end. */
export interface Scene {
  readonly page: Page;
  /** What went wrong inside the page that nobody has meant. */
  readonly errors: readonly string[];
  /** End the conversation from the platform's side. */
  hangUp(code: number, reason: string): Promise<void>;
  close(): Promise<void>;
}

/** Build the page and open a browser; `scene` shows it to somebody. */
export async function stage() {
  const outDir = await mkdtemp(join(tmpdir(), "sightline-page-"));
  await build({ root, logLevel: "error", build: { outDir } });
  const server = await preview({
    root,
    logLevel: "error",
    build: { outDir },
    preview: { host: "127.0.0.1", port: 0 },
  });
  const address = server.resolvedUrls?.local[0] ?? "";
  const chromium = await browser(...microphone());
  return {
    scene: (play: Play = {}) => scene(chromium.newContext.bind(chromium), address, play),
    strike: async () => {
      await chromium.close();
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

async function scene(
  newContext: (
    options: BrowserContextOptions,
  ) => ReturnType<Page["context"]> | Promise<ReturnType<Page["context"]>>,
  address: string,
  play: Play,
): Promise<Scene> {
  const context = await newContext({ permissions: ["microphone", "camera"], ...play.context });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  let socket: WebSocketRoute | undefined;
  await page.routeWebSocket(/convai/, (ws) => {
    socket = ws;
    platform(ws, play);
  });
  await endpoint(page, play);
  await page.goto(address);
  await page.getByRole("heading", { name: "Sightline" }).waitFor();
  return {
    page,
    errors,
    hangUp: async (code, reason) => await socket?.close({ code, reason }),
    close: async () => await context.close(),
  };
}

async function endpoint(page: Page, { settings, upload, associate }: Play): Promise<void> {
  const json = (status: number, body: unknown) => (route: Route) =>
    route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });
  const refusal = (status: number, code: string, message: string) =>
    json(status, { error: { code, message } });
  await page.route(
    "**/page.json",
    settings === "away" ? (route) => route.abort() : json(200, { ...SETTINGS, ...settings }),
  );
  if (upload === "never ends") await page.route("**/upload_image", () => {});
  else
    await page.route(
      "**/upload_image",
      upload ? refusal(upload.status, upload.code, upload.message) : json(201, UPLOADED),
    );
  const busy = refusal(503, "store_failed", "the store did not answer");
  const associated = json(200, { conversationId: "conv_1", images: 1, contextToken: "token" });
  await page.route("**/associate_context", associate === "busy" ? busy : associated);
  await page.route("**/uploads/*", json(200, { conversationId: null, images: 0 }));
  await page.route("**/context/**", (route) =>
    route.fulfill({ contentType: "text/event-stream", body: happened() }),
  );
}

function happened(): string {
  const at = "2026-11-24T12:00:00+00:00";
  const events: readonly (readonly [string, object])[] = [
    ["turn", { at, turn: 1, context: "attached", images: 1 }],
    ["answered", { at, turn: 1, outcome: "answered", firstContentMs: 412, addedMs: 0.42 }],
    ["turn", { at, turn: 2, context: "image-refused", images: 1 }],
  ];
  return events
    .map(([event, data], i) => `id: ${i + 1}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    .join("");
}

function platform(ws: WebSocketRoute, { platform }: Play): void {
  if (platform === "silent") return;
  if (platform) return void ws.close(platform);
  let id = 0;
  const send = (type: string, key: string, event: object) =>
    ws.send(JSON.stringify({ type, [key]: event }));
  const answer = (text: string) => {
    id += 1;
    const part = (type: string, text: string) =>
      send("agent_chat_response_part", "text_response_part", { type, text, event_id: id });
    part("start", "");
    part("delta", text);
    if (text.endsWith("…")) return; // it goes on
    part("stop", "");
    send("agent_response", "agent_response_event", { agent_response: text, event_id: id });
  };
  ws.onMessage((raw) => {
    const frame = JSON.parse(String(raw)) as { type?: string; text?: string };
    if (frame.type === "conversation_initiation_client_data") {
      send("conversation_initiation_metadata", "conversation_initiation_metadata_event", {
        conversation_id: "conv_1",
        agent_output_audio_format: "pcm_16000",
        user_input_audio_format: "pcm_16000",
      });
      answer("Hello! Show me a picture.");
    }
    if (frame.type === "user_message") answer(frame.text ?? "");
  });
}
