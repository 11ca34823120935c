"""Finds what a step needs: by the names of its keywords, in whatever has something of that name.

A step names its dependencies and takes them as arguments; it neither knows where they come from
nor is made for being found here.
"""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any


def needs(step: Callable[..., object], *sources: object, **own: object) -> dict[str, Any]:
    """Return the keyword arguments to call a step with: `own` ones, the rest from the sources.

    What has a default may be missing; the first source that has a name gives it.

    Raises:
        TypeError: a name that the step cannot do without is nowhere, or `own` has one that it does
            not take.
    """
    given = dict(own)
    taken = _keywords(step)
    if strange := own.keys() - taken.keys():
        raise TypeError(f"{step.__name__} takes no {sorted(strange)}")
    for name, required in taken.items():
        if name in own:
            continue
        source = next((each for each in sources if _has(each, name)), None)
        if source is not None:
            given[name] = getattr(source, name)
        elif required:
            raise TypeError(f"nothing gives {step.__name__} its {name}")
    return given


def _has(source: object, name: str) -> bool:
    # Asked of the class first: there, looking does not make what is only made when it is needed.
    return hasattr(type(source), name) or name in getattr(source, "__dict__", {})


@cache
def _keywords(step: Callable[..., object]) -> dict[str, bool]:
    """Return the names that a step takes as keywords only, and which of them it must be given."""
    return {
        name: each.default is inspect.Parameter.empty
        for name, each in inspect.signature(step).parameters.items()
        if each.kind is inspect.Parameter.KEYWORD_ONLY
    }
