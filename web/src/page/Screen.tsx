/** The one screen: pictures and the agent on one side, the conversation on the other. */
import { useRef } from "react";
import type { Choices } from "./choices.ts";
import { Agent } from "./parts/Agent.tsx";
import { ConversationTrouble } from "./parts/ConversationTrouble.tsx";
import { Dock } from "./parts/Dock.tsx";
import { EndpointAway } from "./parts/EndpointAway.tsx";
import { Header } from "./parts/Header.tsx";
import { Story } from "./parts/Story.tsx";
import { Transcript } from "./parts/Transcript.tsx";
import { PictureAlerts } from "./pictures/PictureAlerts.tsx";
import { Pictures } from "./pictures/Pictures.tsx";
import { Ticket } from "./pictures/Ticket.tsx";
import { useIntake } from "./pictures/useIntake.ts";
import { isOn, type Talk } from "./talk/state.ts";
import { type Surroundings, useTalk } from "./talk/useTalk.ts";
import type { Asked } from "./useSettings.ts";

interface Props {
  readonly asked: Asked;
  readonly talk: Talk;
  readonly surroundings: Surroundings;
  readonly choose: (changes: Partial<Choices>) => void;
  readonly ticket: string;
  readonly setTicket: (ticket: string) => void;
}

export function Screen({ asked, talk, surroundings, choose, ticket, setTicket }: Props) {
  const { images, choices } = surroundings;
  const { settings } = asked;
  const controls = useTalk(surroundings);
  const intake = useIntake(images, settings.maxUpload);
  const chooser = useRef<HTMLInputElement>(null);
  const ticketBox = useRef<HTMLInputElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const choosePicture = () => chooser.current?.click();
  const on = isOn(talk);

  // During a conversation people look at the dock: on a phone the pictures are out of sight then.
  const alerts = (
    <PictureAlerts
      images={images}
      refused={intake.refused}
      choose={choosePicture}
      lookAtTicket={() => ticketBox.current?.focus()}
    />
  );

  return (
    <div className={`page page--${on ? "on" : "off"}`}>
      <Header rehearsal={choices.way === "rehearsal"} version={settings.version} />
      <main className="columns">
        <div className="side">
          {asked.state === "away" && <EndpointAway again={asked.again} />}
          <Pictures
            images={images}
            intake={intake}
            chooser={chooser}
            ticket={
              settings.ticketNeeded && (
                <Ticket box={ticketBox} ticket={ticket} setTicket={setTicket} />
              )
            }
            alerts={!on && alerts}
          />
          <Agent choices={choices} choose={choose} locked={on} field={field} />
          <Story steps={images.steps} />
        </div>
        <section className="talk" aria-label="Conversation">
          <Transcript
            talk={talk}
            hasPicture={images.images.some(({ phase }) => phase !== "failed")}
            suggest={controls.send}
            dock={
              <>
                {on && alerts}
                <ConversationTrouble
                  trouble={talk.trouble}
                  attempt={talk.attempt}
                  controls={controls}
                  field={field}
                  dismiss={() => surroundings.happen({ kind: "relief" })}
                />
                <Dock
                  talk={talk}
                  controls={controls}
                  status={images.status}
                  addPicture={choosePicture}
                />
              </>
            }
          />
        </section>
      </main>
    </div>
  );
}
