"""Small drawings as inline SVG, drawn on the server: they need neither script nor style attributes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

WIDTH, HEIGHT = 120, 24
BAR_GAP = 1.0


def sparkline(values: Sequence[float], label: str) -> Markup:
    """Return bars, one a value, the highest as high as the drawing; the label is read out in their place.

    >>> sparkline([0, 2, 1], 'three <days>').count('<rect')
    2
    >>> 'three &lt;days&gt;' in sparkline([1], 'three <days>')
    True
    """
    top = max(values, default=0)
    step = WIDTH / max(1, len(values))
    bars = []
    for at, value in enumerate(values):
        if value > 0:
            height = max(1.5, HEIGHT * value / top)
            bars.append(
                Markup('<rect x="{}" y="{}" width="{}" height="{}"/>').format(
                    _short(at * step), _short(HEIGHT - height), _short(step - BAR_GAP), _short(height)
                )
            )
    return Markup(
        '<svg class="spark" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>'
    ).format(label, WIDTH, HEIGHT, WIDTH, HEIGHT, Markup().join([_baseline(), *bars]))


def _baseline() -> Markup:
    return Markup('<path class="base" d="M0 {}H{}"/>').format(HEIGHT - 0.5, WIDTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing on a time line."""

    at: datetime
    kind: str
    """Becomes its class."""
    label: str


LINE_WIDTH, LINE_HEIGHT, LINE_EDGE = 640, 34, 8


def timeline(marks: Sequence[Mark], label: str) -> Markup:
    """Return the marks as dots along a line from the first to the last; dots that would hide each other stack up."""
    if not marks:
        return Markup()
    first, last = min(m.at for m in marks), max(m.at for m in marks)
    length = (last - first).total_seconds()
    taken: dict[int, int] = {}
    dots = []
    for mark in marks:
        share = (mark.at - first).total_seconds() / length if length else 0.0
        x = LINE_EDGE + share * (LINE_WIDTH - 2 * LINE_EDGE)
        slot = round(x / 7)
        level = min(taken.get(slot, 0), 3)
        taken[slot] = level + 1
        dots.append(
            Markup('<circle class="{}" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>').format(
                mark.kind, _short(x), _short(LINE_HEIGHT - 6 - 7 * level), mark.label
            )
        )
    return Markup('<svg class="timeline" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>').format(
        label,
        LINE_WIDTH,
        LINE_HEIGHT,
        Markup().join(
            [Markup('<path class="base" d="M0 {}H{}"/>').format(LINE_HEIGHT - 6, LINE_WIDTH), *dots]
        ),
    )


def meter(share: float, label: str) -> Markup:
    """Return a bar that is filled by a share of one."""
    width = max(0.0, min(1.0, share)) * 60
    return Markup(
        '<svg class="meter" role="img" aria-label="{}" viewBox="0 0 60 6" width="60" height="6">'
        '<rect class="base" width="60" height="6" rx="2"/><rect width="{}" height="6" rx="2"/></svg>'
    ).format(label, _short(width))


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
