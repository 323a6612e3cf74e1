/** The page's few signs; each is drawn on 24 by 24, and hidden from screen readers. */
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const Eye = () => (
  <Icon>
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
    <circle cx="12" cy="12" r="3" fill="currentColor" stroke="none" />
  </Icon>
);

export const Picture = () => (
  <Icon>
    <rect x="3.5" y="4.5" width="17" height="15" rx="3" />
    <circle cx="9" cy="10" r="1.5" />
    <path d="m4.5 17.5 4.6-4.2a1.5 1.5 0 0 1 2 0l2.2 2 1.5-1.4a1.5 1.5 0 0 1 2 0l3 2.8" />
  </Icon>
);

export const Camera = () => (
  <Icon>
    <path d="M4 8.5A1.5 1.5 0 0 1 5.5 7h2l1.6-2.2h5.8L16.5 7h2A1.5 1.5 0 0 1 20 8.500v9a1.5 1.5 0 0 1-1.5 1.500h-13A1.5 1.5 0 0 1 4 17.500Z" />
    <circle cx="12" cy="12.8" r="3.3" />
  </Icon>
);

export const Microphone = () => (
  <Icon>
    <rect x="9" y="3.5" width="6" height="10.5" rx="3" />
    <path d="M5.5 11.500a6.5 6.5 0 0 0 13 0M12 18v2.5" />
  </Icon>
);

export const Muted = () => (
  <Icon>
    <path d="M9 7V6.500a3 3 0 0 1 6 0V11m-.9 2.100A3 3 0 0 1 9 11.500M5.5 11.500A6.5 6.5 0 0 0 16.6 16M18.5 11.500a6.4 6.4 0 0 1-.5 2.400M12 18v2.500M4 4l16 16" />
  </Icon>
);

export const Keyboard = () => (
  <Icon>
    <rect x="3" y="6" width="18" height="12" rx="2.5" />
    <path d="M7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8" />
  </Icon>
);

export const Send = () => (
  <Icon>
    <path d="M12 19V5.500M6 11l6-6 6 6" />
  </Icon>
);

export const Close = () => (
  <Icon>
    <path d="m7 7 10 10M17 7 7 17" />
  </Icon>
);

export const Again = () => (
  <Icon>
    <path d="M19 12a7 7 0 1 1-2-4.900L19 9m0-4v4h-4" />
  </Icon>
);

export const Down = () => (
  <Icon>
    <path d="M12 5.500V19m6-6-6 6-6-6" />
  </Icon>
);

export const Warning = () => (
  <Icon>
    <path d="M12 8.500v4.200M12 16h.01" />
    <circle cx="12" cy="12" r="8.5" />
  </Icon>
);
