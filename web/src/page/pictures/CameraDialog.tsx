/** A small window with what the camera sees, so that the conversation goes on meanwhile. */
import { useLayoutEffect, useRef } from "react";
import { Alert } from "../parts/Alert.tsx";
import { photograph, useCamera } from "./useCamera.ts";

interface Props {
  readonly take: (photo: Blob) => void;
  readonly close: () => void;
  /** Choose a file in the place of a photo. */
  readonly choose: () => void;
}

export function CameraDialog({ take, close, choose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const state = useCamera(video);
  const taken = useRef(false);
  // Closed while it is still there, it gives the focus back to the button that opened it.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  const shoot = async () => {
    if (taken.current) return; // a double click means one photo
    taken.current = true;
    const photo = video.current && (await photograph(video.current));
    if (photo) take(photo);
    close();
  };
  const chooseInstead = () => {
    close();
    choose();
  };

  return (
    <dialog ref={dialog} className="camera" aria-label="Take a photo" onCancel={close}>
      {state === "refused" ? (
        <Alert
          title="The camera is not there"
          text="It was not allowed, or there is none."
          actions={[{ label: "Choose a picture", act: chooseInstead }]}
        />
      ) : (
        <video ref={video} className="camera__sight" autoPlay playsInline muted />
      )}
      <div className="camera__buttons">
        <button type="button" className="button" onClick={close}>
          Cancel
        </button>
        {state !== "refused" && (
          <button
            type="button"
            className="button button--main"
            disabled={state !== "ready"}
            onClick={() => void shoot()}
          >
            Use this picture
          </button>
        )}
      </div>
    </dialog>
  );
}
