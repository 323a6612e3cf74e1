"""The configuration as values: what config.yaml says, once it has been read.

Everything is frozen and already of its own kind: seconds, bytes, addresses, field paths. Each field
has the default that config.yaml shows, as it is with an empty environment. What a secret holds is
not shown by `repr`. The rules of the text are those of `contract.config.keys`.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from contract.config.places import Address, Network, Store
from contract.config.rules import Rule
from contract.errors import ConfigError
from contract.fieldpath import FieldPath
from contract.redact import Rules

Redact: TypeAlias = Rules
"""What is replaced before the disk: the very value that `contract.redact` takes."""

Detail: TypeAlias = Literal["low", "high", "auto"]
Placement: TypeAlias = Literal["last_user", "anchored"]
Resolution: TypeAlias = Literal["model", "original"]

VENDOR_FIELDS = (
    "assistant",
    "call",
    "conversation_id",
    "custom_session_id",
    "customer",
    "dynamic_variables",
    "elevenlabs_extra_body",
    "extra_body",
    "extra_metadata",
    "fishaudio_extra_body",
    "phoneNumber",
    "phoneNumberId",
    "session_id",
    "timestamp",
    "turn_id",
    "messages.models",
    "messages.time",
    "messages.timestamp",
    "messages.turn_id",
)
"""Fields that voice platforms add and that OpenAI's API refuses as unknown (docs/platforms.md).

`messages.NAME` is a member of each message, or of each item of `input`.
"""


@dataclass(frozen=True, slots=True)
class Capture:
    """How requests are captured, and where the recordings go."""

    listen: Address = field(default=Address("127.0.0.1", 8080))
    upstream: str = "http://127.0.0.1:8000"
    recordings: Path = Path("recordings")
    redact: Redact = field(default=Redact())


@dataclass(frozen=True, slots=True)
class Upstream:
    """The vision model's side. Timeouts are seconds; `model` None keeps the request's own.

    `rules` are applied after those that are built in.
    """

    base_url: str = "https://api.openai.com/v1"
    api_key: str = field(default="", repr=False)
    model: str | None = "gpt-4o"
    connect_timeout: float = 2.0
    first_byte_timeout: float = 3.5
    idle_timeout: float = 20.0
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Images:
    """How pictures are kept and attached. `ttl` is seconds, `max_upload` bytes.

    `wait_for_picture` is the seconds that a turn waits for a picture that a page has announced, 0
    for none, and `cache` the bytes of pictures, ready for the model, that are kept in memory.
    `in_band` is where a turn itself names the temporaryIds of its pictures, None for nowhere.
    `resolution` is `model` for no more pixels than the model looks at, `original` for all. With
    `describe`, each picture is described in words by the model when it is uploaded.
    """

    store: Store = field(default=Store("sqlite", "var/sightline.db"))
    ttl: float = 7200.0
    max_upload: int = 20 * 1024**2
    max_per_conversation: int = 4
    detail: Detail = "high"
    placement: Placement = "last_user"
    wait_for_picture: float = 0.0
    in_band: FieldPath | None = None
    cache: int = 32 * 1024**2
    resolution: Resolution = "model"
    describe: bool = False


@dataclass(frozen=True, slots=True)
class Says:
    """What the person hears from Sightline itself; None: nothing, but an error to the platform.

    `failed` is said where the model gives no answer, `greeting` where nobody has said anything.
    """

    failed: str | None = "I'm sorry, I can't answer right now. Please say that again."
    greeting: str | None = "Hello!"


@dataclass(frozen=True, slots=True)
class Browser:
    """Which pages may call, and how often.

    `origins` are as a browser sends them, `https://app.example.com`. With a `ticket_secret`,
    whoever uploads or associates needs a ticket that is signed with it (`injector.rights.ticket`).
    `uploads` and `associations` are how many a minute one client address, or one ticket, may make;
    0 for any number.
    """

    origins: tuple[str, ...] = ()
    ticket_secret: str = field(default="", repr=False)
    uploads: int = 30
    associations: int = 60


@dataclass(frozen=True, slots=True)
class Page:
    """The endpoint's own page at `/`. What is said of it here is told to everybody who opens it.

    `agent_id` is an agent of the platform, `signed_url` the address of a service that gives out
    signed URLs for one, `rehearsal` that of `sightline rehearse --listen`; None where there is
    none.
    """

    enabled: bool = True
    agent_id: str | None = None
    signed_url: str | None = None
    rehearsal: str | None = None


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Events that a platform sends after a call. `elevenlabs` is the secret that signs them."""

    elevenlabs: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Injector:
    """The endpoint.

    Of a proxy in `trusted_proxies`, what it says of its client is believed (`X-Forwarded-For`,
    `X-Forwarded-Proto`).
    """

    listen: Address = field(default=Address("127.0.0.1", 8000))
    bearer: str = field(default="", repr=False)
    upstream: Upstream = field(default=Upstream())
    vendor_fields: tuple[str, ...] = VENDOR_FIELDS
    images: Images = field(default=Images())
    says: Says = field(default=Says())
    browser: Browser = field(default=Browser())
    page: Page = field(default=Page())
    webhooks: Webhooks = field(default=Webhooks())
    trusted_proxies: tuple[Network, ...] = ()

    def require_bearer(self) -> None:
        """Refuse to serve other machines without a bearer. A check for serving, not for reading.

        Raises:
            ConfigError: `listen` is no address of loopback, and `bearer` is empty.
        """
        if not self.bearer and not self.listen.is_loopback:
            raise ConfigError(
                f"injector.bearer: empty, but other machines can reach {self.listen}; "
                "set SIGHTLINE_BEARER, or listen on 127.0.0.1"
            )


@dataclass(frozen=True, slots=True)
class Config:
    """The whole of config.yaml. `conversation_id` is tried in order."""

    conversation_id: tuple[FieldPath, ...] = (FieldPath("header", ("x-conversation-id",)),)
    capture: Capture = field(default=Capture())
    injector: Injector = field(default=Injector())
