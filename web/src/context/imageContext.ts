/** The pictures of one page, and the conversations that they are shown in: everything but React. */
import { Board } from "./board.ts";
import { Copies } from "./copies.ts";
import { Endpoint } from "./endpoint.ts";
import { filesOf } from "./files.ts";
import { type Conversation, Known } from "./known.ts";
import { Leaving } from "./leaving.ts";
import { Link } from "./link.ts";
import { nested } from "./nesting.ts";
import { isComing, isThere } from "./standing.ts";
import { Tickets } from "./tickets.ts";
import type { Actions, Options, SharedImage, State } from "./types.ts";
import { Uploads } from "./uploads.ts";
import { Watch } from "./watch.ts";

const MAX_IMAGES = 4;

/**
 * What the hook is made of, for use without React.
 *
 * Nothing runs before `attach()`. The function that it returns ends everything; another `attach()`
 * goes on with what was there.
 */
export class ImageContextCore implements Actions {
  readonly #board = new Board();
  readonly #copies = new Copies();
  readonly #known = new Known();
  readonly #tickets = new Tickets(() => this.#options.ticket);
  readonly #watch = new Watch(this.#board, (conversationId) =>
    this.#endpointForgot(conversationId),
  );
  readonly #uploads: Uploads;
  readonly #leaving: Leaving;
  #options: Options;
  #link: Link | null = null;
  #isPreparing = false; // the next conversation is about to begin
  #handed: readonly string[] = []; // the temporaryIds that it begins with
  #isAttached = false;
  #isRevoked = false;
  #added = 0;

  constructor(options: Options = {}) {
    this.#options = options;
    const board = this.#board;
    const copies = this.#copies;
    this.#leaving = new Leaving({
      board,
      copies,
      known: this.#known,
      uploads: () => this.#uploads,
      link: () => this.#link,
      endpoint: (address) => this.#at(address),
    });
    const isWanted = (id: string) => !this.#leaving.has(id);
    this.#uploads = new Uploads(board, copies, () => this.#current(), isWanted);
    board.subscribe(() => this.#keepToMost());
  }

  /** Return the state: a frozen value, the same until something changes. */
  readonly state = (): State => this.#board.state();

  /** Call `listener` after each change, until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => this.#board.subscribe(listener);

  /** Take other options. */
  configure(options: Options): void {
    this.#options = options;
  }

  /** Begin, and return what ends it: uploads stop, object URLs are revoked. */
  attach(): () => void {
    this.#isAttached = true;
    if (this.#isRevoked) this.#board.tell({ kind: "previewed", previews: this.#previews() });
    this.#isRevoked = false;
    this.#run();
    return () => this.#detach();
  }

  readonly add = (files: Blob | Iterable<Blob>): void => {
    const images = filesOf(files).map((file): SharedImage => {
      const id = `image-${++this.#added}`;
      const preview = this.#isRevoked ? "" : URL.createObjectURL(file); // made when it is back
      return { id, file, name: file.name || "picture", preview, phase: "waiting", progress: 0 };
    });
    if (images.length > 0) this.#board.tell({ kind: "added", images });
  };

  readonly remove = async (id: string): Promise<boolean> => {
    const image = this.#image(id);
    return image === undefined || (await this.#leaving.remove(image));
  };

  readonly retry = (id: string): void => {
    const image = this.#image(id);
    if (image === undefined || this.#leaving.has(id)) return;
    if (image.isUnwanted) return void this.remove(id);
    if (image.phase === "failed")
      this.#board.tell({ kind: this.#isReady(image) ? "ready" : "queued", id });
    this.#link?.take(id);
  };

  readonly forget = async (): Promise<boolean> => {
    this.#rest();
    const isGone = await this.#leaving.forget(this.state().images);
    if (this.#isAttached) this.#run();
    return isGone;
  };

  readonly sessionOptions = async (): Promise<{ customLlmExtraBody?: Record<string, unknown> }> => {
    this.#isPreparing = true;
    // What is here is for the conversation that comes, not for one that may still run.
    this.#link?.leave(this.state().images.map(({ id }) => id));
    this.#renew(null);
    await this.#board.until(({ images }) => !this.#isAttached || !images.some(isComing));
    const keys = this.#options.inBand ?? [];
    const ids = keys.length === 0 ? [] : this.#hand();
    if (ids.length === 0) return {};
    return { customLlmExtraBody: nested(keys, ids.length === 1 ? ids[0] : ids) };
  };

  readonly onConnect = ({ conversationId }: { conversationId: string }): void => {
    if (!conversationId || conversationId === this.#link?.conversationId) return;
    this.#end();
    const known = this.#known.get(conversationId);
    const endpoint = known?.endpoint ?? this.#configured();
    const onToken = (token: string) => this.#learn({ conversationId, endpoint, token });
    const token = known?.token ?? null;
    const board = this.#board;
    const copies = this.#copies;
    const handed = this.#handed;
    this.#link = new Link({ board, copies, endpoint, conversationId, token, handed, onToken });
    this.#isPreparing = false;
    this.#handed = [];
    this.#watch.stop();
    board.tell({ kind: "connected", conversationId });
    this.#renew(conversationId);
    if (this.#isAttached) this.#run();
  };

  readonly onDisconnect = (): void => {
    this.#end();
  };

  #run(): void {
    this.#uploads.start();
    this.#link?.start();
    const known = this.#known.get(this.state().conversationId ?? "");
    if (known !== undefined) this.#watch.start(known);
  }

  #rest(): void {
    this.#uploads.stop();
    this.#link?.stop();
    this.#watch.stop();
    this.#board.tell({ kind: "paused" });
  }

  #detach(): void {
    this.#isAttached = false;
    this.#rest();
    for (const { preview } of this.state().images) URL.revokeObjectURL(preview);
    this.#isRevoked = true;
  }

  #end(): void {
    this.#link?.stop();
    this.#link = null;
    this.#board.tell({ kind: "disconnected" });
  }

  #learn(conversation: Conversation): void {
    this.#known.add(conversation);
    if (this.#isAttached) this.#watch.start(conversation);
  }

  /** Queue what is not good for a conversation, or for the next: it is uploaded anew. */
  #renew(conversationId: string | null): void {
    const { address } = this.#current();
    for (const { id, temporaryId, isUnwanted } of this.state().images)
      if (temporaryId !== undefined && !isUnwanted)
        if (!this.#copies.isGood(id, address, conversationId))
          this.#board.tell({ kind: "queued", id });
  }

  /** Note and return what the next session begins with: from here on its agent may see that. */
  #hand(): readonly string[] {
    const there = this.state().images.filter(isThere);
    for (const { id } of there) this.#copies.hand(id);
    this.#handed = there.flatMap(({ temporaryId }) => temporaryId ?? []);
    return this.#handed;
  }

  #endpointForgot(conversationId: string): void {
    this.#leaving.void(conversationId);
    this.#board.tell({ kind: "forgotten" });
  }

  /** Keep to the most pictures that a conversation has: as at the endpoint, the oldest leaves. */
  #keepToMost(): void {
    const most = Math.max(1, this.#options.maxImages ?? MAX_IMAGES);
    const there = this.state().images.filter(
      (image) => isThere(image) && !this.#leaving.has(image.id),
    );
    const [oldest] = there;
    if (oldest !== undefined && there.length > most && oldest.problem === undefined)
      void this.remove(oldest.id);
  }

  #isReady({ id, temporaryId }: SharedImage): boolean {
    const { address } = this.#current();
    const conversationId = this.#link?.conversationId ?? null;
    return temporaryId !== undefined && this.#copies.isGood(id, address, conversationId);
  }

  #image(id: string): SharedImage | undefined {
    return this.state().images.find((image) => image.id === id);
  }

  #previews(): ReadonlyMap<string, string> {
    return new Map(this.state().images.map(({ id, file }) => [id, URL.createObjectURL(file)]));
  }

  /** Return where uploads go: to the endpoint of the conversation that runs, or else that comes. */
  #current(): Endpoint {
    return this.#link === null || this.#isPreparing ? this.#configured() : this.#link.endpoint;
  }

  #configured(): Endpoint {
    return this.#at((this.#options.endpoint ?? location.origin).replace(/\/+$/, ""));
  }

  #at(address: string): Endpoint {
    return new Endpoint(address, this.#tickets);
  }
}
