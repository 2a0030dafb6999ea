"""Sliders that redraw a picture, and the same picture standing still where nothing can slide.

A function that draws and the values to choose from flow in; sliders and a picture appear below the cell.
The picture is an output of its own, an ordinary PNG that the sliders replace. So it is in the saved
notebook, and whoever reads that on GitHub, as a PDF or without a kernel sees the picture as it was last.

There are no sliders outside a kernel, nor where a variable of :data:`STILL` is set: when work is graded,
and when notebooks are built and checked, which makes their outputs the same each time.
"""

import inspect
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from optimlab import plots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# nbgrader sets the first when it grades or validates; the second is for whoever builds notebooks.
STILL = ("NBGRADER_EXECUTION", "OPTIMLAB_STILL")
PLAY_MILLISECONDS = 300  # between two pictures of an animation: a redraw takes up to 100


def explore(
    draw: Callable[..., None], *, alt: str | None = None, play: str | None = None, **choices: Sequence[Any]
) -> None:
    """Let sliders redraw a picture.

    Parameters
    ----------
    draw : callable
        ``draw(ax, name=start, ...)`` draws on empty axes. Every name has a default, where its slider
        starts. The functions of :mod:`optimlab.plots` draw on ``ax`` with ``ax=ax``.
    alt : str, optional
        Words for a screen reader; the picture's title unless given. The values are added.
    play : str, optional
        The name whose slider gets a button that plays it: it walks through the values by itself, and pauses. From the
        last value it begins with the first: make that the default, and the still picture shows it all.
    **choices : sequence
        For each name the values of its slider, in order; the default is one of them.

    Raises
    ------
    ValueError
        If names and choices don't match, a default is not among the choices, or `play` is none of the names.

    Examples
    --------
    >>> def draw(ax, learning_rate=0.4):
    ...     plots.trajectories(ravine, {"gd": descend(learning_rate)}, title="Above 0.5 it diverges", ax=ax)
    >>> explore(draw, learning_rate=[0.1, 0.2, 0.4, 0.49, 0.51])  # doctest: +SKIP
    """
    starts = _starts(draw, choices)
    if play is not None and play not in choices:
        raise ValueError(f"play={play!r} is no slider; there are {', '.join(choices)}")
    picture = _Picture(draw, alt)
    if plots._in_kernel() and not any(os.environ.get(name) for name in STILL):
        _Sliders(picture, choices, starts, play).display()
    else:
        picture.show(starts)


class _Picture:
    """A figure that can be drawn again and again.

    Parameters
    ----------
    draw : callable
        Draws on axes, given the values by name.
    alt : str or None
        Words for a screen reader.
    """

    def __init__(self, draw: Callable[..., None], alt: str | None) -> None:
        import matplotlib.pyplot as plt

        self._draw, self._alt, self._handles = draw, alt, []
        with plt.rc_context(plots._RC):
            self.figure = plt.figure(figsize=plots.FIGURE_SIZE, dpi=plots.DPI, layout="constrained")
            self.axes: Axes = self.figure.add_subplot()

    def show(self, values: Mapping[str, Any]) -> None:
        """Draw once, and show it as any other picture of the course."""
        with self._drawn(values) as alt:
            plots._show(self.figure, alt)

    def display(self, values: Mapping[str, Any]) -> None:
        """Draw, and display below the cell what :meth:`update` can replace."""
        from IPython.display import display

        outputs = self._outputs(values)
        self._handles = [display(data, metadata=more, raw=True, display_id=True) for data, more in outputs]

    def update(self, values: Mapping[str, Any]) -> None:
        """Draw, and replace what is displayed; after an error the error stands there instead."""
        try:
            outputs = self._outputs(values)
        except Exception as error:
            # NB: nobody sees a traceback from a slider: its messages belong to no cell
            message = f"No picture at {_named(values)}. {type(error).__name__}: {error}"
            outputs = [({"text/plain": message}, {})] * len(self._handles)
        for handle, (data, more) in zip(self._handles, outputs, strict=True):
            handle.update(data, metadata=more, raw=True)

    def _outputs(self, values: Mapping[str, Any]) -> list[tuple[dict, dict]]:
        """Draw; return what to display, each with its metadata."""
        with self._drawn(values) as alt:
            picture = plots._bundle(plots._pixels(self.figure), alt)
        # the first drawing has made room for labels and legend; later ones keep it, and nothing jumps
        self.figure.set_layout_engine("none")
        return [picture, (plots._spoken(alt), {})]

    @contextmanager
    def _drawn(self, values: Mapping[str, Any]) -> Iterator[str]:
        """Draw with these values on empty axes; yield the words."""
        import matplotlib.pyplot as plt

        try:
            with plt.rc_context(plots._RC):
                self.axes.clear()
                self._draw(self.axes, **values)
                yield self._words(values)
        finally:
            plt.close(self.figure)  # pyplot forgets it; we don't. Else the cell would show it once more

    def _words(self, values: Mapping[str, Any]) -> str:
        claim = self._alt or self.axes.get_title(loc="left") or self.axes.get_title() or "Picture"
        return f"{' '.join(claim.split()).rstrip('.')}. Drawn for {_named(values)}."


class _Sliders:
    """Sliders for a picture, one per name; one of them may have a button that plays it."""

    def __init__(
        self, picture: _Picture, choices: Mapping[str, Sequence[Any]], starts: Mapping[str, Any], play: str | None
    ) -> None:
        import ipywidgets

        self._picture = picture
        self.sliders = {
            name: ipywidgets.SelectionSlider(
                options=[(_number(value), value) for value in values],
                value=starts[name],
                description=name.replace("_", " "),
                style={"description_width": "initial"},
                layout={"width": "60%"},
            )
            for name, values in choices.items()
        }
        for slider in self.sliders.values():
            slider.observe(self._moved, "value")
        rows = dict(self.sliders)
        if play is not None:
            slider = self.sliders[play]
            last = len(choices[play]) - 1
            self.button = ipywidgets.Play(min=0, max=last, value=slider.index, interval=PLAY_MILLISECONDS)
            # NB: slider.index counts the values, so the button plays whatever they are
            ipywidgets.link((self.button, "value"), (slider, "index"))
            rows[play] = ipywidgets.HBox([self.button, slider])
        self._box = ipywidgets.VBox(list(rows.values()))

    def display(self) -> None:
        """Display the sliders, and below them the picture."""
        from IPython.display import display

        # who reads the saved notebook sees a line of text in the sliders' place
        names = ", ".join(slider.description for slider in self.sliders.values())
        text = {"text/plain": f"Run this cell for sliders: {names}"}
        display(self._box._repr_mimebundle_() | text, raw=True)
        self._picture.display(self._values())

    def _values(self) -> dict[str, Any]:
        return {name: slider.value for name, slider in self.sliders.items()}

    def _moved(self, _change: Any) -> None:
        self._picture.update(self._values())


def _starts(draw: Callable[..., None], choices: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return the default of each name, which must be one of its choices."""
    parameters = list(inspect.signature(draw).parameters.values())[1:]
    names = [parameter.name for parameter in parameters]
    if sorted(names) != sorted(choices):
        raise ValueError(f"draw takes the axes and {names}, but there are choices for {list(choices)}: name the same")
    for parameter in parameters:
        if not any(parameter.default == value for value in choices[parameter.name]):
            raise ValueError(
                f"{parameter.name} needs a default among its choices {list(choices[parameter.name])}, "
                f"as in draw(ax, {parameter.name}={next(iter(choices[parameter.name]), 1)!r})"
            )
    return {parameter.name: parameter.default for parameter in parameters}


def _named(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_number(value)}" for name, value in values.items())


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)
