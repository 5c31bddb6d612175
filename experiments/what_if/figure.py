# SPDX-License-Identifier: Apache-2.0
"""Draws a table of a study as lines over its rows, with 95 % intervals: an SVG that reads on light and on dark."""
import html
import math
import re

WIDTH, HEIGHT = 680, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 44, 56
# Okabe and Ito's colours, which colour-blind people can tell apart; and dashes for print.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#777777", "#999933"]
DASHES = ["", "6 3", "2 3", "8 3 2 3", "", "6 3", "2 3", "8 3 2 3"]
UNITS = {"ns": 1e-3, "us": 1, "ms": 1e3, "s": 1e6, "ps": 1e-6, "MHz": 1e-3, "GHz": 1}


def number_in(row):
    """`500 ns` and `2 us` on one axis: in us, GHz, or as it stands."""
    match = re.fullmatch(r"([0-9.]+)\s*([A-Za-z]*)", row)
    return float(match[1]) * UNITS.get(match[2], 1)


def are_numbers(rows):
    return all(re.match(r"[0-9.]", row) for row in rows)


def places(rows):
    """Where each row stands on the x axis: at its number, or names side by side."""
    return {row: number_in(row) if are_numbers(rows) else i for i, row in enumerate(rows)}


def nice_steps(top, wanted=5):
    """Round numbers from 0 to above `top`."""
    raw = top / wanted
    unit = 10 ** math.floor(math.log10(raw))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= raw)
    return [step * i for i in range(math.ceil(top / step) + 1)]


class Axes:
    def __init__(self, xs, top, log_x, bottom=0):
        self.log_x, self.bottom, self.top = log_x, bottom, top
        self.low, self.high = self.place(min(xs)), self.place(max(xs))

    def place(self, x):
        return math.log(x) if self.log_x else x

    def x(self, value):
        share = (self.place(value) - self.low) / ((self.high - self.low) or 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        return HEIGHT - BOTTOM - (value - self.bottom) / (self.top - self.bottom) * (HEIGHT - TOP - BOTTOM)


def text(x, y, words, anchor="middle", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{html.escape(words)}</text>'


def line(x1, y1, x2, y2, style):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {style}/>'


def labels(axes, rows):
    """A number is left out where there is no room for it; of names, every other one stands lower."""
    free_from = LEFT - 30  # where the next number may stand
    for i, (row, place) in enumerate(places(rows).items()):
        x, floor = axes.x(place), HEIGHT - BOTTOM
        yield line(x, floor, x, floor + 5, 'class="axis"')
        if not are_numbers(rows):
            yield text(x, floor + 16 + 13 * (i % 2), row)
        elif x - 4 * len(row) >= free_from:
            yield text(x, floor + 20, row)
            free_from = x + 4 * len(row)


def grid(axes, rows, steps, spec):
    right, floor = WIDTH - RIGHT, HEIGHT - BOTTOM
    for step in steps:
        y = axes.y(step)
        yield line(LEFT, y, right, y, 'class="grid"')
        yield text(LEFT - 8, y + 4, f"{step:g}", "end")
    yield from labels(axes, rows)
    yield line(LEFT, floor, right, floor, 'class="axis"')
    yield text((LEFT + right) / 2, HEIGHT - 8, spec["x"])
    yield text(LEFT - 50, TOP - 22, spec["y"], "start", 'class="title"')


def points(axes, known, look, aside=0):
    for x, mean, half in known:
        at = axes.x(x) + aside
        if half > 0:  # as far as there is room for it
            low, high = max(mean - half, axes.bottom), min(mean + half, axes.top)
            yield line(at, axes.y(low), at, axes.y(high), look)
        yield f'<circle cx="{at:.1f}" cy="{axes.y(mean):.1f}" r="3" {look}/>'


def known_of(table, name):
    return [(place, *table.values[row, name]) for row, place in places(table.rows).items()
            if table.values.get((row, name)) is not None]


def curves(axes, table, names):
    for name, colour, dash in zip(names, COLOURS, DASHES):
        known = known_of(table, name)
        look = f'stroke="{colour}" stroke-width="2"'
        path = " ".join(f"{axes.x(x):.1f},{axes.y(mean):.1f}" for x, mean, _ in known)
        if path:
            yield f'<polyline points="{path}" fill="none" {look} stroke-dasharray="{dash}"/>'
        yield from points(axes, known, look)


def dots(axes, table, names):
    """Between names there is nothing; those of one name stand side by side."""
    for i, (name, colour) in enumerate(zip(names, COLOURS)):
        aside = 7 * (i - (len(names) - 1) / 2)
        yield from points(axes, known_of(table, name), f'stroke="{colour}" stroke-width="2"', aside)


def legend(names, are_dots):
    x = WIDTH - RIGHT + 14
    for i, (name, colour, dash) in enumerate(zip(names, COLOURS, DASHES)):
        y, look = TOP + 8 + 20 * i, f'stroke="{colour}" stroke-width="2"'
        if are_dots:
            yield f'<circle cx="{x + 18}" cy="{y}" r="3" {look}/>'
        else:
            yield line(x, y, x + 24, y, f'{look} stroke-dasharray="{dash}"')
        yield text(x + 30, y + 4, name, "start")


def draw(table, spec):
    """`spec`: title, x, y, and perhaps log_x, from (where the y axis begins), and only (which columns)."""
    names = [name for name in table.columns if name in spec.get("only", table.columns)]
    shown = [table.values[key] for key in table.values if key[1] in names and table.values[key]]
    from_ = spec.get("from", 0)
    steps = [from_ + step for step in nice_steps(1.03 * max(mean for mean, _ in shown) - from_)]
    are_dots = not are_numbers(table.rows)
    xs = [-0.5, len(table.rows) - 0.5] if are_dots else places(table.rows).values()
    axes = Axes(xs, steps[-1], spec.get("log_x", False), from_)
    parts = [*grid(axes, table.rows, steps, spec), *(dots if are_dots else curves)(axes, table, names),
             *legend(names, are_dots)]
    style = ("svg { background: #fff } text { font: 12px sans-serif; fill: #222 } .title { font-size: 13px } "
             ".axis { stroke: #222 } .grid { stroke: #ddd } circle { fill: #fff }")
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{html.escape(spec['title'])}</title>", f"<style>{style}</style>", *parts, "</svg>", ""])
