/** Every way to bring a picture leads to an answer about it. */
import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { browser, microphone } from "../browser.ts";
import { type House, house } from "../house.ts";
import { colours, photo } from "../photos.ts";
import { Visitor } from "../visitor.ts";

const CAT = photo("cat.webp");
const ROCKET = photo("rocket.jpg");
const [cat, rocket] = colours(CAT, ROCKET) as [string, string];

let here: House;
let chromium: Browser;

beforeAll(async () => {
  [here, chromium] = await Promise.all([house(), browser(...microphone())]);
});

afterAll(async () => {
  await chromium?.close();
  await here?.end();
});

async function asks(person: Visitor, ...expected: string[]): Promise<void> {
  await person.has(expected.length, "Ready");
  await person.starts("text");
  await person.types("What do you see?");
  for (const one of expected) await person.reads(one);
}

test("two pictures are chosen at once, and what the model will see of them is said", async () => {
  const anna = await Visitor.comes(chromium, here.page);
  await anna.chooses(CAT, ROCKET);
  await asks(anna, cat, rocket);
  await anna.reads("I see 2 pictures");
  expect(await anna.pictures().first().innerText()).toMatch(/The model sees\s+\d+ × \d+/);
  await anna.leaves();
});

test("a picture is dropped anywhere on the page", async () => {
  const anna = await Visitor.comes(chromium, here.page);
  await gives(anna, "drop", ROCKET, "image/jpeg");
  await asks(anna, rocket);
  await anna.leaves();
});

test("while something hovers the page says that it takes it, and not any more when it leaves", async () => {
  const anna = await Visitor.comes(chromium, here.page);
  const curtain = anna.page.getByText("Let go to add the picture");
  await gives(anna, "dragenter", ROCKET, "image/jpeg");
  await curtain.waitFor();
  await gives(anna, "dragleave", ROCKET, "image/jpeg");
  await curtain.waitFor({ state: "detached" });
  await anna.leaves();
});

test("a picture is pasted, while the cursor is in a text box too", async () => {
  const anna = await Visitor.comes(chromium, here.page);
  await gives(anna, "paste", CAT, "image/webp");
  await asks(anna, cat);
  await anna.page.getByRole("textbox", { name: "Message" }).focus();
  await gives(anna, "paste", ROCKET, "image/jpeg");
  await anna.has(2, "In the conversation");
  await anna.types("And now?");
  await anna.reads(new RegExp(`I see 2 pictures.*${rocket}`));
  await anna.leaves();
});

test("a photo is taken with the camera, and is in the conversation", async () => {
  const anna = await Visitor.comes(chromium, here.page, { permissions: ["camera", "microphone"] });
  await anna.button("Take a photo").click();
  await anna.page.getByRole("dialog", { name: "Take a photo" }).waitFor();
  await anna.button("Use this picture").click();
  await anna.page.getByRole("dialog").waitFor({ state: "detached" });
  await anna.has(1, "photo");
  await asks(anna, "I see 1 picture. It is a JPEG");
  await anna.leaves();
});

test("where there is no camera that is said, and a picture can be chosen instead", async () => {
  const anna = await Visitor.comes(chromium, here.page, {
    before: (page) => page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"));
    }),
  });
  await anna.button("Take a photo").click();
  await anna.isTold("The camera is not there");
  const [chooser] = await Promise.all([anna.page.waitForEvent("filechooser"), anna.button("Choose a picture").click()]);
  await chooser.setFiles(CAT);
  await asks(anna, cat);
  await anna.leaves();
});

/** Have the browser hand the page a file, as dragging and the clipboard do. */
async function gives(person: Visitor, event: string, path: string, type: string): Promise<void> {
  const file = { bytes: readFileSync(path).toString("base64"), name: path.split("/").at(-1) ?? "", type, event };
  await person.page.evaluate(({ bytes, name, type, event }) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type }));
    const how = { bubbles: true, cancelable: true };
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(
      event === "paste"
        ? new ClipboardEvent(event, { ...how, clipboardData: data })
        : new DragEvent(event, { ...how, dataTransfer: data }),
    );
  }, file);
}
