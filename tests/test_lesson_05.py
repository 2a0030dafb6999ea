"""Lesson 05: what its text, its outputs and its figures claim, computed anew without the course's own functions.

Adam is written here once more, on points and on networks; what a cell prints is read from the solved notebook.
"""

from __future__ import annotations

import numpy as np
import pytest

from optimlab import data, network
from optimlab.arrays import stack_runs
from optimlab.plots import quartiles
from optimlab.training import train
from tests.conftest import ROOT
from tests.solved import Solved
from tools.experiments import adam as runs

LESSON = Solved("05_adam")
NOTEBOOK, printed, lines = LESSON.notebook, LESSON.printed, LESSON.lines
CODE = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]
START = np.array([-5.0, -2.0])


def adam_path(gradient, start, steps, rate=1.0, correct="vs", stored=False):
    """Return the path of Adam; corrections by name, and the mistake of storing them."""
    x = np.array(start, dtype=float)
    v, s, path, states = np.zeros_like(x), np.zeros_like(x), [x], []
    for t in range(1, steps + 1):
        g = gradient(x)
        v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g * g
        v_hat = v / (1 - 0.9**t) if "v" in correct else v
        s_hat = s / (1 - 0.999**t) if "s" in correct else s
        x = x - rate * v_hat / (np.sqrt(s_hat) + 1e-8)
        if stored:
            v, s = v_hat, s_hat
        path.append(x)
        states.append((v, s))
    return np.array(path), states


def slope(x):
    return -np.ones_like(x)


def lengths(steps, **settings):
    return np.diff(adam_path(slope, [0.0], steps, **settings)[0][:, 0])


def ravine(angle, kappa=1000.0):
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[c, s], [-s, c]])
    hessian = turn.T @ np.diag([0.2, 0.2 * kappa]) @ turn
    return lambda x: x @ hessian


def table(name: str, *axes: str) -> dict[str, np.ndarray]:
    """Return a record's array by the names along its first axis."""
    record = data.recorded(f"05_adam-{name}")
    names, values = axes
    return dict(zip(record[names].tolist(), record[values], strict=True))


# --------------------------------------------------------------------------------- first steps


def test_averages_of_ones_are_one_minus_beta_to_the_t():
    for row in lines("too_small"):
        t, v, s = row[0], row[2], row[3]
        assert [v, s] == pytest.approx([1 - 0.9**t, 1 - 0.999**t], abs=6e-4)


@pytest.mark.parametrize(
    ("row", "correct", "first", "path"),
    [(0, "", 3.162, 119.8), (1, "v", 31.62, 240.6), (2, "s", 0.1, 12.1), (3, "vs", 1, 20)],
)
def test_first_step_and_path_of_twenty_with_some_corrections(row, correct, first, path):
    steps = lengths(1000, correct=correct)
    assert steps[0] == pytest.approx(first, rel=1e-3)
    assert steps[:20].sum() == pytest.approx(path, abs=0.06)
    assert lines("first_steps")[row][-7:-2] == pytest.approx(steps[[0, 1, 9, 99, 999]], rel=6e-3)
    assert lines("first_steps")[row][-1] == pytest.approx(path)


def test_without_correction_the_step_peaks_at_6_57_and_is_near_one_from_step_2375():
    t = np.arange(1, 10_000)
    steps = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    assert steps.max() == pytest.approx(6.57, abs=5e-3)
    assert t[steps.argmax()] == 12
    assert t[np.abs(steps - 1) > 0.05][-1] + 1 == 2375
    assert lines("first_steps")[4] == [6.57, 12, 5, 1, 2375]
    assert (steps[:1000] > 1.2).all(), "too long for a thousand steps"
    assert "step 1 is 1.00 rates long, step 1000 is 1.00" in printed("variants")


def test_a_sudden_gradient_after_silence_makes_3_16_rates():
    first = adam_path(lambda x: np.full_like(x, -float(next(silence))), [0.0], 20_001)[0]
    assert first[-1, 0] - first[-2, 0] == pytest.approx(3.16, rel=2e-3)


silence = iter([0] * 20_000 + [1])


def test_in_noise_the_typical_step_falls():
    rng = np.random.default_rng(0)
    path = adam_path(lambda x: rng.standard_normal(x.shape), np.zeros((2000, 2)), 100)[0]
    typical = np.median(np.abs(np.diff(path, axis=0)), axis=(1, 2))
    shown = lines("noise_steps")[0]
    assert shown[::2] == pytest.approx(typical[[0, 1, 4, 9, 99]], abs=6e-3)
    assert typical[99] < 0.2


# ------------------------------------------------------------------------------ the correction's worth


def test_record_of_the_corrections_is_what_its_code_gives():
    record = data.recorded("05_adam-corrections")
    for row in (0, 3):
        step = runs.CORRECTIONS[record["variants"][row]]
        again = runs.updates_of(step, runs.init_adam, [record["chosen"][row]], record["seeds"][:2], 300)[0]
        assert np.abs(again - record["updates"][row, :2]).max() <= 10


def test_tuned_without_correction_needs_the_same_updates_and_v_only_needs_more():
    updates = table("corrections", "variants", "updates")
    chosen = table("corrections", "variants", "chosen")
    medians = {name: np.median(of_seeds) for name, of_seeds in updates.items()}
    assert medians["none"] == pytest.approx(medians["both"], rel=0.1)
    assert medians["s only"] == pytest.approx(medians["both"], rel=0.15)
    assert medians["v only"] > 1.4 * medians["both"]
    assert np.sum(updates["v only"] > updates["both"]) >= 18
    assert chosen["both"] == pytest.approx(5 * chosen["none"])
    for row, name in zip(lines("worth"), ("none", "v only", "s only", "both"), strict=False):
        low, middle, high = quartiles(updates[name])
        assert row == pytest.approx([chosen[name], middle, low, high], abs=0.51)
    fewer, more = np.sum(updates["none"] < updates["both"]), np.sum(updates["none"] > updates["both"])
    assert lines("worth")[4] == [fewer, 20, more]
    assert abs(int(fewer) - int(more)) <= 6
    assert all(yours == record for yours, record in (line[-2:] for line in lines("worth_again")))


def test_rates_of_records_are_inside_their_grids_and_seeds_are_fresh():
    chosen = table("corrections", "variants", "chosen")
    assert {rate for rate in chosen.values() if not np.isnan(rate)} <= set(runs.CORRECTION_RATES[1:-1])
    record = data.recorded("05_adam-fair")
    for problem, of_methods in zip(record["problems"], record["chosen"], strict=True):
        for method, rate in zip(record["methods"], of_methods, strict=True):
            grid = runs.PROBLEMS[str(problem)][1].get(str(method))
            assert np.isnan(rate) if grid is None else rate in grid[1:-1], (problem, method)
    record = data.recorded("05_adam-turned")
    for method, rates in zip(record["methods"], record["chosen"], strict=True):
        grid = runs.ravine_rates(str(method))
        assert (grid[0] < rates).all()
        # plain descent's best rate is next to its largest stable one, where its grid ends
        assert method == "gd" or (rates < grid[-1]).all()
    for name in ("corrections", "fair", "demo"):
        assert data.recorded(f"05_adam-{name}")["seeds"].tolist() == list(range(10, 30))


# ------------------------------------------------------------------------------------ stored


def test_stored_corrections_compound_and_stop_the_walk():
    with np.errstate(all="raise"):
        path, states = adam_path(slope, [0.0], 50, stored=True)
    assert path[-1, 0] == pytest.approx(1.288, abs=1e-3)
    assert lines("stored")[0] == [50, pytest.approx(path[-1, 0], abs=6e-3)]
    for row in lines("stored")[1:6]:
        v, s = (value.item() for value in states[int(row[0]) - 1])
        assert row[1:] == [
            pytest.approx(-v, rel=1e-3),
            pytest.approx(s, rel=0.5),
            pytest.approx(-v / np.sqrt(s), rel=0.5),
        ]
    assert lines("stored_step") == [[1, 1]]


def test_an_adam_that_stores_the_corrected_reaches_no_target():
    assert np.isnan(table("corrections", "variants", "chosen")["stored"])
    again = runs.updates_of(runs.CORRECTIONS["stored"], runs.init_adam, runs.CORRECTION_RATES, range(3), 200)
    assert np.isinf(again).all()
    assert "True" in printed("stored")


# ------------------------------------------------------------------------------------ ravines


def arrived(path, hold=500):
    near = np.linalg.norm(path, axis=-1) <= 0.1
    return next((t for t in range(len(near) - hold) if near[t : t + hold].all()), np.inf)


def test_record_of_the_ravines_is_what_a_plain_adam_gives():
    record = data.recorded("05_adam-turned")
    for angle, due in ((0, (66, 4)), (45, (330, 15))):
        at = list(record["angles"]).index(angle)
        rate, counted = record["chosen"][-1, at], record["steps"][-1, at]
        assert np.median(counted) == pytest.approx(due[0], abs=due[1])
        path = adam_path(ravine(angle), record["starts"][:5], 1000, rate=rate)[0]
        again = [arrived(path[:, i]) for i in range(5)]
        assert np.abs(again - counted[:5]).max() <= 2
    again = runs.arrivals("gd", 45, record["chosen"][0, -1:], record["starts"][:4], 3000)[0][0]
    assert np.abs(again - record["steps"][0, -1, :4]).max() <= 2
    tuning = runs.starts(0, 10)
    assert not set(map(tuple, tuning)) & set(map(tuple, record["starts"]))


def test_adam_loses_its_lead_in_turned_ravines_and_momentum_does_not_notice():
    record = data.recorded("05_adam-turned")
    angles = record["angles"]
    gd, momentum, rmsprop, adam = np.median(record["steps"], axis=-1)
    assert adam[-1] > 4 * adam[0]
    assert rmsprop[-1] > 10 * rmsprop[0]
    for steps in (gd, momentum):
        assert np.ptp(steps) < 0.15 * steps[0]
    assert (adam < gd / 4).all()
    assert (adam < rmsprop).all()
    assert (adam < momentum).tolist() == (angles < 10).tolist(), "momentum is first from 10 degrees on"
    for row, steps in zip(lines("turned"), (gd, momentum, rmsprop, adam), strict=False):
        assert row[::2] == pytest.approx(steps[np.isin(angles, [0, 5, 45])], abs=0.51)


def test_adam_leaves_the_minimum_again_and_the_others_stay():
    record = data.recorded("05_adam-turned")
    left = record["leaves"].sum(axis=-1)
    assert left[:3].max() == 0
    assert left[3, -1] >= 18
    assert left[3, 0] >= 5
    rows = lines("turned_again")
    for _, _, yours, of_record, later in rows[:2]:
        assert yours == of_record, "the lesson's own step gives the record"
        assert later > 0.15
    assert [[row[0], row[3]] for row in rows[2:]] == left[:, [0, -1]].tolist()


# --------------------------------------------------------------------------- the demonstration


def test_demonstration_gives_215_215_283_and_284_of_300():
    published = table("demo", "methods", "published")
    rates = data.recorded("05_adam-demo")["rates"]
    assert [published[name][rates == 0.0007].item() for name in ("gd", "momentum", "adam")] == [215, 215, 283]
    assert published["gd"][rates == 0.1].item() == 284
    assert lines("famous") == [[215, 300, 215, 283]]
    assert lines("tenth")[0][-3:] == [300, 0.0007, 283]
    assert "rate 0.1: 284 of 300" in printed("tenth")
    assert data.recorded("05_adam-demo")["uncorrected"].tolist() == [283, 283, 283]
    assert [row[-1] for row in lines("tenth")[1:4]] == [283, 283, 283]


def test_demonstration_again_in_part():
    """Plain descent at both rates in one run: it is the cheaper of the two."""
    assert runs.demo_run(*runs.STEPS["gd"], [0.0007, 0.1]).tolist() == [215, 284]


def test_published_start_is_an_unlucky_one_and_a_tenth_does_as_well_as_adam():
    right, rates = table("demo", "methods", "right"), data.recorded("05_adam-demo")["rates"]
    slow, tenth, rolled, adam = (
        right[name][rates == rate][0]
        for name, rate in (("gd", 0.0007), ("gd", 0.1), ("momentum", 0.0007), ("adam", 0.0007))
    )
    assert np.quantile(slow, 0.25) > 240
    assert np.sum(slow < 215) == np.sum(slow <= 150) == 3
    assert (slow == rolled).all()
    assert abs(np.median(tenth) - np.median(adam)) <= 2
    won, tied, lost = np.sum(tenth > adam), np.sum(tenth == adam), np.sum(tenth < adam)
    assert abs(int(won) - int(lost)) <= 4
    *_, below, counted = lines("starts")
    assert counted == [0.1, won, tied, lost]
    assert below == [215, 0.0007, 3, 20]
    for row, stuck, of_seeds in zip(
        lines("starts")[::2], lines("starts")[1::2], (slow, tenth, rolled, adam), strict=False
    ):
        low, middle, high = quartiles(of_seeds)
        assert row[1:] == pytest.approx([middle, low, high], abs=0.06)
        assert stuck == [150, np.sum(of_seeds <= 150), 20]


def test_runs_with_150_right_are_those_of_dead_units_at_any_method():
    record = data.recorded("05_adam-demo")
    right = table("demo", "methods", "right")
    X, Y = data.moons()
    for name, rate in (("gd", 0.1), ("adam", 0.0007)):
        seeds = record["seeds"][right[name][record["rates"] == rate][0] == 150]
        assert len(seeds) == 2
        step, state = runs.STEPS[name]
        history = train(
            step,
            stack_runs([network.initialise((2, 5, 2, 1), np.random.default_rng(1000 + seed)) for seed in seeds]),
            X,
            Y,
            learning_rate=rate,
            epochs=400,
            batch_size=64,
            rng=[np.random.default_rng(seed) for seed in seeds],
            state=state,
            record_every=2000,
        )
        params = history.params
        first = np.maximum(params["W1"] @ X + params["b1"], 0)
        assert (params["W2"] @ first + params["b2"] <= 0).all(), "no unit of the second layer is ever on"
        assert np.ptp(network.predict(params, X), axis=-1).max() == 0


def test_tops_are_level_and_adams_is_three_decades_wide():
    right, rates = table("demo", "methods", "right"), data.recorded("05_adam-demo")["rates"]
    for row, name in zip(lines("rates"), ("gd", "adam"), strict=True):
        middle = np.median(right[name], axis=-1)
        good = rates[middle >= 280]
        assert row == [pytest.approx(middle.max()), 300, 280, good[0], good[-1]]
        assert (middle[(rates >= good[0]) & (rates <= good[-1])] >= 280).all()
    gd, adam = (np.median(right[name], axis=-1) for name in ("gd", "adam"))
    assert abs(gd.max() - adam.max()) <= 2
    wide = {name: np.log10(row[-1] / row[-2]) for name, row in zip(("gd", "adam"), lines("rates"), strict=True)}
    assert wide["adam"] == pytest.approx(3, abs=0.01)
    assert 2 < wide["gd"] < wide["adam"]


# ------------------------------------------------------------------------------- fair comparison

FAIR = table("fair", "problems", "updates")
METHODS = data.recorded("05_adam-fair")["methods"].tolist()


def fair(problem, method):
    return FAIR[problem][METHODS.index(method)]


def ahead(problem, one, other):
    return int(np.sum(fair(problem, one) < fair(problem, other)))


@pytest.mark.parametrize("problem", ["moons", "digits"])
def test_on_networks_every_method_is_ahead_of_plain_descent_and_adam_is_first(problem):
    for method in ("momentum", "rmsprop", "adam"):
        assert ahead(problem, method, "gd") >= 17
    medians = {name: np.median(fair(problem, name)) for name in ("gd", "momentum", "rmsprop", "adam")}
    assert min(medians, key=medians.get) == "adam"
    assert medians["gd"] > 2 * medians["adam"]
    assert 11 <= ahead(problem, "adam", "momentum") <= 18, "a tendency and no law"
    assert np.isfinite([fair(problem, name) for name in medians]).all()
    at = {"moons": 0, "digits": 2}[problem]
    shown = lines("networks")
    wins = [ahead(problem, name, "gd") for name in ("momentum", "rmsprop", "adam")]
    assert shown[at] == [20, *wins, ahead(problem, "adam", "momentum")]
    assert shown[at + 1] == [pytest.approx(medians["gd"] / medians["adam"], abs=0.06)]


def test_on_badly_scaled_data_adam_is_far_ahead_of_momentum_and_adagrad_ahead_of_adam():
    problem = "logistic, spread 100"
    for slower in ("momentum", "rmsprop"):
        assert np.median(fair(problem, "adam")) < np.median(fair(problem, slower)) / 3
    assert np.isinf(fair(problem, "gd")).sum() >= 8
    assert ahead(problem, "adagrad", "adam") >= 11
    assert ahead("logistic, spread 10", "adagrad", "adam") >= 17
    assert ahead("logistic, spread 10", "rmsprop", "adam") >= 13
    for spread, row in zip((1, 10, 30, 100), lines("spread"), strict=True):
        missed = [np.isinf(fair(f"logistic, spread {spread}", name)).sum() for name in METHODS]
        assert row == [spread, 2000, *missed]


def test_with_well_scaled_features_plain_descent_wins_and_adam_is_last():
    problem = "logistic, spread 1"
    assert np.median(fair(problem, "gd")) == 2
    assert ahead(problem, "gd", "adam") == 20
    assert max(METHODS, key=lambda name: np.median(fair(problem, name))) == "adam"


def test_where_adam_loses_is_printed_as_recorded():
    due = [(1, "gd"), (10, "rmsprop"), (10, "adagrad"), (100, "adagrad")]
    for row, (spread, winner) in zip(lines("losses_of_adam"), due, strict=True):
        problem = f"logistic, spread {spread}"
        medians = [np.median(fair(problem, name)) for name in (winner, "adam")]
        assert row[0] == spread
        assert row[1:] == [*medians, ahead(problem, winner, "adam"), ahead(problem, "adam", winner)]


def test_table_of_medians_is_that_of_the_record():
    for row, (problem, of_methods) in zip(printed("fair").splitlines(), FAIR.items(), strict=True):
        assert row.startswith(problem)
        for name, updates in zip(METHODS, of_methods, strict=True):
            if not np.isnan(updates).any():
                assert f"{name} {quartiles(updates)[1]:.0f}" in row


def test_record_of_the_comparison_is_what_its_code_gives():
    record = data.recorded("05_adam-fair")
    for problem, method, seeds, margin in (
        ("moons", "adam", [10, 11], 10),
        ("logistic, spread 1", "gd", [10, 11], 0),
        ("logistic, spread 1", "adam", [10, 11], 1),
    ):
        i, j = record["problems"].tolist().index(problem), METHODS.index(method)
        again = runs.PROBLEMS[problem][0](method, record["chosen"][i, j : j + 1], seeds)[0]
        assert np.abs(again - record["updates"][i, j, :2]).max() <= margin
    for yours, of_record in (row[-2:] for row in lines("fair_again")):
        assert yours == of_record


def test_chosen_rates_of_adam_are_far_above_its_default():
    record = data.recorded("05_adam-fair")
    for problem in ("moons", "digits"):
        i = record["problems"].tolist().index(problem)
        assert record["chosen"][i, METHODS.index("adam")] >= 50 * 0.001


# ------------------------------------------------------------------------------------ the page


def test_gpu_cells_say_what_they_would_show_and_agree():
    assert "True" in printed("gpu_agrees")
    assert "True" in printed("gpu_claim")
    assert "GPU" in printed("gpu")
    assert "With a GPU" in printed("gpu_times") or "the card's peak" in printed("gpu_times")


def test_each_prediction_is_answered_where_its_result_is_shown():
    for name in ("guess_first", "guess_worth", "guess_stored", "guess_turn", "guess_tenth"):
        LESSON.assert_predicted(name, within=3)


def test_numbers_in_the_text_are_those_that_cells_print_or_work_with():
    # minutes; wrong choices; steps that a path stays; the record's grid and seeds; digits; the third factor of s
    given = {90, 130, 250, runs.HOLD, *runs.CORRECTION_RATES, 29, data.digits()[0].shape[1], round(1 / (1 - 0.999**3))}
    text = (
        LESSON.prose(r"β[12]|1-β")
        .replace("2-16-8-1", "")
        .replace("2-5-2-1", "")
        .replace("64-32-10", "")
        .replace("10^8", "")
    )
    assert LESSON.unexplained(text, given) == set()


def test_stored_state_is_multiplied_by_the_factors_that_the_model_answer_names():
    factors = {beta: [1 / (1 - beta**t) for t in (1, 2, 50)] for beta in (0.999, 0.9)}
    assert [round(factor) for factor in factors[0.999]] == [1000, 500, 20]
    assert factors[0.9][0] == pytest.approx(10)
    assert round(factors[0.9][2], 2) == 1.01
    text = (ROOT / "lessons" / "05_adam.py").read_text(encoding="utf-8").replace("\n# ", " ")
    assert "the factors of s are 1000, 500, ... and still 20 at update 50, those of v at most ten and soon 1" in text
