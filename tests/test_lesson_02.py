"""Lesson 02: what its text, its outputs and its figures claim, computed anew without the course's own functions.

Averages come from SciPy's recursive filter and from closed forms. What a cell prints is read from the solved
notebook.
"""

from __future__ import annotations

import re

import nbformat
import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.signal import lfilter

from optimlab import data, network
from tests.conftest import ROOT
from tools.experiments import load_all

BETAS = (0.5, 0.9, 0.98)
NUMBER = re.compile(r"-?\d[\d,]*\.?\d*")
NOTEBOOK = nbformat.read(ROOT / "solutions" / "02_weighted_averages" / "02_weighted_averages.ipynb", as_version=4)
VALUES = data.daily_temperatures()[1]
RECORD = {key: array.astype(float) for key, array in data.recorded("02_weighted_averages-losses").items()}


def printed(demo: str) -> str:
    """Return what a demonstration of the solved lesson prints."""
    cell = next(cell for cell in NOTEBOOK.cells if cell.id == f"demo-{demo.replace('_', '-')}")
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def numbers(text: str) -> list[float]:
    return [float(number.replace(",", "").rstrip(".")) for number in NUMBER.findall(text)]


def rows(demo: str, start: str = "β = ") -> dict[float, list[float]]:
    """Return the numbers of each printed line that starts so, by the first of them."""
    found = [numbers(line) for line in printed(demo).splitlines() if line.startswith(start)]
    return {first: rest for first, *rest in found}


def filtered(values, beta):
    return lfilter([1 - beta], [1, -beta], values)


def debiased(values, beta):
    """Return the averages whose weights are made to sum to 1."""
    return filtered(values, beta) / filtered(np.ones_like(values), beta)


def season(values):
    """Return the best sum of a yearly and a half-yearly wave, found by a nonlinear fit of amplitudes and phases."""

    def waves(day, level, year, year_at, half, half_at):
        angle = 2 * np.pi * day / 365.25
        return level + year * np.cos(angle - year_at) + half * np.cos(2 * angle - half_at)

    day = np.arange(len(values))
    found, _ = curve_fit(waves, day, values, p0=(16, 10, 3.5, 2, 0))
    return waves(day, *found)


def delay(beta, first, last):
    """Return the shift at which the average is most like the mean of the 61 days around, for days first to last - 1."""
    line = filtered(VALUES, beta)
    around = np.array([VALUES[day - 30 : day + 31].mean() for day in range(first, last)])
    return max(range(90), key=lambda shift: np.corrcoef(line[first + shift : last + shift], around)[0, 1])


def test_weather_changes_by_two_degrees_a_day():
    assert numbers(printed("weather").splitlines()[1])[0] == pytest.approx(np.abs(np.diff(VALUES)).mean(), abs=0.05)


def test_first_three_averages_by_hand_and_what_the_slip_would_give():
    *_, v1, _, v2, _, v3 = numbers(printed("by_hand").splitlines()[0])
    assert [v1, v2, v3] == filtered(VALUES[:3], 0.9).round(3).tolist()
    assert numbers(printed("by_hand").splitlines()[1])[-2:] == (VALUES[1:3] / 10).round(3).tolist()


def test_a_larger_beta_is_smoother():
    change = [np.abs(np.diff(filtered(VALUES, beta))).mean() for beta in BETAS]
    assert [row[0] for row in rows("betas").values()] == pytest.approx(change, abs=0.006)
    assert change[0] > 4 * change[1] > 8 * change[2]


def test_weighted_sums_and_the_loop_agree_and_the_loop_needs_fewer_products():
    assert "the same on all 1461 days: True" in printed("agree")
    assert numbers(printed("agree").splitlines()[1]) == [1461 * 1462 / 2, 2 * 1461]


def test_weights_fade_by_beta_per_day():
    for beta, (today, yesterday, factor) in rows("fade").items():
        assert (today, yesterday, factor) == pytest.approx((1 - beta, (1 - beta) * beta, beta), abs=5e-5)


def test_shares_of_the_window_are_those_of_the_closed_form():
    expected = {0.5: (0.750, 0.984, 0.250), 0.9: (0.651, 0.958, 0.349), 0.98: (0.636, 0.952, 0.364)}
    lines = printed("share").splitlines()
    for i, (beta, (within, thrice, left)) in enumerate(expected.items()):
        window = round(1 / (1 - beta))
        assert (1 - beta**window, 1 - beta ** (3 * window), beta**window) == pytest.approx(
            (within, thrice, left), abs=6e-4
        )
        assert numbers(lines[2 * i]) == [beta, window, within, 3 * window, thrice]
        assert numbers(lines[2 * i + 1]) == [window, left]
    assert numbers(lines[-2])[-2:] == [0.632, 0.368]
    assert abs(1 - 0.9999**10_000 - (1 - np.exp(-1))) < 1e-4


def test_a_plain_mean_of_ten_gradients_keeps_ten_times_as_many_numbers():
    size = sum(array.size for array in network.initialise((64, 32, 10), np.random.default_rng(0)).values())
    assert (size, 10 * size) == (2410, 24_100)
    assert "2,410." in printed("memory")
    assert "24,100 numbers" in printed("memory")


@pytest.mark.parametrize(("beta", "low", "high"), [(0.5, 1, 2), (0.9, 8, 10), (0.98, 37, 42)])
def test_delay_against_the_centred_mean_on_the_whole_record_and_on_parts(beta, low, high):
    mean_age, measured = rows("delay")[beta]
    assert mean_age == pytest.approx(beta / (1 - beta), abs=0.05)
    assert low <= measured <= high
    assert low <= delay(beta, 200, 1340) <= high
    for first, last in ((200, 770), (770, 1340)):
        assert abs(delay(beta, first, last) - measured) <= max(1, 0.1 * measured)
    assert printed("delay_of").startswith("the centred mean itself: 0 days late")


def test_yearly_wave_is_delayed_and_shrunk_as_the_filters_response_says():
    omega = 2 * np.pi / 365
    for beta, (late, height) in rows("wave").items():
        response = (1 - beta) / (1 - beta * np.exp(-1j * omega))
        assert abs(late + np.angle(response) / omega) <= 1
        assert height == pytest.approx(abs(response), abs=1e-3)
    assert rows("wave")[0.98][1] == pytest.approx(0.76, abs=0.01)


def test_weather_noise_falls_less_than_that_of_shuffled_days():
    noise = VALUES - season(VALUES)
    rng = np.random.default_rng(1)
    assert numbers(printed("noise")) == pytest.approx([noise.std(), np.corrcoef(noise[1:], noise[:-1])[0, 1]], abs=0.01)

    def through(noise, beta):
        return filtered(noise, beta)[200:].std() / noise[200:].std()

    for beta, (weather, shuffled, formula) in rows("through").items():
        assert formula == pytest.approx(np.sqrt((1 - beta) / (1 + beta)), abs=0.006)
        assert weather == pytest.approx(through(noise, beta), abs=0.01)
        assert weather > 1.3 * formula
        again = np.median([through(rng.permutation(noise), beta) for _ in range(20)])
        assert shuffled == pytest.approx(formula, rel=0.1)
        assert again == pytest.approx(formula, rel=0.1)
    weather, _, formula = rows("through")[0.9]
    assert 1.7 < weather / formula < 2.3


def test_plain_average_starts_far_too_low_and_the_corrected_one_does_not():
    plain, corrected = filtered(VALUES, 0.98), debiased(VALUES, 0.98)
    for t, (average, so_far, total) in rows("start", "day").items():
        due = plain[int(t) - 1], VALUES[: int(t)].mean(), 1 - 0.98**t
        assert (average, so_far, total) == pytest.approx(due, abs=0.006)
    for t, (average, mended) in rows("corrected", "day").items():
        assert (average, mended) == pytest.approx((plain[int(t) - 1], corrected[int(t) - 1]), abs=0.006)
    assert rows("corrected", "day")[1] == [0.26, 12.8]
    assert rows("corrected", "day")[10] == [1.69, 9.23]
    assert printed("sums").count("True") == 3


def test_correction_may_be_left_out_after_three_to_five_windows():
    assert {beta: row[:2] for beta, row in rows("when").items()} == {0.5: [5, 7], 0.9: [29, 44], 0.98: [149, 228]}
    for beta, (near, nearer, _, three, _, longer) in rows("when").items():
        assert (near, nearer) == (np.ceil(np.log(0.05) / np.log(beta)), np.ceil(np.log(0.01) / np.log(beta)))
        assert near <= three == pytest.approx(3 / (1 - beta))
        assert nearer <= longer == pytest.approx(4.6 / (1 - beta))
        assert beta**three <= 0.05
        assert beta**longer <= 0.0101


def test_first_day_weighs_most_where_the_average_starts_at_the_first_value():
    def weight_of_day_1(average):
        return average(np.eye(1, 30)[0])[-1]

    def started_at_the_first(values):
        line = [values[0]]
        for value in values[1:]:
            line.append(0.98 * line[-1] + 0.02 * value)
        return line

    forms = [lambda values: filtered(values, 0.98), lambda values: debiased(values, 0.98), started_at_the_first]
    due = [weight_of_day_1(form) for form in forms]
    assert [numbers(line)[-1] for line in printed("forms").splitlines()] == pytest.approx(due, abs=6e-4)
    assert due[2] > 0.5 > 10 * due[1]


def distances(lines):
    return np.sqrt(np.mean((lines - RECORD["loss"]) ** 2, axis=1))


def test_averaged_batch_losses_are_about_four_times_as_near_to_the_loss_and_too_much_beta_is_worse():
    raw = np.median(distances(RECORD["batch_loss"]))
    near = {
        beta: distances(np.array([debiased(losses, beta) for losses in RECORD["batch_loss"]]))
        for beta in (0.5, 0.9, 0.95, 0.98, 0.99)
    }
    lines = printed("smooth").splitlines()
    assert numbers(lines[0])[0] == pytest.approx(raw, abs=6e-4)
    for line, (beta, ten) in zip(lines[1:], near.items(), strict=True):
        assert numbers(line) == pytest.approx([beta, *np.quantile(ten, [0.5, 0.25, 0.75])], abs=6e-4)
    for beta in (0.9, 0.95):
        assert 3 < raw / np.median(near[beta]) < 5
        assert (near[beta] < near[0.5]).sum() >= 9
        assert (near[beta] < near[0.99]).sum() >= 9


def test_distance_has_a_part_that_falls_with_the_window_and_one_that_grows():
    found = {}
    for line in printed("parts").splitlines():
        beta, *found_here = numbers(line)
        found[beta] = found_here
        delayed = distances(np.array([debiased(losses, beta) for losses in RECORD["loss"]]))
        noise = RECORD["batch_loss"] - RECORD["loss"]
        left = np.sqrt(np.mean([debiased(line, beta) ** 2 for line in noise], axis=1))
        both = distances(np.array([debiased(losses, beta) for losses in RECORD["batch_loss"]]))
        assert found_here == pytest.approx([np.median(part) for part in (both, delayed, left)], abs=6e-4)
    both, delay, noise = np.transpose(list(found.values()))
    assert (np.diff(delay) > 0).all()
    assert (np.diff(noise) < 0).all()
    assert list(found)[both.argmin()] in (0.9, 0.95)


def test_batch_noise_is_nearly_independent():
    noise = RECORD["batch_loss"] - RECORD["loss"]
    for beta, (through, formula) in rows("batch_noise").items():
        again = np.median([filtered(line, beta)[200:].std() / line[200:].std() for line in noise])
        assert through == pytest.approx(again, abs=0.006)
        assert 0.6 * formula < through <= formula


def test_uncorrected_average_rises_while_the_loss_falls():
    plain = np.array([filtered(losses, 0.98) for losses in RECORD["batch_loss"]])
    peaks = plain.argmax(axis=1)
    lines = printed("rising").splitlines()
    assert numbers(lines[0])[-2:] == [peaks.min(), peaks.max()]
    assert peaks.min() >= 70
    claim = next(cell for cell in NOTEBOOK.cells if cell.id == "demo-rising-curves").outputs[0].data["text/plain"]
    assert f"the average rises for {peaks[0]} updates" in claim
    first, later = np.median(RECORD["loss"][:, [0, 70]], axis=0)
    assert numbers(lines[1])[:2] == pytest.approx([first, later], abs=0.006)
    assert later < first / 2
    assert numbers(lines[2])[1] == pytest.approx(np.median(distances(plain)), abs=6e-4)
    corrected = np.array([debiased(losses, 0.98) for losses in RECORD["batch_loss"]])
    assert (distances(corrected) < 0.7 * distances(plain)).all()


def test_a_seed_run_again_gives_the_recorded_losses():
    again = load_all()["02_weighted_averages-losses"](seeds=[3])
    # on another machine the last bit of a sum may send a run another way, later on
    assert again["batch_loss"][0, :100] == pytest.approx(RECORD["batch_loss"][3, :100], abs=2e-4)
    assert again["loss"][0] == pytest.approx(RECORD["loss"][3], abs=0.1)


def test_slider_shows_delays_that_grow_with_beta():
    delays = numbers(printed("play"))
    assert delays[::2] == [0.5, 0.7, 0.8, 0.9, 0.95, 0.98]
    assert all(np.diff(delays[1::2]) > 0)
