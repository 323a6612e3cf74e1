/** The one door for pictures, however they come: chosen, dropped, pasted, photographed. */
import { useRef, useState } from "react";
import type { ImageContext } from "../../context/types.ts";
import { intake, named, type Refused } from "./intake.ts";

export interface Intake {
  add(files: readonly File[]): void;
  /** Add pictures that have no name of their own, such as `pasted picture 2`. */
  addNamed(blobs: readonly Blob[], how: string): void;
  /** What stayed here of the last that came. */
  readonly refused: readonly Refused[];
}

/** Give pictures to the hook, but for those of more bytes than the endpoint takes. */
export function useIntake(images: ImageContext, maxUpload: number | null): Intake {
  const counts = useRef(new Map<string, number>());
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const add = (files: readonly File[]) => {
    const { take, refused } = intake(files, maxUpload);
    setRefused(refused);
    if (take.length > 0) images.add(take);
  };
  const next = (how: string) => {
    const number = (counts.current.get(how) ?? 0) + 1;
    counts.current.set(how, number);
    return number;
  };
  const addNamed = (blobs: readonly Blob[], how: string) =>
    add(blobs.map((blob) => named(blob, how, next(how))));
  return { add, addNamed, refused };
}
