/** A browser's page with an official client on it, as a test holds it. */
import type { Callbacks, PartialOptions } from "@elevenlabs/client";
import type { Browser, Page } from "playwright-core";

import type { Told } from "./pages/telling.ts";

const PATIENCE = 15_000; // milliseconds until something that must happen has happened

type Given<Name extends keyof Callbacks> = Parameters<NonNullable<Callbacks[Name]>>[0];

/** Wait until something is there, and return it. */
export async function until<T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it did not happen");
}

/** Somebody who has opened one of the pages. */
export class Visitor {
  private constructor(
    private readonly page: Page,
    /** Errors that nobody caught, which no test may leave. */
    readonly uncaught: string[],
  ) {}

  static async at(browser: Browser, address: string): Promise<Visitor> {
    const context = await browser.newContext({ permissions: ["microphone"] });
    const page = await context.newPage();
    const uncaught: string[] = [];
    page.on("pageerror", (error) => uncaught.push(String(error)));
    await page.goto(address);
    await page.waitForFunction(() => "talk" in window);
    return new Visitor(page, uncaught);
  }

  /** Start a conversation; return null, or why it did not start, if the client says so. */
  async start(options: PartialOptions): Promise<Told | null> {
    return await this.page.evaluate((given) => window.talk.start(given), options);
  }

  async say(text: string): Promise<void> {
    await this.page.evaluate((said) => window.talk.say(said), text);
  }

  async update(text: string): Promise<void> {
    await this.page.evaluate((said) => window.talk.update(said), text);
  }

  async show(text: string, picture: Buffer, mediaType: string): Promise<void> {
    const given = { text, base64: picture.toString("base64"), mediaType };
    await this.page.evaluate((it) => window.talk.show(it.text, it.base64, it.mediaType), given);
  }

  async id(): Promise<string> {
    return await this.page.evaluate(() => window.talk.id());
  }

  async end(): Promise<void> {
    await this.page.evaluate(() => window.talk.end());
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Return what the client has told so far. */
  async told(): Promise<Told[]> {
    return await this.page.evaluate(() => window.talk.told);
  }

  /** Return what one callback was given so far. */
  async given<Name extends keyof Callbacks>(name: Name): Promise<Given<Name>[]> {
    const told = await this.told();
    return told.filter((one) => one.name === name).map((one) => one.value as Given<Name>);
  }

  /** Wait until a callback was given something that is looked for, and return it. */
  async until<Name extends keyof Callbacks>(
    name: Name,
    matches: (given: Given<Name>) => boolean = () => true,
  ): Promise<Given<Name>> {
    return await until(async () => (await this.given(name)).find(matches));
  }

  /** Wait for an answer of the agent's that holds some words; the greeting is one too. */
  async answer(words: string): Promise<string> {
    const holds = (message: string) => message.includes(words);
    const said = await this.until("onMessage", (one) => one.role === "agent" && holds(one.message));
    return said.message;
  }
}
