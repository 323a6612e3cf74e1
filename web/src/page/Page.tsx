/** What outlives a conversation: the pictures, the choices, and what was said. */
import { ConversationProvider } from "@elevenlabs/react";
import { useCallback, useMemo, useRef, useState } from "react";
import type { Options } from "../context/types.ts";
import { useImageContext } from "../useImageContext.ts";
import { Screen } from "./Screen.tsx";
import { after, type Happening, QUIET } from "./talk/state.ts";
import { useChoices } from "./useChoices.ts";
import type { Asked } from "./useSettings.ts";

export function Page({ asked }: { asked: Asked }) {
  const { settings } = asked;
  const [choices, choose] = useChoices(settings);
  const [ticket, setTicket] = useState("");
  const [round, setRound] = useState(0);
  const [talk, setTalk] = useState(QUIET);
  const newest = useRef(talk);
  const newestTicket = useRef(ticket);
  newestTicket.current = ticket.trim();

  const happen = useCallback((what: Happening) => {
    newest.current = after(newest.current, what);
    setTalk(newest.current);
  }, []);
  const current = useCallback(() => newest.current, []);
  const renew = useCallback(() => setRound((n) => n + 1), []);

  const options = useMemo<Options>(
    () => ({
      maxImages: settings.maxImages,
      ...(settings.inBand && { inBand: settings.inBand }),
      ...(settings.ticketNeeded && { ticket: () => newestTicket.current }),
    }),
    [settings],
  );
  const images = useImageContext(options);

  return (
    <ConversationProvider key={round}>
      <Screen
        asked={asked}
        talk={talk}
        surroundings={{ images, choices, current, happen, renew }}
        choose={choose}
        ticket={ticket}
        setTicket={setTicket}
      />
    </ConversationProvider>
  );
}
