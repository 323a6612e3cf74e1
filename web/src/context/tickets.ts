/** Upload tickets: asked for once, and anew when the endpoint refuses one. */
import type { Options } from "./types.ts";

const PATIENCE = 10_000; // milliseconds that the application has to get a ticket

/** The ticket of one page; a function's answer is kept until it is refused. */
export class Tickets {
  readonly #source: () => Options["ticket"];
  #kept: Promise<string> | null = null;

  constructor(source: () => Options["ticket"]) {
    this.#source = source;
  }

  /**
   * Return the ticket to send, or undefined where none is needed.
   *
   * Rejects as the function does, or where it is late.
   */
  async current(): Promise<string | undefined> {
    const source = this.#source();
    if (typeof source !== "function") return source === "" ? undefined : source;
    this.#kept ??= asked(source);
    const kept = this.#kept;
    try {
      return await kept;
    } catch (error) {
      this.#drop(kept);
      throw error;
    }
  }

  /** Return another ticket than the refused one, or undefined where there is no other. */
  async another(refused: string | undefined): Promise<string | undefined> {
    const kept = this.#kept;
    if (kept !== null && (await kept.catch(() => refused)) === refused) this.#drop(kept);
    const ticket = await this.current();
    return ticket === refused ? undefined : ticket;
  }

  #drop(kept: Promise<string>): void {
    if (this.#kept === kept) this.#kept = null;
  }
}

async function asked(source: () => string | Promise<string>): Promise<string> {
  const ticket = (async () => await source())(); // a function may throw, too
  let late: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error("it did not come in time")), PATIENCE);
  });
  return await Promise.race([ticket, limit]).finally(() => clearTimeout(late));
}
