/** The one conversation whose events are watched: what the endpoint tells becomes steps. */
import type { Board } from "./board.ts";
import type { Message } from "./decoding.ts";
import { follow } from "./following.ts";
import { happenedIn } from "./happenings.ts";
import type { Conversation } from "./known.ts";

/** Watches one conversation at a time. */
export class Watch {
  readonly #board: Board;
  readonly #onForgotten: (conversationId: string) => void;
  #abort: AbortController | null = null;
  #conversationId = "";
  #last = "";

  constructor(board: Board, onForgotten: (conversationId: string) => void) {
    this.#board = board;
    this.#onForgotten = onForgotten;
  }

  /** Watch a conversation, instead of the one before; one that was watched last goes on there. */
  start(conversation: Conversation): void {
    this.stop();
    const { conversationId, endpoint, token } = conversation;
    if (conversationId !== this.#conversationId) this.#last = "";
    this.#conversationId = conversationId;
    const abort = new AbortController();
    this.#abort = abort;
    const source = { url: endpoint.eventsOf(conversationId), token, last: this.#last };
    void follow(source, (message) => !abort.signal.aborted && this.#hear(message), abort.signal);
  }

  /** Watch nothing. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
  }

  /** Tell what an event says; false after the last. */
  #hear(message: Message): boolean {
    this.#last = message.id;
    const happened = happenedIn(message);
    if (happened?.kind === "forgotten") {
      this.#last = "";
      this.#onForgotten(this.#conversationId);
      return false;
    }
    if (happened !== null) this.#board.tell({ kind: "told", happened });
    return true;
  }
}
