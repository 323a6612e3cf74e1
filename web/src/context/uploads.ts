/** Uploads, one after the other: whatever waits is sent, in its order. */
import type { Board } from "./board.ts";
import type { Copies } from "./copies.ts";
import type { Endpoint, Uploaded } from "./endpoint.ts";
import { type Result, type Trouble } from "./problems.ts";
import { elapsed } from "./elapsed.ts";
import { pause } from "./retrying.ts";
import type { SharedImage } from "./types.ts";

const PATIENCE = 10_000; // milliseconds for which a busy endpoint is asked again
const UNTOLD = 0.01; // progress that is too little to tell

/** The one place from which pictures are uploaded. */
export class Uploads {
  readonly #board: Board;
  readonly #copies: Copies;
  readonly #endpoint: () => Endpoint;
  readonly #isWanted: (id: string) => boolean;
  #running: { readonly id: string; readonly abort: AbortController } | null = null;
  #stop: (() => void) | null = null;

  /** `endpoint` says where the next goes, `isWanted` whether a picture still is. */
  constructor(
    board: Board,
    copies: Copies,
    endpoint: () => Endpoint,
    isWanted: (id: string) => boolean,
  ) {
    this.#board = board;
    this.#copies = copies;
    this.#endpoint = endpoint;
    this.#isWanted = isWanted;
  }

  /** Upload whatever waits, from now on. */
  start(): void {
    this.#stop ??= this.#board.subscribe(() => this.#next());
    this.#next();
  }

  /** End, the upload that runs included. */
  stop(): void {
    this.#stop?.();
    this.#stop = null;
    this.#abort();
  }

  /** End the upload of one picture, if it runs; what is done with the picture is the caller's. */
  cancel(id: string): void {
    if (this.#running?.id === id) this.#abort();
  }

  #abort(): void {
    this.#running?.abort.abort();
    this.#running = null;
  }

  #next(): void {
    if (this.#running !== null || this.#stop === null) return;
    const { images } = this.#board.state();
    const image = images.find(({ id, phase }) => phase === "waiting" && this.#isWanted(id));
    if (image === undefined) return;
    const running = { id: image.id, abort: new AbortController() };
    this.#running = running;
    this.#board.tell({ kind: "uploading", id: image.id });
    void this.#upload(image, running.abort.signal).finally(() => {
      if (this.#running === running) this.#running = null;
      this.#next();
    });
  }

  async #upload(image: SharedImage, signal: AbortSignal): Promise<void> {
    const { id } = image;
    const endpoint = this.#endpoint();
    const result = await sent(endpoint, image, (progress) => this.#progress(id, progress), signal);
    if (signal.aborted) return;
    if (!result.ok) {
      this.#board.tell({ kind: "upload-failed", id, problem: result.trouble.problem });
      return;
    }
    this.#copies.add(id, result.value.temporaryId, endpoint.address);
    this.#board.tell({ kind: "uploaded", id, ...result.value });
  }

  #progress(id: string, progress: number): void {
    const image = this.#board.state().images.find((one) => one.id === id);
    const told = image?.progress ?? 0;
    if (progress === 1 || progress - told >= UNTOLD)
      this.#board.tell({ kind: "progress", id, progress });
  }
}

/** Send a picture; once more for as long as the endpoint says when, and that is soon. */
async function sent(
  endpoint: Endpoint,
  image: SharedImage,
  told: (progress: number) => void,
  signal: AbortSignal,
): Promise<Result<Uploaded>> {
  const unreadable = await unreadableOf(image);
  if (unreadable !== null) return { ok: false, trouble: unreadable };
  const begun = Date.now();
  for (let attempts = 1; ; attempts++) {
    const result = await endpoint.upload(image.file, told, signal);
    if (result.ok || signal.aborted || result.trouble.retryAfter === null) return result;
    const { retryAfter } = result.trouble;
    const spent = Date.now() - begun;
    const ms = pause({ attempts, retryAfter, spent, patience: PATIENCE, chance: Math.random() });
    if (ms === null) return result;
    await elapsed(ms, signal);
  }
}

/** Return why a file cannot be sent, before a browser would call that a failure of the network. */
async function unreadableOf(image: SharedImage): Promise<Trouble | null> {
  const { file, name } = image;
  const trouble = (code: string, message: string): Trouble => {
    return { status: 0, retryAfter: null, problem: { code, message, canRetry: false } };
  };
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    return trouble(
      "unreadable",
      `${name} cannot be read: is it a folder, or has it changed since? Choose it again.`,
    );
  }
  return file.size > 0
    ? null
    : trouble("not_a_picture", `${name} is empty: choose another picture.`);
}
