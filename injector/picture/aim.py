"""How a picture is prepared: for which model, and how much of it that model is to see."""

from dataclasses import dataclass

from contract.config.model import Detail, Resolution


@dataclass(frozen=True, slots=True)
class Aim:
    """What pictures are prepared for. It comes from the configuration.

    `model` is the name that goes to the model's side, None where each request names its own.
    `detail` goes with each picture. `resolution` is `model` for no more pixels than the model looks
    at, `original` for all that it takes.
    """

    model: str | None = "gpt-4o"
    detail: Detail = "high"
    resolution: Resolution = "model"
