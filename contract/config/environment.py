"""Variables of the environment inside the values of config.yaml.

    ${NAME}            the variable; one that is not set is a problem
    ${NAME:-default}   the variable, or the default where it is not set or empty, as in a shell
    $${                the two characters ${

Everything else stays, also a dollar sign: `$request.header.x` and the regular expression `id$` hold
no variable. What came out of a variable is text: it is neither expanded again nor read as YAML.
"""

import re
from collections.abc import Mapping

from contract.errors import ConfigError

_VARIABLE = re.compile(r"\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?")


def expand(text: str, environ: Mapping[str, str]) -> str:
    """Return the text with the variables replaced by their values.

    Raises:
        ConfigError: a variable is not set and has no default, or a `${` begins no variable.
    """
    return _VARIABLE.sub(lambda found: _value(found, environ), text)


def _value(found: re.Match[str], environ: Mapping[str, str]) -> str:
    if found[0] == "$${":
        return "${"
    name, default = found[1], found[2]
    if name is None:
        raise ConfigError(
            "`${` begins a variable, ${NAME} or ${NAME:-default}; "
            "write $${ for the characters themselves"
        )
    if default is not None:
        return environ.get(name) or default
    if name not in environ:
        raise ConfigError(
            f"the variable {name} is not set; set it, or give a default: ${{{name}:-default}}"
        )
    return environ[name]


def escape(text: str) -> str:
    """Return the text from which `expand` makes `text` again, in any environment."""
    return text.replace("${", "$${")


def has_variable(text: str) -> bool:
    """Tell whether `expand` would look into the environment."""
    return any(found[0] != "$${" for found in _VARIABLE.finditer(text))
