/** The endpoint's routes for pictures (docs/pictures.md, "Sending it"); nothing rejects. */
import { ask, type Question } from "./asking.ts";
import {
  type Answer,
  member,
  type Result,
  strange,
  text,
  type Trouble,
  troubleOf,
} from "./problems.ts";
import { send } from "./sending.ts";
import type { Tickets } from "./tickets.ts";
import type { Received, Sent } from "./types.ts";

/** What an upload is answered with. */
export interface Uploaded {
  readonly temporaryId: string;
  readonly sent: Sent;
  readonly received?: Received;
}

/** What an association is answered with: how many pictures there are; the first time, a token. */
export interface Associated {
  readonly images: number;
  readonly contextToken: string | null;
}

const done = (): true => true;

/** One endpoint, by its address without a path. */
export class Endpoint {
  readonly address: string;
  readonly #tickets: Tickets;

  constructor(address: string, tickets: Tickets) {
    this.address = address;
    this.#tickets = tickets;
  }

  /** Upload a picture; `told` hears the part that has gone. */
  async upload(
    file: File,
    told: (progress: number) => void,
    signal: AbortSignal,
  ): Promise<Result<Uploaded>> {
    const url = `${this.address}/upload_image`;
    const answer = await this.#ticketed((headers) => send({ url, file, headers }, told, signal));
    return this.#result(answer, uploaded);
  }

  /** Give a picture that waits to a conversation; `token` is that of its first association. */
  async associate(
    conversationId: string,
    temporaryId: string,
    token: string | null,
    signal: AbortSignal,
  ): Promise<Result<Associated>> {
    const json = { conversationId, temporaryId, ...ofToken(token) };
    return this.#result(await this.#post("/associate_context", json, { signal }), associated);
  }

  /** Announce that a picture of this conversation is still on its way, or take that back. */
  async announce(
    conversationId: string,
    pending: boolean,
    token: string | null,
    how: { signal?: AbortSignal; keepalive?: boolean },
  ): Promise<Result<true>> {
    const json = { conversationId, pending, ...ofToken(token) };
    return this.#result(await this.#post("/associate_context", json, how), done);
  }

  /** Let go of one picture, whether it waits or is shared. */
  async letGo(temporaryId: string): Promise<Result<true>> {
    const url = `${this.address}/uploads/${encodeURIComponent(temporaryId)}`;
    return this.#result(await ask({ method: "DELETE", url, keepalive: true }), done);
  }

  /** Forget a conversation, with its token. */
  async forget(conversationId: string, token: string): Promise<Result<true>> {
    const question: Question = {
      method: "DELETE",
      url: `${this.address}/context/${encodeURIComponent(conversationId)}`,
      headers: { Authorization: `Bearer ${token}` },
      keepalive: true,
    };
    return this.#result(await ask(question), done);
  }

  /** Return where this conversation's events are told. */
  eventsOf(conversationId: string): string {
    return `${this.address}/context/${encodeURIComponent(conversationId)}/events`;
  }

  async #post(
    path: string,
    json: unknown,
    how: { signal?: AbortSignal; keepalive?: boolean },
  ): Promise<Answer> {
    const question = { method: "POST", url: this.address + path, json } as const;
    const keepalive = how.keepalive ?? false;
    return await this.#ticketed((headers) => ask({ ...question, headers, keepalive }, how.signal));
  }

  /** Ask with the ticket, and where that is refused once more with another. */
  async #ticketed(asking: (headers: Record<string, string>) => Promise<Answer>): Promise<Answer> {
    let ticket: string | undefined;
    try {
      ticket = await this.#tickets.current();
      const answer = await asking(ofTicket(ticket));
      if (answer.status !== 401 || codeOf(answer) !== "invalid_ticket") return answer;
      const another = await this.#tickets.another(ticket);
      return another === undefined ? answer : await asking(ofTicket(another));
    } catch (error) {
      return ticketless(error);
    }
  }

  #result<T>(answer: Answer, read: (body: unknown) => T | undefined): Result<T> {
    const fail = (trouble: Trouble): Result<T> => ({ ok: false, trouble });
    if (answer.status < 200 || answer.status > 299) return fail(troubleOf(answer, this.address));
    const value = read(answer.body);
    return value === undefined ? fail(strange(answer, this.address)) : { ok: true, value };
  }
}

function ofToken(token: string | null): { contextToken?: string } {
  return token === null ? {} : { contextToken: token }; // a header needs a preflight
}

function ofTicket(ticket: string | undefined): Record<string, string> {
  return ticket === undefined ? {} : { "X-Sightline-Ticket": ticket };
}

function codeOf(answer: Answer): unknown {
  return member(member(answer.body, "error"), "code");
}

function ticketless(error: unknown): Answer {
  const why = error instanceof Error ? error.message : String(error);
  const message = `No upload ticket could be had: ${why}`;
  return { status: 0, body: { error: { code: "no_ticket", message } }, retryAfter: null };
}

function uploaded(body: unknown): Uploaded | undefined {
  const temporaryId = text(member(body, "temporaryId"));
  if (temporaryId === undefined || typeof member(body, "width") !== "number") return undefined;
  const { mediaType, width, height, bytes, tokens, model, detail, received } = body as Sent & {
    received?: Received;
  };
  const sent = { mediaType, width, height, bytes, tokens, model, detail };
  return received === undefined ? { temporaryId, sent } : { temporaryId, sent, received };
}

function associated(body: unknown): Associated | undefined {
  const images = member(body, "images");
  if (typeof images !== "number") return undefined;
  return { images, contextToken: text(member(body, "contextToken")) ?? null };
}
