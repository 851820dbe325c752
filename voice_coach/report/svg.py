"""matplotlib's SVG as part of a page: no style and no ids of its own, colours by class, a title and a description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from voice_coach.report.markup import Html, tag, trusted

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
_KEPT = frozenset(
    {
        "stroke-width",
        "stroke-dasharray",
        "stroke-dashoffset",
        "opacity",
        "font-size",
        "text-anchor",
        "fill-opacity",
    }
)
_LONG = re.compile(r"-?\d+\.\d{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where time runs in a picture: a click there is a moment of the recording."""

    left: float
    """The x of second 0, in the picture's own units."""
    right: float
    """The x of *until_s*."""
    until_s: float
    marks: tuple[float, ...] = ()
    """Moments that a click near them means, in seconds."""


def restyled(
    drawn: str, *, name: str, title: str, summary: str, colours: dict[str, str], area: Area | None
) -> Html:
    """*drawn* as an inline picture called *name*.

    *colours*: the class part for each colour code that was drawn with; ``none`` stays none.
    """
    # What is parsed was written by matplotlib a moment ago.
    root = ET.fromstring(drawn)  # noqa: S314
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    content = "".join(_written(child, name, colours) for child in root)
    head = f"{tag('title', title, id=f'{name}-title')}{tag('desc', summary, id=f'{name}-desc')}"
    attributes: dict[str, str | float | bool | None] = {
        "class_": "picture",
        "viewBox": f"0 0 {width:g} {height:g}",
        "role": "img",
        "aria_labelledby": f"{name}-title {name}-desc",
    }
    head_line = ""
    if area is not None:
        attributes |= {
            "data_left": round(area.left, 1),
            "data_right": round(area.right, 1),
            "data_until": round(area.until_s, 2),
            "data_marks": ",".join(f"{at:g}" for at in area.marks),
        }
        head_line = (
            f'<line class="playhead" x1="{area.left:.1f}" x2="{area.left:.1f}" y1="0" y2="{height - 18:g}"/>'
        )
    return tag("svg", trusted(head), trusted(content), trusted(head_line), **attributes)


def _written(element: ET.Element, name: str, colours: dict[str, str]) -> str:
    """*element* and all in it; descriptions and styles are left out."""
    kind = element.tag.removeprefix(_SVG)
    if kind in {"metadata", "style"} or not isinstance(element.tag, str):
        return ""
    inside = "".join(_written(child, name, colours) for child in element)
    words = (element.text or "").strip()
    if kind in {"g", "defs"} and not inside:
        return ""
    attributes = {**_plain(element, kind, name), **_dressed(element.attrib.get("style", ""), colours)}
    if kind == "g" and not attributes:
        return inside
    return tag(kind, words or None, trusted(inside), **attributes)


def _plain(element: ET.Element, kind: str, name: str) -> dict[str, str]:
    found = {}
    for key, value in element.attrib.items():
        if key == f"{_XLINK}href":
            found["href"] = f"#{name}-{value[1:]}"
        elif key == "id" and kind != "g":
            found["id"] = f"{name}-{value}"
        elif key == "clip-path":
            found["clip-path"] = value.replace("url(#", f"url(#{name}-")
        elif key not in {"id", "style"}:
            found[key] = _LONG.sub(lambda number: f"{float(number[0]):.2f}", value)
    return found


def _dressed(style: str, colours: dict[str, str]) -> dict[str, str]:
    """*style* as classes for its colours and attributes for the rest."""
    given: dict[str, str] = {}
    for item in style.split(";"):
        key, _, value = item.partition(":")
        given[key.strip()] = value.strip()
    classes = [f"{key}-{colours[given[key]]}" for key in ("fill", "stroke") if given.get(key) in colours]
    found = {key: value for key, value in given.items() if key in _KEPT}
    found |= {key: "none" for key in ("fill", "stroke") if given.get(key) == "none"}
    if "font" in given:
        size = re.search(r"([\d.]+)px", given["font"])
        found["font-size"] = size[1] if size else "10"
    return {"class": " ".join(classes), **found} if classes else found
