/** The conversations that had pictures of this page, and how to forget them. Nothing but values. */
import type { Endpoint } from "./endpoint.ts";

/** One conversation: its token is kept here, in memory, and nowhere else. */
export interface Conversation {
  readonly conversationId: string;
  readonly endpoint: Endpoint;
  readonly token: string;
}

const MOST = 50; // conversations of one page; what is older is left to its ttl

/** Conversations by their IDs. */
export class Known {
  readonly #all = new Map<string, Conversation>();

  /** Return a conversation, if its token is known. */
  get(conversationId: string): Conversation | undefined {
    return this.#all.get(conversationId);
  }

  /** Return all, oldest first. */
  all(): readonly Conversation[] {
    return [...this.#all.values()];
  }

  /** Remember a conversation. */
  add(conversation: Conversation): void {
    this.#all.delete(conversation.conversationId);
    this.#all.set(conversation.conversationId, conversation);
    const [oldest] = this.#all.keys();
    if (this.#all.size > MOST && oldest !== undefined) this.#all.delete(oldest);
  }

  /** Forget a conversation: the endpoint has. */
  drop(conversationId: string): void {
    this.#all.delete(conversationId);
  }
}
