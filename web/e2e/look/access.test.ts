/**
 * Every state of the page, asked by axe-core whether everybody can use it, in both colours and
 * sizes.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { objections, overflow } from "../access.ts";
import { PICTURE, type Play, type Scene, stage } from "./stage.ts";

type Act = (scene: Scene) => Promise<void>;

const button =
  (name: string) =>
  ({ page }: Scene) =>
    page.getByRole("button", { name, exact: true }).click();
const bring: Act = async ({ page }) => {
  await page.getByLabel("Choose pictures", { exact: true }).setInputFiles(PICTURE);
  await page.getByRole("listitem").first().waitFor();
};
const seen =
  (text: string | RegExp): Act =>
  async ({ page }) =>
    await page.getByText(text).first().waitFor();
const say =
  (text: string): Act =>
  async ({ page }) => {
    await page.getByRole("textbox", { name: "Message" }).fill(text);
    await page.keyboard.press("Enter");
  };
const writing = [button("Start text conversation"), seen("Hello!")];
const refused = { status: 415, code: "not_a_picture", message: "these bytes are no picture" };

const STATES: Readonly<Record<string, readonly [Play, ...Act[]]>> = {
  "nothing yet": [{}],
  "a ticket is needed": [{ settings: { ticketNeeded: true, rehearsal: null, agentId: "agent_1" } }],
  "the endpoint is away": [{ settings: "away" }, seen("Sightline does not answer")],
  "a picture on its way": [{ upload: "never ends" }, bring],
  "a picture is there": [{}, bring, seen("about 765 tokens for gpt-4o")],
  "a picture was refused": [{ upload: refused }, bring, seen(/was not taken/)],
  connecting: [{ platform: "silent" }, button("Start text conversation"), seen("Connecting")],
  "in writing, without a picture": [{}, ...writing, seen(/without a picture. Add one/)],
  "in writing, about a picture": [
    {},
    bring,
    seen("Ready"),
    ...writing,
    say("A cat?"),
    say("And then…"),
    seen("And then…"),
    seen("Attached to turn 1"),
  ],
  "the association fails": [
    { associate: "busy" },
    bring,
    seen(/about 765/),
    ...writing,
    seen("The picture is not there yet"),
  ],
  "by voice": [{}, bring, seen(/about 765/), button("Start voice conversation"), seen("Hello!")],
  "the camera": [
    {},
    button("Take a photo"),
    async ({ page }) => await page.getByRole("dialog", { name: "Take a photo" }).waitFor(),
  ],
  "the agent is not found": [
    {
      platform: { code: 1008, reason: "agent not found" },
      settings: { rehearsal: null, signedUrl: null, agentId: "agent_x" },
    },
    button("Start text conversation"),
    seen("The agent was not found"),
  ],
  "the connection is lost": [
    {},
    ...writing,
    say("A cat?"),
    async (scene) => await scene.hangUp(1011, "worn out"),
    seen("The connection is lost"),
  ],
  ended: [{}, ...writing, say("A cat?"), button("End conversation"), seen("Ended")],
};
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const DESK = { viewport: { width: 1280, height: 800 } };

let theatre: Awaited<ReturnType<typeof stage>>;

beforeAll(async () => {
  theatre = await stage();
});
afterAll(async () => await theatre?.strike());

describe.each(Object.entries(STATES))("%s", (_, [play, ...acts]) => {
  it.each([
    ["on a phone", PHONE, "light"],
    ["at a desk, in the dark", DESK, "dark"],
  ] as const)("%s", async (_, size, colorScheme) => {
    const scene = await theatre.scene({
      ...play,
      context: { ...size, colorScheme, reducedMotion: "reduce" },
    });
    for (const act of acts) await act(scene);
    expect(await objections(scene.page)).toEqual([]);
    expect(await overflow(scene.page)).toBe(0);
    expect(scene.errors).toEqual([]);
    await scene.close();
  });
});

it("on a phone, the way out leads to a box that is in sight, and so does every key", async () => {
  const none = { rehearsal: null, signedUrl: null, agentId: null };
  const scene = await theatre.scene({ settings: none, context: PHONE });
  await bring(scene);
  await button("Start text conversation")(scene);
  await button("Look at the agent ID")(scene);
  await expect.poll(() => hidden(scene.page)).toBe("");
  for (let i = 0; i < 12; i += 1) {
    await scene.page.keyboard.press("Shift+Tab");
    await expect.poll(() => hidden(scene.page)).toBe("");
  }
  await scene.close();
});

/** Return what has the focus and is, wholly or in part, behind the dock; "" for nothing. */
const hidden = (page: Page) =>
  page.evaluate(() => {
    const [here, dock] = [document.activeElement, document.querySelector(".dock")];
    if (!here || !dock || here === document.body || dock.contains(here)) return "";
    const far = here.getBoundingClientRect().bottom - dock.getBoundingClientRect().top;
    return far > 0 ? here.outerHTML.slice(0, 80) : "";
  });
