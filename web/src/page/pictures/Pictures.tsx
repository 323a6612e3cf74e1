/** The pictures: those that are here, and every way to bring one. */
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import type { ImageContext } from "../../context/types.ts";
import { Adder } from "./Adder.tsx";
import { CameraDialog } from "./CameraDialog.tsx";
import { Curtain } from "./Curtain.tsx";
import { Shown } from "./Shown.tsx";
import type { Intake } from "./useIntake.ts";
import { usePaste } from "./usePaste.ts";

interface Props {
  readonly images: ImageContext;
  readonly intake: Intake;
  /** The chooser of files, which others may open too. */
  readonly chooser: RefObject<HTMLInputElement | null>;
  /** What stands above the pictures, and what under them. */
  readonly ticket: ReactNode;
  readonly alerts: ReactNode;
}

export function Pictures({ images, intake, chooser, ticket, alerts }: Props) {
  const { add, addNamed } = intake;
  const [camera, setCamera] = useState(false);
  const some = images.images.length > 0;
  // The button that removed a picture is gone: the way to bring another gets the focus.
  const count = useRef(0);
  useEffect(() => {
    const isFewer = images.images.length < count.current;
    count.current = images.images.length;
    if (isFewer && document.activeElement === document.body) chooser.current?.focus({ preventScroll: true });
  }, [images.images, chooser]);
  usePaste((files) => addNamed(files, "pasted picture"));

  return (
    <section className="card pictures" aria-labelledby="pictures-title">
      <div className="pictures__head">
        <h2 id="pictures-title">Pictures</h2>
        {some && (
          <button
            type="button"
            className="button button--quiet button--small"
            onClick={() => void images.forget()}
          >
            Forget all
          </button>
        )}
      </div>
      {ticket}
      {some && (
        <ul className="pictures__list">
          {images.images.map((image) => (
            <Shown key={image.id} image={image} retry={images.retry} remove={images.remove} />
          ))}
        </ul>
      )}
      {alerts}
      <Adder
        chooser={chooser}
        add={add}
        photo={(files) => addNamed(files, "photo")}
        openCamera={() => setCamera(true)}
        small={some}
      />
      {camera && (
        <CameraDialog
          take={(photo) => addNamed([photo], "photo")}
          close={() => setCamera(false)}
          choose={() => chooser.current?.click()}
        />
      )}
      <Curtain add={add} />
    </section>
  );
}
