/** Bring a picture: choose files, or take a photo; dropping and pasting work on the whole page. */
import { type ChangeEvent, type RefObject, useRef } from "react";
import { Camera, Picture } from "../parts/icons.tsx";

// Some systems offer a HEIC or AVIF only where its ending is named.
const TAKEN = "image/*,.heic,.heif,.avif";

interface Props {
  readonly chooser: RefObject<HTMLInputElement | null>;
  readonly add: (files: readonly File[]) => void;
  readonly photo: (files: readonly File[]) => void;
  readonly openCamera: () => void;
  /** Whether there are pictures already. */
  readonly small: boolean;
}

export function Adder({ chooser, add, photo, openCamera, small }: Props) {
  const capture = useRef<HTMLInputElement>(null);
  // Without a secure page there is no camera in the page; a phone's own is asked then.
  const takePhoto = () => (hasCamera() ? openCamera() : capture.current?.click());
  return (
    <div className={`adder ${small ? "adder--small" : ""}`}>
      {!small && (
        <p className="adder__words">
          <Picture />
          <span className="adder__mouse">Drop a picture anywhere, or paste it.</span>
          <span className="adder__touch">Show a picture from this device.</span>
        </p>
      )}
      <div className="adder__buttons">
        <label className="button adder__choose">
          Choose pictures
          <input
            ref={chooser}
            className="unseen"
            type="file"
            accept={TAKEN}
            multiple
            aria-label="Choose pictures"
            onChange={(event) => add(taken(event))}
          />
        </label>
        <button type="button" className="button adder__photo" onClick={takePhoto}>
          {!small && <Camera />} Take a photo
        </button>
        <input
          ref={capture}
          hidden
          type="file"
          accept="image/*"
          capture="environment"
          onChange={(event) => photo(taken(event))}
        />
      </div>
    </div>
  );
}

/** Return the chosen files, and let the same ones be chosen again. */
function taken({ target }: ChangeEvent<HTMLInputElement>): File[] {
  const files = [...(target.files ?? [])];
  target.value = "";
  return files;
}

const hasCamera = () => typeof navigator.mediaDevices?.getUserMedia === "function";
