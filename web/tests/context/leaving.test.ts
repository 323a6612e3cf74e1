/** Pictures leave: removed, forgotten, or with the page. */
import { describe, expect, test, vi } from "vitest";
import type { ImageContextCore } from "../../src/context/imageContext.ts";
import { refuse, type Trick } from "../endpoint.ts";
import { picture, reached, setting } from "../setting.ts";

const at = setting();

/** A conversation that has pictures of these names. */
async function sharing(
  ...names: string[]
): Promise<{ core: ImageContextCore; ids: readonly string[] }> {
  const core = at.core();
  core.add(names.map((name) => picture(name)));
  core.onConnect({ conversationId: "conv_1" });
  const { images } = await reached(core, ({ status }) => status === "associated");
  return { core, ids: images.map(({ id }) => id) };
}

/** A trick that holds up one request until it is let go. */
function holding(is: (path: string) => boolean): { trick: Trick; go: () => void } {
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  const trick: Trick = async ({ path }) => {
    if (is(path)) await held;
    return false;
  };
  return { trick, go };
}

const failing =
  (method: string, status: number): Trick =>
  (asked, response) => {
    if (asked.method !== method) return false;
    if (status === 404) response.writeHead(404).end("404: Not Found");
    else refuse(response, status, "bad_request", "no");
    return true;
  };

describe("a removed picture", () => {
  test("is gone here and at the endpoint, and the others stay", async () => {
    const { core, ids } = await sharing("a.png", "b.png");
    const first = core.state().images[0]?.preview ?? "";
    expect(await core.remove(ids[0] ?? "")).toBe(true);
    expect(core.state().images.map(({ name }) => name)).toEqual(["b.png"]);
    expect(core.state().steps.at(-1)).toMatchObject({ kind: "removed", name: "a.png" });
    expect(at.endpoint.conversations.get("conv_1")?.pictures).toHaveLength(1);
    expect([...at.previews]).not.toContain(first);
    expect(await core.remove(ids[0] ?? "")).toBe(true);
  });

  test("stays, with the reason, where the endpoint keeps what the agent sees", async () => {
    const { core, ids } = await sharing("a.png");
    at.endpoint.trick = failing("DELETE", 400);
    expect(await core.remove(ids[0] ?? "")).toBe(false);
    expect(core.state().images[0]).toMatchObject({
      phase: "associated",
      problem: { code: "bad_request" },
    });
    at.endpoint.trick = () => false;
    expect(await core.remove(ids[0] ?? "")).toBe(true);
  });

  test("that could not be removed goes into no other conversation, and is removed again", async () => {
    const { core, ids } = await sharing("a.png", "b.png");
    at.endpoint.trick = failing("DELETE", 400);
    expect(await core.remove(ids[0] ?? "")).toBe(false);
    core.onDisconnect();
    expect(core.state().images[0]).toMatchObject({ phase: "failed", isUnwanted: true });
    await core.sessionOptions();
    core.onConnect({ conversationId: "conv_2" });
    const { images } = await reached(core, (state) => state.images[1]?.phase === "associated");
    expect(images[0]).toMatchObject({ phase: "failed", problem: { code: "bad_request" } });
    expect(core.state().steps).toContainEqual(
      expect.objectContaining({ conversationId: "conv_2", images: 1 }),
    );
    expect(at.endpoint.of("POST", "/upload_image")).toHaveLength(3);
    expect(at.endpoint.conversations.get("conv_2")?.pictures).toHaveLength(1);
    at.endpoint.trick = () => false;
    core.retry(ids[0] ?? "");
    await reached(core, (state) => state.images.length === 1);
    expect(at.endpoint.conversations.get("conv_1")?.pictures).toHaveLength(1);
  });

  test("stays where a session has begun with it, in band, and the endpoint keeps it", async () => {
    const core = at.core({ inBand: ["temporaryId"] });
    core.add(picture());
    await core.sessionOptions();
    at.endpoint.trick = failing("DELETE", 400);
    expect(await core.remove(core.state().images[0]?.id ?? "")).toBe(false);
    core.onConnect({ conversationId: "conv_1" });
    expect(core.state().images[0]).toMatchObject({ phase: "failed", isUnwanted: true });
    expect(await core.sessionOptions()).toEqual({});
    at.endpoint.trick = () => false;
    expect(await core.remove(core.state().images[0]?.id ?? "")).toBe(true);
    expect(at.endpoint.uploads.size).toBe(0);
  });

  test("stays where the endpoint has no such route, which says what to do", async () => {
    const { core, ids } = await sharing("a.png");
    at.endpoint.hasRemoval = false;
    expect(await core.remove(ids[0] ?? "")).toBe(false);
    expect(core.state().images[0]?.problem?.message).toMatch(/forget everything/);
  });

  test("that no conversation has is gone at once, whatever the endpoint says", async () => {
    const core = at.core();
    core.add(picture());
    const { images } = await reached(core, ({ status }) => status === "ready");
    at.endpoint.hasRemoval = false;
    const removed = core.remove(images[0]?.id ?? "");
    expect(core.state().images).toEqual([]);
    expect(await removed).toBe(true);
  });

  test("ends its upload, and the next one is uploaded", async () => {
    const { trick, go } = holding((path) => path === "/upload_image");
    at.endpoint.trick = trick;
    const core = at.core();
    core.add([picture("a.png"), picture("b.png")]);
    await vi.waitFor(() => expect(at.endpoint.asked).toHaveLength(1));
    core.onConnect({ conversationId: "conv_1" });
    await core.remove(core.state().images[0]?.id ?? "");
    await vi.waitFor(() => expect(at.endpoint.of("POST", "/upload_image")).toHaveLength(2));
    go();
    await reached(core, ({ status }) => status === "associated");
    expect(core.state().images.map(({ name }) => name)).toEqual(["b.png"]);
    expect(at.endpoint.conversations.get("conv_1")?.pictures).toHaveLength(1);
  });

  test("takes its announcement back", async () => {
    const { trick, go } = holding((path) => path === "/upload_image");
    at.endpoint.trick = trick;
    const core = at.core();
    core.add(picture());
    core.onConnect({ conversationId: "conv_1" });
    await vi.waitFor(() => expect(at.endpoint.pending.size).toBe(1));
    await core.remove(core.state().images[0]?.id ?? "");
    await vi.waitFor(() => expect(at.endpoint.pending.size).toBe(0));
    go();
  });

  test("is gone, too, where it was being associated", async () => {
    const { trick, go } = holding((path) => path === "/associate_context");
    at.endpoint.trick = trick;
    const core = at.core();
    core.add(picture());
    await reached(core, ({ status }) => status === "ready");
    core.onConnect({ conversationId: "conv_1" });
    await vi.waitFor(() => expect(at.endpoint.told()).toHaveLength(1));
    expect(await core.remove(core.state().images[0]?.id ?? "")).toBe(true);
    go();
    core.add(picture("b.png"));
    await reached(core, ({ status }) => status === "associated");
    expect(at.endpoint.conversations.get("conv_1")?.pictures).toHaveLength(1);
    expect(at.endpoint.of("POST", "/upload_image")).toHaveLength(2);
  });

  test("is not uploaded anew while the endpoint still lets go of it", async () => {
    const { core, ids } = await sharing("a.png", "b.png");
    const uploading = holding((path) => path === "/upload_image");
    const deleting = holding((path) => path.startsWith("/uploads/"));
    at.endpoint.trick = async (asked, response) =>
      (await uploading.trick(asked, response)) || (await deleting.trick(asked, response));
    core.onConnect({ conversationId: "conv_2" });
    const removed = core.remove(ids[1] ?? "");
    uploading.go();
    await reached(core, ({ images }) => images[0]?.phase === "associated");
    expect(at.endpoint.of("POST", "/upload_image")).toHaveLength(3);
    deleting.go();
    expect(await removed).toBe(true);
    expect(at.endpoint.conversations.get("conv_2")?.pictures).toHaveLength(1);
  });

  test("is gone from earlier conversations too", async () => {
    const { core, ids } = await sharing("a.png");
    core.onConnect({ conversationId: "conv_2" });
    await reached(core, ({ status }) => status === "associated");
    await core.remove(ids[0] ?? "");
    expect([...at.endpoint.conversations.values()].map(({ pictures }) => pictures)).toEqual([
      [],
      [],
    ]);
  });
});

describe("forgetting", () => {
  test("ends all conversations of the page, and waiting uploads", async () => {
    const { core } = await sharing("a.png");
    core.onConnect({ conversationId: "conv_2" });
    await reached(core, ({ status }) => status === "associated");
    core.onDisconnect();
    core.add(picture("b.png"));
    await reached(core, ({ status }) => status === "ready");
    expect(await core.forget()).toBe(true);
    expect(core.state()).toMatchObject({ images: [], status: "empty" });
    expect(core.state().steps.at(-1)?.kind).toBe("forgotten");
    expect([at.endpoint.conversations.size, at.endpoint.uploads.size, at.previews.size]).toEqual([
      0, 0, 0,
    ]);
  });

  test("that fails keeps everything, and says why", async () => {
    const { core } = await sharing("a.png");
    at.endpoint.trick = failing("DELETE", 400);
    expect(await core.forget()).toBe(false);
    expect(core.state().steps.at(-1)).toMatchObject({
      kind: "forgetting-failed",
      problem: { message: "no" },
    });
    expect(core.state().images).toHaveLength(1);
  });

  test("works at an endpoint that cannot take single pictures away", async () => {
    const { core } = await sharing("a.png");
    at.endpoint.hasRemoval = false;
    expect(await core.forget()).toBe(true);
    expect(at.endpoint.conversations.size).toBe(0);
  });

  test("is not undone by an association that was on its way", async () => {
    const core = at.core();
    core.add(picture());
    await reached(core, ({ status }) => status === "ready");
    const { trick, go } = holding((path) => path === "/associate_context");
    at.endpoint.trick = trick;
    core.onConnect({ conversationId: "conv_1" });
    await vi.waitFor(() => expect(at.endpoint.told()).toHaveLength(1));
    expect(await core.forget()).toBe(true);
    go();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([at.endpoint.conversations.size, at.endpoint.uploads.size]).toEqual([0, 0]);
  });

  test("leaves the conversation open for other pictures", async () => {
    const { core } = await sharing("a.png");
    await core.forget();
    core.add(picture("b.png"));
    await reached(core, ({ status }) => status === "associated");
    expect(at.endpoint.told().at(-1)).not.toHaveProperty("contextToken");
  });
});

describe("a conversation whose token was told, and lost on the way", () => {
  /** The endpoint does it, and nobody hears so. */
  const losing: Trick = ({ path }, response) => {
    if (path === "/associate_context") response.end = () => response.destroy();
    return false;
  };

  async function associatedUnheard(core: ImageContextCore): Promise<void> {
    core.add(picture("a.png"));
    await reached(core, ({ status }) => status === "ready");
    at.endpoint.trick = losing;
    core.onConnect({ conversationId: "conv_1" });
    await reached(core, ({ steps }) => steps.at(-1)?.kind === "association-failed");
    at.endpoint.trick = () => false;
  }

  async function joins(core: ImageContextCore): Promise<void> {
    core.add(picture("b.png"));
    await reached(core, ({ status }) => status === "associated" || status === "failed");
    expect(core.state().images.map(({ problem }) => problem)).toEqual([undefined]);
    expect(at.endpoint.conversations.get("conv_1")?.pictures).toHaveLength(1);
  }

  test("takes another picture after that one was removed", async () => {
    const core = at.core();
    await associatedUnheard(core);
    expect(await core.remove(core.state().images[0]?.id ?? "")).toBe(true);
    await joins(core);
  });

  test("takes another picture after all were forgotten", async () => {
    const core = at.core();
    await associatedUnheard(core);
    expect(await core.forget()).toBe(true);
    await joins(core);
  });

  test("takes another picture after one was removed that it has claimed in band", async () => {
    const core = at.core({ inBand: ["temporaryId"] });
    core.add(picture("a.png"));
    await core.sessionOptions();
    const temporaryId = core.state().images[0]?.temporaryId;
    const json = JSON.stringify({ conversationId: "conv_1", temporaryId });
    await fetch(`${at.endpoint.address}/associate_context`, { method: "POST", body: json });
    expect(await core.remove(core.state().images[0]?.id ?? "")).toBe(true);
    core.onConnect({ conversationId: "conv_1" });
    await joins(core);
  });

  test("of somebody else stays theirs", async () => {
    at.endpoint.conversations.set("conv_1", { token: "ctx_theirs", pictures: [] });
    const core = at.core();
    core.add([picture("a.png"), picture("b.png")]);
    core.onConnect({ conversationId: "conv_1" });
    await reached(core, ({ images }) => images.every(({ phase }) => phase === "failed"));
    expect(at.endpoint.of("POST", "/associate_context").length).toBeLessThan(5);
    expect(at.endpoint.conversations.get("conv_1")?.pictures).toEqual([]);
  });
});

describe("a page that leaves", () => {
  test("takes back its upload, announcement and object URLs; back again, it goes on", async () => {
    const { trick, go } = holding((path) => path === "/upload_image");
    at.endpoint.trick = trick;
    const core = at.core();
    const leave = core.attach();
    core.add([picture("a.png"), picture("b.png")]);
    core.onConnect({ conversationId: "conv_1" });
    await vi.waitFor(() => expect(at.endpoint.pending.size).toBe(1));
    leave();
    await vi.waitFor(() => expect(at.endpoint.pending.size).toBe(0));
    expect(at.previews.size).toBe(0);
    expect(core.state().images.map(({ phase }) => phase)).toEqual(["waiting", "waiting"]);
    go();
    core.attach();
    expect(at.previews.size).toBe(2);
    const { images } = await reached(core, ({ status }) => status === "associated");
    expect(images.map(({ preview }) => preview)).toEqual([...at.previews]);
  });

  test("does not leave sessionOptions waiting", async () => {
    const { trick, go } = holding((path) => path === "/upload_image");
    at.endpoint.trick = trick;
    const core = at.core({ inBand: ["temporaryId"] });
    const leave = core.attach();
    core.add(picture());
    const options = core.sessionOptions();
    leave();
    expect(await options).toEqual({});
    go();
  });
});
