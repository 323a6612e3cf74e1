/** A newcomer runs the demo, opens its page, and talks about a picture. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { browser, microphone } from "../browser.ts";
import { colours, photo, voice } from "../photos.ts";
import { command, type Running, sightline } from "../stack.ts";
import { Visitor } from "../visitor.ts";

const PAGE = { address: /open\s+(http:\/\/\S+)/, patience: 100_000 }; // it first holds four calls
const ROCKET = photo("rocket.jpg");
const [rocket] = colours(ROCKET) as [string];

let folder: string;
let demo: Running;
let chromium: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sightline-e2e-"));
  const file = voice(0.4, "Hello, can you see my picture?", 30);
  const out = join(folder, "demo");
  [demo, chromium] = await Promise.all([sightline(["demo", "--page", "--out", out], {}, PAGE), browser(...microphone(file))]);
});

afterAll(async () => {
  await chromium?.close();
  await demo?.stop("SIGINT");
  await rm(folder, { recursive: true, force: true });
});

test("its page needs no setting: a picture, one press, and it is talked about, by text and by voice", async () => {
  const anna = await Visitor.comes(chromium, demo.address);
  await anna.chooses(ROCKET);
  await anna.starts("text");
  await anna.types("What do you see?");
  await anna.reads(rocket);
  await anna.follows("Attached to turn 1");
  await anna.ends();
  await anna.starts("voice");
  await anna.reads(new RegExp(`${rocket}.*${rocket}`));
  await anna.ends();
  await anna.leaves();
});

test("what was said there is in a recording, which can be looked at", async () => {
  const shown = await command("show", join(folder, "demo", "page.jsonl"), "--talk");
  expect(shown).toContain("What do you see?");
});

test("Ctrl-C ends everything that it has started", async () => {
  const { rehearsal } = (await (await fetch(`${demo.address}/page.json`)).json()) as { rehearsal: string };
  await demo.stop("SIGINT");
  expect(demo.output()).toContain("nothing is left running");
  expect(demo.status()).toBe(0);
  for (const address of [demo.address, rehearsal]) await expect(fetch(address)).rejects.toThrow();
});
