"""HTML built so that text can never become markup: whatever is not :class:`Html` is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Characters that HTML forbids, whichever way they are written; halves of characters cannot be encoded at all."""
_VOID = frozenset({"meta", "br", "hr", "col", "link"})


class Html(str):
    """Markup. Made by this module alone."""

    __slots__ = ()


Child = str | None | Iterable["Child"]
Value = str | float | bool | None


def text(value: str) -> Html:
    """*value* as it is to be read."""
    return Html(html.escape(_UNPRINTABLE.sub("\ufffd", value)))


def joined(*children: Child) -> Html:
    """All *children*, one after the other. None is nothing."""
    return Html("".join(_parts(children)))


def tag(name: str, /, *children: Child, **attributes: Value) -> Html:
    """The element *name*. ``class_`` is class, ``data_at`` is data-at.

    True is an attribute without a value; None and False are none.
    """
    given = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{joined(*children)}</{name}>")


def trusted(markup: str) -> Html:
    """*markup* that was made of nothing spoken: the page's own style, script and pictures."""
    return Html(markup)


def _parts(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, Html):
            yield child
        elif isinstance(child, str):
            yield text(child)
        else:
            yield from _parts(child)


def _attribute(key: str, value: Value) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f' {name}="{text(shown)}"'
