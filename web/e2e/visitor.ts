/** A person at the page: what they do and see, by the names that a screen reader hears. */
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { expect } from "vitest";

const PATIENCE = 15_000; // milliseconds
const LOOK = 50; // milliseconds between two looks

/** How somebody comes to the page. */
export interface Coming extends BrowserContextOptions {
  /** Before the page is opened: routes that fail, permissions that are missing. */
  readonly before?: (page: Page) => Promise<unknown>;
  /** What the console may say all the same, such as the browser's own line for a request that failed. */
  readonly expected?: RegExp;
}

/** A file that stands nowhere. */
export interface Bytes {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Somebody who has opened the page. */
export class Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page did that it must not do: its errors, and requests that leave this machine. */
  readonly complaints: string[] = [];

  private constructor(context: BrowserContext, page: Page, expected: RegExp | undefined) {
    this.context = context;
    this.page = page;
    const complain = (what: string) => void (expected?.test(what) || this.complaints.push(what));
    page.on("console", (said) => {
      if (said.type() === "error" || said.type() === "warning") complain(`${said.type()}: ${said.text()}`);
    });
    // From the first moment on: a chooser that opens before anybody waits for it is lost.
    page.on("filechooser", () => undefined);
    page.on("pageerror", (error) => complain(`thrown: ${error.message}`));
    page.on("request", (request) => isHere(request.url()) || complain(`left this machine: ${request.url()}`));
    page.on("websocket", (socket) => isHere(socket.url()) || complain(`left this machine: ${socket.url()}`));
  }

  /** Open the page in a context of its own. */
  static async comes(browser: Browser, address: string, coming: Coming = {}): Promise<Visitor> {
    const { before, expected, ...options } = coming;
    const context = await browser.newContext({ permissions: ["microphone"], ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const visitor = new Visitor(context, page, expected);
    await before?.(page);
    await page.goto(address);
    await visitor.button("Start text conversation").waitFor();
    return visitor;
  }

  /** Go, having found nothing to complain of. */
  async leaves(): Promise<void> {
    await this.context.close();
    expect(this.complaints).toEqual([]);
  }

  button = (name: string | RegExp): Locator => this.page.getByRole("button", { name, exact: true });

  /** Choose files by their paths, or one by its bytes. */
  async chooses(...files: readonly string[] | readonly [Bytes]): Promise<void> {
    const chosen = files as string[] | Bytes[];
    await this.page.getByLabel("Choose pictures", { exact: true }).setInputFiles(chosen);
  }

  /** The pictures that are shown, one for each. */
  pictures = (): Locator => this.page.getByRole("region", { name: "Pictures" }).getByRole("listitem");

  /** Wait until that many pictures are there, each as far as `words` says. */
  async has(count: number, words: string): Promise<void> {
    await this.settles(async () => {
      const shown = await this.pictures().allInnerTexts();
      expect(shown.map((text) => text.includes(words))).toEqual(Array<boolean>(count).fill(true));
    });
  }

  async starts(how: "voice" | "text"): Promise<void> {
    await this.button(`Start ${how} conversation`).click();
    await this.page.getByRole("textbox", { name: "Message" }).waitFor();
  }

  async types(text: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Message" }).fill(text);
    await this.button("Send").click();
  }

  async ends(): Promise<void> {
    await this.button("End conversation").click();
    await this.says("Ended");
  }

  /** Wait until the one word that says where the conversation is is this. */
  async says(status: string): Promise<void> {
    await this.settles(async () => expect(await this.page.getByRole("status").first().innerText()).toBe(status));
  }

  transcript = async (): Promise<string> => flat(await this.page.getByRole("log", { name: "Transcript" }).innerText());

  /** Wait until the transcript tells of something. */
  async reads(what: string | RegExp): Promise<void> {
    await this.settles(async () => expect(await this.transcript()).toMatch(pattern(what)));
  }

  /** The list of what happened to the picture. */
  story = async (): Promise<string[]> =>
    (await this.page.getByRole("list", { name: "What happened to the picture" }).getByRole("listitem").allInnerTexts()).map(flat);

  /** The ID of the conversation that was started last, as the list says. */
  conversation = async (): Promise<string> => {
    const started = (await this.story()).findLast((step) => step.startsWith("Conversation started"));
    return /conv_\w+/.exec(started ?? "")?.[0] ?? "";
  };

  /** Wait until something happened to the picture. */
  async follows(what: string | RegExp): Promise<void> {
    await this.settles(async () => expect((await this.story()).join("\n")).toMatch(pattern(what)));
  }

  /** Wait for a problem that says this, and return its alert. */
  async isTold(what: string | RegExp): Promise<Locator> {
    const alert = this.page.getByRole("alert").filter({ hasText: what }).first();
    await alert.waitFor();
    return alert;
  }

  /** Choose how the agent is reached, and say where. */
  async reaches(way: "Agent ID" | "Signed URL" | "Rehearsal", field: string, value: string): Promise<void> {
    await this.page.getByRole("radio", { name: way, exact: true }).check({ force: true });
    await this.page.getByRole("textbox", { name: field, exact: true }).fill(value);
  }

  /** Try until it holds; fail with what it said last. */
  async settles(check: () => Promise<unknown>): Promise<void> {
    for (const until = Date.now() + PATIENCE; ; await new Promise((resolve) => setTimeout(resolve, LOOK))) {
      try {
        await check();
        return;
      } catch (error) {
        if (Date.now() > until) throw error;
      }
    }
  }
}

/** One line, however it was laid out. */
const flat = (text: string): string => text.replace(/\s+/g, " ").trim();

const pattern = (what: string | RegExp): RegExp =>
  typeof what === "string" ? new RegExp(what.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")) : what;

const isHere = (url: string): boolean =>
  /^(?:blob|data):/.test(url) || ["127.0.0.1", "localhost"].includes(new URL(url).hostname);
