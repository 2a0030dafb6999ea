"""Lesson 07: what its text, its outputs and its figures claim, computed anew without the course's own functions.

Walks are made with plain NumPy on points; what a cell prints is read from the solved notebook.
"""

from __future__ import annotations

import inspect
import math
import re

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from grader.reference import adam, momentum
from grader.reference import rmsprop as scaled
from optimlab import data, landscapes, network
from optimlab.plots import fitted_slope, quartiles
from tests.solved import Solved, numbers
from tools.experiments import load_all
from tools.experiments import saddles_and_plateaus as runs

STEM = "07_saddles_and_plateaus"
LESSON = Solved(STEM)
NOTEBOOK, printed, lines = LESSON.notebook, LESSON.printed, LESSON.lines
METHODS = ["gd", "momentum", "adagrad", "rmsprop", "adam"]
SCALED = METHODS[2:]


def record(name: str) -> dict[str, np.ndarray]:
    return data.recorded(f"{STEM}-{name}")


def medians(name: str) -> dict[str, np.ndarray]:
    """Return the medians over the last axis of a record's steps, by method."""
    found = record(name)
    steps = quartiles(np.moveaxis(found["steps"], -1, 0))[1]
    return dict(zip(found["methods"].tolist(), steps, strict=True))


def walk(method, rate, steps, gradient, start, beta=0.9):
    """Return the path (steps + 1, ..., 2)."""
    x = np.array(start, dtype=float)
    v, s, path = np.zeros_like(x), np.zeros_like(x), [x]
    for t in range(1, steps + 1):
        g = gradient(x)
        if method == "gd":
            x = x - rate * g
        elif method == "momentum":
            v = beta * v + (1 - beta) * g
            x = x - rate * v
        elif method == "sign":
            x = x - rate * np.sign(g)
        else:
            decay = {"rmsprop": 0.9, "adam": 0.999}.get(method)
            s = s + g * g if decay is None else decay * s + (1 - decay) * g * g
            v = 0.9 * v + 0.1 * g
            up, below = (v / (1 - 0.9**t), s / (1 - 0.999**t)) if method == "adam" else (g, s)
            x = x - rate * up / (np.sqrt(below) + 1e-8)
        path.append(x)
    return np.array(path)


def basin(x, kappa=1.0):
    """Return the gradient of x²/2 + (y⁴/4 - y²/2) / κ."""
    return np.stack([x[..., 0], (x[..., 1] ** 3 - x[..., 1]) / kappa], axis=-1)


def leaves(method, rate, start, steps=1000):
    """Return after how many steps a walk is farther than 0.5 from the saddle, or None."""
    out = np.linalg.norm(walk(method, rate, steps, basin, start), axis=-1) > 0.5
    return int(out.argmax()) if out.any() else None


def plateau(losses, tol, patience):
    """Return the first place with too little progress, by a table of windows."""
    if len(losses) <= patience:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(losses[1:], patience)
    found = np.flatnonzero(losses[: len(windows)] - windows.min(axis=1) < tol)
    return int(found[0]) if len(found) else None


# ---------------------------------------------------------------------------------- kinds of points


def test_heights_around_bowl_hilltop_and_saddle_and_their_zero_gradients():
    assert lines("zero") == [
        [0, 0.005, 0.005],
        [0, -0.005, -0.005],
        [0, -0.01, 0.01],
    ]
    assert lines("horse") == [[0.1, 0, 0.01, 0, 0.1, -0.01]]


def test_hessian_of_rosenbrocks_valley_has_an_error_of_400_h_squared():
    curvatures = np.linalg.eigvalsh(np.array([[802.0, -400.0], [-400.0, 200.0]]))
    (error,), (least, largest, kappa) = lines("rosenbrock")
    assert error == pytest.approx(400 * 1e-4**2, rel=0.01)
    assert [least, largest] == pytest.approx(curvatures, rel=1e-3)
    assert kappa == round(curvatures[1] / curvatures[0])


def central_error(h, kind):
    """Return the error of the largest entry by differences of Rosenbrock's gradient, in a float type."""

    def gradient(x, y):
        x, y = kind(x), kind(y)
        return np.array([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])

    columns = [(gradient(1 + h, 1) - gradient(1 - h, 1)), (gradient(1, 1 + h) - gradient(1, 1 - h))]
    measured = np.array(columns, dtype=float) / (2 * h)
    return np.abs((measured + measured.T) / 2 - [[802, -400], [-400, 200]]).max()


def test_best_step_is_in_the_middle_near_1e_6_in_float64_and_1e_3_in_float32():
    sizes = np.geomspace(1e-1, 1e-11, 41)
    for kind, best in ((np.float64, 1e-6), (np.float32, 1e-3)):
        errors = np.array([central_error(h, kind) for h in sizes])
        assert abs(np.log10(sizes[errors.argmin()] / best)) <= 1
        assert errors[-1] > 1000 * errors.min()
    assert 0.25 < central_error(1e-4, np.float32) / 0.399 < 0.5, "about a third of the small curvature"
    assert printed("step_figure").count("True") == 2
    assert lines("step_figure")[0][-1] == 2.0
    assert [line[1] for line in lines("step")[:2]] == pytest.approx([0.04, 4e-6])


def test_kinds_are_those_of_the_landscapes():
    kinds = re.findall(r", (minimum|maximum|saddle|degenerate)$", printed("kinds"), re.M)
    assert kinds == ["minimum", "maximum", "saddle", *(p.kind for p in landscapes.beale().critical_points)]
    assert kinds[3:] == ["minimum", "saddle", "saddle"]


def test_hessian_is_silent_at_a_true_minimum_and_at_the_monkey_saddle():
    assert printed("silent").count("degenerate") == 2
    t = np.linspace(0, 2 * np.pi, 1000)
    x, y = 0.1 * np.cos(t), 0.1 * np.sin(t)
    for line, heights in zip(lines("silent")[1:4:2], (x**4 + y**2, x**3 - 3 * x * y**2), strict=True):
        assert line == pytest.approx([heights.min(), heights.max()], abs=5e-5)
    assert (x**4 + y**2).min() > 0
    assert lines("monkey") == [[6]]


def test_plateau_has_a_small_gradient_that_is_not_zero():
    for (weight, slope, curvature), due in zip(lines("plateau"), (2.0, 6.0, 12.0), strict=True):
        a = 1 / (1 + math.exp(-due))
        assert weight == due
        assert slope == pytest.approx((a - 0.5) * a * (1 - a), rel=0.03)
        assert curvature < 0
    assert re.findall(r"so (\w+)", printed("plateau")) == ["saddle", "saddle", "degenerate"]


# ---------------------------------------------------------------------------------- random matrices


def test_shares_of_saddles_are_the_exact_ones_within_four_standard_errors():
    found = record("shares")
    definite = (found["minima"] + found["maxima"]) / found["trials"]
    exact = {0: 1.0, 1: 1 - 1 / np.sqrt(2), 2: 1 / 2 - np.sqrt(2) / np.pi}
    for place, rest in exact.items():
        assert definite[place] == pytest.approx(rest, abs=4 * np.sqrt(rest * (1 - rest) / 1e6) + 1e-12)
    assert definite[3] == pytest.approx(0.0049, abs=0.0003), "1 in 200"
    assert (np.diff(np.log(definite)) < 0).all()
    assert (np.diff(np.log(definite), 2) < 0).all(), "faster and faster"
    assert definite[5] * 1e6 < 100
    for line, rest in zip(lines("shares"), definite, strict=False):
        assert line[1] == pytest.approx(1 - rest, abs=4 * np.sqrt(rest * (1 - rest) / 2000) + 1e-3)
        assert line[-1] == pytest.approx(1 - rest, abs=6e-5)
    assert lines("shares")[-1] == [0.7071, 0.9502]


def test_record_of_shares_is_what_its_code_gives():
    again = load_all()[f"{STEM}-shares"](dimensions=(1, 2, 3), trials=100_000)
    found = record("shares")
    for here, all_of_them in zip(again["minima"] / 1e5, found["minima"][:3] / 1e6, strict=True):
        assert here == pytest.approx(all_of_them, abs=5 * np.sqrt(all_of_them / 1e5))


def test_shift_by_4_makes_most_matrices_of_8_dimensions_minima():
    A = np.random.default_rng(99).standard_normal((20_000, 8, 8))
    lowest = np.linalg.eigvalsh((A + A.swapaxes(-1, -2)) / 2)[:, 0]
    for shift, saddles, minima in lines("shift")[:-1]:
        assert minima == pytest.approx(100 * np.mean(lowest + shift > 0), abs=4)
        assert saddles == pytest.approx(100 * np.mean(lowest + shift < 0), abs=4)
    assert 0.05 < np.mean(lowest + 4 < 0) < 0.2
    assert lines("spectrum") == [[4, 8, 8, 32]]


# -------------------------------------------------------------------------------------- a network


def tanh_slope(theta, X, Y):
    W1, b1, W2, b2 = theta[:6].reshape(3, 2), theta[6:9, None], theta[None, 9:12], theta[12]
    A1 = np.tanh(W1 @ X + b1)
    dZ2 = (1 / (1 + np.exp(-(W2 @ A1 + b2))) - Y) / X.shape[1]
    dZ1 = W2.T @ dZ2 * (1 - A1**2)
    return np.concatenate([(dZ1 @ X.T).ravel(), dZ1.sum(axis=1), (dZ2 @ A1.T).ravel(), [dZ2.sum()]])


def hessian_of(gradient, x, h=1e-4):
    rows = [(gradient(x + h * e) - gradient(x - h * e)) / (2 * h) for e in np.eye(len(x))]
    return (np.array(rows) + np.array(rows).T) / 2


def test_network_of_zeros_stands_on_a_saddle():
    X, Y = data.moons()
    assert np.abs(tanh_slope(np.zeros(13), X, Y)).max() < 1e-12
    pull = np.linalg.norm((0.5 - Y) @ X.T / X.shape[1])
    due = sorted([-pull] * 3 + [0] * 6 + [0.25] + [pull] * 3)
    assert np.linalg.eigvalsh(hessian_of(lambda p: tanh_slope(p, X, Y), np.zeros(13))) == pytest.approx(due, abs=1e-6)
    assert "True; kind: saddle" in printed("zero_kind")
    assert lines("zero_kind")[1] == [4, 3]


def test_curvatures_are_of_both_signs_at_the_start_and_hardly_negative_after_training():
    X, Y = data.moons()
    start, trained = lines("network_hessian")
    assert start[1] == 13
    assert 4 <= start[0] <= 7
    assert trained == [0, 0]
    for seed in (0, 2):
        first = network.initialise((2, 3, 1), np.random.default_rng(1000 + seed))
        theta = np.concatenate([first[key].ravel() for key in ("W1", "b1", "W2", "b2")])
        counts = []
        for updates in (0, 2000):
            for _ in range(updates):
                theta = theta - 0.5 * tanh_slope(theta, X, Y)
            curvatures = np.linalg.eigvalsh(hessian_of(lambda p: tanh_slope(p, X, Y), theta))
            counts.append(np.sum(curvatures < -0.01))
        assert counts[0] >= 2
        assert counts[1] == 0
        assert start[2] <= counts[0] <= start[3]


# -------------------------------------------------------------------------------------- the way out


def test_plain_descent_needs_four_times_the_steps_from_a_million_times_closer():
    found = {d: leaves("gd", 0.1, (0.3, d)) for d in (1e-2, 1e-4, 1e-6, 1e-8)}
    assert {line[0]: line[1] for line in lines("closer")[:-1]} == found
    assert (found[1e-2], found[1e-8]) == (43, 188)


def test_steps_per_power_of_ten_are_those_of_theory_and_none_for_scaled_methods():
    z = np.roots([1, -(1.9 + 0.1 * 0.1), 0.9]).max()
    due = {"gd": np.log(10) / np.log(1.1), "momentum": np.log(10) / np.log(z)}
    printed_lines = dict(zip(METHODS, lines("escape"), strict=False))
    for method in METHODS:
        steps = np.array([leaves(method, 0.1, (0.3, 10.0**-power)) for power in range(1, 13)])
        slope = np.polyfit(np.arange(2, 13), steps[1:], 1)[0]
        assert record("escape")["steps"][METHODS.index(method), 0] == pytest.approx(steps, abs=0)
        assert printed_lines[method][0] == pytest.approx(slope, abs=0.06)
        if method in due:
            assert slope == pytest.approx(due[method], rel=0.01)
        else:
            assert slope < 0.3
    assert lines("escape")[-1] == [pytest.approx(24.16, abs=0.006)]


def test_record_of_the_escape_is_what_its_code_gives():
    again = load_all()[f"{STEM}-escape"](rates=(0.1,), powers=(1, 4, 8))
    assert np.array_equal(again["steps"][:, 0], record("escape")["steps"][:, 0, [0, 3, 7]])


def test_momentum_grows_more_slowly_than_plain_descent_at_every_beta_and_rate():
    for beta in (0.01, 0.1, 0.5, 0.9, 0.99, 0.999):
        for a in (1e-4, 0.01, 0.1, 1.0, 10.0, 100.0):
            p = np.poly1d([1, -(1 + beta + (1 - beta) * a), beta])
            assert p(1) == pytest.approx(-(1 - beta) * a)
            assert p(1 + a) == pytest.approx(beta * a * a, rel=1e-6, abs=1e-12)
            assert 1 < p.roots.real.max() < 1 + a
    for a, beta, z, plain, per_ten in lines("proof"):
        due = np.roots([1, -(1 + beta + (1 - beta) * a), beta]).max()
        assert z == pytest.approx(due, abs=6e-5)
        assert plain == pytest.approx(1 + a)
        assert per_ten == pytest.approx(np.log(10) / np.log(due), abs=0.006)
    assert lines("proof")[-1][-1] < 24.16, "at a rate of 1"
    assert abs(leaves("momentum", 1.0, (0.3, 1e-8)) or 1e9) < leaves("gd", 0.1, (0.3, 1e-8))
    end = walk("momentum", 1.0, 1000, basin, (0.3, 1e-8))[-1]
    assert np.abs(end) == pytest.approx([0, 1], abs=1e-6), "stable in the minima"


def test_sign_descent_does_not_care_how_close_the_saddle_is():
    due = [[0.1, leaves("sign", 0.1, (-0.3, y)), 0, y] for y in (0.01, 1e-8)]
    assert lines("play_sliders") == due
    assert due[0][1] == due[1][1]


# ---------------------------------------------------------------------------------- the tuned race


def test_record_of_the_race_is_what_its_code_gives():
    again = load_all()[f"{STEM}-tuned"](kappas=(1,), distances=(1e-4,))
    found = record("tuned")
    assert np.allclose(again["chosen"][:, 0, 0], found["chosen"][:, 0, 1])
    same = np.isclose(again["steps"][:, 0, 0], found["steps"][:, 0, 1], atol=2)
    assert same.mean() > 0.9


def test_rates_of_the_race_were_chosen_on_other_starts_and_not_at_the_edge_of_the_grid():
    found = record("tuned")
    assert np.isfinite(found["steps"]).all()
    assert (found["chosen"] > runs.RATES[1]).all()
    assert (found["chosen"] < runs.RATES[-2]).all()
    for d, starts in zip(found["distances"], found["starts"], strict=True):
        assert not set(map(tuple, runs.saddle_starts(d, 0, 40))) & set(map(tuple, starts))


def test_tuned_plain_descent_is_before_all_but_adagrad_on_a_round_saddle_and_last_at_kappa_100():
    kappas = list(record("tuned")["kappas"])
    at = {method: steps[:, 1] for method, steps in medians("tuned").items()}  # from d = 1e-4
    round_, hundred = kappas.index(1), kappas.index(100)
    for method in METHODS[1:]:
        assert at["gd"][hundred] > 4 * at[method][hundred]
        if method != "adagrad":
            assert at["gd"][round_] < at[method][round_] / 1.5
    assert at["gd"][hundred] > 5 * at["adam"][hundred]
    assert at["adagrad"][round_] < at["gd"][round_]
    assert at["adam"][round_] / at["gd"][round_] == pytest.approx(3, abs=0.5)
    crossed = kappas.index(30)
    assert at["rmsprop"][crossed] < at["gd"][crossed]
    assert at["rmsprop"][crossed - 1] > at["gd"][crossed - 1]
    assert fitted_slope(np.array(kappas)[2:], at["gd"][2:]) == pytest.approx(1, abs=0.05)
    assert lines("race_figure")[0] == [10, pytest.approx(1, abs=0.03)]
    for line, method in zip(lines("race_figure")[1:], METHODS[1:], strict=True):
        assert line == [record("tuned")["kappas"][at[method] < at["gd"]][0]]
        assert line[0] <= 30
    for line, method in zip(lines("race"), METHODS, strict=False):
        middle, low, high, _, *later = line
        assert [middle, low, high] == [
            pytest.approx(n, abs=0.51)
            for n in quartiles(record("tuned")["steps"][METHODS.index(method), 0, 1])[[1, 0, 2]]
        ]
        assert later[::2] == [
            pytest.approx(at[method][kappas.index(10)], abs=0.51),
            pytest.approx(at[method][hundred], abs=0.51),
        ]


def test_one_start_again_gives_the_record_of_the_race():
    assert all(yours == recorded for *_, yours, recorded in lines("race_again"))


# --------------------------------------------------------------------------------------------- noise


@pytest.mark.parametrize("method", METHODS)
def test_exactly_on_the_line_nobody_moves(method):
    assert leaves(method, 0.1, (0.3, 0.0), 5000) is None
    assert (walk(method, 0.1, 500, basin, (0.3, 0.0))[:, 1] == 0).all()


def test_record_of_the_noise_is_what_its_code_gives():
    again = load_all()[f"{STEM}-noise"](noises=(1e-2,), seeds=range(3))
    assert np.array_equal(again["steps"][:, 0], record("noise")["steps"][:, 4, :3])


def test_noise_helps_plain_descent_and_too_much_undoes_the_scaled_step():
    found, middle = record("noise"), medians("noise")
    levels = found["noises"][1:]
    assert found["noises"][0] == 0
    assert np.isnan(found["steps"][:, 0]).all(), "exactly on the line nobody moves"
    assert "gd: None" in printed("exactly")
    assert lines("exactly")[-1] == [0, 5, 2000]
    middle = {method: steps[1:] for method, steps in middle.items()}
    for place, deviation in enumerate(levels[:4]):
        due = np.log(0.5 / (deviation * np.sqrt(0.1 / 2))) / np.log(1.1)
        assert middle["gd"][place] == pytest.approx(due, abs=10)
    assert (np.diff(middle["gd"]) < 0).all()
    for method in ("rmsprop", "adam"):
        assert np.ptp(middle[method][levels <= 0.01]) <= 2
        assert middle[method][-1] > 4 * middle[method][0]
    assert np.isnan(found["steps"][METHODS.index("adagrad"), -1]).all()
    assert [line[1] for line in lines("noise")] == [middle["gd"][i] for i in (0, 2, 3)]
    assert lines("noise_record")[3] == [pytest.approx(n, abs=0.51) for n in (31, 1e-8, 30, 0.01, 47, 0.1, 278, 1)]


# ------------------------------------------------------------------------------------ find_plateau


def test_plain_descent_is_on_the_shelf_by_step_30_and_stands_there_for_thousands():
    x, w, heights = 1.0, 4.0, []
    for _ in range(12_001):
        a = 1 / (1 + math.exp(-w))
        heights.append(50 * x * x + (a - 0.5) ** 2 / 2)
        x, w = x - 0.018 * 100 * x, w - 0.018 * (a - 0.5) * a * (1 - a)
    heights = np.array(heights)
    *found, levels = lines("shelf")
    assert [line[-1] for line in found] == [plateau(heights, tol, 10) for tol in (1e-2, 1e-3, 1e-4)] == [20, 25, 30]
    assert levels == [50, 0.116, 100, 0.05, np.argmax(heights < 0.05)]
    assert np.argmax(heights < 0.05) > 5000


def test_four_traps_of_find_plateau():
    rising, arrived, *swings = lines("traps")
    assert rising[-1] == plateau(np.linspace(1, 5, 50), 1e-3, 10) == 0
    assert arrived[-1] == plateau(0.5 ** np.arange(60), 1e-3, 10)
    shelf = landscapes.shelf_and_wall()
    for line, method, rate in zip(swings, ("momentum", "adam"), (0.15, 0.2), strict=True):
        heights = shelf.value(walk(method, rate, 2000, shelf.gradient, (1.0, 4.0)))
        assert record("losses")["losses"][["momentum", "adam"].index(method)] == pytest.approx(heights, abs=1e-9)
        assert line[1] == plateau(heights, 1e-3, 10) < 10
        assert line[3] == plateau(heights, 1e-3, 50) > 30
    by_batch, by_epoch, patient, whole = (line[-2] for line in lines("noisy_losses"))
    assert by_batch >= 9
    assert by_batch > by_epoch > patient
    assert whole == 0


# ---------------------------------------------------------------------------------------- plateaus


def test_record_of_the_plateaus_is_what_its_code_gives():
    found = record("plateaus")
    for i, method in enumerate(METHODS):
        for weight, wall, gradient, inside in (
            (6, 0, landscapes.shelf().gradient, runs.at_the_bottom),
            (2, 1, landscapes.shelf(50).gradient, runs.at_the_bottom_of_both),
        ):
            place = list(found["weights"]).index(weight)
            rate, starts = found["chosen"][i, wall, place], runs.shelf_starts(weight, 1, 20)[:3]
            again = runs.arrivals(method, gradient, inside, starts, np.array([rate]), 5000)[0]
            assert again == pytest.approx(found["steps"][i, wall, place, :3], abs=2), (method, wall)


def test_rates_on_the_shelf_are_inside_the_grid_and_from_other_starts():
    chosen = record("plateaus")["chosen"]
    run = np.isfinite(chosen)
    assert run[:, 0].all()
    assert run[:, 1, :3].all()
    assert (chosen[run] > runs.RATES[1]).all()
    assert (chosen[run] < runs.RATES[-2]).all()
    tuning, measured = (set(map(tuple, runs.shelf_starts(4, seed, 20))) for seed in (0, 1))
    assert not tuning & measured


def test_alone_plain_descent_leads_up_to_w_6_and_is_last_beyond():
    middle = {method: steps[0] for method, steps in medians("plateaus").items()}
    for method in ("momentum", "rmsprop", "adam"):
        assert (middle["gd"][:3] < middle[method][:3]).all()
    for method in METHODS[1:]:
        assert (middle["gd"][3:] > middle[method][3:]).all()
    for line, method in zip(lines("neuron"), METHODS, strict=True):
        assert line[::2] == pytest.approx(middle[method], abs=0.51)


def test_beside_the_wall_plain_descent_is_last_and_momentum_gains_nearly_19_fold():
    middle = {method: steps[1][:3] for method, steps in medians("plateaus").items()}
    alone = {method: steps[0][:3] for method, steps in medians("plateaus").items()}
    for method in METHODS[1:]:
        assert (middle["gd"] > 10 * middle[method]).all()
    gain = middle["gd"] / middle["momentum"]
    assert gain == pytest.approx([18.5] * 3, abs=2)
    for method in ("rmsprop", "adam"):
        assert middle[method] == pytest.approx(alone[method], rel=0.2)
    assert [line[:3] for line in lines("wall")[:5]] == [pytest.approx(middle[m], abs=0.51) for m in METHODS]
    assert lines("wall")[-1] == [pytest.approx(g, abs=0.51) for g in gain]


# ---------------------------------------------------------------------------------------- networks


def test_record_of_the_networks_is_what_its_code_gives():
    found = record("network")
    for method, bias in (("rmsprop", 6), ("adam", 0)):
        i, j = METHODS.index(method), list(found["biases"]).index(bias)
        again = runs.updates_of(method, bias, [found["chosen"][i, j]], found["seeds"][:2])[0]
        assert again == pytest.approx(found["updates"][i, j, :2], abs=15)
    assert found["seeds"].tolist() == list(range(10, 30))


def test_from_saturated_units_plain_descent_hardly_ever_arrives_and_rmsprop_always():
    found = record("network")
    arrived = np.isfinite(found["updates"]).sum(axis=-1)
    middle = dict(zip(METHODS, quartiles(np.moveaxis(found["updates"], -1, 0))[1], strict=True))
    assert arrived[:, 0].min() >= 17
    assert arrived[:, 2].tolist() == [1, 15, 18, 20, 20]  # the text and the title say so
    assert (arrived[METHODS.index("rmsprop")] == 20).all()
    assert middle["momentum"][2] > 5 * middle["adam"][2] > 5 * middle["rmsprop"][2]
    assert np.isinf(middle["gd"][2])
    assert np.isnan(found["chosen"][0, 2])
    for line, method in zip(printed("network").splitlines(), METHODS, strict=True):
        for j, bias in enumerate((0, 4, 6)):
            assert f"bias {bias}: {middle[method][j]:.0f} ({20 - arrived[METHODS.index(method), j]} missed)" in line


def test_rates_of_the_networks_are_inside_their_grids():
    for chosen, rates in zip(record("network")["chosen"], runs.NETWORK_RATES.values(), strict=True):
        assert set(chosen[np.isfinite(chosen)]) <= set(rates[1:-1])


def test_seed_10_again_gives_the_record_of_the_networks():
    assert all(yours == recorded for *_, yours, recorded in lines("train"))


# ---------------------------------------------------------------------------------------- the page


def test_students_own_optimisers_give_the_recorded_curves(tmp_path):
    saved, lesson = tmp_path / "my_functions", tmp_path / STEM
    saved.mkdir()
    lesson.mkdir()
    functions = [momentum.init_velocity, momentum.momentum_step, scaled.init_square_average, scaled.adagrad_step]
    functions += [scaled.rmsprop_step, adam.init_adam]
    for one in functions:
        text = "from __future__ import annotations\nimport numpy as np\n\n\n" + inspect.getsource(one)
        (saved / f"{one.__name__}.py").write_text(text, encoding="utf-8")
    both = inspect.getsource(adam.bias_correct) + "\n\n" + inspect.getsource(adam.adam_step)
    head = "from __future__ import annotations\nfrom collections.abc import Callable\nimport numpy as np\n\n\n"
    (saved / "adam_step.py").write_text(head + both, encoding="utf-8")

    wanted = {"zero", "own", "stepper", "closer", "escape", "play", "race", "race-again", "network_hessian", "exactly"}
    notebook = nbformat.from_dict(NOTEBOOK)
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code"
        and not cell.id.endswith("-check")
        and (not cell.id.startswith("demo-") or cell.id.removeprefix("demo-") in wanted or "guess" in cell.id)
        and cell.id != "demo-network-hessian"
    ]
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(lesson)}}).execute()
    after = {
        cell.id.removeprefix("demo-").replace("-", "_"): "".join(o.text for o in cell.outputs if "text" in o)
        for cell in notebook.cells
    }
    assert after["own"] == "yours: momentum, adagrad, rmsprop, adam; recorded: none\n"
    assert after["escape"] == printed("escape")
    again = [numbers(line)[-2:] for line in after["race_again"].splitlines()]
    assert len(again) == 5
    assert all(yours == pytest.approx(recorded, abs=2) for yours, recorded in again)
    assert after["exactly"].count(": None") == 5


def test_each_prediction_is_answered_where_its_result_is_shown():
    for name in ("guess_step", "guess_flat", "guess_shift", "guess_closer", "guess_race"):
        LESSON.assert_predicted(name)


def test_code_cells_are_short_and_each_has_words_before_it():
    before = None
    for cell in NOTEBOOK.cells:
        if cell.cell_type == "code" and cell.id.startswith("demo-"):
            assert len([line for line in cell.source.splitlines() if line.strip()]) <= 15, cell.id
            if not cell.id.startswith("demo-guess"):
                assert before.cell_type == "markdown" or before.id.startswith("demo-"), cell.id
        before = cell


def test_every_figure_of_the_students_functions_has_its_expected_picture():
    figures = {
        cell.id.removeprefix("demo-").replace("-", "_")
        for cell in NOTEBOOK.cells
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    }
    attached = {name for cell in NOTEBOOK.cells for name in cell.get("attachments", {})}
    of_data = {
        "horse",
        "monkey",
        "shift_figure",
        "race_figure",
        "noise_record",
        "neuron_figure",
        "wall_figure",
        "network",
    }
    sliders = {"spectrum", "play_sliders"}
    assert attached == {f"{STEM}-{name}.png" for name in figures - of_data - sliders}


def test_numbers_in_the_text_are_those_that_cells_print_or_work_with():
    given = {120, 29, 1e-7}  # minutes; the last seed; a friend's gradient
    text = LESSON.prose().replace("1/2", "0.5").replace("2-16-8-1", "").replace("2-3-1", "")
    assert LESSON.unexplained(text, given) == set()
