/** The ticket that this endpoint wants with an upload; it is kept nowhere. */
import type { RefObject } from "react";

interface Props {
  readonly box: RefObject<HTMLInputElement | null>;
  readonly ticket: string;
  readonly setTicket: (ticket: string) => void;
}

export function Ticket({ box, ticket, setTicket }: Props) {
  return (
    <>
      <label className="field">
        <span className="field__label">Upload ticket</span>
        <input
          ref={box}
          type="text"
          value={ticket}
          autoCapitalize="off"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          aria-describedby="ticket-hint"
          onChange={(event) => setTicket(event.target.value)}
        />
      </label>
      <p id="ticket-hint" className="hint">
        This endpoint takes pictures only with a ticket from your backend.
      </p>
    </>
  );
}
