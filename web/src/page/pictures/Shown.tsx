/** One picture: what it shows, where it is on its way, and what the model will be shown of it. */
import type { SharedImage } from "../../context/types.ts";
import { Again, Close } from "../parts/icons.tsx";
import { bytes, cost, origin, shown } from "../sizes.ts";
import { Preview } from "./Preview.tsx";
import { phaseOf } from "./phases.ts";

interface Props {
  readonly image: SharedImage;
  readonly retry: (id: string) => void;
  readonly remove: (id: string) => Promise<boolean>;
}

export function Shown({ image, retry, remove }: Props) {
  const { id, name, preview, phase, problem, isUnwanted } = image;
  return (
    <li className={`shown shown--${phase}`}>
      <div className="shown__frame">
        <Preview key={preview} source={preview} name={name} />
        {phase === "uploading" && <Progress image={image} />}
      </div>
      <div className="shown__words">
        <p className="shown__name" title={name}>
          {name}
        </p>
        <p className="shown__phase">{phaseOf(image)}</p>
        <Sizes image={image} />
      </div>
      <div className="shown__buttons">
        {phase === "failed" && problem?.canRetry && !isUnwanted && (
          <button
            type="button"
            className="button button--icon button--quiet"
            aria-label={`Try ${name} again`}
            title="Try again"
            onClick={() => retry(id)}
          >
            <Again />
          </button>
        )}
        <button
          type="button"
          className="button button--icon button--quiet"
          aria-label={`Remove ${name}`}
          title="Remove"
          onClick={() => void remove(id)}
        >
          <Close />
        </button>
      </div>
    </li>
  );
}

function Sizes({ image: { sent, received, file } }: { image: SharedImage }) {
  if (!sent) return <p className="shown__sizes">{bytes(file.size)}</p>;
  const from = origin(received, sent);
  return (
    <>
      <p className="shown__sizes">
        <span className="unseen">The model sees </span>
        {shown(sent)}
      </p>
      <p className="shown__sizes">{cost(sent)}</p>
      {from && <p className="shown__sizes shown__from">{from}</p>}
    </>
  );
}

function Progress({ image: { name, progress } }: { image: SharedImage }) {
  const done = Math.floor(progress * 100);
  return (
    <div
      className={`progress ${progress >= 1 ? "progress--busy" : ""}`}
      role="progressbar"
      aria-label={`Upload of ${name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={done}
    >
      <span style={{ transform: `scaleX(${progress})` }} />
    </div>
  );
}
