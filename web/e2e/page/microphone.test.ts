/** Without a microphone a person is told why, and goes on by text. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { browser } from "../browser.ts";
import { type House, house } from "../house.ts";
import { colours, photo } from "../photos.ts";
import { Visitor } from "../visitor.ts";

const CAT = photo("cat.webp");
const [cat] = colours(CAT) as [string];

let here: House;

beforeAll(async () => {
  here = await house();
});

afterAll(async () => {
  await here?.end();
});

const TROUBLES = {
  "that is refused": { title: "The microphone is not allowed", permissions: [], flags: ["--use-fake-device-for-media-stream"] },
  "that is not there": { title: "There is no microphone", permissions: ["microphone"], flags: ["--disable-audio-input"] },
} as const;

test.each(Object.entries(TROUBLES))("a microphone %s", async (_, { title, permissions, flags }) => {
  const chromium = await browser(...flags);
  try {
    const anna = await Visitor.comes(chromium, here.page, { permissions: [...permissions] });
    await anna.chooses(CAT);
    await anna.button("Start voice conversation").click();
    const alert = await anna.isTold(title);
    await anna.says("Ready");
    await alert.getByRole("button", { name: "Go on by text" }).click();
    await anna.types("What do you see?");
    await anna.reads(cat);
    expect(await anna.page.getByRole("alert").count()).toBe(0);
    await anna.leaves();
  } finally {
    await chromium.close();
  }
});
