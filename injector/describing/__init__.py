"""A picture is put into words by the model, once and in the background; no upload, no turn waits.

describer   which pictures are described: each once, a few at a time, none that is forgotten
wording     what is asked of the model, and what of its answer is kept; pure
asking      the model is asked; the endpoint's only door to the openai package
"""

from injector.describing.describer import DESCRIBER, Describer

__all__ = ["DESCRIBER", "Describer"]
