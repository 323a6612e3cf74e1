/** Who this is, and whether it is a rehearsal. */
import { Eye } from "./icons.tsx";

export function Header({ rehearsal, version }: { rehearsal: boolean; version: string }) {
  return (
    <header className="header">
      <h1 className="brand">
        <Eye />
        Sightline
      </h1>
      <p className="brand__line">Show a picture, talk about it.</p>
      {rehearsal && <p className="badge">Rehearsal</p>}
      {version && <p className="version">{version}</p>}
    </header>
  );
}
