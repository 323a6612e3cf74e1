/** What tests of pictures have: an endpoint each, and cores that end with the test. */
import { afterEach, beforeEach, expect, vi } from "vitest";
import { ImageContextCore } from "../src/context/imageContext.ts";
import type { Options, State } from "../src/context/types.ts";
import { FakeEndpoint } from "./endpoint.ts";

/** What a test works with. */
export interface Setting {
  endpoint: FakeEndpoint;
  /** Object URLs that are made and not revoked. */
  readonly previews: Set<string>;
  /** A core that runs at the endpoint. */
  core(options?: Options): ImageContextCore;
}

/** Have a new endpoint for each test of the file. */
export function setting(): Setting {
  const ends: (() => void)[] = [];
  const made: Setting = {
    endpoint: new FakeEndpoint(),
    previews: new Set(),
    core(options = {}) {
      const one = new ImageContextCore({ endpoint: made.endpoint.address, ...options });
      ends.push(one.attach());
      return one;
    },
  };
  beforeEach(async () => {
    made.endpoint = await new FakeEndpoint().start();
    made.previews.clear();
    pretendPreviews(made.previews);
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) end();
    await made.endpoint.stop();
  });
  return made;
}

/** A file that the endpoint takes for a picture, unless it says that it is none. */
export function picture(name = "cat.png", content = "pixels of a cat"): File {
  return new File([content], name, { type: "image/png" });
}

/** Wait until the state is as asked, and return it. */
export async function reached(
  made: { state(): State },
  is: (state: State) => boolean,
): Promise<State> {
  await vi.waitFor(() => expect(is(made.state()), JSON.stringify(made.state())).toBe(true), {
    timeout: 5_000,
    interval: 5,
  });
  return made.state();
}

/** jsdom has no object URLs. */
function pretendPreviews(previews: Set<string>): void {
  let count = 0;
  URL.createObjectURL = () => {
    const url = `blob:${++count}`;
    previews.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => void previews.delete(url);
}
