"""The pictures of the course: one claim each, one look per method, and words for those who don't see them.

Arrays of measurements flow in, a picture appears below the cell, and None comes back, so that a cell
may end with the call. Every function takes `title`, which states the claim, and `alt`, the words for
a screen reader. It also takes `ax`: with axes given it draws there and shows nothing, which is what a
picture that sliders redraw needs (:func:`optimlab.widgets.explore`).

What is drawn is a mapping from keys to data. A key is a method ("gd", "momentum", "adagrad", "rmsprop",
"adam"), a float between 0 and 1, which means a β (0.9), or anything else (64, "rate 0.1"), which is its
own label. Methods and the βs 0.5, 0.9, 0.98, 0.99 look the same in every picture of the course; other
keys get what is left, in the order given.

Matplotlib is imported when the first picture is drawn, not before: a grader that never draws does not
pay for it.
"""

import base64
import html
import io
import sys
import textwrap
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from optimlab.landscapes import CriticalPoint, Landscape, Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL.Image import Image

FIGURE_SIZE = (7.5, 4.0)  # inches: the width of a notebook cell
DPI = 105  # dots per inch: sharp enough to read
PALETTE = 256  # colours of a PNG that is to be kept: 10 to 60 kB a picture
COMPRESSION = {"P": 6, "RGB": 1}  # by Pillow's mode: small for what is kept, quick for what sliders redraw
TITLE_WIDTH = 78  # characters: a longer title is broken
CONTOURS = 14  # levels of a contour picture
GRID_POINTS = 81  # per axis, for contours; more cannot be seen at this size
SURFACE_POINTS = 41  # per axis, for a surface
MARKED_STEPS = 60  # a path of at most so many steps has a marker at each
DENSE = 300  # points: a longer line is drawn thinner, since it is a noisy one more often than not
MARKERS_PER_LINE = 7  # enough to tell lines apart without colour

_RC = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with Matplotlib, so pictures are alike on all machines
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.facecolor": "white",
    "figure.facecolor": "white",
    "text.color": "black",
    "axes.labelcolor": "black",
    "xtick.color": "black",
    "ytick.color": "black",
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "legend.handlelength": 3.2,
    "lines.linewidth": 1.8,
    "lines.markersize": 5.5,
}

LineStyle = str | tuple[int, tuple[float, ...]]


@dataclass(frozen=True)
class Style:
    """How a method looks in every picture.

    Parameters
    ----------
    label : str
        What the legend calls it.
    colour : str
        Hexadecimal, from Okabe and Ito's palette for the methods.
    line : str or tuple
        Matplotlib's line style.
    marker : str
        Matplotlib's marker.
    """

    label: str
    colour: str
    line: LineStyle
    marker: str

    @property
    def look(self) -> dict[str, Any]:
        """Colour, line and marker as arguments of Matplotlib's ``plot``."""
        return {"color": self.colour, "ls": self.line, "marker": self.marker}


# Okabe and Ito's palette (2008, "Color Universal Design") stays apart in the common forms of colour
# blindness. Line and marker differ too, so that the pictures can be read in grey.
METHODS: dict[str, Style] = {
    "gd": Style("gradient descent", "#000000", "-", "o"),
    "momentum": Style("momentum", "#0072B2", "--", "s"),
    "adagrad": Style("AdaGrad", "#E69F00", "-.", "^"),
    "rmsprop": Style("RMSprop", "#009E73", (0, (1, 1.2)), "D"),
    "adam": Style("Adam", "#D55E00", (0, (6, 1.5, 1, 1.5, 1, 1.5)), "v"),
}

BETAS: dict[float, Style] = {
    0.5: Style("β = 0.5", "#56B4E9", (0, (3, 1)), "P"),
    0.9: Style("β = 0.9", METHODS["momentum"].colour, METHODS["momentum"].line, METHODS["momentum"].marker),
    0.98: Style("β = 0.98", "#882255", (0, (8, 2)), "X"),
    0.99: Style("β = 0.99", "#CC79A7", (0, (3, 1, 1, 1)), "*"),
}

# For what is no method: batch sizes, schedules, corrections.
_OTHERS: tuple[tuple[str, LineStyle, str], ...] = (
    ("#555555", "-", "p"),
    ("#332288", (0, (5, 2)), "<"),
    ("#999933", (0, (2, 1)), ">"),
    ("#44AA99", (0, (7, 1, 2, 1)), "h"),
    ("#8B4513", (0, (1, 2)), "d"),
    ("#AA4499", (0, (4, 1, 1, 1, 1, 1)), "8"),
    ("#6BBF3B", (0, (10, 3)), "H"),
)

_CRITICAL_MARKERS = {"minimum": "*", "maximum": "^", "saddle": "x", "degenerate": "+"}


def styles(keys: Sequence[Hashable]) -> list[Style]:
    """Return the look of each key.

    Parameters
    ----------
    keys : sequence
        Method names, floats between 0 and 1 (βs), or anything else.

    Returns
    -------
    list of Style

    Raises
    ------
    ValueError
        If more than seven keys have no look of their own: such lines can't be told apart.
    """
    left = iter(_OTHERS)
    found = []
    for key in keys:
        known = METHODS.get(key) or BETAS.get(key)
        if known is None:
            label = f"β = {key:g}" if isinstance(key, float) and 0 < key < 1 else str(key)
            look = next(left, None)
            if look is None:
                raise ValueError(
                    f"{len(keys)} lines can't be told apart: besides methods and βs a picture holds {len(_OTHERS)}"
                )
            known = Style(label, *look)
        found.append(known)
    return found


def quartiles(values: np.ndarray) -> np.ndarray:
    """Return the lower quartile, the median and the upper quartile over the first axis.

    A NaN means that the run missed its target, so it counts as infinitely late. A median stays finite
    as long as more than half the runs arrived.

    Parameters
    ----------
    values : ndarray
        Shape (runs, ...).

    Returns
    -------
    ndarray
        Shape (3, ...), interpolated linearly between neighbours as `numpy.quantile` does.

    Raises
    ------
    ValueError
        If there are no runs.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim == 0 or len(values) == 0:
        raise ValueError(f"quartiles need at least one run along the first axis, got shape {values.shape}")
    ordered = np.sort(np.where(np.isnan(values), np.inf, values), axis=0)
    place = np.array([0.25, 0.5, 0.75]) * (len(ordered) - 1)
    below, above = ordered[np.floor(place).astype(int)], ordered[np.ceil(place).astype(int)]
    share = (place % 1).reshape(-1, *[1] * (values.ndim - 1))
    # NB: numpy.quantile makes NaN of the step between two infinite neighbours
    step = np.subtract(above, below, out=np.zeros_like(above), where=above != below)
    return below + np.multiply(share, step, out=np.zeros_like(above), where=(share > 0) & (step > 0))


def fitted_slope(x: np.ndarray, y: np.ndarray) -> float:
    r"""Return the slope :math:`p` of the straight line through :math:`(\log x, \log y)`, least squares.

    :math:`y \propto x^p`: 1 where y grows as x, 1/2 where it grows as the root. Points that aren't finite are left out.

    Parameters
    ----------
    x, y : ndarray
        Shape (points,), above zero.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If fewer than two points are finite and above zero.
    """
    return float(_power_law(x, y)[0])


def trajectories(
    landscape: Landscape,
    paths: Mapping[Hashable, np.ndarray],
    *,
    title: str,
    window: Window | None = None,
    alt: str | None = None,
    ax: "Axes | None" = None,
) -> None:
    """Draw paths over the contours of a landscape.

    Darker is higher. Critical points are marked and named, the start is a ring, the end a large marker.
    What leaves the window is cut off there.

    Parameters
    ----------
    landscape : Landscape
        What the paths descend.
    paths : mapping
        From keys to arrays (steps + 1, 2), the start first. May be empty.
    title : str
        The claim.
    window : tuple, optional
        ``((x_low, x_high), (y_low, y_high))``; the landscape's own unless given.
    alt : str, optional
        Words for a screen reader; made from title, axes and keys unless given.
    ax : Axes, optional
        Where to draw, without showing.

    Raises
    ------
    ValueError
        If a path isn't of shape (steps + 1, 2).
    """
    paths = {key: _checked_path(key, path) for key, path in paths.items()}
    window = window or landscape.window
    with _canvas(ax, title, alt, "Contours", list(paths)) as ax:
        _contours(ax, landscape, window)
        for style, path in zip(styles(list(paths)), paths.values(), strict=True):
            seen = _kept_near(path, window)
            mark = 1 if len(seen) <= MARKED_STEPS + 1 else (0.0, 0.1)  # a tenth of the diagonal apart
            ax.plot(*seen.T, **style.look, markevery=mark, ms=4, lw=1.5)
            ax.plot(*seen[-1:].T, **style.look, ms=9, mec="white", mew=0.8, zorder=4)
            ax.plot([], [], **style.look, label=style.label)
        for start in np.unique([path[0] for path in paths.values()], axis=0) if paths else ():
            ax.plot(*start, "o", mfc="white", mec="black", ms=8, zorder=5)
        _name_critical_points(ax, landscape, window)
        ax.set(xlim=window[0], ylim=window[1], xlabel="x", ylabel="y")
        ax.annotate("darker:\nhigher", (1.01, 0), xycoords="axes fraction", fontsize=8.5, color="#555555")
        _legend(ax)


def surface(
    landscape: Landscape,
    paths: Mapping[Hashable, np.ndarray] | None = None,
    *,
    title: str,
    window: Window | None = None,
    elevation: float = 38.0,
    azimuth: float = -42.0,
    alt: str | None = None,
) -> None:
    """Draw a landscape as a surface in three dimensions, with paths on it.

    Paths are drawn in front of the surface, also where a hill would hide them.

    Parameters
    ----------
    landscape : Landscape
        What to draw.
    paths : mapping, optional
        From keys to arrays (steps + 1, 2).
    title : str
        The claim.
    window : tuple, optional
        ``((x_low, x_high), (y_low, y_high))``; the landscape's own unless given.
    elevation, azimuth : float
        Where the eye is, in degrees.
    alt : str, optional
        Words for a screen reader; made from title, axes and keys unless given.

    Raises
    ------
    ValueError
        If a path isn't of shape (steps + 1, 2).
    """
    paths = {key: _checked_path(key, path) for key, path in (paths or {}).items()}
    window = window or landscape.window
    with _canvas(None, title, alt, "Surface", list(paths), projection="3d") as ax:
        x, y, z = _grid(landscape, window, SURFACE_POINTS)
        ax.computed_zorder = False
        # light, like the contours, so that the methods' colours stand out
        mesh = {"rcount": SURFACE_POINTS, "ccount": SURFACE_POINTS, "lw": 0.25, "ec": "#8A8A8A"}
        ax.plot_surface(x, y, z, cmap=_greys(), **mesh, zorder=1)
        lift = 0.01 * np.ptp(z)
        for style, path in zip(styles(list(paths)), paths.values(), strict=True):
            on = path[_inside(path, window)]
            height = landscape.value(on) + lift
            ax.plot(*on.T, height, **style.look, markevery=_mark_every(len(on)), ms=4.5, label=style.label, zorder=3)
        for point in _critical_points(landscape, window):
            height = float(landscape.value(np.array(point.x))) + lift
            named = point.kind in ax.get_legend_handles_labels()[1]
            ax.plot(*point.x, height, **_critical_look(point), zorder=4, label=None if named else point.kind)
        ax.view_init(elevation, azimuth)
        ax.set(xlabel="x", ylabel="y", zlabel="f(x, y)")
        ax.set_box_aspect((1, 1, 0.7), zoom=1.0)
        _legend(ax, outside=1.12)


def curves(
    series: Mapping[Hashable, np.ndarray],
    *,
    title: str,
    x_label: str,
    y_label: str,
    x: np.ndarray | Mapping[Hashable, np.ndarray] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    dots: Mapping[str, np.ndarray] | None = None,
    levels: Mapping[str, float] | None = None,
    alt: str | None = None,
    ax: "Axes | None" = None,
) -> None:
    """Draw lines; of several runs, the median and a band between the quartiles.

    Parameters
    ----------
    series : mapping
        From keys to arrays (points,), or (runs, points). A NaN in one of several runs counts as
        infinitely high, see :func:`quartiles`.
    title : str
        The claim.
    x_label, y_label : str
        What the axes show, with units.
    x : ndarray or mapping, optional
        Shape (points,), for all lines, or one array for each key; 0, 1, 2, ... unless given.
    log_x, log_y : bool
        Logarithmic axes; values that aren't above zero are left out there.
    dots : mapping, optional
        From labels to arrays (points,): measurements drawn as grey dots behind the lines.
    levels : mapping, optional
        From labels to heights: thin horizontal lines, a target for example.
    alt : str, optional
        Words for a screen reader; made from title, axes and keys unless given.
    ax : Axes, optional
        Where to draw, without showing.

    Raises
    ------
    ValueError
        If there is nothing to draw, or a line and its x differ in length.
    """
    drawn = {key: _checked_runs(key, runs) for key, runs in series.items()}
    if not drawn and not dots:
        raise ValueError("there is nothing to draw: series is empty")
    at = {key: _checked_x(key, x, runs.shape[1]) for key, runs in drawn.items()}
    with _canvas(ax, title, alt, "Line chart", list(drawn)) as ax:
        for label, values in (dots or {}).items():
            values = np.asarray(values, dtype=float)
            ax.plot(_checked_x(label, x, len(values)), values, ".", color="#AAAAAA", ms=3, label=label, zorder=1)
        for i, (style, (key, runs)) in enumerate(zip(styles(list(drawn)), drawn.items(), strict=True)):
            low, middle, high = np.where(np.isfinite(band := quartiles(runs)), band, np.nan)
            mark = _mark_every(len(middle), i / len(drawn))
            width = 1.2 if len(middle) > DENSE else None
            ax.plot(at[key], middle, **style.look, lw=width, markevery=mark, label=style.label)
            if len(runs) > 1:
                ax.fill_between(at[key], low, high, color=style.colour, alpha=0.18, lw=0)
        for label, height in (levels or {}).items():
            ax.axhline(height, color="#777777", lw=0.9, ls=(0, (4, 3)), zorder=0, label=label)
        _scales(ax, log_x, log_y)
        ax.set(xlabel=x_label, ylabel=y_label)
        ax.margins(x=0.02)
        _legend(ax)


def loss_curves(
    runs: Mapping[Hashable, np.ndarray],
    *,
    title: str,
    x: np.ndarray | Mapping[Hashable, np.ndarray] | None = None,
    x_label: str = "updates",
    y_label: str = "training loss",
    log_y: bool = True,
    target: float | None = None,
    alt: str | None = None,
    ax: "Axes | None" = None,
) -> None:
    """Draw losses against updates, epochs or seconds: the median over seeds, quartiles as a band.

    Parameters
    ----------
    runs : mapping
        From keys to losses (updates,), or (seeds, updates).
    title : str
        The claim.
    x : ndarray or mapping, optional
        Where the losses were taken, for all lines or for each key; 0, 1, 2, ... unless given.
    x_label, y_label : str
        What the axes show, with units.
    log_y : bool
        Logarithmic losses.
    target : float, optional
        A loss to reach, drawn as a thin line.
    alt : str, optional
        Words for a screen reader; made from title, axes and keys unless given.
    ax : Axes, optional
        Where to draw, without showing.

    Raises
    ------
    ValueError
        If there is nothing to draw, or a line and its x differ in length.
    """
    levels = None if target is None else {f"target {target:g}": target}
    axes = {"x_label": x_label, "y_label": y_label, "x": x, "log_y": log_y}
    curves(runs, title=title, **axes, levels=levels, alt=alt, ax=ax)


def scaling(
    series: Mapping[Hashable, np.ndarray],
    *,
    title: str,
    x: np.ndarray | Mapping[Hashable, np.ndarray],
    x_label: str,
    y_label: str,
    fit: bool | Collection[Hashable] = True,
    alt: str | None = None,
    ax: "Axes | None" = None,
) -> None:
    """Draw powers as straight lines: both axes logarithmic, the fitted slope in the legend.

    Parameters
    ----------
    series : mapping
        From keys to arrays (points,), or (runs, points): then medians, with bars from quartile to
        quartile. The line is fitted to the medians; those that aren't finite are left out.
    title : str
        The claim.
    x : ndarray or mapping
        Shape (points,), for all, or one array for each key. Above zero.
    x_label, y_label : str
        What the axes show, with units.
    fit : bool or collection of keys
        Which get a fitted line; the others are joined from point to point.
    alt : str, optional
        Words for a screen reader; made from title, axes and keys unless given. It holds no slope.
    ax : Axes, optional
        Where to draw, without showing.

    Raises
    ------
    ValueError
        If there is nothing to draw, a line and its x differ in length, or a line is to be fitted to
        fewer than two points.
    """
    drawn = {key: _checked_runs(key, runs) for key, runs in series.items()}
    if not drawn:
        raise ValueError("there is nothing to draw: series is empty")
    at = {key: _checked_x(key, x, runs.shape[1]) for key, runs in drawn.items()}
    fitted = set(drawn) if fit is True else set(fit or ())
    with _canvas(ax, title, alt, "Chart with logarithmic axes", list(drawn)) as ax:
        for style, (key, runs) in zip(styles(list(drawn)), drawn.items(), strict=True):
            low, middle, high = np.where(np.isfinite(band := quartiles(runs)), band, np.nan)
            if key in fitted:
                power, factor = _power_law(at[key], middle)
                ends = np.array([at[key].min(), at[key].max()])
                ax.plot(ends, factor * ends**power, color=style.colour, ls=style.line, lw=1.2)
                ax.plot(at[key], middle, **style.look | {"ls": "none"})
                # the legend shows line and marker together; on the axes they are drawn apart
                label = f"{style.label}, slope {power:.2f}".replace("-", "−")
                ax.plot([], [], **style.look, label=label)
            else:
                ax.plot(at[key], middle, **style.look, label=style.label)
            if len(runs) > 1:
                ax.vlines(at[key], low, high, color=style.colour, lw=1)
        _scales(ax, True, True)
        ax.set(xlabel=x_label, ylabel=y_label)
        _legend(ax)


def steps_against_kappa(
    kappas: np.ndarray,
    steps: Mapping[Hashable, np.ndarray],
    *,
    title: str,
    x_label: str = "condition number κ",
    y_label: str = "steps to the tolerance",
    fit: bool | Collection[Hashable] = True,
    alt: str | None = None,
    ax: "Axes | None" = None,
) -> None:
    """Draw how many steps a method takes as the landscape gets steeper on one side.

    Parameters
    ----------
    kappas : ndarray
        Condition numbers (points,).
    steps : mapping
        From keys to steps (points,), or (starts, points); NaN where the method did not arrive.
    title : str
        The claim.
    x_label, y_label : str
        What the axes show.
    fit : bool or collection of keys
        Which get a fitted line and its slope.
    alt : str, optional
        Words for a screen reader; made from title, axes and keys unless given.
    ax : Axes, optional
        Where to draw, without showing.

    Raises
    ------
    ValueError
        As for :func:`scaling`.
    """
    scaling(steps, title=title, x=kappas, x_label=x_label, y_label=y_label, fit=fit, alt=alt, ax=ax)


def comparison(
    results: Mapping[Hashable, np.ndarray],
    *,
    title: str,
    x_label: str,
    rates: Mapping[Hashable, float] | None = None,
    log_x: bool = False,
    alt: str | None = None,
    ax: "Axes | None" = None,
) -> None:
    """Compare methods: every run a dot, the median a large marker, a bar from quartile to quartile.

    The figures stand at the right, as ``median [lower quartile, upper quartile]``.

    Parameters
    ----------
    results : mapping
        From keys to arrays (runs,), one figure per run, NaN for a run that missed its target.
    title : str
        The claim.
    x_label : str
        What was measured, with its unit.
    rates : mapping, optional
        From keys to the learning rates at which they were measured, to stand below their names.
    log_x : bool
        Logarithmic axis.
    alt : str, optional
        Words for a screen reader; made from title, axis and keys unless given. It holds no figure.
    ax : Axes, optional
        Where to draw, without showing.

    Raises
    ------
    ValueError
        If there is nothing to draw, or a key has no runs.
    """
    drawn = {key: np.asarray(runs, dtype=float) for key, runs in results.items()}
    if not drawn:
        raise ValueError("there is nothing to draw: results is empty")
    for key, runs in drawn.items():
        if runs.ndim != 1 or len(runs) == 0:
            raise ValueError(f"{key!r} needs one figure per run, shape (runs,), but has shape {runs.shape}")
    looks = styles(list(drawn))
    rows = range(len(drawn))
    with _canvas(ax, title, alt, "Dot chart", list(drawn)) as ax:
        _scales(ax, log_x, False)
        for row, style, runs in zip(rows, looks, drawn.values(), strict=True):
            low, middle, high = quartiles(runs)
            ax.plot(runs, row + _spread(len(runs)), ".", color=style.colour, alpha=0.45, ms=6, mew=0)
            if np.isfinite(low):
                ax.plot([low, high if np.isfinite(high) else np.nanmax(runs)], [row, row], color=style.colour, lw=3)
            if np.isfinite(middle):
                ax.plot(middle, row, marker=style.marker, color=style.colour, ms=10, mec="white", mew=1)
            at_right = {"xycoords": ("axes fraction", "data"), "annotation_clip": False}
            ax.annotate(_figures(runs), (1.02, row), **at_right, va="center", fontsize=9)
        names = [
            style.label + (f"\nrate {rates[key]:g}" if rates and key in rates else "")
            for style, key in zip(looks, drawn, strict=True)
        ]
        ax.set_yticks(rows, names)
        ax.set_ylim(len(drawn) - 0.5, -0.5)
        if not log_x:
            ax.set_xlim(left=min(0.0, *(np.nanmin(runs) for runs in drawn.values() if np.isfinite(runs).any()), 0.0))
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="x", color="#E5E5E5", lw=0.8)
        ax.set_axisbelow(True)
        ax.set_xlabel(x_label)


# ---------------------------------------------------------------- the canvas


@contextmanager
def _canvas(
    ax: "Axes | None", title: str, alt: str | None, kind: str, keys: Sequence[Hashable], projection: str | None = None
) -> Iterator[Any]:
    """Yield axes to draw on. Show the figure afterwards, unless the axes were given."""
    wrapped = textwrap.fill(title, TITLE_WIDTH)
    if ax is not None:
        yield ax
        ax.set_title(wrapped, loc="left", fontsize=_RC["axes.titlesize"], fontweight=_RC["axes.titleweight"])
        return
    import matplotlib.pyplot as plt

    with plt.rc_context(_RC):
        figure = plt.figure(figsize=FIGURE_SIZE, dpi=DPI, layout="constrained")
        try:
            ax = figure.add_subplot(projection=projection)
            yield ax
            # over the whole figure, since a long claim is wider than the axes
            figure.suptitle(
                wrapped, x=0.01, ha="left", fontsize=_RC["axes.titlesize"], fontweight=_RC["axes.titleweight"]
            )
            _show(figure, alt or _describe(ax, title, kind, keys))
        finally:
            plt.close(figure)  # also after an error: the inline backend would show half a picture


def _describe(ax: "Axes", title: str, kind: str, keys: Sequence[Hashable]) -> str:
    """Return words for a picture. They hold no measured number, so that nbval can compare them."""
    of = f", {ax.get_ylabel()} against {ax.get_xlabel()}" if ax.get_ylabel() else f" of {ax.get_xlabel()}"
    shown = ": " + ", ".join(style.label for style in styles(keys)) if keys else ""
    return f"{title if title.endswith(('.', '?', '!')) else title + '.'} {kind}{of}{shown}."


def _show(figure: "Figure", alt: str) -> None:
    """Show a figure once: with its words below the cell, or in a window if Matplotlib has one."""
    if _in_kernel():
        from IPython.display import display

        data, metadata = _bundle(_reduced(_pixels(figure)), alt)
        display(data, metadata=metadata, raw=True)
        display(_spoken(alt), raw=True)
    elif getattr(figure.canvas, "required_interactive_framework", None):
        import matplotlib.pyplot as plt

        plt.show()


def _in_kernel() -> bool:
    """Return whether a Jupyter kernel runs this, so that something can be displayed."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


def _bundle(pixels: "Image", alt: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return a picture as a MIME bundle and its metadata.

    The words go where something may read them: the metadata (nbconvert's classic template), the text
    form (plain terminals, and nbval compares it), the PNG itself.
    """
    from PIL import PngImagePlugin

    words, buffer = PngImagePlugin.PngInfo(), io.BytesIO()
    words.add_itxt("Description", alt)
    pixels.save(buffer, format="PNG", pnginfo=words, compress_level=COMPRESSION[pixels.mode])
    png = base64.b64encode(buffer.getvalue()).decode()
    return {"image/png": png, "text/plain": alt}, {"image/png": {"alt": alt}}


def _pixels(figure: "Figure") -> "Image":
    """Draw the figure; return what is seen, in full colour."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    # NB: savefig would draw twice; and pyplot takes the canvas away from a figure that it closes
    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def _reduced(pixels: "Image") -> "Image":
    """Return the picture in 256 colours: half the bytes or less, and the eye sees no difference."""
    from PIL import Image

    return pixels.quantize(PALETTE, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def _spoken(alt: str) -> dict[str, str]:
    """Return the words as text that a screen reader reads and nobody sees.

    NB: JupyterLab (4.6) sets no alt text on a displayed PNG, whatever the metadata say, so the words
    follow the picture as a paragraph of their own.
    """
    unseen = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
    return {"text/html": f'<p class="jp-sr-only" style="{unseen}">Picture: {html.escape(alt)}</p>', "text/plain": ""}


# ---------------------------------------------------------------- parts of pictures


def _contours(ax: "Axes", landscape: Landscape, window: Window) -> None:
    """Draw the landscape in light greys with contour lines, each band of equal area."""
    x, y, z = _grid(landscape, window, GRID_POINTS)
    levels = np.unique(np.quantile(z, np.linspace(0, 1, CONTOURS)))
    if len(levels) < 3:
        levels = np.linspace(z.min(), z.min() + max(np.ptp(z), 1e-12), 3)
    greys = np.linspace(1.0, 0.8, len(levels) - 1)
    ax.contourf(x, y, z, levels, colors=[(g, g, g) for g in greys], zorder=0)
    ax.contour(x, y, z, levels[1:-1], colors="#A0A0A0", linestyles="-", linewidths=0.6, zorder=0.5)


def _name_critical_points(ax: "Axes", landscape: Landscape, window: Window) -> None:
    """Mark the critical points in the window, and write what each is."""
    from matplotlib.patheffects import withStroke

    for point in _critical_points(landscape, window):
        ax.plot(*point.x, **_critical_look(point), zorder=6)
        ax.annotate(
            point.kind,
            point.x,
            (7, 6),
            textcoords="offset points",
            fontsize=8.5,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
            zorder=7,
        )


def _critical_points(landscape: Landscape, window: Window) -> list[CriticalPoint]:
    return [point for point in landscape.critical_points if _inside(np.array(point.x), window)]


def _critical_look(point: CriticalPoint) -> dict[str, Any]:
    return {
        "ls": "none",
        "marker": _CRITICAL_MARKERS[point.kind],
        "color": "black",
        "mfc": "white",
        "ms": 9,
        "mew": 1.8,
    }


def _legend(ax: "Axes", outside: float = 1.01) -> None:
    """Put the legend beside the axes, where it covers nothing."""
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="upper left", bbox_to_anchor=(outside, 1.0), borderaxespad=0.0)


def _scales(ax: "Axes", log_x: bool, log_y: bool) -> None:
    if log_x:
        ax.set_xscale("log", nonpositive="mask")
    if log_y:
        ax.set_yscale("log", nonpositive="mask")


def _greys() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("light greys", ["#FFFFFF", "#A8A8A8"])


def _mark_every(points: int, offset: float = 0.0) -> tuple[int, int]:
    """Return where markers go on a line, shifted so that those of two lines don't coincide."""
    every = max(1, points // MARKERS_PER_LINE)
    return int(offset * every), every


def _spread(runs: int) -> np.ndarray:
    """Return heights that keep the dots of one row apart, the same each time."""
    golden = (np.sqrt(5) - 1) / 2
    return 0.5 * ((np.arange(runs) * golden) % 1 - 0.5)


def _figures(runs: np.ndarray) -> str:
    """Return "70 [60, 76]", and how many runs missed."""
    low, middle, high = map(_three_digits, quartiles(runs))
    missed = int(np.isnan(runs).sum())
    if missed == len(runs):
        return f"none of {len(runs)} arrived"
    return f"{middle} [{low}, {high}]" + (f"\n{missed} of {len(runs)} missed" if missed else "")


def _three_digits(number: float) -> str:
    if not np.isfinite(number):
        return "–"
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:,.0f}"


# ---------------------------------------------------------------- data


def _grid(landscape: Landscape, window: Window, points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y = np.meshgrid(*(np.linspace(low, high, points) for low, high in window))
    return x, y, landscape.value(np.stack([x, y], axis=-1))


def _inside(points: np.ndarray, window: Window) -> np.ndarray:
    low, high = np.transpose(window)
    return np.all((points >= low) & (points <= high), axis=-1)


def _checked_path(key: Hashable, path: np.ndarray) -> np.ndarray:
    path = np.asarray(path, dtype=float)
    if path.ndim != 2 or path.shape[1] != 2 or len(path) == 0:
        raise ValueError(f"the path of {key!r} needs shape (steps + 1, 2), but has shape {path.shape}")
    return path


def _kept_near(path: np.ndarray, window: Window) -> np.ndarray:
    """Return the path up to where it blows up: Agg can't draw to 1e300."""
    low, high = np.transpose(window)
    reach = 50 * (high - low)
    with np.errstate(invalid="ignore"):
        gone = ~np.all((path > low - reach) & (path < high + reach), axis=1)
    return path[: max(1, int(gone.argmax()))] if gone.any() else path


def _checked_runs(key: Hashable, runs: np.ndarray) -> np.ndarray:
    """Return runs (runs, points); a single line becomes one run."""
    runs = np.atleast_2d(np.asarray(runs, dtype=float))
    if runs.ndim != 2 or runs.size == 0:
        raise ValueError(f"{key!r} needs shape (points,) or (runs, points), but has shape {runs.shape}")
    return runs


def _checked_x(key: Hashable, x: np.ndarray | Mapping | None, points: int) -> np.ndarray:
    if isinstance(x, Mapping):
        if key not in x:
            raise ValueError(f"x has no entry for {key!r}; it has {list(x)}")
        x = x[key]
    x = np.arange(points) if x is None else np.asarray(x, dtype=float)
    if x.shape != (points,):
        raise ValueError(f"{key!r} has {points} points, but its x has shape {x.shape}")
    return x


def _power_law(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return power and factor of y = factor * x ** power."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    with np.errstate(invalid="ignore"):
        good = np.isfinite(x) & np.isfinite(y) & (x > 0) & (y > 0)
    if good.sum() < 2:
        raise ValueError(f"a slope needs two points that are finite and above zero, but there are {good.sum()}")
    power, intercept = np.polyfit(np.log(x[good]), np.log(y[good]), 1)
    return float(power), float(np.exp(intercept))
