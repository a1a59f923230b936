"""How a predicate gets its name, so that a line of a pack can call it.

A predicate is a small pure function of what is :class:`~casedesk.rules.judged.Judged`. It answers True
(holds), False (fails) or None (these facts cannot tell: no finding). What guidance may change it takes as
keyword-only parameters, which the pack gives in ``values``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from casedesk.rules.judged import Judged

Predicate = Callable[[Judged], bool | None]
"""What a rule asks of a case, with its values already in place."""

_F = TypeVar("_F", bound=Callable[..., bool | None])


@dataclass(frozen=True, slots=True)
class Named:
    """A predicate as a pack can name it."""

    name: str
    function: Callable[..., bool | None]
    takes: Mapping[str, Any]
    """The values it needs: ``int``, ``str`` or a tuple of texts, by name."""

    @property
    def meaning(self) -> str:
        """The first paragraph of its docstring."""
        return (self.function.__doc__ or "").split("\n\n")[0].strip()

    def bind(self, values: Mapping[str, Any]) -> Predicate:
        """Put a rule's values in place. KeyError: one is missing. TypeError: one is of the wrong kind."""
        if not self.takes:
            return self.function
        given = {}
        for name, kind in self.takes.items():
            value = given[name] = values[name]
            if type(value) is not (kind if isinstance(kind, type) else tuple):
                raise TypeError(name)
        return partial(self.function, **given)


PREDICATES: dict[str, Named] = {}
"""Every predicate by name."""


def predicate(function: _F) -> _F:
    """Register a function under its own name. Raises ValueError when the name is taken."""
    name = function.__name__
    if name in PREDICATES:
        raise ValueError(f"two predicates are called {name}")
    code = function.__code__
    first = code.co_argcount
    own = code.co_varnames[first : first + code.co_kwonlyargcount]
    PREDICATES[name] = Named(name, function, {key: function.__annotations__[key] for key in own})
    return function
