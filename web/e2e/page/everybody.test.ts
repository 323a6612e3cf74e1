/** The page serves everybody: with the keyboard alone, with a screen reader, on every screen, in every light. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { objections, overflow } from "../access.ts";
import { browser, microphone } from "../browser.ts";
import { type House, house } from "../house.ts";
import { colours, photo, voice } from "../photos.ts";
import { type Coming, Visitor } from "../visitor.ts";

const CAT = photo("cat.webp");
const COFFEE = photo("coffee.png");
const [cat] = colours(CAT) as [string];
const LETTER = { name: "letter.png", mimeType: "image/png", buffer: Buffer.from("Dear Anna") };
// For looking at; git ignores them.
const SCREENSHOTS = fileURLToPath(new URL("../screenshots", import.meta.url));

let here: House;
let chromium: Browser;

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const file = voice(0.4, "Hello, can you see my picture?", 30);
  [here, chromium] = await Promise.all([house(), browser(...microphone(file))]);
});

afterAll(async () => {
  await chromium?.close();
  await here?.end();
});

test("with the keyboard alone, from opening the page to an answer and to the end", async () => {
  const anna = await Visitor.comes(chromium, here.page);
  const { keyboard } = anna.page;
  await tabsTo(anna, "Choose pictures");
  const [chooser] = await Promise.all([anna.page.waitForEvent("filechooser"), keyboard.press("Space")]);
  await chooser.setFiles(CAT);
  await anna.has(1, "Ready");
  await tabsTo(anna, "Start text conversation");
  await keyboard.press("Enter");
  await anna.settles(async () => expect(await focused(anna)).toBe("Message")); // nothing to look for: one types
  await keyboard.type("What do you see?");
  await keyboard.press("Enter");
  await anna.reads(cat);
  await tabsTo(anna, "Remove cat.webp");
  await keyboard.press("Enter");
  await anna.has(0, "");
  await tabsTo(anna, "End conversation");
  await keyboard.press("Space");
  await anna.says("Ended");
  expect(await focused(anna)).toMatch(/^Start/); // no key is lost: the next conversation is one press away
  await anna.leaves();
});

const SCREENS: Readonly<Record<string, Coming>> = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
};
const LIGHTS = ["light", "dark"] as const;
const LOOKS = Object.keys(SCREENS).flatMap((screen) => LIGHTS.map((light) => [screen, light] as const));

test.each(LOOKS)("nothing bars anybody, on a %s, in the %s", async (screen, light) => {
  const anna = await Visitor.comes(chromium, here.page, {
    ...SCREENS[screen],
    colorScheme: light,
    reducedMotion: "reduce",
    expected: /Failed to load resource|WebSocket connection/,
  });
  const look = async (state: string) => {
    await anna.page.screenshot({ path: join(SCREENSHOTS, `${screen}-${light}-${state}.png`) });
    expect(await objections(anna.page), state).toEqual([]);
    expect(await overflow(anna.page), state).toBe(0);
  };
  await look("1-empty");
  await anna.chooses(CAT, COFFEE);
  await anna.has(2, "Ready");
  await look("2-chosen");
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.reads(cat);
  await anna.has(2, "In the conversation");
  await anna.follows("attached to turn 1");
  await anna.settles(async () => expect(await isInSight(anna, "bottom right brown.")).toBe(true));
  await look("3-written");
  await anna.ends();
  await look("4-ended");
  await anna.starts("voice");
  await anna.says("Speaking");
  await anna.reads(new RegExp(`${cat}.*${cat}`));
  await look("5-spoken");
  await anna.ends();
  await anna.chooses(LETTER);
  await anna.isTold("letter.png was not taken");
  await anna.reaches("Rehearsal", "Rehearsal address", "127.0.0.1:1");
  await anna.button("Start text conversation").click();
  await anna.isTold("The rehearsal does not answer");
  await look("6-trouble");
  await anna.leaves();
});

/** Press Tab until something has the focus; everything must be reached within one round. */
async function tabsTo(person: Visitor, name: string): Promise<void> {
  const seen: string[] = [];
  for (let i = 0; i < 40; i += 1) {
    await person.page.keyboard.press("Tab");
    const now = await focused(person);
    if (now === name) return;
    seen.push(now);
  }
  throw new Error(`${name} is not reached with Tab; what is: ${seen.join(", ")}`);
}

/** Return what a screen reader calls that which has the focus. */
async function focused({ page }: Visitor): Promise<string> {
  return await page.evaluate(() => {
    const one = document.activeElement;
    const labels = one instanceof HTMLInputElement ? [...(one.labels ?? [])].map((l) => l.textContent) : [];
    const name = one?.getAttribute("aria-label") ?? (labels.join(" ") || one?.textContent);
    return (name ?? "").replace(/\s+/g, " ").trim();
  });
}

/** Whether the last words of the last answer can be read without scrolling: no dock before them either. */
async function isInSight({ page }: Visitor, words: string): Promise<boolean> {
  return await page.getByRole("log").getByText(words).last().evaluate((text) => {
    const { left, bottom } = text.getBoundingClientRect();
    return document.elementFromPoint(left + 5, bottom - 5) === text;
  });
}
