"""Lesson 06: what its text, its outputs and its figures claim, computed anew without the course's own functions.

Schedules are written out here again, walks are made with plain NumPy; what a cell prints is read from the solved
notebook.
"""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from optimlab import data, network
from optimlab.plots import fitted_slope
from tests.solved import Solved, numbers
from tools.experiments import learning_rate_decay as runs

LESSON = Solved("06_learning_rate_decay")
NOTEBOOK, printed, lines = LESSON.notebook, LESSON.printed, LESSON.lines
RECORD = data.recorded("06_learning_rate_decay-network")
PROBLEMS, METHODS, SCHEDULES = (RECORD[key].tolist() for key in ("problems", "methods", "schedules"))


def walk(rates, noise=1.0, start=5.0, walks=200, seed=0):
    """Return the root mean square distance to the minimum of the bowl at each step, for a rate per step."""
    rng = np.random.default_rng(seed)
    x, found = np.full((walks, 2), start), [start * math.sqrt(2)]
    for rate in rates:
        x = x - rate * (x + noise * rng.standard_normal(x.shape))
        found.append(math.sqrt((x**2).sum(axis=-1).mean()))
    return np.array(found)


def losses(problem: str, method: str) -> dict[str, np.ndarray]:
    """Return the recorded training losses by schedule."""
    return dict(zip(SCHEDULES, RECORD["loss"][PROBLEMS.index(problem), METHODS.index(method)], strict=True))


def lower(problem: str, method: str) -> dict[str, int]:
    """Return on how many seeds each schedule ends below the constant rate."""
    found = losses(problem, method)
    return {name: int(np.sum(loss < found["constant"])) for name, loss in found.items()}


def points_gained(problem: str, method: str, by: str = "correct") -> np.ndarray:
    """Return by how many points of test accuracy the cosine is above the constant rate, for each seed."""
    at = PROBLEMS.index(problem)
    correct = RECORD[by][at, METHODS.index(method)]
    return 100 * (correct[SCHEDULES.index("cosine")] - correct[0]) / RECORD["tested"][at]


# ------------------------------------------------------------------------------------ the cloud


def test_with_noise_a_constant_rate_stays_at_its_radius_and_without_noise_it_arrives():
    noisy, quiet = walk([0.1] * 200), walk([0.1] * 200, noise=0)
    for step, shown_quiet, shown_noisy in lines("walk"):
        assert shown_quiet == pytest.approx(5 * math.sqrt(2) * 0.9**step, rel=0.06)
        assert shown_noisy == pytest.approx(noisy[int(step)], abs=0.006)
    radius = math.sqrt(2 * 0.1 / 1.9)
    assert radius == pytest.approx(0.32, abs=0.006)
    assert noisy[60:].mean() == pytest.approx(radius, rel=0.03)
    assert quiet[-1] < 1e-8


def test_without_noise_rates_below_2_arrive_and_above_2_run_away():
    for rate, distance in lines_of("overshoot"):
        assert distance == pytest.approx(5 * math.sqrt(2) * abs(1 - rate) ** 200, rel=0.06)
        assert (distance < 1e-7) == (rate < 2)


def lines_of(demo: str) -> list[tuple[float, float]]:
    return [tuple(line[:2]) for line in lines(demo)]


def test_radius_is_the_formulas_and_falls_as_the_root_of_the_rate():
    *rows, (slope, *_), _ = lines("law")
    rates = np.array([row[0] for row in rows])
    assert rates.tolist() == [0.01, 0.02, 0.05, 0.1, 0.2]
    due = np.sqrt(2 * rates / (2 - rates))
    assert [row[2] for row in rows] == pytest.approx(due, abs=0.006)
    assert [row[1] for row in rows] == pytest.approx(due, rel=0.05, abs=0.006)
    assert 0.45 < slope < 0.56
    anew = [np.sqrt((walk([rate] * 4000, start=0.0, walks=100, seed=5)[2000:] ** 2).mean()) for rate in rates]
    assert anew == pytest.approx(due, rel=0.04)
    assert due[3] / due[0] == pytest.approx(math.sqrt(10), rel=0.03), "about a third"


def test_shuffled_epochs_of_500_have_a_slope_near_1_and_those_of_10000_do_not():
    record = data.recorded("06_learning_rate_decay-cloud")
    found = dict(zip(record["kinds"].tolist(), record["radius"], strict=True))
    slopes = {kind: fitted_slope(record["rates"], np.median(radius, axis=1)) for kind, radius in found.items()}
    assert 0.45 < slopes["drawn, 500"] < 0.56
    assert 0.45 < slopes["drawn, 10000"] < 0.56
    assert 0.8 < slopes["shuffled, 500"] < 0.95
    assert slopes["shuffled, 10000"] < 0.65
    shown = dict(zip(("drawn, 500", "shuffled, 500", "shuffled, 10000"), lines("clouds"), strict=False))
    for kind, line in shown.items():
        assert line[-3] == pytest.approx(slopes[kind], abs=0.006)
        assert line[-1] == pytest.approx(np.median(found[kind][0]), abs=6e-4)
    assert len(record["seeds"]) == 10
    assert found["shuffled, 500, no noise"].max() < 1e-4, "no noise, no cloud"


def test_record_of_the_cloud_is_what_its_code_gives():
    record = data.recorded("06_learning_rate_decay-cloud")
    for kind in ("drawn, 500", "shuffled, 500"):
        again = runs.radii(kind, runs.CLOUD_RATES, [0, 7])
        at = record["kinds"].tolist().index(kind)
        assert np.allclose(record["radius"][at][:, [0, 7]], again, rtol=1e-6)
    yours, record_says = lines("cloud_again")[1][-2:]
    assert yours == record_says


# ------------------------------------------------------------------------------------ schedules


def test_a_fraction_times_the_previous_rate_ends_below_a_millionth():
    *rows, (share, *_), _ = lines("previous")
    for epoch, formula, compounded in rows:
        assert formula == pytest.approx(0.2 / (1 + epoch), abs=6e-5)
        assert compounded == pytest.approx(0.2 / math.factorial(int(epoch) + 1), rel=0.06)
    assert share == pytest.approx(11 / math.factorial(11), rel=0.2)
    assert share < 1e-6


def test_only_a_constant_factor_may_multiply_the_previous_rate():
    (formula, once, powers) = re.findall(r"(?:formula|epoch) (\d\S*?)(?:,|$)", printed("chain").strip())
    assert float(formula) == float(once) == pytest.approx(0.2 * 0.95**20, abs=6e-5)
    assert float(powers) == pytest.approx(0.2 * 0.95**210, rel=0.06)


def test_decay_in_a_hurry_stops_on_the_way():
    *rows, (start, *_), _ = lines("hurry")
    assert start == pytest.approx(5 * math.sqrt(2), abs=0.006)
    for base, total, distance, _ in rows:
        assert total == pytest.approx(0.1 / (1 - base), abs=0.06)
        due = 5 * math.sqrt(2) * np.prod(1 - 0.1 * base ** np.arange(200))
        assert distance == pytest.approx(due, abs=0.006)
    ends = {row[0]: row[2] for row in rows}
    assert ends[0.5] > 0.8 * start
    assert ends[0.99] < 0.005


def test_sliders_print_what_the_formulas_give():
    assert lines("play_inverse_time")[0][-3::2] == [0.1, 0.02]
    left = np.prod(1 - 0.2 * 0.95 ** np.arange(200))
    assert lines("play_exponential")[0][-2] == pytest.approx(100 * left, abs=0.06)
    root, time = 0.2 / 20, 0.2 / 40.9
    assert [lines("play_inverse_root")[0][i] for i in (3, 4)] == pytest.approx([root, time], abs=6e-5)
    assert lines("play_step")[0] == [10, 9, 0.2, 10, 0.1]
    assert lines("play_staircase")[0][2:] == pytest.approx([0.2 / 6, 0.2 / 32], abs=6e-5)
    rates = [0.2 * (e + 1) / 5 if e < 5 else 0.1 * (1 + math.cos(math.pi * (e - 5) / 35)) for e in range(41)]
    assert lines("play_cosine")[0][2] == pytest.approx(np.mean(rates), abs=6e-4)


def test_answers_to_the_sliders_questions():
    epochs = np.arange(41)
    for k, agree in ((1e-4, True), (1e-3, False)):
        assert (np.prod(1 / (1 + k * epochs)) > 0.9 / (1 + 40 * k)) == agree
    ways = {base: np.prod(1 - 0.2 * base ** np.arange(201)) for base in (0.95, 0.97)}
    assert ways[0.95] > 0.01 > ways[0.97]
    e = np.arange(1, 10**6, 1000)
    assert (4 / np.sqrt(e + 1) > 1 / (1 + 0.01 * e))[-1], "in the end the root is above, whatever the factors"
    bases = [factor ** (1 / interval) for factor, interval in ((0.1, 20), (0.5, 5))]
    assert bases == pytest.approx([0.891, 0.871], abs=6e-4)


def falling(name):
    """Return the rate of each of 40 epochs, from 1."""
    e = np.arange(40)
    return {
        "inverse time": 1 / (1 + 99 / 39 * e),
        "exponential": 0.01 ** (e / 39),
        "inverse root": 1 / np.sqrt(e + 1),
        "step": 0.5 ** (e // 8),
        "staircase": 1 / (1 + e // 8),
        "cosine": (1 + np.cos(np.pi * e / 40)) / 2,
    }[name]


SIX = ("inverse time", "exponential", "inverse root", "step", "staircase", "cosine")


def test_six_ways_down_are_printed_as_the_formulas_give_them():
    for name, line in zip(SIX, lines("six"), strict=True):
        assert line == pytest.approx([falling(name)[10], 10, falling(name)[39], 39], abs=0.006)


def test_inverse_time_is_fast_and_ends_below_the_best_constant_rate():
    grid = np.geomspace(0.005, 1, 60)
    best = grid[np.argmin([walk([rate] * 400)[-1] for rate in grid])]
    (shown, *_), *rows = lines("decayed")
    assert shown == pytest.approx(best, abs=6e-4)
    epochs = np.arange(400) // 10
    paths = [walk(0.5 / (1 + 5 * epochs)), walk([0.5] * 400), walk([best] * 400)]
    for row, path in zip(rows, paths, strict=True):
        assert row[-6::2] == pytest.approx(path[[20, 200, 400]], abs=0.006)
    fast, large, constant = paths
    assert fast[20] < large[20]
    assert fast[400] < 0.75 * constant[400]
    assert fast[200] < constant[200] / 3
    ends = {k: walk(0.5 / (1 + k * epochs))[-1] for k in (1, 2, 5, 10)}
    assert min(ends, key=ends.get) == 5


def test_from_a_large_first_rate_every_schedule_gains_and_from_a_small_one_none():
    for first_rate, row in zip((1.0, 0.02), lines("all_clouds"), strict=True):
        due = [walk([first_rate] * 400)[-1], *(walk(np.repeat(first_rate * falling(name), 10))[-1] for name in SIX)]
        assert row == pytest.approx([first_rate, *due], abs=0.006)
        constant, *ends = due
        assert max(ends) < constant / 2 if first_rate == 1 else min(ends) > constant * 0.95
    assert max(ends) > 7.07 / 2, "inverse time has not come half way"


def test_signs_of_gradients_need_a_schedule_without_any_noise():
    for name, distance in zip(("constant", "exponential"), lines("signs"), strict=True):
        x = 5.03
        for step in range(1000):
            x -= 0.1 * (1 if name == "constant" else 0.99**step) * np.sign(x)
        assert distance[0] == pytest.approx(abs(x) * math.sqrt(2), abs=6e-5)
    assert lines("signs")[0][0] > 0.04
    assert lines("signs")[1][0] < 1e-4


# ------------------------------------------------------------------------------------- networks


def test_rates_were_chosen_inside_their_grids_and_seeds_are_fresh():
    assert RECORD["seeds"].tolist() == list(range(10, 30))
    for problem, of_problem in zip(PROBLEMS, RECORD["chosen"], strict=True):
        for method, chosen in zip(METHODS, of_problem, strict=True):
            assert set(chosen) <= set(runs.GRIDS[problem][method][1:-1]), (problem, method)


@pytest.mark.parametrize(
    ("problem", "method", "schedule"),
    [("moons", "gd", "exponential"), ("digits", "adam", "cosine"), ("wrong labels", "momentum", "constant")],
)
def test_record_of_the_networks_is_what_its_code_gives(problem, method, schedule):
    at = PROBLEMS.index(problem), METHODS.index(method), SCHEDULES.index(schedule)
    loss, correct = runs.trained(problem, method, schedule, [RECORD["chosen"][at]], [10, 29])
    assert RECORD["loss"][at][[0, 19]] == pytest.approx(loss[0], rel=1e-4)
    assert np.abs(RECORD["correct"][at][[0, 19]] - correct[0]).max() <= 2


def test_lesson_prints_the_counts_and_medians_of_the_record():
    for problem in ("moons", "digits"):
        rows = lines(problem)
        for i, method in enumerate(METHODS):
            found, rates = losses(problem, method), RECORD["chosen"][PROBLEMS.index(problem), i]
            shown, counts = rows[2 * i], rows[2 * i + 1]
            cosine = SCHEDULES.index("cosine")
            due = [rates[0], np.median(found["constant"]), rates[cosine], np.median(found["cosine"])]
            assert shown == pytest.approx(due, abs=6e-4)
            assert counts == [lower(problem, method)[name] for name in SCHEDULES[1:]]


@pytest.mark.parametrize("method", METHODS)
def test_on_moons_exponential_and_cosine_beat_the_tuned_constant_with_every_method(method):
    counts = lower("moons", method)
    assert min(counts["exponential"], counts["cosine"]) >= 18
    assert min(count for name, count in counts.items() if name != "constant") >= 12
    rates = dict(zip(SCHEDULES, RECORD["chosen"][0, METHODS.index(method)], strict=True))
    assert rates["cosine"] >= 5 * rates["constant"]
    if method == "gd":
        assert set(np.round(RECORD["chosen"][0, 0][1:] / rates["constant"])) == {5, 10}
        gains = {
            name: np.median(losses("moons", "gd")["constant"] - loss) for name, loss in losses("moons", "gd").items()
        }
        assert gains["inverse root"] == min(gain for name, gain in gains.items() if name != "constant")


def test_on_clean_digits_decay_does_not_pay_for_gradient_descent():
    counts = lower("digits", "gd")
    assert max(counts[name] for name in SCHEDULES[1:-1]) <= 6
    assert max(counts.values()) <= 9
    for name, loss in losses("digits", "gd").items():
        if name != "constant":
            assert np.median(loss - losses("digits", "gd")["constant"]) > 0
    at = PROBLEMS.index("digits"), METHODS.index("gd")
    assert set(RECORD["chosen"][at]) == {1.0}, "no schedule affords a larger first rate"


@pytest.mark.parametrize("method", ["momentum", "adam"])
def test_on_clean_digits_steep_schedules_lose_and_the_cosine_wins_with_momentum_and_adam(method):
    counts = lower("digits", method)
    assert max(counts["inverse time"], counts["exponential"]) <= 9
    assert min(counts["cosine"], counts["warm-up, cosine"]) >= 17
    rates = dict(zip(SCHEDULES, RECORD["chosen"][PROBLEMS.index("digits"), METHODS.index(method)], strict=True))
    assert 2 <= rates["cosine"] / rates["constant"] <= 3


def test_this_network_fits_every_digit_of_seed_10():
    (_, loss, record), (_, late, missed, of) = lines("digits_again")
    assert loss == record == pytest.approx(losses("digits", "gd")["constant"][0], abs=6e-5)
    assert late < loss / 5
    assert [missed, of] == [0, 1437]


def test_one_seed_of_moons_again_gives_the_record():
    assert all(yours == record for yours, record in (line[-2:] for line in lines("moons_again")))


def test_warm_up_helps_momentum_and_adam_on_digits_and_makes_no_clear_difference_elsewhere():
    for problem, shown in zip(PROBLEMS, lines("warm_up"), strict=True):
        counts = [np.sum(losses(problem, m)["warm-up, cosine"] < losses(problem, m)["cosine"]) for m in METHODS]
        assert shown[-3:] == counts
        gd, *others = counts
        assert min(others) >= 15 if problem != "moons" else max(counts) <= 14
        assert gd <= 14


# ------------------------------------------------------------------------------------- the demo


def test_the_famous_rates_differ_143_fold_and_label_215_284_283_and_195_right():
    rows = lines("rescue")
    assert [row[-2] for row in rows[:4]] == [215, 284, 283, 195]
    assert rows[4][:4] == [0.1, 143, 0.0007, 29]
    record = dict(zip(data.recorded("06_learning_rate_decay-demo")["runs"].tolist(), range(6), strict=True))
    shown = data.recorded("06_learning_rate_decay-demo")["well_known"]
    names = ("gd 0.0007", "gd 0.1", "gd 0.1, staircase", "gd 0.1, inverse time")
    assert [shown[record[name]] for name in names] == [215, 284, 283, 195]


def test_start_of_the_demo_again_gives_the_record():
    start = network.initialise((2, 5, 2, 1), np.random.RandomState(3))
    history = runs.demo_runs("gd", start, order=runs.legacy_order)
    assert network.count_correct(history.params, *data.moons()).tolist() == [215, 284, 283, 195]


def test_over_ten_starts_the_staircase_helps_gradient_descent_on_hardly_any():
    record = data.recorded("06_learning_rate_decay-demo")
    correct = dict(zip(record["runs"].tolist(), record["correct"], strict=True))
    for method, row in zip(("gd 0.1", "adam 0.01"), lines("ten_starts"), strict=True):
        gain = correct[f"{method}, staircase"] - correct[method]
        counts = [np.sum(gain > 0), np.sum(gain == 0), np.sum(gain < 0)]
        assert row[-3:] == counts
        assert counts[0] <= (2 if method == "gd 0.1" else 6)
        assert row[1] == pytest.approx(np.median(correct[method]), abs=0.51)


# ------------------------------------------------------------------------------------ test data


def test_cosine_gains_on_new_data_where_labels_are_wrong_and_little_elsewhere():
    rows = iter(lines("accuracy"))
    for problem in PROBLEMS:
        for method in METHODS:
            gain, row = points_gained(problem, method), next(rows)
            assert row[-3:] == [pytest.approx(np.median(gain), abs=0.06), np.sum(gain > 0), np.sum(gain < 0)]
            if problem == "wrong labels":
                assert 1 < np.median(gain) < 3
                assert np.sum(gain > 0) >= 15
            else:
                assert 0 < np.median(gain) < (0.3 if problem == "moons" else 1)


def test_with_wrong_labels_exponential_decay_fits_less_and_labels_more_test_images_right():
    row = SCHEDULES.index("exponential")
    for method, shown in zip(METHODS, lines("fit_less"), strict=True):
        correct = RECORD["correct"][PROBLEMS.index("wrong labels"), METHODS.index(method)]
        fits, right = lower("wrong labels", method)["exponential"], np.sum(correct[row] > correct[0])
        assert [shown[0], shown[-1]] == [fits, right]
        assert fits <= 8
        assert right >= 14
    assert fits <= 1, "Adam"


def test_gain_stays_when_rates_are_chosen_by_the_test():
    for method, shown in zip(METHODS, lines("chosen_by_test"), strict=True):
        gain = points_gained("wrong labels", method, by="correct_by_test")
        assert shown[1:3] == [pytest.approx(np.median(gain), abs=0.06), np.sum(gain > 0)]
        assert 0.5 < np.median(gain) <= np.median(points_gained("wrong labels", method))
        assert np.sum(gain > 0) >= 15


# ------------------------------------------------------------------------------------- the page


def test_each_prediction_is_answered_where_its_result_is_shown():
    names = re.findall(r'^(guess_\w+) = "\?"', "\n".join(cell.source for cell in NOTEBOOK.cells), re.M)
    assert len(names) >= 2
    for name in names:
        LESSON.assert_predicted(name, within=3, resolved=2)


def test_every_figure_of_the_students_functions_has_its_expected_picture():
    figures = {
        cell.id.removeprefix("demo-")
        for cell in NOTEBOOK.cells
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    }
    attached = {name for cell in NOTEBOOK.cells for name in cell.get("attachments", {})}
    without = {"wander", "clouds", "moons-figure", "digits-figure", "accuracy-figure"}
    sliders = {name for name in figures if name.startswith("play-")}
    assert len(sliders) == 7, "one for each schedule, and the cloud"
    due = {f"06_learning_rate_decay-{name.replace('-', '_')}.png" for name in figures - without - sliders}
    assert attached == due


def test_code_cells_are_short():
    for cell in NOTEBOOK.cells:
        if cell.cell_type == "code" and cell.id.startswith("demo-"):
            assert len([line for line in cell.source.splitlines() if line.strip()]) <= 15, cell.id


def test_numbers_in_the_text_are_those_that_cells_print_or_work_with():
    # minutes; what somebody else's blog says; years
    given = {120, 72, 94, 1951, 2015}
    assert LESSON.unexplained(LESSON.prose("1-α|α0", until="The same schedules elsewhere"), given) == set()


def test_every_slider_draws_from_end_to_end_and_states_its_numbers(monkeypatch):
    import matplotlib as mpl

    mpl.use("Agg")
    from optimlab import widgets

    explored = []
    monkeypatch.setattr(widgets, "explore", lambda draw, **choices: explored.append((draw, choices)))
    space: dict = {}
    for cell in NOTEBOOK.cells:
        kind, _, name = cell.id.partition("-")
        graded = cell.metadata.get("nbgrader", {})
        needed = graded.get("solution") or kind == "setup" or name in ("walk", "decayed", "six") or "play" in name
        if cell.cell_type == "code" and needed:
            exec(cell.source, space)
    assert len(explored) == 7
    for draw, choices in explored:
        picture = widgets._Picture(draw, None)
        for end in (0, -1):
            title = picture._outputs({name: values[end] for name, values in choices.items()})[0][0]["text/plain"]
            assert numbers(title), draw.__name__
            assert not re.search(r"\b(nan|inf)\b", title), title
