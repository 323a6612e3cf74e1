/** A small real endpoint, by the contract of docs/pictures.md; it can be told to misbehave. */
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** A misbehaviour: it answers by itself and returns true, or false to go on as usual. */
export type Trick = (asked: Asked, response: ServerResponse) => boolean | Promise<boolean>;

interface Shared {
  readonly token: string;
  readonly pictures: string[];
}

/** The endpoint; `asked` lists what came, preflights apart. */
export class FakeEndpoint {
  readonly asked: Asked[] = [];
  readonly uploads = new Map<string, string | null>();
  readonly conversations = new Map<string, Shared>();
  readonly pending = new Set<string>();
  readonly watchers = new Map<string, ServerResponse[]>();
  trick: Trick = () => false;
  /** Called when a client leaves before its answer. */
  onLeft: () => void = () => {};
  ticket: string | null = null;
  hasRemoval = true;
  hasEvents = true;
  most = 4;
  address = "";
  readonly #removed = new Set<string>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.address = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What came for one path, as JSON where it is that. */
  of(method: string, path: string): readonly Asked[] {
    return this.asked.filter((one) => one.method === method && one.path.startsWith(path));
  }

  /** The bodies of the associations and announcements, in their order. */
  told(): readonly Record<string, unknown>[] {
    return this.of("POST", "/associate_context").map(
      ({ body }) => JSON.parse(String(body)) as Record<string, unknown>,
    );
  }

  /** Tell the watchers of a conversation one event. */
  event(conversationId: string, id: number, kind: string, data: unknown): void {
    const text = `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const response of this.watchers.get(conversationId) ?? []) response.write(text);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Expose-Headers", "retry-after");
    if (request.method === "OPTIONS") {
      response.setHeader("Access-Control-Allow-Methods", "GET, POST, DELETE");
      response.setHeader(
        "Access-Control-Allow-Headers",
        "authorization, content-type, x-sightline-ticket, last-event-id",
      );
      response.writeHead(204).end();
      return;
    }
    response.once("close", () => !response.writableEnded && this.onLeft());
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request) pieces.push(piece as Buffer);
    } catch {
      return; // the client has left
    }
    const { method = "", url: path = "", headers } = request;
    const asked = { method, path, headers, body: Buffer.concat(pieces) };
    this.asked.push(asked);
    if (await this.trick(asked, response)) return;
    this.#route(asked, response);
  }

  #route(asked: Asked, response: ServerResponse): void {
    const { method, path } = asked;
    const last = decodeURIComponent(path.split("/")[2] ?? "");
    if (
      method === "POST" &&
      this.ticket !== null &&
      asked.headers["x-sightline-ticket"] !== this.ticket
    )
      return refuse(response, 401, "invalid_ticket", "a ticket is needed");
    if (method === "POST" && path === "/upload_image") return this.#upload(asked, response);
    if (method === "POST" && path === "/associate_context") return this.#associate(asked, response);
    if (method === "DELETE" && path.startsWith("/uploads/") && this.hasRemoval)
      return this.#remove(last, response);
    if (method === "DELETE" && path.startsWith("/context/"))
      return this.#forget(asked, last, response);
    if (method === "GET" && path.endsWith("/events") && this.hasEvents)
      return this.#watch(asked, last, response);
    response.writeHead(404, { "Content-Type": "text/plain" }).end("404: Not Found");
  }

  #upload({ body }: Asked, response: ServerResponse): void {
    if (body.includes("not a picture"))
      return refuse(response, 415, "not_a_picture", "these bytes are no picture");
    const temporaryId = `tmp_${randomBytes(16).toString("hex")}`;
    this.uploads.set(temporaryId, null);
    const received = {
      format: "PNG",
      mediaType: "image/png",
      width: 4,
      height: 3,
      bytes: body.length,
    };
    const sent = {
      mediaType: "image/png",
      width: 4,
      height: 3,
      bytes: 99,
      tokens: 85,
      model: "gpt-4o",
      detail: "high",
    };
    json(response, 201, { temporaryId, ...sent, expiresAt: "2030-01-01T00:00:00+00:00", received });
  }

  #associate({ body }: Asked, response: ServerResponse): void {
    const told = JSON.parse(String(body)) as Record<string, string | boolean>;
    const conversationId = String(told["conversationId"]);
    const had = this.conversations.get(conversationId);
    const isTheirs = had === undefined || told["contextToken"] === had.token;
    const images = had?.pictures.length ?? 0;
    if ("pending" in told) {
      if (!isTheirs)
        return refuse(response, 403, "context_token_required", "send its contextToken");
      this.pending[told["pending"] ? "add" : "delete"](conversationId);
      return json(response, told["pending"] ? 202 : 200, {
        conversationId,
        images,
        pending: told["pending"],
      });
    }
    const temporaryId = String(told["temporaryId"]);
    const owner = this.uploads.get(temporaryId);
    if (owner === undefined)
      return refuse(response, 404, "unknown_temporary_id", "unknown or expired");
    if (owner !== null && owner !== conversationId)
      return refuse(response, 409, "temporary_id_used", "used");
    if (!isTheirs && owner !== conversationId)
      return refuse(response, 403, "context_token_required", "send its contextToken");
    const token = tokenOf(conversationId, temporaryId);
    const shared = had ?? { token, pictures: [] };
    this.conversations.set(conversationId, shared);
    this.uploads.set(temporaryId, conversationId);
    const isBack = shared.pictures.includes(temporaryId) || this.#removed.has(temporaryId);
    if (!isBack) shared.pictures.push(temporaryId);
    if (shared.pictures.length > this.most) this.uploads.delete(shared.pictures.shift() ?? "");
    this.pending.delete(conversationId);
    const first = shared.token === token ? { contextToken: token } : {};
    json(response, 200, { conversationId, images: shared.pictures.length, ...first });
  }

  #remove(temporaryId: string, response: ServerResponse): void {
    const conversationId = this.uploads.get(temporaryId);
    if (conversationId === undefined || this.#removed.has(temporaryId))
      return refuse(response, 404, "unknown_temporary_id", "unknown");
    // The temporaryId of a shared picture still says whose it was: that tells the token again.
    if (conversationId === null) this.uploads.delete(temporaryId);
    else this.#removed.add(temporaryId);
    const pictures = this.conversations.get(conversationId ?? "")?.pictures ?? [];
    if (pictures.includes(temporaryId)) pictures.splice(pictures.indexOf(temporaryId), 1);
    json(response, 200, { conversationId, images: pictures.length });
  }

  #forget({ headers }: Asked, conversationId: string, response: ServerResponse): void {
    const had = this.conversations.get(conversationId);
    if (headers.authorization !== `Bearer ${had?.token}`)
      return refuse(response, 401, "invalid_api_key", "no");
    for (const [temporaryId, owner] of this.uploads)
      if (owner === conversationId) this.uploads.delete(temporaryId);
    this.conversations.delete(conversationId);
    json(response, 200, { conversationId, forgotten: had?.pictures.length ?? 0 });
  }

  #watch({ headers }: Asked, conversationId: string, response: ServerResponse): void {
    const had = this.conversations.get(conversationId);
    if (headers.authorization !== `Bearer ${had?.token}`)
      return refuse(response, 401, "invalid_api_key", "no");
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(": hello\n\n");
    this.watchers.set(conversationId, [...(this.watchers.get(conversationId) ?? []), response]);
  }
}

/** Answer as the endpoint answers errors. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
): void {
  json(response, status, { error: { message, type: "invalid_request_error", param: null, code } });
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}

function tokenOf(conversationId: string, temporaryId: string): string {
  return `ctx_${createHash("sha256")
    .update(conversationId + temporaryId)
    .digest("hex")
    .slice(0, 32)}`;
}
