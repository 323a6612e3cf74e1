/** One conversation's right to its pictures: the token, how it is learnt, and what it is for. */
import type { Associated, Endpoint } from "./endpoint.ts";
import type { Result } from "./problems.ts";

/** What a claim is made of. */
export interface Ground {
  readonly endpoint: Endpoint;
  readonly conversationId: string;
  /** The conversation's token, where it has been linked before. */
  readonly token: string | null;
  /** The temporaryIds that its session has begun with, in band. */
  readonly handed: readonly string[];
  /** Hears the token that the first association is answered with. */
  readonly onToken: (token: string) => void;
}

/** A claim to one conversation. */
export class Claim {
  readonly #ground: Ground;
  readonly #tried: Set<string>; // one of these may have made the token, whose answer was lost
  #token: string | null;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#tried = new Set(ground.handed);
    this.#token = ground.token;
  }

  /** Announce that a picture is on its way, or take that back; tell whether it was heard. */
  async announce(
    pending: boolean,
    how: { signal?: AbortSignal; keepalive?: boolean },
  ): Promise<boolean> {
    const { endpoint, conversationId } = this.#ground;
    return (await endpoint.announce(conversationId, pending, this.#token, how)).ok;
  }

  /** Associate a picture; where a token is wanted that was told and lost, ask for that first. */
  async associate(temporaryId: string, signal: AbortSignal): Promise<Result<Associated>> {
    if (this.#token === null) this.#tried.add(temporaryId);
    const result = await this.#ask(temporaryId, signal);
    if (result.ok || result.trouble.problem.code !== "context_token_required") return result;
    this.#tried.delete(temporaryId);
    return (await this.#isRecalled(signal)) ? await this.#ask(temporaryId, signal) : result;
  }

  /** Forget the token: it has ended with what the conversation had. */
  forgotten(): void {
    this.#token = null;
    this.#tried.clear();
  }

  /** The same pair again tells the token again, and brings no picture back that has left since. */
  async #isRecalled(signal: AbortSignal): Promise<boolean> {
    if (this.#token !== null) return false;
    for (const temporaryId of this.#tried) {
      await this.#ask(temporaryId, signal);
      if (this.#token !== null) return true;
    }
    return false;
  }

  async #ask(temporaryId: string, signal: AbortSignal): Promise<Result<Associated>> {
    const { endpoint, conversationId, onToken } = this.#ground;
    const result = await endpoint.associate(conversationId, temporaryId, this.#token, signal);
    const token = result.ok && !signal.aborted ? result.value.contextToken : null;
    if (token !== null && token !== this.#token) {
      this.#token = token;
      onToken(token);
    }
    return result;
  }
}
