/** Pictures leave, here and at the endpoint: one by one, or all with their conversations. */
import type { Board } from "./board.ts";
import { type Copies, isShared } from "./copies.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Known } from "./known.ts";
import { forget, letGo } from "./letting.ts";
import type { Link } from "./link.ts";
import type { Problem, SharedImage } from "./types.ts";
import type { Uploads } from "./uploads.ts";

/** What has to do with pictures that leave. */
export interface Rooms {
  readonly board: Board;
  readonly copies: Copies;
  readonly known: Known;
  readonly uploads: () => Uploads;
  /** The conversation that runs. */
  readonly link: () => Link | null;
  readonly endpoint: (address: string) => Endpoint;
}

/** Removes pictures, and forgets conversations. */
export class Leaving {
  readonly #rooms: Rooms;
  readonly #removing = new Map<string, Promise<boolean>>();

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /** Tell whether a picture is being removed. */
  has(id: string): boolean {
    return this.#removing.has(id);
  }

  /** Remove a picture, once however often that is asked; true when it is gone. */
  remove(image: SharedImage): Promise<boolean> {
    const running = this.#removing.get(image.id);
    if (running !== undefined) return running;
    const removed = this.#remove(image).finally(() => this.#removing.delete(image.id));
    this.#removing.set(image.id, removed);
    return removed;
  }

  /** Forget all conversations, and these pictures; true when all is gone. No upload may run. */
  async forget(images: readonly SharedImage[]): Promise<boolean> {
    const problem = await this.#forgotten(images);
    if (problem === null) this.#clear(images);
    else this.#rooms.board.tell({ kind: "clearing-failed", problem });
    return problem === null;
  }

  /** Note that a conversation's pictures and its token are no more. */
  void(conversationId: string): void {
    this.#rooms.known.drop(conversationId);
    this.#rooms.copies.forgotten(conversationId);
    const link = this.#rooms.link();
    if (link?.conversationId === conversationId) link.forgotten();
  }

  async #remove({ id, preview }: SharedImage): Promise<boolean> {
    const { board, copies, uploads, link, endpoint } = this.#rooms;
    uploads().cancel(id);
    link()?.leave([id]);
    // What no agent may see leaves at once, whatever the endpoint says.
    const isSeen = copies.of(id).some(isShared);
    const deleted = letGo(id, copies, endpoint);
    const trouble = isSeen ? await deleted : null;
    if (trouble !== null) {
      board.tell({ kind: "removal-failed", id, problem: trouble.problem });
      return false;
    }
    URL.revokeObjectURL(preview);
    board.tell({ kind: "removed", id });
    await deleted;
    copies.drop(id);
    return true;
  }

  /**
   * Have the endpoint forget; return why it does not, or null.
   *
   * Pictures go first: an association that is still on its way then comes too late.
   */
  async #forgotten(images: readonly SharedImage[]): Promise<Problem | null> {
    const { copies, known, endpoint } = this.#rooms;
    const single = await Promise.all(images.map(({ id }) => letGo(id, copies, endpoint)));
    const whole = await Promise.all(
      known.all().map(async (conversation) => {
        const trouble = await forget(conversation);
        if (trouble === null) this.void(conversation.conversationId);
        return trouble;
      }),
    );
    // With its conversation a picture is gone, too, that could not go by itself.
    const isLeft = (id: string) => copies.of(id).some(isShared);
    const left = single.filter((_, at) => isLeft(images[at]?.id ?? ""));
    return [...whole, ...left].find((one) => one !== null)?.problem ?? null;
  }

  #clear(images: readonly SharedImage[]): void {
    for (const { id, preview } of images) {
      URL.revokeObjectURL(preview);
      this.#rooms.copies.drop(id);
    }
    this.#rooms.board.tell({ kind: "cleared", ids: new Set(images.map(({ id }) => id)) });
  }
}
