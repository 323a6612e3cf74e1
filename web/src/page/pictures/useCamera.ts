/** The camera, for as long as somebody looks. */
import { type RefObject, useEffect, useState } from "react";

// As much as a model looks at; the endpoint makes it smaller where it is more.
const WANTED: MediaStreamConstraints = {
  video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1440 } },
};
const QUALITY = 0.92;

/** Show in `video` what the camera sees; it is let go of with the component. */
export function useCamera(
  video: RefObject<HTMLVideoElement | null>,
): "asking" | "ready" | "refused" {
  const [state, setState] = useState<"asking" | "ready" | "refused">("asking");
  useEffect(() => {
    let gone = false;
    let stream: MediaStream | undefined;
    const show = async () => {
      stream = await navigator.mediaDevices.getUserMedia(WANTED);
      if (gone || !video.current) return release(stream);
      video.current.srcObject = stream;
      await video.current.play();
      if (!gone) setState("ready");
    };
    show().catch(() => gone || setState("refused"));
    return () => {
      gone = true;
      if (stream) release(stream);
    };
  }, [video]);
  return state;
}

/** Return what `video` shows now, as a JPEG. */
export async function photograph(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
