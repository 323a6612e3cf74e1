/** Whatever goes wrong, a person is told in words, has a way out, and takes it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { browser } from "../browser.ts";
import { type House, house } from "../house.ts";
import { colours, photo } from "../photos.ts";
import { Visitor } from "../visitor.ts";

const CAT = photo("cat.webp");
const ROCKET = photo("rocket.jpg");
const [cat, rocket] = colours(CAT, ROCKET) as [string, string];
const LETTER = { name: "letter.png", mimeType: "image/png", buffer: Buffer.from("Dear Anna") };
const FAILED = /Failed to load resource|ERR_CONNECTION|WebSocket connection|WebSocket is already/;

let here: House;
let chromium: Browser;

beforeAll(async () => {
  [here, chromium] = await Promise.all([house(), browser()]);
});

afterAll(async () => {
  await chromium?.close();
  await here?.end();
});

const comes = (before?: (page: Page) => Promise<unknown>) =>
  Visitor.comes(chromium, here.page, { expected: FAILED, ...(before && { before }) });

test("what is no picture is refused by its name, and another is chosen in its place", async () => {
  const anna = await comes();
  await anna.chooses(LETTER);
  const alert = await anna.isTold("letter.png was not taken");
  const [chooser] = await Promise.all([
    anna.page.waitForEvent("filechooser"),
    alert.getByRole("button", { name: "Choose another picture" }).click(),
  ]);
  await chooser.setFiles(CAT);
  await anna.has(1, "Ready");
  expect(await anna.page.getByRole("alert").count()).toBe(0);
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.reads(cat);
  await anna.leaves();
});

test("a refused picture keeps nobody from talking", async () => {
  const anna = await comes();
  await anna.chooses(LETTER);
  await anna.chooses(CAT);
  await anna.isTold("letter.png was not taken");
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.reads(new RegExp(`I see 1 picture.*${cat}`));
  await anna.leaves();
});

test("an association that fails is tried again, and meanwhile the conversation goes on", async () => {
  let failures = 0;
  const anna = await comes((page) =>
    page.route("**/associate_context", async (route) => {
      failures += 1;
      if (failures > 2) return await route.fallback();
      const error = { message: "The store is busy.", type: "server_error", param: null, code: "store_busy" };
      await route.fulfill({ status: 503, headers: { "retry-after": "2" }, json: { error } });
    }),
  );
  await anna.chooses(CAT);
  await anna.has(1, "Ready");
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.isTold("The picture is not there yet");
  await anna.reads("I see no picture");
  await anna.has(1, "In the conversation");
  expect(failures).toBe(3);
  await anna.follows("The picture could not be associated");
  await anna.page.getByRole("alert").waitFor({ state: "detached" });
  await anna.types("And now?");
  await anna.reads(cat);
  await anna.leaves();
});

test("an agent that is not there is named, and its field is one press away", async () => {
  const anna = await comes((page) =>
    page.routeWebSocket("wss://api.elevenlabs.io/**", (socket) =>
      void socket.close({ code: 1008, reason: "The AI agent you are trying to reach does not exist." }),
    ),
  );
  await anna.reaches("Agent ID", "Agent ID", "agent_nobody");
  await anna.button("Start text conversation").click();
  const alert = await anna.isTold("The agent was not found");
  expect(await alert.innerText()).toContain("does not exist");
  await alert.getByRole("button", { name: "Look at the agent ID" }).click();
  expect(await anna.page.evaluate(() => document.activeElement?.getAttribute("value"))).toBe("agent_nobody");
  await anna.leaves();
});

test("an agent that a rehearsal does not know is refused in its own words", async () => {
  const anna = await comes();
  const address = here.rehearsal.address.replace("http", "ws");
  await anna.reaches("Rehearsal", "Rehearsal address", `${address}/v1/convai/conversation?agent_id=nobody`);
  await anna.button("Start text conversation").click();
  const alert = await anna.isTold("refused the conversation");
  expect(await alert.innerText()).toContain("does not exist: nobody");
  await anna.says("Ready");
  await alert.getByRole("button", { name: "Look at the address" }).click();
  await anna.reaches("Rehearsal", "Rehearsal address", here.rehearsal.address);
  await anna.starts("text");
  await anna.leaves();
});

test("a service signs the URL; one that refuses is told of", async () => {
  const anna = await comes();
  const service = `${here.rehearsal.address}/v1/convai/conversation/get-signed-url`;
  await anna.reaches("Signed URL", "Signed-URL service", `${service}?agent_id=nobody`);
  await anna.button("Start text conversation").click();
  await anna.isTold("answered with 404");
  await anna.reaches("Signed URL", "Signed-URL service", `${service}?agent_id=header`);
  await anna.chooses(CAT);
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.reads(cat);
  await anna.leaves();
});

test("a lost connection is said, and the same picture is talked about in the next conversation", async () => {
  const anna = await comes();
  await anna.chooses(CAT);
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.reads(cat);
  await here.rehearsal.stop("SIGKILL");
  const alert = await anna.isTold("The connection is lost");
  await anna.says("Ended");
  await alert.getByRole("button", { name: "Start again" }).click();
  const away = await anna.isTold("The rehearsal does not answer");
  await here.reviveRehearsal();
  await away.getByRole("button").click();
  await anna.starts("text");
  await anna.has(1, "In the conversation");
  await anna.types("Are you back?");
  await anna.reads(new RegExp(`Are you back\\?.*${cat}`));
  await anna.leaves();
});

test("an endpoint that goes away during an upload is said, and the upload is tried again when it is back", async () => {
  const anna = await comes();
  const line = await anna.context.newCDPSession(anna.page);
  const speed = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 20_000 };
  await line.send("Network.emulateNetworkConditions", speed);
  await anna.chooses(ROCKET);
  await anna.page.getByRole("progressbar").waitFor();
  await anna.has(1, "Uploading");
  await here.endpoint.stop("SIGKILL");
  await line.send("Network.emulateNetworkConditions", { ...speed, uploadThroughput: -1 });
  await anna.isTold("did not arrive");
  await here.reviveEndpoint();
  await anna.button("Try rocket.jpg again").click();
  await anna.has(1, "Ready");
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.reads(rocket);
  await anna.leaves();
});
