"""The pictures: looks that never change, words for all of them, nothing shown twice or left open."""

import base64
import functools
import html
import io
import itertools
import subprocess
import sys
import warnings

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from optimlab import landscapes, plots

RAVINE = landscapes.get("ravine")
PATH = np.stack([np.linspace(-5, 0, 40), np.cos(np.arange(40)) * np.linspace(2, 0, 40)], axis=1)
METHODS = list(plots.METHODS)
RUNS = np.exp(-np.linspace(0, 3, 50)) * np.random.default_rng(0).uniform(0.8, 1.2, (10, 1))
KAPPAS = np.array([10.0, 100.0, 1000.0])

# one call of each function, with every method in it
PICTURES = {
    "trajectories": lambda **more: plots.trajectories(RAVINE, dict.fromkeys(METHODS, PATH), **more),
    "surface": lambda **more: plots.surface(RAVINE, dict.fromkeys(METHODS, PATH), **more),
    "curves": lambda **more: plots.curves(dict.fromkeys(METHODS, RUNS), x_label="day", y_label="mean (°C)", **more),
    "loss_curves": lambda **more: plots.loss_curves(dict.fromkeys(METHODS, RUNS), target=0.1, **more),
    "scaling": lambda **more: plots.scaling(
        dict.fromkeys(METHODS, KAPPAS), x=KAPPAS, x_label="size (examples)", y_label="distance", **more
    ),
    "steps_against_kappa": lambda **more: plots.steps_against_kappa(KAPPAS, dict.fromkeys(METHODS, KAPPAS), **more),
    "comparison": lambda **more: plots.comparison(
        dict.fromkeys(METHODS, RUNS[:, 0]), x_label="updates to the target", rates={"adam": 0.1}, **more
    ),
}
TAKING_AXES = sorted(set(PICTURES) - {"surface"})


@pytest.fixture
def shown(monkeypatch):
    """Collect the figures and their words instead of showing them."""
    figures = []
    monkeypatch.setattr(plots, "_show", lambda figure, alt: figures.append((figure, alt)))
    yield figures
    assert plt.get_fignums() == [], "a figure was left open: the inline backend would show it again"


@pytest.fixture
def displayed(monkeypatch):
    """Collect what a kernel would display."""
    outputs = []
    monkeypatch.setattr(plots, "_in_kernel", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, **more: outputs.append((data, more)))
    return outputs


@functools.cache
def drawn(name):
    """Draw one picture, once for all tests; return its figure, its axes and its words."""
    figures = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plots, "_show", lambda figure, alt: figures.append((figure, alt)))
        assert PICTURES[name](title="A claim") is None
    [(figure, alt)] = figures
    assert plt.get_fignums() == []
    return figure, figure.axes[0], alt


def lines_of(ax, label):
    """Return the lines on the axes that have a method's colour."""
    colour = plots.METHODS[label].colour
    return [line for line in ax.get_lines() if line.get_color() == colour]


# ---------------------------------------------------------------- looks


def named_looks():
    return [*plots.METHODS.values(), *(plots.BETAS[beta] for beta in (0.5, 0.98, 0.99))]


@pytest.mark.parametrize("of", ["label", "colour", "line", "marker"])
def test_no_two_methods_share_a_look(of):
    looks = [getattr(style, of) for style in named_looks()]
    assert len(set(looks)) == len(looks)


def test_no_two_lines_of_one_picture_share_a_look():
    """Methods and other keys together, also without colour."""
    looks = plots.styles([*METHODS, "a", "b", "c", "d", "e", "f", "g"])
    for one, two in itertools.combinations(looks, 2):
        assert one.colour != two.colour
        assert (one.line, one.marker) != (two.line, two.marker)


def seen_by(colour, matrix):
    """Return a colour as L*a*b* after Machado, Oliveira and Fernandes's (2009) simulation on linear RGB."""
    srgb = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(matrix @ linear, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    t = to_xyz @ linear / (to_xyz @ np.ones(3))
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize(
    "matrix",
    [
        np.eye(3),
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ],
    ids=["all", "protanopia", "deuteranopia", "tritanopia"],
)
def test_methods_stay_apart_for_the_colour_blind(matrix):
    seen = [seen_by(style.colour, np.array(matrix)) for style in plots.METHODS.values()]
    assert min(np.linalg.norm(one - two) for one, two in itertools.combinations(seen, 2)) > 15


@pytest.mark.parametrize("name", PICTURES)
def test_a_method_has_its_look_in_every_picture(name):
    _, ax, _ = drawn(name)
    legend = list(zip(*ax.get_legend_handles_labels(), strict=True))
    for method, style in plots.METHODS.items():
        assert style.marker in {line.get_marker() for line in lines_of(ax, method)}
        if name == "comparison":
            assert style.label in " ".join(label.get_text() for label in ax.get_yticklabels())
            continue
        [in_legend] = [handle for handle, text in legend if text.startswith(style.label)]
        # NB: Matplotlib scales dashes by the line's width, so a line of the same width is what to compare with
        expected = mpl.lines.Line2D([], [], ls=style.line, lw=in_legend.get_linewidth())
        assert in_legend._dash_pattern == expected._dash_pattern
        assert (in_legend.get_color(), in_legend.get_marker()) == (style.colour, style.marker)


def test_beta_of_momentum_looks_like_momentum():
    [beta, momentum] = plots.styles([0.9, "momentum"])
    assert beta.look == momentum.look
    assert beta.label == "β = 0.9"


def test_numbers_that_are_no_betas_are_their_own_label():
    assert [style.label for style in plots.styles([64, 1024, 0.7])] == ["64", "1024", "β = 0.7"]


def test_too_many_other_lines_are_refused():
    with pytest.raises(ValueError, match="8 lines can't be told apart"):
        plots.styles(list("abcdefgh"))


# ---------------------------------------------------------------- every picture


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_states_its_claim_and_names_its_axes(name):
    figure, ax, _ = drawn(name)
    assert figure.get_suptitle() == "A claim"
    assert ax.get_xlabel()
    assert ax.get_ylabel() or name == "comparison"


@pytest.mark.parametrize("name", PICTURES)
def test_words_that_are_made_name_claim_axes_and_methods(name):
    _, ax, alt = drawn(name)
    for part in ("A claim. ", ax.get_xlabel(), ax.get_ylabel(), *(style.label for style in plots.METHODS.values())):
        assert part in alt


def test_words_hold_no_measured_number(shown):
    """A slope or a median in the words would change from run to run, and nbval compares the words."""
    for power in (1.0, 2.0):
        plots.scaling({"gd": KAPPAS**power}, x=KAPPAS, title="t", x_label="x", y_label="y")
        plots.comparison({"gd": KAPPAS**power}, title="t", x_label="x")
    assert shown[0][1] == shown[2][1]
    assert shown[1][1] == shown[3][1]


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_covers_anything_or_is_cut_off(name, shown):
    PICTURES[name](title="A claim that is as long as claims in lessons sometimes get, " * 3)
    figure, _ = shown[-1]
    plots._pixels(figure)
    [ax], whole = figure.axes, figure.bbox
    inside = ax.get_window_extent()
    parts = [figure._suptitle.get_window_extent(), ax.xaxis.label.get_window_extent()]
    if legend := ax.get_legend():
        parts.append(legend.get_window_extent())
        assert legend.get_window_extent().y1 <= figure._suptitle.get_window_extent().y0
        if name != "surface":  # the axes of a surface are wider than what is drawn there
            assert legend.get_window_extent().x0 >= inside.x1
    parts += [text.get_window_extent() for text in ax.texts]
    for part in parts:
        assert part.x0 >= whole.x0
        assert part.x1 <= whole.x1
        assert part.y0 >= whole.y0
        assert part.y1 <= whole.y1


@pytest.mark.parametrize("name", TAKING_AXES)
def test_given_axes_are_drawn_on_and_nothing_is_shown(name, shown):
    figure, ax = plt.subplots()
    assert PICTURES[name](title="A claim", ax=ax) is None
    assert shown == []
    assert ax.get_title(loc="left") == "A claim"
    assert len(ax.get_lines()) >= len(METHODS)
    plt.close(figure)


def test_an_error_while_drawing_leaves_no_half_picture(shown):
    broken = landscapes.Landscape("broken", "", None, None, None, (), ((0, 1), (0, 1)))
    with pytest.raises(TypeError):
        plots.trajectories(broken, {}, title="t")
    assert shown == []


# ---------------------------------------------------------------- how a picture gets out


def test_in_a_kernel_a_picture_is_displayed_once_with_its_words(displayed):
    plots.loss_curves({"gd": RUNS}, title="t", alt='a < b & "c"')
    (picture, more), (spoken, _) = displayed
    assert set(picture) == {"image/png", "text/plain"}
    assert picture["text/plain"] == 'a < b & "c"'
    assert more == {"metadata": {"image/png": {"alt": 'a < b & "c"'}}, "raw": True}
    assert html.escape('a < b & "c"') in spoken["text/html"]
    assert 'class="jp-sr-only"' in spoken["text/html"]
    assert plt.get_fignums() == []


@pytest.mark.parametrize("name", PICTURES)
def test_a_png_is_small_and_holds_its_words(name, displayed):
    PICTURES[name](title="A claim", alt="wörds → β")
    assert displayed[0][0]["text/plain"] == "wörds → β"
    png = base64.b64decode(displayed[0][0]["image/png"])
    image = Image.open(io.BytesIO(png))
    assert image.size == (787, 420)
    assert image.text["Description"] == "wörds → β"
    assert len(png) < 80_000


def test_a_png_keeps_the_methods_colours(displayed):
    """The palette of 256 colours must not shift what the lessons call blue."""
    PICTURES["loss_curves"](title="t")
    pixels = Image.open(io.BytesIO(base64.b64decode(displayed[0][0]["image/png"]))).convert("RGB")
    found = {colour for _, colour in pixels.getcolors(1 << 24)}
    for style in plots.METHODS.values():
        assert tuple(round(255 * part) for part in mpl.colors.to_rgb(style.colour)) in found


def test_the_same_picture_gives_the_same_bytes(displayed):
    for _ in range(2):
        PICTURES["trajectories"](title="t")
    assert displayed[0][0] == displayed[2][0]


def run_python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, optimlab.plots, optimlab.widgets, optimlab.landscapes, optimlab.carry\n"
        "print([m for m in ('matplotlib', 'PIL', 'IPython', 'ipywidgets') if m in sys.modules])"
    )
    done = run_python(code)
    assert done.stdout.strip() == "[]", done.stderr


def test_plain_python_draws_and_says_nothing():
    code = (
        "import numpy as np, optimlab.plots as plots\n"
        "print(plots.loss_curves({'gd': np.arange(1, 9)}, title='t'))\n"
        "import matplotlib.pyplot as plt; print(plt.get_fignums())"
    )
    done = run_python(code)
    assert (done.stdout, done.stderr) == ("None\n[]\n", "")


@pytest.mark.parametrize(("framework", "windows"), [(None, 0), ("qt", 1)])
def test_a_window_opens_only_where_there_are_windows(framework, windows, monkeypatch):
    calls = []
    monkeypatch.setattr(plt, "show", lambda: calls.append(1))
    monkeypatch.setattr(FigureCanvasAgg, "required_interactive_framework", framework)
    monkeypatch.setattr(plots, "_in_kernel", lambda: False)
    PICTURES["loss_curves"](title="t")
    assert len(calls) == windows


# ---------------------------------------------------------------- what the pictures show


def test_quartiles_are_numpys_where_all_arrived():
    values = np.random.default_rng(1).normal(size=(7, 3, 2))
    np.testing.assert_allclose(plots.quartiles(values), np.quantile(values, [0.25, 0.5, 0.75], axis=0), rtol=1e-13)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5], [5, 5, 5]),
        ([3, 1, np.nan], [2, 3, np.inf]),
        ([1, np.nan, np.nan], [np.inf, np.inf, np.inf]),
        ([1, 2, np.nan, np.nan], [1.75, np.inf, np.inf]),
        ([1, 2, 3, 4, np.nan], [2, 3, 4]),
        ([np.nan, np.nan], [np.inf, np.inf, np.inf]),
    ],
)
def test_a_missed_run_counts_as_infinitely_late(values, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(plots.quartiles(values), expected)


def test_fitted_slope_is_the_power():
    x = np.array([1.0, 3.0, 10.0, 50.0, np.nan, 70.0])
    assert plots.fitted_slope(x, [*(7 * x[:4] ** -0.5), 1.0, np.inf]) == pytest.approx(-0.5, abs=1e-12)


@pytest.mark.parametrize("y", [[1, np.nan], [0, 1], [np.inf, 1]])
def test_a_slope_needs_two_points(y):
    with pytest.raises(ValueError, match="needs two points"):
        plots.fitted_slope([1, 2], y)


def test_curves_draw_the_median_and_the_quartiles(shown):
    runs = np.random.default_rng(2).uniform(1, 2, (5, 30))
    plots.curves({"gd": runs, "adam": runs[0]}, title="t", x_label="x", y_label="y", x=np.arange(30) + 1)
    ax = shown[-1][0].axes[0]
    np.testing.assert_allclose(lines_of(ax, "gd")[0].get_ydata(), np.median(runs, axis=0))
    np.testing.assert_array_equal(lines_of(ax, "gd")[0].get_xdata(), np.arange(30) + 1)
    np.testing.assert_array_equal(lines_of(ax, "adam")[0].get_ydata(), runs[0])
    [band] = ax.collections
    low, high = np.quantile(runs, [0.25, 0.75], axis=0)
    corners = band.get_paths()[0].vertices
    assert {*np.round(low, 9), *np.round(high, 9)} <= set(np.round(corners[:, 1], 9))


def test_each_line_may_have_its_own_x(shown):
    series = {"gd": np.ones(3), "adam": np.ones(5)}
    x = {"gd": [1, 2, 3], "adam": [10, 20, 30, 40, 50]}
    plots.loss_curves(series, title="t", x=x, x_label="seconds")
    ax = shown[-1][0].axes[0]
    for key, at in x.items():
        np.testing.assert_array_equal(lines_of(ax, key)[0].get_xdata(), at)
    assert ax.get_xlabel() == "seconds"


def test_targets_and_measurements_are_in_the_legend(shown):
    plots.curves(
        {0.9: np.ones(4)}, title="t", x_label="x", y_label="y", dots={"measured": np.arange(4)}, levels={"limit": 2.0}
    )
    plots.loss_curves({"gd": np.ones(4)}, title="t", target=0.15)
    [limit] = [line for line in shown[0][0].axes[0].get_lines() if line.get_label() == "limit"]
    assert set(limit.get_ydata()) == {2.0}
    assert set(shown[0][0].axes[0].get_legend_handles_labels()[1]) == {"measured", "β = 0.9", "limit"}
    assert "target 0.15" in shown[1][0].axes[0].get_legend_handles_labels()[1]


def test_logarithmic_axes_leave_out_what_they_cannot_show(shown):
    """Clipped, which is Matplotlib's default, a zero would be drawn as a line to the bottom."""
    plots.curves({"gd": [0.0, 1.0, 2.0]}, title="t", x_label="x", y_label="y", log_x=True, log_y=True)
    ax = shown[-1][0].axes[0]
    for axis in (ax.xaxis, ax.yaxis):
        assert not np.isfinite(axis.get_transform().transform([0.0])[0])
        assert axis.get_transform().transform([10.0])[0] == 1


def test_losses_stand_on_a_logarithmic_axis_unless_told(shown):
    plots.loss_curves({"gd": RUNS}, title="t")
    plots.loss_curves({"gd": RUNS}, title="t", log_y=False)
    assert [figure.axes[0].get_yscale() for figure, _ in shown] == ["log", "linear"]


def test_a_diverged_run_is_no_warning(shown):
    runs = np.array([[1, 2, np.nan, np.nan], [1, 3, np.inf, np.nan], [1, 0.5, 0.1, 0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.loss_curves({"gd": runs}, title="t")
        plots._pixels(shown[-1][0])
    np.testing.assert_array_equal(lines_of(shown[-1][0].axes[0], "gd")[0].get_ydata(), [1, 2, np.nan, np.nan])


def test_scaling_writes_the_fitted_slope(shown):
    steps = {"gd": 7 * KAPPAS, "momentum": np.stack([KAPPAS**0.5] * 3), "rmsprop": [168, 168, np.nan]}
    plots.steps_against_kappa(KAPPAS, steps, title="t", fit=["gd", "momentum"])
    plots.scaling({"gd": KAPPAS**-0.5}, x=KAPPAS, title="t", x_label="x", y_label="y")
    plots.scaling({"gd": KAPPAS**-0.5}, x=KAPPAS, title="t", x_label="x", y_label="y", fit=False)
    legends = [figure.axes[0].get_legend_handles_labels()[1] for figure, _ in shown]
    assert legends[0] == ["gradient descent, slope 1.00", "momentum, slope 0.50", "RMSprop"]
    assert legends[1] == ["gradient descent, slope −0.50"]
    assert legends[2] == ["gradient descent"]
    ax = shown[0][0].axes[0]
    assert ax.get_xscale() == ax.get_yscale() == "log"
    [fitted] = [line for line in lines_of(ax, "gd") if len(line.get_xdata()) == 2]
    np.testing.assert_allclose(fitted.get_ydata(), 7 * fitted.get_xdata())


def test_comparison_writes_median_quartiles_rates_and_misses(shown):
    results = {
        "gd": [1234.0, 1234.0, 1234.0],
        "momentum": [60, 70, 80, 90, 100],
        "rmsprop": [1, 2, 3, np.nan],
        "adam": [np.nan, np.nan],
    }
    plots.comparison(results, title="t", x_label="updates", rates={"gd": 2.0, "adam": 0.1})
    ax = shown[-1][0].axes[0]
    assert [text.get_text() for text in ax.texts] == [
        "1,234 [1,234, 1,234]",
        "80 [70, 90]",
        "2.5 [1.75, –]\n1 of 4 missed",
        "none of 2 arrived",
    ]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == ["gradient descent\nrate 2", "momentum", "RMSprop", "Adam\nrate 0.1"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the first key stands on top"
    dots = [line.get_xdata() for line in lines_of(ax, "momentum") if line.get_marker() == "."]
    np.testing.assert_array_equal(dots[0], results["momentum"])


def test_a_path_is_drawn_to_its_end(shown):
    plots.trajectories(RAVINE, {"gd": PATH}, title="t", window=((-6, 1), (-3, 3)))
    ax = shown[-1][0].axes[0]
    np.testing.assert_array_equal(np.transpose(lines_of(ax, "gd")[0].get_data()), PATH)
    assert ax.get_xlim() == (-6, 1)
    [end] = [line for line in lines_of(ax, "gd") if len(line.get_xdata()) == 1]
    [start] = [line for line in ax.get_lines() if line.get_marker() == "o" and line.get_markerfacecolor() == "white"]
    np.testing.assert_array_equal(end.get_xydata(), PATH[-1:])
    np.testing.assert_array_equal(start.get_xydata(), PATH[:1])


def test_a_path_that_blows_up_is_cut_before_it_can_hurt(shown):
    with np.errstate(over="ignore"):
        path = (-2.0) ** np.arange(2000)[:, None] * [1.0, 0.5]
    path[1500:] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.trajectories(RAVINE, {"gd": path}, title="t")
        plots._pixels(shown[-1][0])
    drawn = np.transpose(lines_of(shown[-1][0].axes[0], "gd")[0].get_data())
    assert len(drawn) > 5
    assert np.abs(drawn).max() < 1000


def test_critical_points_in_the_window_are_named(shown):
    saddle = landscapes.get("saddle")
    plots.trajectories(saddle, {}, title="t")
    plots.trajectories(saddle, {}, title="t", window=((-1, 1), (0.5, 1.5)))
    named = [[t.get_text() for t in figure.axes[0].texts if "higher" not in t.get_text()] for figure, _ in shown]
    assert named == [["saddle", "minimum", "minimum"], ["minimum"]]


@pytest.mark.parametrize("name", landscapes.names())
def test_every_landscape_can_be_drawn_both_ways(name, shown):
    landscape = landscapes.get(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.trajectories(landscape, {"gd": [p.x for p in landscape.critical_points]}, title=f"${landscape.formula}$")
        plots.surface(landscape, title="t")
    plots._pixels(shown[0][0])  # the formula must be one that Matplotlib can set
    # from white to grey: the higher, the darker
    filled = shown[0][0].axes[0].collections[0]
    greys = filled.get_facecolor()[:, 0]
    assert np.all(np.diff(greys) < 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.trajectories(RAVINE, {"gd": np.zeros((2, 5))}, title="t"), r"path of 'gd' .* shape \(2, 5\)"),
        (lambda: plots.surface(RAVINE, {"gd": np.zeros((0, 2))}, title="t"), r"path of 'gd' .* shape \(0, 2\)"),
        (lambda: plots.curves({}, title="t", x_label="x", y_label="y"), "nothing to draw"),
        (lambda: plots.loss_curves({"gd": [1, 2]}, x=[1], title="t"), r"'gd' has 2 points, .* shape \(1,\)"),
        (lambda: plots.loss_curves({"gd": [1, 2]}, x={"adam": [1, 2]}, title="t"), "no entry for 'gd'"),
        (lambda: plots.loss_curves({"gd": np.ones((2, 2, 2))}, title="t"), r"shape \(2, 2, 2\)"),
        (lambda: plots.scaling({}, x=[1], title="t", x_label="x", y_label="y"), "nothing to draw"),
        (lambda: plots.comparison({}, title="t", x_label="x"), "nothing to draw"),
        (lambda: plots.comparison({"gd": []}, title="t", x_label="x"), "'gd' needs one figure per run"),
        (lambda: plots.quartiles([]), "at least one run"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(call, message, shown):
    with pytest.raises(ValueError, match=message):
        call()
    assert shown == []
