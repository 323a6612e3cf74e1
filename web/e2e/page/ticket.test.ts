/** Where the endpoint wants tickets, the page asks for one. */
import { createHmac } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { browser } from "../browser.ts";
import { type House, house } from "../house.ts";
import { colours, photo } from "../photos.ts";
import { Visitor } from "../visitor.ts";

const SECRET = "a-secret-of-the-backend-that-signs";
const CAT = photo("cat.webp");
const [cat] = colours(CAT) as [string];

let here: House;
let chromium: Browser;

beforeAll(async () => {
  const plan = { browser: `ticket_secret: ${SECRET}` };
  [here, chromium] = await Promise.all([house(plan), browser()]);
});

afterAll(async () => {
  await chromium?.close();
  await here?.end();
});

test("without a ticket a picture is refused and the box is one press away; with one it is seen", async () => {
  const anna = await Visitor.comes(chromium, here.page, { expected: /Failed to load resource/ });
  await anna.chooses(CAT);
  const alert = await anna.isTold("cat.webp was not sent");
  await alert.getByRole("button", { name: "Look at the ticket" }).click();
  expect(await anna.page.evaluate(() => document.activeElement?.tagName)).toBe("INPUT");
  await anna.page.keyboard.insertText(ticket());
  await anna.button("Try cat.webp again").click();
  await anna.has(1, "Ready");
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.reads(cat);
  await anna.leaves();
});

test("who has a ticket is asked nothing more", async () => {
  const anna = await Visitor.comes(chromium, here.page);
  await anna.page.getByRole("textbox", { name: "Upload ticket" }).fill(ticket());
  await anna.chooses(CAT);
  await anna.has(1, "Ready");
  await anna.starts("text");
  await anna.has(1, "In the conversation");
  await anna.leaves();
});

/** A ticket as a backend signs it (docs/security.md). */
function ticket(): string {
  const told = `v1.${Math.floor(Date.now() / 1000) + 600}.anna`;
  return `${told}.${createHmac("sha256", SECRET).update(told).digest("hex")}`;
}
