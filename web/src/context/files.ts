/** What an application hands over becomes files, or a clear error. */

/**
 * Return the files in what was given: one Blob, or several.
 *
 * Throws a TypeError where something in it is no Blob: that is the application's mistake, not the
 * person's.
 */
export function filesOf(given: Blob | Iterable<Blob>): readonly File[] {
  const blobs: readonly unknown[] = isIterable(given) ? [...given] : [given];
  return blobs.map(fileOf);
}

function fileOf(given: unknown): File {
  if (given instanceof File) return given;
  if (given instanceof Blob) return new File([given], "picture", { type: given.type });
  const what = given === null ? "null" : typeof given;
  throw new TypeError(`add() takes a File or a Blob, or several; this is ${what}`);
}

function isIterable(value: Blob | Iterable<Blob>): value is Iterable<Blob> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
