"""Lesson 04: what its text, its outputs and its figures claim, computed anew without the course's own functions.

Walks are made with plain NumPy on points; what a cell prints is read from the solved notebook.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

from optimlab import data
from optimlab.plots import fitted_slope, quartiles
from optimlab.training import steps_to_settle
from tests.solved import Solved
from tools.experiments import load_all
from tools.experiments import rmsprop as runs

START = np.array([-5.0, -2.0])
RAVINE = np.array([0.2, 4.0])
LESSON = Solved("04_rmsprop")
NOTEBOOK, printed, lines = LESSON.notebook, LESSON.printed, LESSON.lines


def walk(method, rate, steps, curvatures=RAVINE, start=START, noise=None):
    """Return the path (steps + 1, ..., 2) down a quadratic along the axes."""
    x = np.array(start, dtype=float)
    s, path = np.zeros_like(x), [x]
    for _ in range(steps):
        g = curvatures * x + (0 if noise is None else noise.standard_normal(x.shape))
        if method == "adagrad":
            s = s + g * g
        if method == "rmsprop":
            s = 0.9 * s + 0.1 * g * g
        x = x - rate * (g if method == "gd" else g / (np.sqrt(s) + 1e-8))
        path.append(x)
    return np.array(path)


def settled(method, rate, steps, start):
    return steps_to_settle(np.linalg.norm(walk(method, rate, steps, start=start), axis=-1), 0.1)


def medians(name: str) -> dict[tuple[str, int], np.ndarray]:
    """Return the median steps for each method and angle, shape (kappas,)."""
    record = data.recorded(name)
    return {
        (str(method), int(angle)): quartiles(np.moveaxis(record["steps"][i, j], -1, 0))[1]
        for i, method in enumerate(record["methods"])
        for j, angle in enumerate(record["angles"])
    }


STEPS = medians("04_rmsprop-turned")
KAPPAS = data.recorded("04_rmsprop-turned")["kappas"]

# --------------------------------------------------------------------------------- first steps


def test_rates_of_one_over_curvature_arrive_in_one_step():
    assert lines("two_rates") == [[0.2, 4, 5, 0.25], [0]]
    assert np.allclose(START - RAVINE * START / RAVINE, 0)
    assert lines("gradients") == [[1, 8], [1, 1]]


def test_first_steps_are_the_rate_and_3_16_rates_in_both_coordinates():
    assert lines("walk") == [[0.1, 0.8], [0.1, 0.1], [0.316, 0.316]]
    for method, factor in (("adagrad", 1), ("rmsprop", 1 / np.sqrt(0.1))):
        assert walk(method, 0.1, 1)[1] - START == pytest.approx(0.1 * factor, rel=1e-6)


def test_on_a_constant_slope_adagrad_shrinks_as_one_over_root_t_and_rmsprop_comes_down_to_the_rate():
    adagrad, rmsprop = (line[4:] for line in lines("constant"))
    t = np.array([1, 2, 10, 100])
    assert adagrad == pytest.approx(1 / np.sqrt(t), abs=0.006)
    assert rmsprop == pytest.approx(1 / np.sqrt(1 - 0.9**t), abs=0.006)


def test_bias_minus_weight_gradient_is_broadcast_without_an_error():
    assert (np.zeros((3, 1)) - np.ones((3, 4))).shape == (3, 4)
    assert "b - dW has shape (3, 4)" in printed("slip")


def test_epsilon_under_the_root_flattens_gradients_below_a_thousandth():
    for line in printed("epsilon").splitlines():
        g, outside, inside = (
            float(re.search(pattern, line)[1])
            for pattern in (r"gradient (\S+):", r"first step (\S+) with", r"outside, (\S+) with")
        )
        assert outside == pytest.approx(g / (np.sqrt(0.1) * g + 1e-8), abs=0.006)
        assert inside == pytest.approx(g / np.sqrt(0.1 * g * g + 1e-6), rel=0.06)
        if g <= 1e-4:
            assert inside < 0.11
        if g >= 1e-7:
            assert outside > 2


# ------------------------------------------------------------------------------------- no limit


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.1, 1, 10, 100])
def test_rmsprop_ends_in_a_swing_of_half_its_rate_at_every_rate(rate):
    path = walk("rmsprop", rate, 10_000 if rate < 0.01 else 3000)
    assert np.abs(path[-100:]) == pytest.approx(rate / 2, rel=0.01)
    assert (path[-99:] * path[-100:-1] < 0).all()
    assert np.abs(np.diff(path, axis=0)).max() <= rate / np.sqrt(0.1) * (1 + 1e-12)


def test_lesson_prints_the_swing_and_the_longest_step():
    assert np.abs([line[-2:] for line in lines("rate_100")[1:5]]) == pytest.approx(50, abs=0.01)
    *swings, longest = lines("swing")
    assert [line[0] for line in swings] == [0.01, 0.1, 1, 10, 100]
    assert [line[-2:] for line in swings] == [[0.5, 0.5]] * 5
    assert longest == [3.16, 3.16]
    assert abs(1 - 0.501 * 4) > 1, "plain descent runs away above 0.5"


def test_floor_of_rmsprop_is_0_07_while_plain_descent_goes_on():
    paths = {"gd": walk("gd", 0.4, 400), "rmsprop": walk("rmsprop", 0.1, 400)}
    ends = {method: np.linalg.norm(path[-1]) for method, path in paths.items()}
    assert ends["rmsprop"] == pytest.approx(0.1 / np.sqrt(2), rel=0.02)
    assert ends["gd"] < 1e-12
    assert np.linalg.norm(paths["rmsprop"], axis=1).min() < 1e-4, "it comes near once"


# ------------------------------------------------------------------------------------- ravines


def test_record_of_ravines_is_what_its_code_gives():
    record, again = data.recorded("04_rmsprop-turned"), load_all()["04_rmsprop-turned"](kappas=(20, 200))
    at = [0, 3]
    assert record["kappas"][at].tolist() == [20, 200]
    assert np.allclose(record["chosen"][..., at], again["chosen"])
    same = np.isclose(record["steps"][..., at, :], again["steps"], rtol=0.02)
    assert same.mean() > 0.97


def test_rates_of_ravines_were_not_chosen_at_the_edge_of_a_grid():
    record = data.recorded("04_rmsprop-turned")
    for method, chosen in zip(record["methods"], record["chosen"], strict=True):
        for kappa, rates in zip(KAPPAS, chosen.T, strict=True):
            grid = runs.grid_of(str(method), kappa)
            assert (rates > grid[0] * 1.01).all()
            # gd's and momentum's grid ends at the largest stable rate, where a wider one has nothing to offer
            assert (rates < grid[-1] * 0.999).all() or method in ("gd", "momentum")
    tuning = runs.starts(0, 10)
    assert not set(map(tuple, tuning)) & set(map(tuple, record["starts"]))


def test_along_the_axes_adagrad_and_rmsprop_do_not_notice_kappa():
    for method in ("adagrad", "rmsprop"):
        assert np.ptp(STEPS[method, 0]) <= 0.02 * STEPS[method, 0].min()
    assert fitted_slope(KAPPAS, STEPS["gd", 0]) == pytest.approx(1, abs=0.05)
    printed_steps = [line[::2] for line in lines("kappa")]
    shown = np.isin(KAPPAS, [20, 100, 1000])
    for method, row in zip(runs.METHODS, printed_steps, strict=True):
        assert row == pytest.approx(STEPS[method, 0][shown], abs=0.51)


def test_rmsprop_loses_at_kappa_20_and_wins_above_100_and_adagrad_is_first():
    gd, rmsprop, adagrad = (STEPS[method, 0] for method in ("gd", "rmsprop", "adagrad"))
    assert (rmsprop > 1.5 * gd)[KAPPAS <= 50].all()
    assert (rmsprop < gd / 2)[KAPPAS >= 200].all()
    assert (adagrad < gd / 5).all()
    assert adagrad.tolist() == [4] * len(KAPPAS)


def test_turned_by_45_degrees_both_lose_their_lead():
    at = list(KAPPAS).index(1000)
    assert STEPS["rmsprop", 45][at] > 5 * STEPS["rmsprop", 0][at]
    assert (STEPS["adagrad", 45] > STEPS["gd", 45]).all()
    assert STEPS["rmsprop", 45][at] > 0.9 * STEPS["gd", 45][at]
    for method in ("gd", "momentum"):
        assert STEPS[method, 45] == pytest.approx(STEPS[method, 0], rel=0.15)
    far = KAPPAS >= 200
    for method, line in zip(("gd", "adagrad", "rmsprop"), lines("turned")[1:4], strict=True):
        slope = fitted_slope(KAPPAS[far], STEPS[method, 45][far])
        assert slope == pytest.approx(1, abs=0.06)
        assert line[0] == pytest.approx(slope, abs=0.006)


def test_adagrad_from_far_away_at_the_same_rate_is_slower_than_rmsprop():
    adagrad, rmsprop = lines("four_steps")
    for row, method, rate in ((adagrad, "adagrad", 5), (rmsprop, "rmsprop", 0.1)):
        due = [float(settled(method, rate, steps, k * START)) for k, steps in ((1, 300), (10, 1000), (100, 21_000))]
        assert [row[1], row[3], row[5]] == pytest.approx(due, rel=0.01)
    assert adagrad[1] < rmsprop[1] / 5
    assert adagrad[5] > 3.5 * rmsprop[5]


def test_one_start_again_gives_the_record():
    rows = [line[-2:] for line in lines("kappa_again")]
    assert all(yours == record for yours, record in rows)
    assert len(rows) == 3


def test_play_starts_where_rmsprop_is_ahead():
    scaled = np.linalg.norm(walk("rmsprop", 0.1, 60, curvatures=np.array([0.2, 20]))[-1])
    plain = np.linalg.norm(walk("gd", 10 / 101, 60, curvatures=np.array([0.2, 20]))[-1])
    assert lines("play")[0][-1] == pytest.approx(scaled, abs=0.006)
    assert scaled < plain / 5


# --------------------------------------------------------------------------------------- scales


def test_a_factor_in_the_gradient_changes_nothing_and_other_units_do():
    before = walk("rmsprop", 0.1, 40)
    assert np.abs(walk("rmsprop", 0.1, 40, curvatures=np.array([0.2, 400])) - before).max() < 1e-7
    assert "True" in printed("scale")
    units = walk("rmsprop", 0.1, 40, curvatures=np.array([0.2, 0.04]), start=(-5, -20))[-1, 1] / 10
    assert abs(before[-1, 1]) < 0.001
    assert units < -1
    assert lines("units")[0][1:3] == [pytest.approx(before[-1, 1], abs=6e-5), pytest.approx(units, abs=0.006)]


# ---------------------------------------------------------------------------- a rate that dies


def test_adagrads_rate_stays_without_noise_and_dies_with_it():
    path = walk("adagrad", 1.0, 2000)
    rate = 1 / np.sqrt(np.cumsum((0.2 * path[:, 0]) ** 2))
    assert rate[1999] == pytest.approx(rate[99], rel=1e-3)
    quiet, noisy, (slope, _), _ = lines("death")
    assert quiet[-3] == quiet[-2] == quiet[-1] == pytest.approx(rate[-1], abs=6e-4)
    assert slope == pytest.approx(-0.5, abs=0.05)
    assert noisy[-1] == pytest.approx(1 / np.sqrt(10_000), rel=0.1)
    assert noisy[-4] > 2 * noisy[-3] > 4 * noisy[-2] > 8 * noisy[-1]


def test_record_of_the_jump_is_what_its_code_gives():
    record = data.recorded("04_rmsprop-jump")
    again = runs.jump(waits=(100, 1000), seeds=range(3))
    assert np.array_equal(record["recovery"][:, [0, 2], :3], again["recovery"])
    assert np.allclose(record["distance"][:, [0, 2], :3], again["distance"])


def test_adagrad_recovers_later_the_later_the_minimum_jumps_and_the_others_do_not():
    record = data.recorded("04_rmsprop-jump")
    assert np.isfinite(record["recovery"]).all()
    gd, adagrad, rmsprop = np.median(record["recovery"], axis=-1)
    at = [list(record["waits"]).index(wait) for wait in (100, 10_000)]
    assert adagrad[at[1]] / adagrad[at[0]] > 4
    for steps in (gd, rmsprop):
        assert np.ptp(steps) < 0.3 * steps.min()
    shown = [line[0] for line in lines("jump")]
    assert shown == pytest.approx([steps[at[0]] for steps in (gd, adagrad, rmsprop)], abs=0.51)
    assert fitted_slope(record["waits"][2:], adagrad[2:]) == pytest.approx(0.5, abs=0.1)


def test_adagrad_hovers_closer_and_closer_and_the_others_do_not():
    record = data.recorded("04_rmsprop-jump")
    gd, adagrad, rmsprop = np.median(record["distance"], axis=-1)
    assert (np.diff(adagrad) < 0).all()
    assert adagrad[-1] < gd[-1] / 2
    for distance in (gd, rmsprop):
        assert np.ptp(distance[1:]) < 0.15 * distance[1]


def test_seed_0_again_gives_the_record_of_the_jump():
    assert all(yours == record for yours, record in (line[-2:] for line in lines("jump_again")))


# ------------------------------------------------------------------------------------- sparse


def test_record_of_sparse_features_is_what_its_code_gives():
    record = data.recorded("04_rmsprop-sparse")
    for row in (0, 2):
        again = runs.online_losses(str(record["methods"][row]), "sparse", [record["chosen"][row, 0]], [10, 17])[0]
        assert record["online"][row, 0, [0, 7]] == pytest.approx(again, rel=1e-6)


def test_rates_of_records_are_inside_their_grids_and_seeds_are_fresh():
    for name, grids in (("sparse", runs.SPARSE_RATES), ("network", runs.NETWORK_RATES)):
        record = data.recorded(f"04_rmsprop-{name}")
        assert not set(range(10)) & set(record["seeds"].tolist())
        for method, chosen in zip(record["methods"], record["chosen"], strict=True):
            assert set(np.ravel(chosen)) <= set(grids[str(method)][1:-1])


def test_adagrad_leads_on_sparse_features_and_by_far_less_on_dense_ones():
    record = data.recorded("04_rmsprop-sparse")
    names = record["methods"].tolist()
    leads = record["online"] - record["online"][names.index("adagrad")]
    spread, *rows = lines("sparse")
    assert spread[-1] - spread[-2] > max(np.median(lead[0]) for lead in leads), "seeds differ more than methods"
    for line, name in zip(rows, ("gd", "momentum", "rmsprop", "decayed"), strict=True):
        sparse, dense = leads[names.index(name)]
        won = [np.sum(sparse > 0), np.sum(dense > 0)]
        assert won[0] >= 18
        assert np.median(dense) < 0.5 * np.median(sparse)
        medians = [pytest.approx(np.median(lead), abs=6e-4) for lead in (sparse, dense)]
        assert line == [*medians, *won, 20]
    gd, decayed = (np.median(record["online"][names.index(name), 0]) for name in ("gd", "decayed"))
    assert decayed > gd, "a falling rate alone does not help"


def test_seed_10_again_gives_the_record_of_sparse_features():
    assert all(yours == record for yours, record in (line[-2:] for line in lines("sparse_again")))
    X, _ = data.sparse_features(seed=10)
    assert [line[1] for line in lines("rare")] == [X[j - 1].sum() for j in (1, 10, 200)]


# ------------------------------------------------------------------------------------ network


def test_record_of_the_network_is_what_its_code_gives():
    record = data.recorded("04_rmsprop-network")
    for row in (2, 3):
        again = runs.updates_of(str(record["methods"][row]), [record["chosen"][row]], record["seeds"][:2])[0]
        assert np.abs(again - record["updates"][row, :2]).max() <= 10


def test_on_two_moons_rmsprop_and_momentum_take_about_half_the_updates():
    record = data.recorded("04_rmsprop-network")
    gd, momentum, adagrad, rmsprop = record["updates"]
    assert np.isfinite(record["updates"]).all()
    half = [np.median(updates) / np.median(gd) for updates in (momentum, rmsprop)]
    assert half == pytest.approx([0.5, 0.5], abs=0.1)
    assert np.median(rmsprop) < np.median(adagrad) < np.median(gd)
    assert min(np.sum(updates < gd) for updates in (momentum, rmsprop)) >= 17
    assert record["chosen"][0] / record["chosen"][3] == pytest.approx(40)


def test_seed_10_again_gives_the_record_of_the_network():
    rows = [line[-2:] for line in lines("train")]
    assert all(yours == record for yours, record in rows)
    gd, adagrad, rmsprop = (yours for yours, _ in rows)
    assert max(adagrad, rmsprop) < 0.7 * gd, "well before plain descent"


# ------------------------------------------------------------------------------------ the page


def test_each_prediction_is_answered_where_its_result_is_shown():
    for name in ("guess_rate", "guess_turn", "guess_scale", "guess_units", "guess_death"):
        LESSON.assert_predicted(name)


def test_numbers_in_the_text_are_those_that_cells_print_or_work_with():
    # minutes; points of the moons; the last seed; the starts' distance; words of a service; where a curve bends
    given = {90, 300, 29, runs.RADIUS, 50_000, 1e-7}
    text = LESSON.prose().replace("1/2", "0.5").replace("2-16-8-1", "")
    assert LESSON.unexplained(text, given) == set()
    for record in ("04_rmsprop-sparse", "04_rmsprop-network"):
        assert data.recorded(record)["seeds"].tolist() == list(range(10, 30))
