/** A problem, said at once to everybody, with the way out of it. */
import { Warning } from "./icons.tsx";

export interface Action {
  readonly label: string;
  readonly act: () => void;
}

interface Props {
  readonly title: string;
  readonly text?: string;
  /** What the other side said, word for word. */
  readonly said?: string;
  readonly actions: readonly Action[];
}

export function Alert({ title, text, said, actions }: Props) {
  return (
    <div className="alert" role="alert">
      <Warning />
      <div className="alert__words">
        <p className="alert__title">{title}</p>
        {text && <p>{text}</p>}
        {said && <p className="alert__said">{said}</p>}
        <div className="alert__actions">
          {actions.map(({ label, act }) => (
            <button key={label} type="button" className="button button--small" onClick={act}>
              {label}
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}
