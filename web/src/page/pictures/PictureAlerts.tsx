/** What went wrong with the pictures, each with its way out. */
import type { ImageContext } from "../../context/types.ts";
import { Alert } from "../parts/Alert.tsx";
import type { Refused } from "./intake.ts";
import { type PictureTrouble, pictureTroubles } from "./troubles.ts";

const WAYS_OUT: Readonly<Record<PictureTrouble["wayOut"], string>> = {
  "choose-another": "Choose another picture",
  "try-again": "Try again",
  "remove-again": "Remove it again",
  "look-at-ticket": "Look at the ticket",
};

interface Props {
  readonly images: ImageContext;
  readonly refused: readonly Refused[];
  readonly choose: () => void;
  readonly lookAtTicket: () => void;
}

export function PictureAlerts({ images, refused, choose, lookAtTicket }: Props) {
  const acts: Readonly<Record<PictureTrouble["wayOut"], (id: string) => void>> = {
    "choose-another": (id) => {
      void images.remove(id);
      choose();
    },
    "try-again": (id) => images.retry(id),
    "remove-again": (id) => void images.remove(id),
    "look-at-ticket": lookAtTicket,
  };
  return (
    <>
      {pictureTroubles(images).map(({ id, title, text, wayOut }) => (
        <Alert
          key={id}
          title={title}
          text={text}
          actions={[{ label: WAYS_OUT[wayOut], act: () => acts[wayOut](id) }]}
        />
      ))}
      {images.steps.at(-1)?.kind === "forgetting-failed" && (
        <Alert
          title="Not everything could be forgotten"
          text="The endpoint may still hold a picture; it lets go of it by itself in time."
          actions={[{ label: "Forget again", act: () => void images.forget() }]}
        />
      )}
      {refused.map(({ name, why }, at) => (
        <Alert
          key={at} // two may have the same name: a phone calls all of them image.jpg
          title={`${name} is too large`}
          text={why}
          actions={[{ label: WAYS_OUT["choose-another"], act: choose }]}
        />
      ))}
    </>
  );
}
