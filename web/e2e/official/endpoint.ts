/** A custom LLM endpoint that keeps every request, and passes it on to the real one. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { text } from "node:stream/consumers";

/** A chat completion's request, as far as a test looks at it. */
export interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly messages: readonly { readonly role: string; readonly content: unknown }[];
    readonly user_id?: string;
    readonly elevenlabs_extra_body?: Readonly<Record<string, unknown>>;
  };
}

/** An endpoint that runs; it stands before another as a proxy does. */
export class Endpoint {
  readonly asked: Asked[] = [];
  /** How many requests were given up before their answer was over. */
  left = 0;
  /** Milliseconds after each piece of an answer. */
  pause = 0;
  /** Whether every request is answered with an error. */
  fails = false;
  readonly #target: string;
  readonly #server: Server;

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      response.on("close", () => {
        if (!response.writableFinished) this.left += 1;
      });
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await text(request);
    this.asked.push({ headers: request.headers, body: JSON.parse(asked) as Asked["body"] });
    if (this.fails) {
      response.writeHead(500).end("it burns");
      return;
    }
    const answer = await fetch(`${this.#target}${request.url ?? ""}`, {
      method: "POST",
      body: asked,
      headers: { "X-Conversation-Id": String(request.headers["x-conversation-id"] ?? "") },
    });
    response.writeHead(answer.status, { "Content-Type": "text/event-stream" });
    for (const event of (await answer.text()).split(/(?<=\n\n)/)) {
      if (response.destroyed) return;
      response.write(event);
      await new Promise((resolve) => setTimeout(resolve, this.pause));
    }
    response.end();
  }

  /** Start one before the endpoint at that address. */
  static async before(target: string): Promise<Endpoint> {
    const endpoint = new Endpoint(target);
    await new Promise<void>((resolve) => endpoint.#server.listen(0, "127.0.0.1", resolve));
    return endpoint;
  }

  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("it does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  /** What the person has said in the last request. */
  get said(): unknown[] {
    const messages = this.asked.at(-1)?.body.messages ?? [];
    return messages.filter(({ role }) => role === "user").map(({ content }) => content);
  }

  /** Forget what was, and be quick. */
  reset(): void {
    this.asked.length = 0;
    this.left = 0;
    this.pause = 0;
    this.fails = false;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
