"""config.yaml: read into values, shown again, and changed in one place.

    model       the configuration as values, with their defaults
    places      addresses, networks, stores units    durations and sizes
    rules       model rules as values
    texts       what other texts become     keys     the table: which key takes what
    document    the door to PyYAML          scalars  a text as YAML
    environment ${NAME} inside values       nodes    what a node of the tree says
    walking     the tree along the table    reading  text or file → Config, or every problem at once
    showing     Config → text, secrets masked
    outline     the top level of the text   editing  the text with another `conversation_id`
    writing     the same on the disk

What the other rooms need stands here.
"""

from contract.config.editing import with_conversation_id
from contract.config.model import (
    VENDOR_FIELDS,
    Browser,
    Capture,
    Config,
    Images,
    Injector,
    Page,
    Redact,
    Says,
    Upstream,
    Webhooks,
)
from contract.config.places import Address, Network, Store
from contract.config.reading import load, read
from contract.config.rules import ANY, Below, Rule
from contract.config.showing import show
from contract.config.writing import write_conversation_id

__all__ = [
    "ANY",
    "VENDOR_FIELDS",
    "Address",
    "Below",
    "Browser",
    "Capture",
    "Config",
    "Images",
    "Injector",
    "Network",
    "Page",
    "Redact",
    "Rule",
    "Says",
    "Store",
    "Upstream",
    "Webhooks",
    "load",
    "read",
    "show",
    "with_conversation_id",
    "write_conversation_id",
]
