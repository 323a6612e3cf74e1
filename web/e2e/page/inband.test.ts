/** The picture is named in the session itself, so that not even the first word comes before it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { browser, microphone } from "../browser.ts";
import { type House, house } from "../house.ts";
import { colours, photo, voice } from "../photos.ts";
import { Visitor } from "../visitor.ts";

const CAT = photo("cat.webp");
const COFFEE = photo("coffee.png");
const [cat, coffee] = colours(CAT, COFFEE) as [string, string];

let here: House;
let chromium: Browser;

beforeAll(async () => {
  const plan = { images: "in_band: $request.body#/elevenlabs_extra_body/temporaryId" };
  const file = voice(0.4, "Hello, can you see my picture?", 30);
  [here, chromium] = await Promise.all([house(plan), browser(...microphone(file))]);
});

afterAll(async () => {
  await chromium?.close();
  await here?.end();
});

/** Somebody who talks with one of the rehearsal's agents. */
async function calls(agent: string, before?: (page: Page) => Promise<unknown>): Promise<Visitor> {
  const person = await Visitor.comes(chromium, here.page, before && { before });
  const address = here.rehearsal.address.replace("http", "ws");
  await person.reaches("Rehearsal", "Rehearsal address", `${address}/v1/convai/conversation?agent_id=${agent}`);
  return person;
}

test.each(["header", "nowhere"])("what is spoken before the association has its picture, with the ID in: %s", async (agent) => {
  let associate = (): void => undefined;
  const late = new Promise<void>((resolve) => (associate = resolve));
  const one = async (picture: string, own: string, others: string) => {
    const person = await calls(agent, (page) =>
      page.route("**/associate_context", async (route) => {
        await late;
        await route.fallback();
      }),
    );
    await person.chooses(picture);
    await person.has(1, "Ready");
    await person.starts("voice");
    await person.reads(own);
    await person.has(1, "Joining the conversation");
    expect(await person.transcript()).not.toContain(others);
    return person;
  };
  const people = await Promise.all([one(CAT, cat, coffee), one(COFFEE, coffee, cat)]);
  associate();
  for (const person of people) {
    await person.has(1, "In the conversation");
    // A turn that names no conversation is nobody's to follow.
    if (agent === "header") await person.follows("Attached to turn 1");
  }
  await Promise.all(people.map((person) => person.ends()));
  await Promise.all(people.map((person) => person.leaves()));
});

test("a picture that is added later is seen too, though nothing but the session names the conversation", async () => {
  const anna = await calls("nowhere");
  await anna.chooses(CAT);
  await anna.has(1, "Ready");
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.reads(new RegExp(`I see 1 picture.*${cat}`));
  await anna.chooses(COFFEE);
  await anna.has(2, "In the conversation");
  await anna.types("And now?");
  await anna.reads(new RegExp(`I see 2 pictures.*${cat}.*${coffee}`));
  await anna.leaves();
});

test("an agent that takes no extra body is called without it, and the picture is seen all the same", async () => {
  const anna = await calls("strict");
  await anna.chooses(CAT);
  await anna.has(1, "Ready");
  await anna.button("Start text conversation").click();
  const alert = await anna.isTold("The agent takes no picture at the start");
  await anna.says("Ready");
  await alert.getByRole("button", { name: "Start without it" }).click();
  await anna.has(1, "In the conversation");
  await anna.types("What do you see?");
  await anna.reads(cat);
  await anna.leaves();
});

test("who starts without a picture puts nothing into the session, not even for a strict agent", async () => {
  const anna = await calls("strict");
  await anna.starts("text");
  await anna.chooses(CAT);
  await anna.has(1, "In the conversation");
  await anna.types("What do you see?");
  await anna.reads(cat);
  await anna.leaves();
});
