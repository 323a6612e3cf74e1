/** Server-sent events, out of pieces of text that may be cut anywhere. Nothing but values. */

/** One event of a stream. */
export interface Message {
  /** The last `id` that was told, or an empty text. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/**
 * A decoder of one stream, by the HTML standard ("Event stream interpretation").
 *
 * A line ends at CR, LF or CRLF; an event at an empty line; what stands behind the last empty line
 * is no event.
 */
export class Decoder {
  #rest = "";
  #hasEndedAtCr = false;
  #isBegun = false;
  #id = "";
  #event = "";
  #data: string[] = [];

  /** Return the events that a piece of the text has completed. */
  decode(piece: string): Message[] {
    return this.#lines(piece).flatMap((line) => this.#read(line));
  }

  #lines(piece: string): string[] {
    if (piece === "") return [];
    let text = piece;
    if (this.#hasEndedAtCr && text.startsWith("\n")) text = text.slice(1);
    if (!this.#isBegun && text.startsWith("\uFEFF")) text = text.slice(1);
    this.#isBegun = true;
    this.#hasEndedAtCr = piece.endsWith("\r");
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? "";
    return lines;
  }

  #read(line: string): Message[] {
    if (line === "") return this.#complete();
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#event = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    return [];
  }

  #complete(): Message[] {
    const message = { id: this.#id, event: this.#event || "message", data: this.#data.join("\n") };
    const isEmpty = this.#data.length === 0;
    this.#data = [];
    this.#event = "";
    return isEmpty ? [] : [message];
  }
}
