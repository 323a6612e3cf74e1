/** People talk about their pictures, and each is answered from the pixels of their own. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { browser, microphone } from "../browser.ts";
import { answer, header, type House, house, recorded } from "../house.ts";
import { colours, photo, voice } from "../photos.ts";
import { command } from "../stack.ts";
import { Visitor } from "../visitor.ts";

const CAT = photo("cat.webp");
const COFFEE = photo("coffee.png");
const ASTRONAUT = photo("astronaut.jpg");
const [cat, coffee, astronaut] = colours(CAT, COFFEE, ASTRONAUT) as [string, string, string];

let here: House;
let chromium: Browser;

beforeAll(async () => {
  const file = voice(0.4, "Hello, can you see my picture?", 30);
  [here, chromium] = await Promise.all([house(), browser(...microphone(file))]);
});

afterAll(async () => {
  await chromium?.close();
  await here?.end();
});

const comes = () => Visitor.comes(chromium, here.page);

test("two people write about two pictures at once, and neither is told of the other's", async () => {
  const told = await together((person) => person.starts("text"), async (person, own) => {
    await person.types("What do you see?");
    await person.reads(own);
    await person.types("Which colours are in it?");
    await person.follows("Attached to turn 2");
    await person.reads(new RegExp(`${own}.*${own}`));
  });
  await isRecorded(told);
});

test("two people speak about two pictures at once, and hear of their own", async () => {
  const told = await together((person) => person.starts("voice"), async (person, own) => {
    await person.follows("Attached to turn 1");
    await person.says("Speaking");
    await person.reads(own);
  });
  await isRecorded(told);
});

test("what was recorded can be replayed, and every turn has its picture again", async () => {
  const replayed = await command("replay", here.recording, "--config", here.config, "--target", here.page, "--json");
  const { verdict, turns } = JSON.parse(replayed) as { verdict: string; turns: { context: string }[] };
  expect(verdict, replayed).toBe("good");
  expect(new Set(turns.map(({ context }) => context))).toEqual(new Set(["attached;n=1"]));
});

test("a second picture in the middle of a conversation is seen from then on, beside the first", async () => {
  const anna = await comes();
  await anna.chooses(CAT);
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.reads(cat);
  await anna.chooses(ASTRONAUT);
  await anna.has(2, "In the conversation");
  await anna.types("And now?");
  await anna.reads(new RegExp(`I see 2 pictures.*${cat}.*${astronaut}`));
  await anna.follows("2 pictures attached to turn 2");
  await anna.leaves();
});

test("a picture that is removed is not seen any more, and the other still is", async () => {
  const anna = await comes();
  await anna.chooses(CAT, ASTRONAUT);
  await anna.has(2, "Ready");
  await anna.starts("text");
  await anna.has(2, "In the conversation");
  await anna.button("Remove cat.webp").click();
  await anna.has(1, "In the conversation");
  await anna.follows("Removed cat.webp");
  await anna.types("What do you see?");
  await anna.reads(new RegExp(`I see 1 picture.*${astronaut}`));
  expect(await anna.transcript()).not.toContain(cat);
  await anna.button("Remove astronaut.jpg").click();
  await anna.has(0, "");
  await anna.types("And now?");
  await anna.reads("I see no picture");
  await anna.leaves();
});

test("who starts without a picture is told so, and a picture that is added then is seen", async () => {
  const anna = await comes();
  await anna.page.getByText("you can start without one").waitFor();
  await anna.starts("text");
  await anna.reads("started without a picture");
  await anna.follows("Conversation started without a picture");
  await anna.types("What do you see?");
  await anna.reads("I see no picture");
  await anna.chooses(COFFEE);
  await anna.has(1, "In the conversation");
  await anna.follows("Turn 1 had no picture"); // nobody may follow a conversation before it has one
  await anna.types("And now?");
  await anna.reads(coffee);
  await anna.leaves();
});

test("a conversation that is ended is begun anew with the same picture, as another one", async () => {
  const anna = await comes();
  await anna.chooses(CAT);
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.reads(cat);
  const first = await anna.conversation();
  await anna.ends();
  await anna.starts("text");
  await anna.has(1, "In the conversation");
  await anna.types("Do you still see it?");
  await anna.reads(new RegExp(`${cat}.*Do you still see it\\?.*${cat}`));
  expect(await anna.conversation()).not.toBe(first);
  await anna.leaves();
});

/** What somebody was told in their conversation: what only the pixels of their own picture say. */
interface Told {
  readonly conversation: string;
  readonly own: string;
  readonly others: string;
}

/** Have two people talk at once, each about a picture of their own. */
async function together(
  start: (person: Visitor) => Promise<void>,
  talk: (person: Visitor, own: string) => Promise<void>,
): Promise<Told[]> {
  const one = async (picture: string, own: string, others: string): Promise<Told> => {
    const person = await comes();
    await person.chooses(picture);
    await person.has(1, "Ready");
    await start(person);
    await talk(person, own);
    expect(await person.transcript()).not.toContain(others);
    const conversation = await person.conversation();
    await person.ends();
    await person.leaves();
    return { conversation, own, others };
  };
  return await Promise.all([one(CAT, cat, coffee), one(COFFEE, coffee, cat)]);
}

/** What went through the capture proxy says the same: no word of another's picture. */
async function isRecorded(told: readonly Told[]): Promise<void> {
  const turns = await recorded(here);
  for (const { conversation, own, others } of told) {
    const answers = turns.filter((turn) => header(turn, "x-conversation-id") === conversation).map(answer);
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.join()).toContain(own);
    expect(answers.join()).not.toContain(others);
  }
}
