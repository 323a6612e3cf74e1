/** An agent by its ID alone: the official client dials the vendor, and here the rehearsal answers. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { browser } from "../browser.ts";
import { type House, house } from "../house.ts";
import { colours, photo } from "../photos.ts";
import { type Vendor, vendor } from "../vendor.ts";
import { Visitor } from "../visitor.ts";

const CAT = photo("cat.webp");
const [cat] = colours(CAT) as [string];

let here: House;
let there: Vendor;
let chromium: Browser;

beforeAll(async () => {
  here = await house();
  there = await vendor(here.rehearsal.address);
  chromium = await browser(...there.flags);
});

afterAll(async () => {
  await chromium?.close();
  there?.end();
  await here?.end();
});

test("an agent ID is enough: the page's own policy lets the vendor be reached", async () => {
  const anna = await Visitor.comes(chromium, here.page, { expected: /wss:\/\/api\.elevenlabs\.io\// });
  const dialled = anna.page.waitForEvent("websocket");
  await anna.chooses(CAT);
  await anna.has(1, "Ready");
  await anna.reaches("Agent ID", "Agent ID", "header");
  await anna.starts("text");
  expect(new URL((await dialled).url()).host).toBe("api.elevenlabs.io");
  await anna.types("What do you see?");
  await anna.reads(cat);
  await anna.follows("Attached to turn 1");
  await anna.ends();
  await anna.leaves();
});
