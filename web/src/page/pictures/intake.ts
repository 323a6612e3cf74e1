/**
 * What comes in as a picture, before it is sent: names for the nameless, and none that is too
 * large.
 */

/** A file that stays here, and why. */
export interface Refused {
  readonly name: string;
  readonly why: string;
}

const MIB = 2 ** 20;

/**
 * Part the files into those that may be sent, and those that the endpoint would refuse for their
 * size.
 */
export function intake(
  files: readonly File[],
  most: number | null,
): { take: File[]; refused: Refused[] } {
  const fits = (file: File) => most === null || file.size <= most;
  return {
    take: files.filter(fits),
    refused: files
      .filter((file) => !fits(file))
      .map((file) => ({ name: file.name, why: tooLarge(file, most ?? 0) })),
  };
}

/** Return the file under a name that says how it came, such as `pasted picture 2`. */
export function named(file: Blob, how: string, number: number): File {
  return new File([file], number > 1 ? `${how} ${number}` : how, { type: file.type });
}

function tooLarge(file: File, most: number): string {
  return `It has ${mib(file.size)} MiB, and this endpoint takes at most ${mib(most)} MiB.`;
}

const mib = (bytes: number) => Math.round((bytes / MIB) * 10) / 10;
