/**
 * Where the endpoint has which picture. Nothing but values.
 *
 * A temporaryId belongs to the first conversation that claims it, so a picture that is shown in
 * several conversations has been uploaded several times: each upload is a copy.
 */

/** One upload of a picture. */
export interface Copy {
  readonly temporaryId: string;
  /** The endpoint that has it. */
  readonly address: string;
  /** The conversation that has it, or may have it: an answer can be lost. */
  readonly conversationId: string | null;
  /** Whether a session has begun with it, in band, and so may claim it. */
  readonly isHanded: boolean;
  /** Whether the endpoint has let go of it, or never had it. */
  readonly isSpent: boolean;
}

/** Tell whether an agent may see a copy. */
export function isShared(copy: Copy): boolean {
  return copy.conversationId !== null || copy.isHanded;
}

/** All copies of all pictures, the latest of each last. */
export class Copies {
  readonly #copies = new Map<string, readonly Copy[]>();

  /** Return the copies of a picture that the endpoint may have. */
  of(id: string): readonly Copy[] {
    return (this.#copies.get(id) ?? []).filter((copy) => !copy.isSpent);
  }

  /** Return the latest copy of a picture, whether it is spent or not. */
  latest(id: string): Copy | undefined {
    return this.#copies.get(id)?.at(-1);
  }

  /** Note a new upload. */
  add(id: string, temporaryId: string, address: string): void {
    const copy = { temporaryId, address, conversationId: null, isHanded: false, isSpent: false };
    this.#copies.set(id, [...this.of(id), copy]);
  }

  /** Note that the latest copy is given to a conversation. */
  claim(id: string, conversationId: string): void {
    this.#change(id, { conversationId });
  }

  /** Note that a session begins with the latest copy. */
  hand(id: string): void {
    this.#change(id, { isHanded: true });
  }

  /** Note that the endpoint has let go of a copy. */
  spend(id: string, copy: Copy): void {
    this.#put(id, copy, { ...copy, isSpent: true });
  }

  /** Note that a conversation is forgotten, with all that it had. */
  forgotten(conversationId: string): void {
    for (const [id, copies] of this.#copies)
      for (const copy of copies) if (copy.conversationId === conversationId) this.spend(id, copy);
  }

  /** Forget a picture's copies. */
  drop(id: string): void {
    this.#copies.delete(id);
  }

  /** Tell whether the latest copy of a picture is good for a conversation at an endpoint. */
  isGood(id: string, address: string, conversationId: string | null): boolean {
    const latest = this.latest(id);
    if (latest === undefined || latest.isSpent || latest.address !== address) return false;
    return latest.conversationId === null || latest.conversationId === conversationId;
  }

  #change(id: string, change: Partial<Copy>): void {
    const latest = this.latest(id);
    if (latest !== undefined) this.#put(id, latest, { ...latest, ...change });
  }

  #put(id: string, old: Copy, copy: Copy): void {
    const copies = this.#copies.get(id) ?? [];
    this.#copies.set(
      id,
      copies.map((one) => (one.temporaryId === old.temporaryId ? copy : one)),
    );
  }
}
