/** The vendor's own address, led to the rehearsal: what a page does with nothing but an agent ID. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { createServer } from "node:tls";
import { python, root } from "./stack.ts";

const HOST = "api.elevenlabs.io";

const CERTIFICATE = `
import sys, trustme
made = trustme.CA().issue_cert(sys.argv[1])
print(made.private_key_and_cert_chain_pem.bytes().decode())
`;

/** A stand-in for the vendor's host, which ends TLS. */
export interface Vendor {
  /** What makes a browser find it under the vendor's name, and nothing else but this machine. */
  readonly flags: readonly string[];
  end(): void;
}

/** Pass what comes for the vendor on to a rehearsal at `address`. */
export async function vendor(address: string): Promise<Vendor> {
  const { hostname, port } = new URL(address);
  const pem = execFileSync(python, ["-c", CERTIFICATE, HOST], { cwd: root, encoding: "utf8" });
  const server = createServer({ key: pem, cert: pem }, (client) => {
    const rehearsal = connect(Number(port), hostname);
    for (const [one, other] of [[client, rehearsal], [rehearsal, client]] as const)
      one.on("error", () => other.destroy()).pipe(other);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const here = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rules = `MAP ${HOST}:443 ${here}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost`;
  const flags = ["--ignore-certificate-errors", `--host-resolver-rules=${rules}`];
  return { flags, end: () => void server.close() };
}
