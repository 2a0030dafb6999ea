"""Lesson 03: what its text, its outputs and its figures claim, computed anew without the course's own functions.

Paths come from the two-point form of the update, w(t+1) = w(t) + β (w(t) - w(t-1)) - (1-β) α c w(t) for the
curvature c, and from closed forms. What a cell prints is read from the solved notebook.
"""

from __future__ import annotations

import numpy as np
import pytest

from optimlab import data, network
from optimlab.plots import fitted_slope
from tests.solved import Solved, numbers
from tools.experiments import load_all
from tools.experiments.momentum import BETAS, LAYERS, RATES, updates_of

START = np.array([-5.0, -2.0])
ALONG, ACROSS = 0.2, 4.0
LESSON = Solved("03_momentum")
NOTEBOOK, printed = LESSON.notebook, LESSON.printed


def rows(demo: str) -> dict[float, list[float]]:
    """Return the numbers of each printed line that starts with a β, by that β."""
    found = [numbers(line) for line in printed(demo).splitlines() if line.startswith("β = ")]
    return {beta: rest for beta, *rest in found}


def roll(beta, rates, steps, curvatures=(ALONG, ACROSS), start=START):
    """Return the path on a quadratic, shape (steps + 1, rates, 2)."""
    rates = np.reshape(rates, (-1, 1))
    before = now = np.broadcast_to(start, (len(rates), 2))
    path = [now]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            before, now = now, now + beta * (now - before) - (1 - beta) * rates * np.array(curvatures) * now
            path.append(now)
    return np.array(path)


def one(beta, rate, steps):
    return roll(beta, rate, steps)[:, 0]


def fewest(beta, kappa, tolerance, steps):
    """Return the fewest steps over a grid finer than the lesson's, until both coordinates stay within the tolerance."""
    rates = np.geomspace(0.1, 400, 1501) / (0.2 * kappa)
    path = roll(beta, rates, steps, (0.2, 0.2 * kappa))
    with np.errstate(invalid="ignore"):
        outside = ~(np.abs(path).max(axis=-1) <= tolerance)
    settled = np.where(outside[-1], np.inf, len(outside) - outside[::-1].argmax(axis=0))
    return settled.min()


def spectral_radius(beta, rate_times_curvature):
    """Return the factor per step in the long run: the larger root of z² - (1 + β - (1-β) α c) z + β."""
    return np.abs(np.roots([1, -(1 + beta - (1 - beta) * rate_times_curvature), beta])).max()


def height(points):
    return 0.1 * points[..., 0] ** 2 + 2 * points[..., 1] ** 2


def flips(path):
    return int(np.sum(path[1:, 1] * path[:-1, 1] < 0))


# ------------------------------------------------------------------------------- plain descent


def test_ravine_has_condition_number_20():
    assert numbers(printed("ravine")) == [ALONG, ACROSS, ACROSS / ALONG]


def test_plain_descent_flips_at_every_step_above_a_quarter_and_never_below():
    found = [numbers(line) for line in printed("flips").splitlines()]
    assert found == [[r, pytest.approx(1 - 4 * r), flips(one(0, r, 40)), 40] for r in (0.2, 0.4, 0.45)]
    assert flips(one(0, 0.249, 40)) == 0
    assert flips(one(0, 0.251, 40)) == 40


def test_at_rate_0_6_x_comes_closer_and_y_runs_away():
    x, y = -5 * (1 - 0.6 * ALONG) ** 20, -2 * (1 - 0.6 * ACROSS) ** 20
    assert f"x = {x:.2f} and y = {y:.0f}." in printed("limit")
    assert abs(x) < 5
    assert abs(y) > 1000
    assert abs(1 - 0.499 * ACROSS) < 1 < abs(1 - 0.501 * ACROSS)
    assert "= 0.5. Largest rate for x: 2 / 0.2 = 10." in printed("limit")


def test_mean_of_20_gradients_keeps_all_along_and_2_percent_across():
    along, across = (1 - 0.49 * ALONG) ** np.arange(20), (1 - 0.49 * ACROSS) ** np.arange(20)
    kept = [abs(a.sum()) / np.abs(a).sum() for a in (along, across)]
    assert kept == [pytest.approx(1), pytest.approx(0.02, abs=0.005)]
    assert "100% along, 2% across" in printed("mean_gradient")


def test_weights_of_the_average_fade_and_sum_to_one():
    assert numbers(printed("weights")) == [0.1, 0.09, 0.081, 0.073, 0.066, 1.0, 19, 65]
    assert [round(100 * (1 - 0.9**n)) for n in (2, 10)] == [19, 65]


# ------------------------------------------------------------------------------- the better path


def test_beta_zero_is_plain_descent():
    assert "True" in printed("walk")


def test_beta_a_half_is_straighter_shorter_and_lower_at_the_same_rate():
    def facts(beta):
        path = one(beta, 0.4, 40)
        return flips(path), np.linalg.norm(np.diff(path, axis=0), axis=1).sum(), height(path[-1])

    plain, half = facts(0), facts(0.5)
    assert rows("straighter") == {
        beta: [n, pytest.approx(length, abs=0.05), pytest.approx(end, abs=5e-5)]
        for beta, (n, length, end) in ((0.0, plain), (0.5, half))
    }
    assert all(h < p for h, p in zip(half, plain, strict=True))


@pytest.mark.parametrize(("line", "tolerance"), [(0, 1e-3), (1, 1e-6)])
def test_tuned_race_beta_a_half_needs_less_than_a_third_of_the_steps(line, tolerance):
    _, plain, _, half, ratio = numbers(printed("race").splitlines()[line])
    assert plain == pytest.approx(fewest(0, 20, tolerance, 300), rel=0.02)
    assert half == pytest.approx(fewest(0.5, 20, tolerance, 300), abs=1)
    # plain descent at its best rate, 2 / (0.2 + 4), shrinks x by 19/21 per step
    assert plain == pytest.approx(np.log(5 / tolerance) / np.log(21 / 19), abs=2)
    assert half < plain / 3
    assert ratio == pytest.approx(plain / half, abs=0.05)


def test_best_beta_is_0_4_to_0_5_and_0_9_loses_to_plain_descent():
    steps = {beta: rest[0] for beta, rest in rows("more_beta").items()}
    for beta in (0.2, 0.4, 0.5, 0.8, 0.9):
        assert steps[beta] == pytest.approx(fewest(beta, 20, 1e-6, 600), rel=0.03), beta
    assert sorted(steps, key=steps.get)[:2] == [0.4, 0.5]
    assert steps[0.8] < steps[0.0] < steps[0.9]
    assert (steps[0.0], steps[0.5], steps[0.9]) == (154, 42, 270)  # the text says so


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99])
def test_rule_says_from_which_kappa_a_beta_beats_plain_descent(beta):
    root = np.sqrt(beta)
    factor, threshold = rows("rule")[beta]
    assert factor == pytest.approx(root, abs=5e-4)
    assert threshold == pytest.approx((1 + root) / (1 - root), abs=0.05)
    for kappa, wins in ((0.97 * threshold, False), (1.03 * threshold, True)):
        steepness = np.geomspace(0.1, 2.01 * (1 + beta) / (1 - beta), 400)
        best = min(max(spectral_radius(beta, s), spectral_radius(beta, s / kappa)) for s in steepness)
        assert best >= root - 1e-9, "no rate is better than the root of β"
        assert (best < (kappa - 1) / (kappa + 1)) == wins


# ------------------------------------------------------------------------------- steeper ravines


def test_at_kappa_1000_beta_0_9_wins_27_fold():
    plain, _, half, _, nine_tenths, _, ratio = numbers(printed("steep"))
    assert plain == pytest.approx(np.log(5 / 1e-3) / np.log(1001 / 999), rel=0.01)
    assert half == pytest.approx(fewest(0.5, 1000, 1e-3, 2000), rel=0.03)
    assert nine_tenths == pytest.approx(fewest(0.9, 1000, 1e-3, 400), rel=0.03)
    assert ratio == round(plain / nine_tenths) == 27


def test_record_of_kappa_is_what_its_code_gives():
    record, again = data.recorded("03_momentum-kappa"), load_all()["03_momentum-kappa"](kappas=(20, 100))
    at = [2, 4]
    assert record["kappas"][at].tolist() == [20, 100]
    assert np.allclose(record["steps"][:, at], again["steps"], rtol=0.02)
    assert np.allclose(record["best_steps"][at], again["best_steps"], rtol=0.02)
    for beta, steps in zip(record["betas"][:3], record["steps"][:3], strict=True):
        assert steps[4] == pytest.approx(fewest(beta, 100, 1e-6, 1000), rel=0.03)


def test_steps_grow_as_kappa_without_momentum_and_as_its_root_with_the_best_beta():
    record = data.recorded("03_momentum-kappa")
    slopes = [fitted_slope(record["kappas"], steps) for steps in (record["steps"][0], record["best_steps"])]
    assert slopes == [pytest.approx(1, abs=0.05), pytest.approx(0.5, abs=0.08)]
    assert numbers(printed("kappa")) == [pytest.approx(slope, abs=0.006) for slope in slopes]


@pytest.mark.parametrize(("beta", "first", "last"), [(0.5, 10, 20), (0.9, 50, 1000), (0.99, 500, 10_000)])
def test_fixed_beta_is_flat_and_crosses_plain_descent_where_the_rule_says(beta, first, last):
    record = data.recorded("03_momentum-kappa")
    plain, steps = record["steps"][0], record["steps"][list(record["betas"]).index(beta)]
    threshold = (1 + np.sqrt(beta)) / (1 - np.sqrt(beta))
    assert np.array_equal(steps < plain, record["kappas"] > threshold)
    assert rows("flat")[beta] == [round(steps.min()), last, first]
    flat = record["kappas"] <= last
    assert steps[flat].max() < 1.1 * steps.min()
    # two coordinates swing at √β only while κ is at most the square of the rule's number
    assert last < threshold**2
    if not flat.all():
        beyond = record["kappas"] >= 5 * last
        assert fitted_slope(record["kappas"][beyond], steps[beyond]) == pytest.approx(1, abs=0.1)
        assert (steps[beyond] < plain[beyond]).all()


def test_students_functions_give_the_record_at_kappa_100():
    record, yours = printed("kappa_again").splitlines()
    assert numbers(record)[1:] == numbers(yours) == [779, 0.9, 273]


def test_play_starts_where_momentum_is_far_ahead():
    assert numbers(printed("play"))[3] == pytest.approx(np.abs(one(0.5, 1, 40)[-1]).max(), rel=0.05)
    assert np.abs(one(0.5, 1, 40)[-1]).max() < 1e-4 * np.abs(one(0, 10 / 21, 40)[-1]).max()


# ------------------------------------------------------------------------------- limits, the ball


@pytest.mark.parametrize(("beta", "limit"), [(0.0, 0.5), (0.5, 1.5), (0.9, 9.5), (0.99, 99.5)])
def test_largest_stable_rate_is_measured_within_a_percent_of_theory(beta, limit):
    assert spectral_radius(beta, 0.9999 * limit * ACROSS) < 1 < spectral_radius(beta, 1.0001 * limit * ACROSS)
    measured, _, ratio, theory = rows("stable")[beta]
    assert measured == pytest.approx(limit, rel=0.01)
    assert theory == limit
    assert ratio == pytest.approx(limit / 0.5)


def test_ball_coasts_beta_over_one_minus_beta():
    assert rows("coast") == {beta: [pytest.approx(beta / (1 - beta))] for beta in (0.5, 0.9, 0.99)}


def test_only_beta_0_9_overshoots_at_rate_0_4():
    past = {beta: max(0.0, one(beta, 0.4, 200)[:, 0].max()) for beta in (0.0, 0.5, 0.9)}
    assert rows("overshoot") == {beta: [0.4, pytest.approx(value, abs=0.005)] for beta, value in past.items()}
    assert past[0.9] > 0.5


def test_ball_climbs_out_above_the_limit_only():
    for line, rate in zip(printed("climb").splitlines(), (9.4, 9.6), strict=True):
        _, start, end, _ = numbers(line)
        path = height(one(0.9, rate, 30))
        assert start == pytest.approx(10.5)
        assert end == pytest.approx(path[-1], rel=1e-3, abs=0.05)
        assert (end > start) == (rate > 9.5)


@pytest.mark.parametrize(("beta", "steps"), [(0.5, 1), (0.9, 9), (0.99, 99)])
def test_start_at_rest_costs_beta_over_one_minus_beta_steps(beta, steps):
    due = [beta * (1 - beta**n) / (1 - beta) for n in (10, 100, 1000)]
    assert rows("rest")[beta][0::2] == pytest.approx(due, abs=0.06)
    assert round(due[-1]) == steps


def test_heavy_ball_takes_the_same_path_at_a_tenth_of_the_rate():
    place, velocity = START, 0.0
    for _ in range(200):
        velocity = 0.9 * velocity + np.array([ALONG, ACROSS]) * place
        place = place - 0.1 * velocity
    assert np.allclose(place, one(0.9, 1.0, 200)[-1], rtol=0, atol=1e-12)
    assert "True" in printed("heavy_ball")
    table = {beta: values[-3:] for beta, values in rows("heavy_ball").items()}
    assert table == {0.0: [1, 0.5, 0.5], 0.5: [2, 0.75, 1.5], 0.9: [10, 0.95, 9.5], 0.99: [100, 0.995, 99.5]}


# ------------------------------------------------------------------------------- fairness, noise


def test_at_an_equal_small_rate_momentum_is_as_fast_as_plain_descent_and_goes_nearly_its_way():
    paths = [one(beta, 0.01, 2500) for beta in (0, 0.9)]
    steps = [2501 - (np.abs(p).max(axis=-1) > 0.1)[::-1].argmax() for p in paths]
    assert numbers(printed("equal"))[:2] == steps == [1955, 1928]
    assert abs(steps[1] / steps[0] - 1) < 0.02
    apart = np.sqrt(((paths[1][:1200, None] - paths[0][None, :1500]) ** 2).sum(axis=-1)).min(axis=1)
    assert apart.max() < 0.25
    assert np.mean(apart < 0.02) > 0.9


def test_noise_is_not_averaged_away_at_a_small_rate_and_is_across_near_the_limit():
    def rms(beta, rate, curvature):  # stationary variance of the two-point form
        variance = rate * (1 + beta) / (curvature * (2 * (1 + beta) - (1 - beta) * rate * curvature))
        return np.sqrt(variance)

    for line, (rate, beta) in zip(
        printed("noise").splitlines(), [(0.1, 0.0), (0.1, 0.9), (0.4, 0.0), (0.4, 0.9)], strict=True
    ):
        due = [rms(beta, rate, ALONG), rms(beta, rate, ACROSS)]
        assert numbers(line) == [rate, beta, *(pytest.approx(value, rel=0.03, abs=0.006) for value in due)]
    assert rms(0.9, 0.1, ALONG) / rms(0, 0.1, ALONG) > 0.99
    assert rms(0.9, 0.1, ACROSS) / rms(0, 0.1, ACROSS) > 0.85
    assert rms(0.9, 0.4, ACROSS) / rms(0, 0.4, ACROSS) < 0.5


# ------------------------------------------------------------------------------- the network


def test_record_of_the_network_is_what_its_code_gives():
    record = data.recorded("03_momentum-network")
    for row in (0, 2):  # plain descent and β = 0.9, two seeds whose paths do not hang on the last digit
        again = updates_of(BETAS[row], [record["chosen"][row]], record["seeds"][[0, 9]])[0]
        assert np.abs(again - record["updates"][row, [0, 9]]).max() <= 10
    grid = updates_of(BETAS[2], RATES[3:5], range(2))
    assert np.abs(grid - record["tuning"][2, 3:5, :2]).max() <= 10


def test_rates_were_chosen_on_other_seeds_and_not_at_the_edge_of_the_grid():
    record = data.recorded("03_momentum-network")
    assert record["rates"].tolist() == list(RATES)
    assert not set(range(10)) & set(record["seeds"].tolist())
    for chosen, tried in zip(record["chosen"], record["tuning"], strict=True):
        misses = np.isinf(tried).sum(axis=1)
        best = min(range(len(RATES)), key=lambda i: (misses[i], np.median(tried[i])))
        assert RATES[best] == chosen
        assert 0 < best < len(RATES) - 1


def test_momentum_halves_the_updates_on_two_moons_and_beta_0_99_saves_none():
    plain, half, nine_tenths, more = data.recorded("03_momentum-network")["updates"]
    assert np.isfinite(plain).all()
    assert np.isfinite(nine_tenths).all()
    medians = [np.median(updates) for updates in (plain, half, nine_tenths, more)]
    assert medians == [170, 110, 85, 210]
    assert [np.sum(updates < plain) for updates in (half, nine_tenths, more)] == [20, 19, 5]
    lines = [numbers(line) for line in printed("network").splitlines()]
    assert [line[-3:-1] for line in lines] == [[170, 0], [110, 20], [85, 19], [210, 5]]


def test_seed_10_again_gives_the_record():
    found = [numbers(line)[-2:] for line in printed("train").splitlines()]
    record = data.recorded("03_momentum-network")
    assert found == [[record["updates"][row, 0]] * 2 for row in (0, 2)] == [[240, 240], [125, 125]]


def test_both_curves_of_the_blog_nearly_coincide():
    X, Y = data.moons()
    losses = []
    for beta in (0.0, 0.9):
        params = network.initialise(LAYERS, np.random.default_rng(1010))
        v = {key: np.zeros_like(value) for key, value in params.items()}
        curve = []
        for _ in range(500):
            cost, grads = network.cost_and_grads(params, X, Y)
            curve.append(cost)
            v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
            params = {key: params[key] - 0.0007 * v[key] for key in params}
        losses.append(curve)
    plain, momentum = np.array(losses)
    assert plain[-1] < 0.95 * plain[0], "they do learn"
    assert np.abs(momentum / plain - 1).max() < 0.01


# ------------------------------------------------------------------------------- the page


def test_numbers_in_the_text_are_those_that_cells_print_or_work_with():
    given = {80, 300, 29, 0.0007}  # minutes; points of the moons; the last seed; the rate of somebody else's blog
    text = LESSON.prose().replace("1/4", "0.25").replace("1/2", "0.5").replace("2-16-8-1", "")
    assert LESSON.unexplained(text, given) == set()
    assert data.moons()[0].shape == (2, 300)
    assert data.recorded("03_momentum-network")["seeds"].tolist() == list(range(10, 30))


def test_each_prediction_is_answered_where_its_result_is_shown():
    for name in ("guess_limit", "guess_beta", "guess_equal"):
        LESSON.assert_predicted(name)


def test_code_cells_are_short_and_each_has_words_before_it():
    before = None
    for cell in NOTEBOOK.cells:
        if cell.cell_type == "code" and cell.id.startswith("demo-"):
            assert len([line for line in cell.source.splitlines() if line.strip()]) <= 15, cell.id
            if not cell.id.startswith("demo-guess"):
                assert before.cell_type == "markdown" or before.id.startswith("demo-guess"), cell.id
        before = cell


def test_every_figure_of_the_students_functions_has_its_expected_picture():
    figures = [
        cell.id.removeprefix("demo-")
        for cell in NOTEBOOK.cells
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    ]
    attached = {name for cell in NOTEBOOK.cells for name in cell.get("attachments", {})}
    of_data = {"zigzag", "kappa", "network"}  # drawn without the student's functions
    sliders = {"play"}
    due = {f"03_momentum-{name.replace('-', '_')}.png" for name in set(figures) - of_data - sliders}
    assert attached == due
