/** One conversation's link to its pictures: one after the other is associated or announced. */
import type { Board } from "./board.ts";
import { Claim, type Ground } from "./claiming.ts";
import type { Copies } from "./copies.ts";
import { type Candidate, type Deed, next } from "./deciding.ts";
import type { Endpoint } from "./endpoint.ts";
import { isTransient, type Trouble } from "./problems.ts";
import { pause } from "./retrying.ts";
import type { SharedImage } from "./types.ts";

const PATIENCE = 60_000; // milliseconds for which one association is tried again by itself

/** What has been tried for one picture. */
interface Trial {
  readonly attempts: number;
  readonly since: number;
  readonly dueAt: number;
}

/** What a link works with. */
export interface Parts extends Ground {
  readonly board: Board;
  readonly copies: Copies;
}

/** A conversation that runs. */
export class Link {
  readonly conversationId: string;
  readonly endpoint: Endpoint;
  readonly #parts: Parts;
  readonly #trials = new Map<string, Trial>();
  readonly #renewed = new Set<string>();
  readonly #left = new Set<string>();
  readonly #claim: Claim;
  #announced: "no" | "yes" | "failed" = "no";
  #deed: Promise<void> | null = null;
  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void) | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.conversationId = parts.conversationId;
    this.endpoint = parts.endpoint;
    this.#claim = new Claim(parts);
  }

  /** Care for the pictures, from now on. */
  start(): void {
    this.#abort = new AbortController();
    this.#stop ??= this.#parts.board.subscribe(() => this.#next());
    this.#next();
  }

  /** Stop caring, and take back an announcement. */
  stop(): void {
    this.#stop?.();
    this.#stop = null;
    clearTimeout(this.#timer);
    this.#abort.abort();
    if (this.#announced === "yes") void this.#claim.announce(false, { keepalive: true });
    this.#announced = "no";
  }

  /** Leave pictures alone: they are removed, or kept for another conversation. */
  leave(ids: Iterable<string>): void {
    for (const id of ids) this.#left.add(id);
  }

  /** Care for a picture (again), at once. */
  take(id: string): void {
    this.#left.delete(id);
    this.#trials.delete(id);
    this.#renewed.delete(id);
    this.#next();
  }

  /** Forget the token: it has ended with what the conversation had. */
  forgotten(): void {
    this.#claim.forgotten();
    this.#announced = "no";
  }

  #next(): void {
    if (this.#deed !== null || this.#stop === null) return;
    clearTimeout(this.#timer);
    const deed = next(this.#candidates(), this.#announced !== "no", Date.now());
    if (deed.kind === "rest") return;
    if (deed.kind === "wait") {
      this.#timer = setTimeout(() => this.#next(), deed.until - Date.now());
      return;
    }
    const done = this.#do(deed).finally(() => {
      this.#deed = null;
      this.#next();
    });
    this.#deed = done;
  }

  #candidates(): readonly Candidate[] {
    const { board, copies, endpoint, conversationId } = this.#parts;
    const mine = board.state().images.filter((image) => !this.#left.has(image.id));
    return mine.map(({ id, phase }) => {
      const isGood = copies.isGood(id, endpoint.address, conversationId);
      return { id, phase, isGood, dueAt: this.#trials.get(id)?.dueAt ?? 0 };
    });
  }

  async #do(deed: Deed): Promise<void> {
    await Promise.resolve(); // so that whoever has caused it is through first
    if (this.#stop === null) return;
    if (deed.kind === "associate") return await this.#associate(deed.id);
    const told = this.#announced;
    this.#announced = deed.kind === "announce" ? "yes" : "no";
    if (deed.kind === "withdraw" && told === "failed") return;
    const { signal } = this.#abort;
    const isTold = await this.#claim.announce(deed.kind === "announce", { signal });
    // Nothing is lost by that but the patience of a turn.
    if (!isTold && this.#announced === "yes") this.#announced = "failed";
  }

  async #associate(id: string): Promise<void> {
    const { board, copies } = this.#parts;
    const image = board.state().images.find((one) => one.id === id);
    if (image?.temporaryId === undefined || this.#left.has(id)) return;
    const { signal } = this.#abort;
    copies.claim(id, this.conversationId);
    board.tell({ kind: "associating", id });
    const result = await this.#claim.associate(image.temporaryId, signal);
    if (signal.aborted) return;
    if (!result.ok) return this.#failed(image, result.trouble);
    this.#announced = "no"; // the endpoint's wait ends with any picture
    this.#trials.delete(id);
    board.tell({ kind: "associated", id, images: result.value.images });
  }

  #failed({ id }: SharedImage, trouble: Trouble): void {
    if (this.#isRenewed(id, trouble)) return;
    const tried = this.#trials.get(id);
    const now = Date.now();
    const since = tried?.since ?? now;
    const attempts = (tried?.attempts ?? 0) + 1;
    const ms = isTransient(trouble.status)
      ? waiting(attempts, trouble.retryAfter, now - since)
      : null;
    if (ms === null) this.#trials.delete(id);
    else this.#trials.set(id, { attempts, since, dueAt: now + ms });
    const willRetry = ms !== null;
    const { problem } = trouble;
    this.#parts.board.tell({
      kind: "association-failed",
      id,
      problem,
      attempt: attempts,
      willRetry,
    });
  }

  /** Have a picture uploaded anew, once, where the endpoint has not got it for us. */
  #isRenewed(id: string, trouble: Trouble): boolean {
    const isLost = ["unknown_temporary_id", "temporary_id_used"].includes(trouble.problem.code);
    if (!isLost) return false;
    const { board, copies } = this.#parts;
    const latest = copies.latest(id);
    if (latest !== undefined) copies.spend(id, latest);
    if (this.#renewed.has(id)) return false;
    this.#renewed.add(id);
    board.tell({ kind: "queued", id });
    return true;
  }
}

function waiting(attempts: number, retryAfter: number | null, spent: number): number | null {
  return pause({ attempts, retryAfter, spent, patience: PATIENCE, chance: Math.random() });
}
