/** Where the state hangs: one value, changed by events, and whoever wants to hear of a change. */
import type { Event } from "./events.ts";
import { after, EMPTY } from "./state.ts";
import type { State } from "./types.ts";

/** The state of one page's pictures. */
export class Board {
  #state: State = EMPTY;
  readonly #listeners = new Set<() => void>();

  /** Return the state: a frozen value, the same until something changes. */
  readonly state = (): State => this.#state;

  /** Call `listener` after each change, until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Note that something has happened. */
  tell(event: Event): void {
    const state = after(this.#state, event, Date.now());
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Resolve as soon as the state is as asked. */
  until(is: (state: State) => boolean): Promise<void> {
    return new Promise((resolve) => {
      if (is(this.#state)) return resolve();
      const stop = this.subscribe(() => {
        if (!is(this.#state)) return;
        stop();
        resolve();
      });
    });
  }
}
