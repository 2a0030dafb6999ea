"""Lesson 06: hidden cases, aspects and misconceptions of the learning-rate schedules."""

from __future__ import annotations

import numpy as np

from grader.exercises.draws import draw_learning_rate
from grader.exercises.model import Aspect, Exercise, case
from grader.reference import learning_rate_decay as reference
from optimlab.outcomes import Case

EPOCHS_FROM_0 = "whole numbers `epoch >= 0`"

_COMPOUNDS = (
    "Your rate shrinks by more with every epoch: the formula is applied to a rate that is already decayed, once for "
    "each epoch so far. The formula gives the rate of any epoch at once. From which rate does it start?"
)
_ONE_EPOCH_LATE = (
    "Your rates are those of the next epoch: epoch 0 is decayed already. Which rate should training start with?"
)
_ONE_EPOCH_EARLY = (
    "Your epochs count from 1, as in many formulas. Here the first epoch is 0. Which rate does that one get?"
)
_NO_ALPHA0 = "Your answer does not change with `alpha0`. It is the share that is left. A share of what?"
_NO_DECAY_RATE = (
    "Your rate decays at one speed, whatever the argument says. Where does your function read `decay_rate`?"
)
_NO_INTERVAL = (
    "Your rate falls at every epoch. It should stay as it is for some epochs and then drop. Which argument says for "
    "how many?"
)
_NO_FLOOR = (
    "Your rate falls a little at every epoch; on paper it should be a staircase. How many whole intervals have passed "
    "in the middle of one?"
)
_CEILING = (
    "Your stairs come one interval too soon: an interval that has only begun counts as passed (in a loop over epochs, "
    "epoch 0 does). How many whole intervals have passed at epoch 1?"
)
_NEAREST = (
    "Your rate drops in the middle of an interval: the division is rounded to the nearest whole number. How many "
    "whole intervals have passed there?"
)
_LATE_STAIR = (
    "Your stairs come one epoch late: at the epoch that is equal to `interval` your rate has not dropped yet. How "
    "many epochs came before that one, if the first is 0?"
)
_EARLY_STAIR = (
    "Your stairs come one epoch early. The first epoch is 0. How many epochs came before the one that is equal to "
    "`interval`?"
)
_REMAINDER = (
    "Your rate goes up again at each new interval: it depends on the epochs since the last drop. Should it depend on "
    "them, or on how many drops there were?"
)
_ONE_DROP = "Your rate drops once and never again. What should happen after the second interval?"
_DROP_FOR_AN_EPOCH = (
    "Your rate is low for one epoch and back at `alpha0` in the next. Epochs after a drop keep it. How can the rate "
    "be told from the epoch alone?"
)


def _epochs(rng: np.random.Generator) -> dict[str, int]:
    """Return epochs by the names of their cases."""
    return {
        "the first epoch": 0,
        "the second epoch": 1,
        "a few epochs": int(rng.integers(2, 6)),
        "many epochs": int(rng.integers(9, 21)),
    }


def _small(rng: np.random.Generator) -> float:
    """Return a first rate so small that a bound on small rates shows."""
    return float(rng.uniform(1e-6, 1e-5))


_SMALL = "a small first rate, late"
_VERY_LATE = "very late"


def _late(rng: np.random.Generator) -> int:
    """Return a late epoch, which a function that calls itself once per epoch reaches all the same."""
    return int(rng.integers(700, 850))


def _away(rng: np.random.Generator, low: float, high: float, avoid: float, by: float = 0.06) -> float:
    """Return a number of [low, high] that keeps a distance from another one."""
    while abs((number := float(rng.uniform(low, high))) - avoid) < by:
        pass
    return number


# ------------------------------------------------------------------------- inverse_time_decay


def _draw_inverse_time_decay(rng: np.random.Generator) -> list[Case]:
    cases = [
        case(name, (draw_learning_rate(rng), epoch, float(rng.uniform(0.2, 0.9))))
        for name, epoch in _epochs(rng).items()
    ]
    cases.append(case("fast decay", (draw_learning_rate(rng), int(rng.integers(2, 6)), float(rng.uniform(1.5, 3)))))
    cases.append(case("slow decay", (draw_learning_rate(rng), int(rng.integers(3, 8)), float(rng.uniform(0.01, 0.05)))))
    cases.append(case("no decay", (draw_learning_rate(rng), int(rng.integers(3, 8)), 0.0)))
    cases.append(case("a rate above one", (float(rng.uniform(2, 5)), int(rng.integers(2, 6)), 0.5)))
    cases.append(case(_SMALL, (_small(rng), int(rng.integers(300, 400)), float(rng.uniform(0.4, 0.9)))))
    alpha0, epoch = draw_learning_rate(rng), int(rng.integers(3, 8))
    cases.append(case("one rate, call after call", (alpha0, epoch, 0.8), (alpha0, epoch, 0.3), (alpha0, 0, 0.3)))
    cases.append(case(_VERY_LATE, (draw_learning_rate(rng), _late(rng), float(rng.uniform(0.1, 0.5)))))
    return cases


inverse_time_decay = Exercise(
    reference=reference.inverse_time_decay,
    returns=("rate",),
    aspects=(Aspect("rate", 1.0),),
    draw=_draw_inverse_time_decay,
    worked=(
        case("the first epoch", (0.2, 0, 0.5)),
        case("the second epoch", (0.2, 1, 0.5)),
        case("epoch 4", (0.2, 4, 0.5)),
        case("epoch 3, fast decay", (0.3, 3, 2.0)),
        case("epoch 6, a rate above one", (4.0, 6, 0.5)),
        case("epoch 398, a first rate of 0.00001", (1e-5, 398, 0.5)),
        case("epoch 3, no decay", (0.2, 3, 0.0)),
        case("one rate, call after call", (0.4, 2, 0.5), (0.4, 2, 1.5), (0.4, 0, 1.5)),
    ),
    domain=EPOCHS_FROM_0,
)


@inverse_time_decay.misconception(
    fails=("rate",),
    hint=_COMPOUNDS,
    lecture="The rate of an epoch is computed from α₀ and the epoch alone. Applied to its own result, the formula "
    "divides by 1·2·3·... at a decay rate of 1: epoch 3 gets α₀/24, where α₀/4 is due.",
)
def multiplies_the_decayed_rate(alpha0, epoch, decay_rate):
    rate = alpha0
    for e in range(1, epoch + 1):
        rate = rate / (1 + decay_rate * e)
    return rate


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your rate is divided by the same number in every epoch: that is exponential decay. Here the line below "
    "grows with the epoch. By how much does it grow each time?",
    lecture="(1 + d)^e is exponential, 1 + d·e grows by the same amount each epoch. Write both for d = 1: 2, 4, 8 "
    "against 2, 3, 4.",
)
def divides_once_per_epoch(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate) ** epoch


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your division ends before the plus: only the 1 stands below the line, and the rate grows. What belongs "
    "below the line together?",
    lecture="Python divides before it adds: α₀/1 + d·e grows with the epoch. Put brackets round the whole lower line.",
)
def divides_by_the_one_alone(alpha0, epoch, decay_rate):
    return alpha0 / 1 + decay_rate * epoch


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your division ends before the epoch: the epoch multiplies the result, so that the rate of epoch 0 is 0. "
    "What belongs below the line together?",
    lecture="α₀/(1 + d)·e multiplies by e at the end, so epoch 0 gets a rate of 0 and learns nothing. The product d·e "
    "stands below the line with the 1.",
)
def multiplies_by_the_epoch(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate) * epoch


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your brackets add 1 to the decay rate, not to the product. With them epoch 0 divides by zero. Which comes "
    "first in the formula, the product or the sum?",
    lecture="1 + d·e: the product first. (1 + d)·e is 0 at epoch 0, and the division fails.",
)
def adds_before_it_multiplies(alpha0, epoch, decay_rate):
    return alpha0 / ((1 + decay_rate) * epoch)


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your line below lacks the 1, so that epoch 0 divides by zero. Which number keeps `alpha0` as it is at epoch "
    "0?",
    lecture="The 1 makes epoch 0 start at α₀: α₀/(1 + 0). Evaluate a schedule at epoch 0 before anything else.",
)
def forgets_the_one(alpha0, epoch, decay_rate):
    return alpha0 / (decay_rate * epoch)


@inverse_time_decay.misconception(
    fails=("rate",),
    hint=_NO_DECAY_RATE,
    lecture="The speed is an argument. Draw d = 0.1, 1 and 10 in one figure: three curves.",
)
def ignores_the_decay_rate(alpha0, epoch, decay_rate):
    return alpha0 / (1 + epoch)


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your rate is the same in every epoch but the first. Which argument tells how far training has come?",
    lecture="The epoch is what the rate depends on; without it there is one rate after the first epoch. Draw the rate "
    "over ten epochs.",
)
def ignores_the_epoch(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate)


@inverse_time_decay.misconception(
    fails=("rate",),
    hint=_NO_ALPHA0,
    lecture="1/(1 + d·e) is the share that is left; the rate is that share of α₀. Call it with α₀ = 0.2 and epoch 0: "
    "it must give 0.2.",
)
def ignores_alpha0(alpha0, epoch, decay_rate):
    return 1 / (1 + decay_rate * epoch)


@inverse_time_decay.misconception(
    fails=("rate",),
    hint=_ONE_EPOCH_LATE,
    lecture="Epochs count from 0 here and the first gets α₀. With e + 1 the rate is decayed before training has begun.",
)
def counts_the_epoch_as_done(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate * (epoch + 1))


@inverse_time_decay.misconception(
    fails=("rate",),
    hint=_ONE_EPOCH_EARLY,
    lecture="Papers count from 1, Python from 0. Here epoch 0 has the divisor 1, so no e - 1: it would be negative "
    "there and raise the rate.",
)
def counts_epochs_from_one(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate * (epoch - 1))


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your decay rate is a hundred times too small: it is read as a percentage. Is `decay_rate` one?",
    lecture="A decay rate of 1 means half after one epoch, not one hundredth. It is a number, not a percentage; check "
    "with epoch 1.",
)
def takes_the_decay_rate_for_percent(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate / 100 * epoch)


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your rate grows from epoch to epoch. Should what grows stand above the line or below it?",
    lecture="What grows belongs below the line. A rate that rises from epoch to epoch makes the end of training the "
    "wildest part.",
)
def grows(alpha0, epoch, decay_rate):
    return alpha0 * (1 + decay_rate * epoch)


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your rate falls along a straight line and gets below zero. Which way would a negative rate go? What keeps a "
    "fraction above zero?",
    lecture="α₀(1 - d·e) becomes negative, and a negative rate climbs. A fraction with a growing divisor never gets "
    "there.",
)
def falls_in_a_straight_line(alpha0, epoch, decay_rate):
    return alpha0 * (1 - decay_rate * epoch)


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your rate falls off exponentially, with e to a power. That is another schedule. Which one has a fraction?",
    lecture="e^(-d·e) is another schedule: it falls to nothing soon, where 1/(1 + d·e) keeps a long tail. Draw both "
    "on a logarithmic axis.",
)
def decays_exponentially(alpha0, epoch, decay_rate):
    return alpha0 * np.exp(-decay_rate * epoch)


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your line below has a square root. That is another schedule. How does one over time fall without it?",
    lecture="With √(1 + d·e) the rate falls much more slowly. After 99 epochs at d = 1 it is a tenth, where a "
    "hundredth is due.",
)
def takes_a_root(alpha0, epoch, decay_rate):
    return alpha0 / np.sqrt(1 + decay_rate * epoch)


@inverse_time_decay.misconception(
    fails=("rate",),
    hint="Your division drops what comes after the point, so that small rates become 0. Which of Python's two "
    "divisions keeps fractions?",
    lecture="`//` drops everything after the point: 0.1 // 2 is 0.0. A rate of 0 learns nothing and raises no error.",
)
def divides_without_fractions(alpha0, epoch, decay_rate):
    return alpha0 // (1 + decay_rate * epoch)


# -------------------------------------------------------------------------- exponential_decay


def _draw_exponential_decay(rng: np.random.Generator) -> list[Case]:
    cases = [
        case(name, (draw_learning_rate(rng), epoch, float(rng.uniform(0.6, 0.92))))
        for name, epoch in _epochs(rng).items()
    ]
    cases.append(case("fast decay", (draw_learning_rate(rng), int(rng.integers(2, 5)), float(rng.uniform(0.2, 0.4)))))
    cases.append(case("the usual base", (draw_learning_rate(rng), int(rng.integers(3, 12)))))
    cases.append(case("a rate above one", (float(rng.uniform(2, 5)), int(rng.integers(2, 5)), 0.75)))
    cases.append(case(_SMALL, (_small(rng), int(rng.integers(20, 40)), float(rng.uniform(0.8, 0.92)))))
    cases.append(
        case(
            "slow decay, late", (draw_learning_rate(rng), int(rng.integers(200, 400)), float(rng.uniform(0.99, 0.995)))
        )
    )
    cases.append(case("late", (draw_learning_rate(rng), int(rng.integers(50, 70)), float(rng.uniform(0.7, 0.85)))))
    alpha0, epoch = draw_learning_rate(rng), int(rng.integers(3, 8))
    cases.append(
        case("one rate, call after call", (alpha0, epoch, 0.8), (alpha0, epoch, 0.65), (alpha0 / 2, epoch, 0.65))
    )
    cases.append(
        case(_VERY_LATE, (draw_learning_rate(rng), int(rng.integers(120, 150)), float(rng.uniform(0.7, 0.85))))
    )
    return cases


exponential_decay = Exercise(
    reference=reference.exponential_decay,
    returns=("rate",),
    aspects=(Aspect("rate", 1.0),),
    draw=_draw_exponential_decay,
    worked=(
        case("the first epoch", (0.2, 0, 0.75)),
        case("the second epoch", (0.2, 1, 0.75)),
        case("epoch 3", (0.2, 3, 0.75)),
        case("epoch 4, a rate above one", (3.0, 4, 0.6)),
        case("epoch 2, the usual base", (0.2, 2)),
        case("epoch 10, a first rate of 0.00001", (1e-5, 10, 0.75)),
        case("epoch 200, slow decay", (0.2, 200, 0.995)),
        case("epoch 2, fast decay", (0.2, 2, 0.25)),
        case("epoch 50", (0.2, 50, 0.75)),
    ),
    domain=EPOCHS_FROM_0,
)


@exponential_decay.misconception(
    fails=("rate",),
    hint=_COMPOUNDS,
    lecture="α₀·base^e gives the rate of epoch e at once. Applied to its own result it multiplies base^1·base^2·...: "
    "the exponent becomes e(e+1)/2.",
)
def multiplies_the_decayed_rate_by_powers(alpha0, epoch, base=0.95):
    rate = alpha0
    for e in range(1, epoch + 1):
        rate = rate * base**e
    return rate


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your rate decays at one speed, whatever the argument says. Where does your function read `base`?",
    lecture="The base is an argument, 0.95 only its default. Draw 0.5, 0.9 and 0.99 in one figure.",
)
def fixes_the_base(alpha0, epoch, base=0.95):
    return alpha0 * 0.95**epoch


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your function has another default for `base`. Which number stands in the head of the function that you were "
    "given?",
    lecture="A default is part of the task: `exponential_decay(0.1, 5)` must give the same for all. Here it is 0.95.",
)
def changes_the_default(alpha0, epoch, base=0.9):
    return alpha0 * base**epoch


@exponential_decay.misconception(
    fails=("rate",),
    hint=_NO_ALPHA0,
    lecture="base^e is the share that is left; the rate is that share of α₀. Epoch 0 must give α₀.",
)
def ignores_alpha0_in_the_power(alpha0, epoch, base=0.95):
    return base**epoch


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your rate is the same in every epoch. Which argument tells how far training has come, and where does it "
    "stand in a power?",
    lecture="The share is kept again in every epoch: base^e, not base. Without the epoch in the exponent the rate is "
    "the same for ever.",
)
def decays_once(alpha0, epoch, base=0.95):
    return alpha0 * base


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your base multiplies the epoch. A share that is kept again and again gives another operation. Which one?",
    lecture="Keeping 95 % again and again multiplies: 0.95, 0.9025, 0.857. base·e grows along a line and is 0 at "
    "epoch 0.",
)
def multiplies_base_and_epoch(alpha0, epoch, base=0.95):
    return alpha0 * base * epoch


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your power takes `alpha0` with it: the first rate is raised to the epoch as well. What alone repeats from "
    "epoch to epoch?",
    lecture="The power binds to the base alone: α₀·base^e. Brackets round the product raise α₀ as well, and at epoch "
    "0 the rate is 1.",
)
def raises_the_product(alpha0, epoch, base=0.95):
    return (alpha0 * base) ** epoch


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your power has `alpha0` below and the base outside. Which of the two is applied once in every epoch?",
    lecture="α₀ is where one starts, the base is what is applied each epoch. Write three epochs as products and count "
    "which factor repeats.",
)
def raises_alpha0(alpha0, epoch, base=0.95):
    return base * alpha0**epoch


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your base and epoch have changed places in the power. Which of them is multiplied by itself?",
    lecture="base ** epoch, not epoch ** base. At epoch 0 the second gives 0.",
)
def raises_the_epoch(alpha0, epoch, base=0.95):
    return alpha0 * epoch**base


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your rate grows from epoch to epoch: the base divides. What does multiplying by a number below 1 do?",
    lecture="Multiplying by a number below 1 shrinks, dividing by it grows. After 14 epochs at 0.95 one has about "
    "doubled, the other halved.",
)
def grows_by_the_base(alpha0, epoch, base=0.95):
    return alpha0 / base**epoch


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your function takes e to the power of `base` times the epoch. Here `base` is not a speed. What is raised to "
    "a power, if the same share is kept in each epoch?",
    lecture="e^(-k·e) has a speed k; here the base itself is raised: 0.95^e. The two agree for k = -log(base), which "
    "is 0.051 for 0.95.",
)
def takes_the_base_for_a_speed(alpha0, epoch, base=0.95):
    return alpha0 * np.exp(-base * epoch)


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your power of e has `1 - base` in it. That is near for a base close to 1, and not the same. What is left "
    "after two epochs, if a share `base` is kept in each?",
    lecture="e^(-(1-base)·e) is near base^e only for a base near 1: with base 0.5 two epochs leave 0.37 in place of "
    "0.25. No approximation is needed.",
)
def approximates_by_e(alpha0, epoch, base=0.95):
    return alpha0 * np.exp(-(1 - base) * epoch)


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your rate keeps the share `1 - base` in each epoch. Is `base` what is lost, or what is kept?",
    lecture="The base is what is kept: 0.95 keeps 95 %. With 1-base hardly anything is left after one epoch.",
)
def takes_the_base_for_what_is_lost(alpha0, epoch, base=0.95):
    return alpha0 * (1 - base) ** epoch


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your rate loses the same amount in each epoch, a share of `alpha0`, and gets below zero. Of which rate is "
    "the share taken?",
    lecture="Exponential decay takes its share of the present rate, so the drops get smaller. Losing 5 % of α₀ each "
    "time reaches 0 at epoch 20 and goes on below.",
)
def loses_a_share_of_alpha0(alpha0, epoch, base=0.95):
    return alpha0 * (1 - (1 - base) * epoch)


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your rate is a fraction with `1 + ...` below the line: that is inverse time decay. Which operation keeps "
    "the same share in each epoch?",
    lecture="1/(1 + ...) is inverse time decay. Exponential: equal ratios from epoch to epoch; print "
    "rate[e+1]/rate[e] for both.",
)
def decays_by_inverse_time(alpha0, epoch, base=0.95):
    return alpha0 / (1 + base * epoch)


@exponential_decay.misconception(
    fails=("rate",),
    hint=_ONE_EPOCH_LATE,
    lecture="Epoch 0 gets α₀: exponent 0. With e + 1 the first epoch is decayed already.",
)
def raises_to_one_more(alpha0, epoch, base=0.95):
    return alpha0 * base ** (epoch + 1)


@exponential_decay.misconception(
    fails=("rate",),
    hint=_ONE_EPOCH_EARLY,
    lecture="Epochs count from 0: the exponent is e. With e - 1 epoch 0 gets more than α₀.",
)
def raises_to_one_less(alpha0, epoch, base=0.95):
    return alpha0 * base ** (epoch - 1)


@exponential_decay.misconception(
    fails=("rate",),
    hint="Your base is a hundred times too small: it is read as a percentage. Is `base` one?",
    lecture="0.95 is a share, not 0.95 %. After one epoch 95 % of the rate must be left.",
)
def takes_the_base_for_percent(alpha0, epoch, base=0.95):
    return alpha0 * (base / 100) ** epoch


# ------------------------------------------------------------------------- inverse_sqrt_decay


def _draw_inverse_sqrt_decay(rng: np.random.Generator) -> list[Case]:
    def k() -> float:
        return float(rng.uniform(0.3, 0.8) if rng.random() < 0.5 else rng.uniform(1.4, 2.6))

    cases = [case(name, (draw_learning_rate(rng), epoch, k())) for name, epoch in _epochs(rng).items()]
    cases.append(
        case("a k below one", (draw_learning_rate(rng), int(rng.integers(2, 6)), float(rng.uniform(0.3, 0.8))))
    )
    cases.append(
        case("a k above one", (draw_learning_rate(rng), int(rng.integers(2, 6)), float(rng.uniform(1.4, 2.6))))
    )
    cases.append(case("a k above one, the first epoch", (draw_learning_rate(rng), 0, float(rng.uniform(1.4, 2.6)))))
    cases.append(case("a rate above one", (float(rng.uniform(3, 6)), int(rng.integers(2, 6)), k())))
    cases.append(case(_SMALL, (_small(rng), int(rng.integers(200, 400)), k())))
    alpha0, epoch = draw_learning_rate(rng), int(rng.integers(3, 8))
    cases.append(case("one k, call after call", (alpha0, epoch, 0.6), (alpha0 / 2, epoch, 0.6), (alpha0, epoch, 1.7)))
    cases.append(case(_VERY_LATE, (draw_learning_rate(rng), _late(rng), k())))
    return cases


inverse_sqrt_decay = Exercise(
    reference=reference.inverse_sqrt_decay,
    returns=("rate",),
    aspects=(Aspect("rate", 1.0),),
    draw=_draw_inverse_sqrt_decay,
    worked=(
        case("the first epoch", (0.2, 0, 0.5)),
        case("epoch 3", (0.2, 3, 0.5)),
        case("epoch 8, a k above one", (0.6, 8, 2.0)),
        case("epoch 15, a rate above one", (4.0, 15, 0.5)),
        case("the second epoch, a k above one", (0.2, 1, 2.0)),
        case("epoch 99, a first rate of 0.00001", (1e-5, 99, 2.0)),
        case("one k, call after call", (0.4, 3, 0.5), (0.8, 3, 0.5)),
    ),
    domain=EPOCHS_FROM_0,
)

_NO_EPOCH_0 = (
    "Your formula divides by zero at epoch 0. Formulas with the root of the epoch alone count epochs from 1. Which "
    "number stands under the root for the first epoch here?"
)


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint=_NO_EPOCH_0,
    lecture="k/√epoch, as some notes write it, counts epochs from 1 and has no value at 0. Here epochs count from 0, "
    "and the root is of epoch + 1.",
)
def divides_by_the_root_of_the_epoch(alpha0, epoch, k):
    return k * alpha0 / epoch**0.5


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint=_NO_EPOCH_0,
    lecture="NumPy gives inf with a warning where Python stops with an error: both mean √0 below the line. With epoch "
    "+ 1 under the root, epoch 0 gets k·α₀.",
)
def is_infinite_at_epoch_0(alpha0, epoch, k):
    return k * alpha0 / np.sqrt(epoch)


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint="Your epoch 0 is a case of its own, and the later epochs count as if the first had number 1. Which one "
    "number under the root is good for all epochs, 0 too?",
    lecture="A special case for epoch 0 makes epochs 0 and 1 equal and everything after it late by one. Epoch + 1 "
    "under the root is good for all.",
)
def mends_epoch_0_alone(alpha0, epoch, k):
    if epoch == 0:
        return k * alpha0
    return k * alpha0 / np.sqrt(epoch)


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint="Your 1 stands outside the root. Then epoch 3 divides by more than 2. What is counted under the root?",
    lecture="√(e + 1), not √e + 1: at epoch 3 that is 2 and not 2.73. The 1 shifts the count.",
)
def adds_one_after_the_root(alpha0, epoch, k):
    return k * alpha0 / (np.sqrt(epoch) + 1)


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint="Your rate does not change with `k`. What does `k` do to the rate of epoch 0?",
    lecture="k scales the whole curve: epoch 0 gets k·α₀. Draw k = 0.5 and 1.",
)
def ignores_k(alpha0, epoch, k):
    return alpha0 / np.sqrt(epoch + 1)


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint=_NO_ALPHA0,
    lecture="The rate is a share of α₀. With α₀ = 0.2 and k = 1 epoch 0 must give 0.2.",
)
def ignores_alpha0_beside_k(alpha0, epoch, k):
    return k / np.sqrt(epoch + 1)


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint="Your rate falls as one over the epoch: the root is missing. Which of the two falls more slowly?",
    lecture="1/(e + 1) is a hundredth after 99 epochs, 1/√(e + 1) a tenth. The root is what makes this decay the slow "
    "one.",
)
def forgets_the_root(alpha0, epoch, k):
    return k * alpha0 / (epoch + 1)


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint="Your `k` stands under the root. It should change the rate by its own size. Where does it belong?",
    lecture="Doubling k must double the rate. Under the root it changes it by √2 only.",
)
def puts_k_under_the_root(alpha0, epoch, k):
    return alpha0 / np.sqrt(1 + k * epoch)


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint="Your root goes over the whole fraction. At epoch 0 the rate should be `k` times `alpha0`. What alone is "
    "under the root?",
    lecture="Only epoch + 1 is under the root. At epoch 0 the rate is k·α₀ and not its root, which is larger for "
    "small rates: √0.01 is 0.1.",
)
def takes_the_root_of_everything(alpha0, epoch, k):
    return np.sqrt(k * alpha0 / (epoch + 1))


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint="Your `k` divides. Does a larger `k` make the rate larger or smaller?",
    lecture="k multiplies: a larger k, a larger rate. Epoch 0 with k = 2 must give 2α₀.",
)
def divides_by_k(alpha0, epoch, k):
    return alpha0 / (k * np.sqrt(epoch + 1))


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint="Your rate grows from epoch to epoch. Should the root stand above the line or below it?",
    lecture="A decay falls: the root stands below the line. Draw ten epochs before you use any schedule.",
)
def grows_with_the_root(alpha0, epoch, k):
    return k * alpha0 * np.sqrt(epoch + 1)


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint="Your exponent is taken apart: Python reads `** -1/2` as a power of -1, then halves it. What keeps a "
    "fraction together in an exponent?",
    lecture="`x ** -1/2` is (1/x)/2 in Python: the power binds before the division. Write `x ** -0.5`, or divide by "
    "`np.sqrt(x)`.",
)
def splits_the_exponent(alpha0, epoch, k):
    return k * alpha0 * (epoch + 1) ** -1 / 2


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint=_COMPOUNDS,
    lecture="The formula takes the epoch and α₀, not the rate before. Applied again and again it divides by "
    "√1·√2·√3 and so on.",
)
def divides_by_every_root(alpha0, epoch, k):
    rate = k * alpha0
    for e in range(1, epoch + 1):
        rate = rate / np.sqrt(e + 1)
    return rate


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint="Your rate gets its `k` anew in every epoch: it is applied to a rate that is already decayed. How often does "
    "`k` enter the formula?",
    lecture="k enters once. Applied each epoch it makes k^e, an exponential decay on top.",
)
def multiplies_by_k_every_epoch(alpha0, epoch, k):
    rate = alpha0
    for e in range(epoch + 1):
        rate = k * rate / np.sqrt(e + 1)
    return rate


@inverse_sqrt_decay.misconception(
    fails=("rate",), hint=_ONE_EPOCH_LATE, lecture="Epoch 0 has 1 under the root. Counting from 0, add one, not two."
)
def adds_two_under_the_root(alpha0, epoch, k):
    return k * alpha0 / np.sqrt(epoch + 2)


@inverse_sqrt_decay.misconception(
    fails=("rate",),
    hint="Your number under the root is the epoch plus `k`. `k` scales the rate. Which number turns a count from 0 "
    "into a count from 1?",
    lecture="The number that turns a count from 0 into one from 1 is 1. k is a factor in front.",
)
def adds_k_to_the_epoch(alpha0, epoch, k):
    return alpha0 / np.sqrt(epoch + k)


# --------------------------------------------------------------------------------- step_decay


def _stairs(rng: np.random.Generator) -> dict[str, tuple[int, int]]:
    """Return epoch and interval by the names of their cases."""
    n, m, p, q = (int(i) for i in rng.integers([3, 4, 5, 2], [8, 9, 10, 4]))
    return {
        "the first epoch": (0, n),
        "the last epoch before the first drop": (n - 1, n),
        "the first drop": (n, n),
        "the epoch after the first drop": (n + 1, n),
        "the last epoch before the second drop": (2 * m - 1, m),
        "the second drop": (2 * m, m),
        "past the middle of the third interval": (3 * p - 2, p),
        "early in the fourth interval": (3 * p + 1, p),
        "late in the fifth interval": (5 * p - 1, p),
        "many short intervals": (8 * q + 1, q),
        # In floating point 49 * (1/49) is below 1.
        "an interval of 49 epochs, the first drop": (49, 49),
        "an interval of 49 epochs, the second drop": (98, 49),
        "the last epoch of a long interval": (40 * n - 1, 40 * n),
    }


def _draw_step_decay(rng: np.random.Generator) -> list[Case]:
    factor = _away(rng, 0.3, 0.8, avoid=0.5)
    cases = [
        case(name, (draw_learning_rate(rng), epoch, factor, interval))
        for name, (epoch, interval) in _stairs(rng).items()
    ]
    cases.append(case("a rate above one", (float(rng.uniform(3, 6)), 7, _away(rng, 0.4, 0.8, avoid=0.5), 3)))
    cases.append(case(_SMALL, (_small(rng), 31, _away(rng, 0.4, 0.8, avoid=0.5), 6)))
    cases.append(case("a drop at each epoch", (draw_learning_rate(rng), int(rng.integers(3, 7)), factor, 1)))
    cases.append(case("many drops", (draw_learning_rate(rng), int(rng.integers(60, 80)), 0.4, 2)))
    small_drops = float(rng.uniform(0.95, 0.98))
    cases.append(case("many small drops", (draw_learning_rate(rng), int(rng.integers(300, 400)), small_drops, 2)))
    return cases


step_decay = Exercise(
    reference=reference.step_decay,
    returns=("rate",),
    aspects=(Aspect("rate", 2.0),),
    draw=_draw_step_decay,
    worked=(
        case("the first epoch", (0.2, 0, 0.4, 4)),
        case("epoch 3 of intervals of 4", (0.2, 3, 0.4, 4)),
        case("epoch 4 of intervals of 4", (0.2, 4, 0.4, 4)),
        case("epoch 5 of intervals of 4", (0.2, 5, 0.4, 4)),
        case("epoch 15 of intervals of 3", (0.3, 15, 0.4, 3)),
        case("epoch 8 of intervals of 5, a rate above one", (5.0, 8, 0.6, 5)),
        case("epoch 20 of intervals of 6, a first rate of 0.00001", (1e-5, 20, 0.4, 6)),
        case("epoch 3 of intervals of 1", (0.2, 3, 0.4, 1)),
        case("epoch 50 of intervals of 2", (0.2, 50, 0.4, 2)),
        case("epoch 98 of intervals of 49", (0.2, 98, 0.4, 49)),
    ),
    domain="whole numbers `epoch >= 0` and `interval >= 1`",
)


@step_decay.misconception(
    fails=("rate",),
    hint=_NO_FLOOR,
    lecture="The exponent counts whole intervals: `epoch // interval`. Without the floor the drops blur into one "
    "smooth slope; draw both.",
)
def takes_no_floor(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (epoch / interval)


@step_decay.misconception(
    fails=("rate",),
    hint=_NO_INTERVAL,
    lecture="The rate holds for `interval` epochs, then drops. With interval 10 epochs 0 to 9 must be equal.",
)
def ignores_the_interval(alpha0, epoch, factor, interval):
    return alpha0 * factor**epoch


@step_decay.misconception(
    fails=("rate",),
    hint="Your rate is a fraction with `1 + ...` below the line: that is the staircase form of inverse time decay. "
    "What happens to the rate at a drop, if it is multiplied by a factor?",
    lecture="Step decay multiplies by the factor at each drop: α₀, fα₀, f²α₀. The staircase of inverse time divides "
    "by 1 + d·n; it is the next exercise.",
)
def takes_the_staircase_form(alpha0, epoch, factor, interval):
    return alpha0 / (1 + factor * (epoch // interval))


@step_decay.misconception(
    fails=("rate",),
    hint=_CEILING,
    lecture="Whole intervals that have passed are counted: floor. The ceiling counts one that has only begun, so "
    "epoch 1 would drop already.",
)
def takes_the_ceiling(alpha0, epoch, factor, interval):
    return alpha0 * factor ** np.ceil(epoch / interval)


@step_decay.misconception(
    fails=("rate",),
    hint="Your first interval has the factor already: one drop too many. How many drops are there before the first "
    "interval has passed?",
    lecture="The exponent is 0 in the first interval. Put in epoch 0: α₀ is due.",
)
def counts_one_drop_too_many(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (epoch // interval + 1)


@step_decay.misconception(
    fails=("rate",),
    hint=_NEAREST,
    lecture="Rounding drops in the middle of the interval. Ask for the rate of epoch 7 at interval 10: α₀.",
)
def rounds_to_the_nearest(alpha0, epoch, factor, interval):
    return alpha0 * factor ** np.round(epoch / interval)


@step_decay.misconception(
    fails=("rate",),
    hint=_EARLY_STAIR,
    lecture="With interval 10 epochs 0 to 9 are the first ten. The first drop is at epoch 10, not 9.",
)
def drops_one_epoch_early(alpha0, epoch, factor, interval):
    return alpha0 * factor ** ((epoch + 1) // interval)


@step_decay.misconception(
    fails=("rate",),
    hint=_LATE_STAIR,
    lecture="At epoch `interval` exactly, that many epochs have passed, so the rate drops there. `//` does that "
    "without any comparison.",
)
def drops_one_epoch_late(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (max(epoch - 1, 0) // interval)


@step_decay.misconception(
    fails=("rate",),
    hint="Your epochs count from 1: epoch 0 comes out larger than `alpha0`, and the stairs come late. Which number "
    "has the first epoch?",
    lecture="Epochs count from 0. With e - 1 epoch 0 has the exponent -1: the rate starts above α₀.",
)
def counts_stairs_from_epoch_one(alpha0, epoch, factor, interval):
    return alpha0 * factor ** ((epoch - 1) // interval)


@step_decay.misconception(
    fails=("rate",),
    hint=_REMAINDER,
    lecture="`%` says how far into the interval one is, `//` how many have passed. The exponent is the count.",
)
def takes_the_remainder(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (epoch % interval)


@step_decay.misconception(
    fails=("rate",),
    hint=_ONE_DROP,
    lecture="An `if epoch >= interval` knows one drop. The exponent grows with each interval: 0, 1, 2 and so on.",
)
def drops_once(alpha0, epoch, factor, interval):
    return alpha0 * factor if epoch >= interval else alpha0


@step_decay.misconception(
    fails=("rate",),
    hint=_DROP_FOR_AN_EPOCH,
    lecture="`if epoch % interval == 0` finds the drop but forgets it afterwards. The rate of an epoch follows from "
    "the count of drops so far.",
)
def drops_for_one_epoch(alpha0, epoch, factor, interval):
    return alpha0 * factor if epoch > 0 and epoch % interval == 0 else alpha0


@step_decay.misconception(
    fails=("rate",),
    hint="Your rate is low at epoch 0 and at the first epoch of every interval, and `alpha0` in between. Epochs after "
    "a drop keep it. How can the rate be told from the epoch alone?",
    lecture="0 % interval is 0 as well, so epoch 0 drops too. Compute the number of drops and no test is needed.",
)
def drops_for_one_epoch_at_0_too(alpha0, epoch, factor, interval):
    return alpha0 * factor if epoch % interval == 0 else alpha0


@step_decay.misconception(
    fails=("rate",),
    hint="Your factor is applied to a rate that is already decayed, with a power that grows at each drop. Each drop "
    "multiplies by the factor. How often has that happened after three drops?",
    lecture="factor^n already holds all n drops. Applied to a decayed rate it multiplies f·f²·f³: after three drops "
    "the exponent is 6.",
)
def compounds_the_drops(alpha0, epoch, factor, interval):
    rate = alpha0
    for e in range(1, epoch + 1):
        if e % interval == 0:
            rate = rate * factor ** (e // interval)
    return rate


@step_decay.misconception(
    fails=("rate",),
    hint="Your rate is multiplied anew in every epoch, by a power that belongs to the whole time so far. The formula "
    "gives the rate of an epoch at once. From which rate does it start?",
    lecture="The rate of an epoch comes from α₀ at once. A loop over the epochs that multiplies each time decays many "
    "times too fast.",
)
def compounds_every_epoch(alpha0, epoch, factor, interval):
    rate = alpha0
    for e in range(1, epoch + 1):
        rate = rate * factor ** (e // interval)
    return rate


@step_decay.misconception(
    fails=("rate",),
    hint="Your factor multiplies the number of drops, so that the rate is 0 in the first interval. Which operation "
    "applies a factor again and again?",
    lecture="Again and again by a factor is a power, f^n. f·n is 0 before the first drop: no learning at all.",
)
def multiplies_by_the_number_of_drops(alpha0, epoch, factor, interval):
    return alpha0 * factor * (epoch // interval)


@step_decay.misconception(
    fails=("rate",),
    hint="Your rate grows at each drop: the factor divides. What does multiplying by a number below 1 do?",
    lecture="Multiply by a factor below 1. Dividing by 0.5 doubles the rate at each drop.",
)
def divides_by_the_factor(alpha0, epoch, factor, interval):
    return alpha0 / factor ** (epoch // interval)


@step_decay.misconception(
    fails=("rate",),
    hint="Your rate keeps the share `1 - factor` at each drop. Is `factor` what is lost, or what is kept?",
    lecture="The factor is what is kept: 0.1 leaves a tenth. With 1-factor it leaves nine tenths.",
)
def takes_the_factor_for_what_is_lost(alpha0, epoch, factor, interval):
    return alpha0 * (1 - factor) ** (epoch // interval)


@step_decay.misconception(
    fails=("rate",),
    hint="Your rate loses the same amount at each drop, and may get below zero. What is multiplied by the factor at "
    "the second drop, `alpha0` or the rate that there is?",
    lecture="The second drop takes its factor of the rate there is, not of α₀. Equal amounts reach 0 and go below.",
)
def loses_the_same_amount_at_each_drop(alpha0, epoch, factor, interval):
    return alpha0 * (1 - (1 - factor) * (epoch // interval))


@step_decay.misconception(
    fails=("rate",),
    hint="Your `//` divides the whole product, not the exponent: a power is taken before a division. What keeps an "
    "exponent together?",
    lecture="`**` binds before `//`: f ** epoch // interval floors the whole. Write f ** (epoch // interval).",
)
def forgets_the_brackets(alpha0, epoch, factor, interval):
    return alpha0 * factor**epoch // interval


@step_decay.misconception(
    fails=("rate",),
    hint="Your power takes `alpha0` with it: the first rate is raised as well. What alone repeats at each drop?",
    lecture="Only the factor repeats: α₀·f^n. With brackets round the product α₀ is raised too, and the first "
    "interval gets 1.",
)
def raises_alpha0_with_the_factor(alpha0, epoch, factor, interval):
    return (alpha0 * factor) ** (epoch // interval)


@step_decay.misconception(
    fails=("rate",),
    hint="Your exponent is the interval over the epoch. How many intervals fit into the epochs so far?",
    lecture="How many intervals fit into the epochs: epoch // interval. The other way round it fails at epoch 0.",
)
def divides_interval_by_epoch(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (interval // epoch)


@step_decay.misconception(
    fails=("rate",),
    hint=_NO_ALPHA0,
    lecture="f^n is the share that is left; the rate is that share of α₀. Epoch 0 must give α₀.",
)
def ignores_alpha0_in_the_stairs(alpha0, epoch, factor, interval):
    return factor ** (epoch // interval)


# ---------------------------------------------------------------------------- staircase_decay


def _draw_staircase_decay(rng: np.random.Generator) -> list[Case]:
    decay_rate = float(rng.uniform(0.2, 0.8))
    cases = [
        case(name, (draw_learning_rate(rng), epoch, decay_rate, interval))
        for name, (epoch, interval) in _stairs(rng).items()
    ]
    cases.append(case("fast decay", (draw_learning_rate(rng), 7, float(rng.uniform(1.5, 3)), 2)))
    cases.append(case("a rate above one", (float(rng.uniform(4, 7)), 7, float(rng.uniform(0.3, 0.5)), 3)))
    cases.append(case(_SMALL, (_small(rng), int(rng.integers(200, 400)), decay_rate, 7)))
    cases.append(case("a drop at each epoch", (draw_learning_rate(rng), int(rng.integers(3, 7)), decay_rate, 1)))
    cases.append(case("no decay", (draw_learning_rate(rng), 7, 0.0, 3)))
    cases.append(case("many drops", (draw_learning_rate(rng), int(rng.integers(300, 400)), decay_rate, 2)))
    return cases


staircase_decay = Exercise(
    reference=reference.staircase_decay,
    returns=("rate",),
    aspects=(Aspect("rate", 2.0),),
    draw=_draw_staircase_decay,
    worked=(
        case("the first epoch", (0.2, 0, 0.5, 4)),
        case("epoch 3 of intervals of 4", (0.2, 3, 0.5, 4)),
        case("epoch 4 of intervals of 4", (0.2, 4, 0.5, 4)),
        case("epoch 5 of intervals of 4", (0.2, 5, 0.5, 4)),
        case("epoch 10 of intervals of 3", (0.3, 10, 2.0, 3)),
        case("epoch 8 of intervals of 5, a rate above one", (6.0, 8, 0.25, 5)),
        case("epoch 134 of intervals of 6, a first rate of 0.00001", (1e-5, 134, 0.5, 6)),
        case("epoch 3 of intervals of 1", (0.2, 3, 0.5, 1)),
        case("epoch 7 of intervals of 3, no decay", (0.2, 7, 0.0, 3)),
        case("epoch 98 of intervals of 49", (0.2, 98, 0.5, 49)),
    ),
    domain="whole numbers `epoch >= 0` and `interval >= 1`",
)


@staircase_decay.misconception(
    fails=("rate",),
    hint=_NO_FLOOR,
    lecture="`epoch // interval` counts whole intervals and makes the stairs. Without the floor it is plain inverse "
    "time decay, stretched.",
)
def slides_down(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (epoch / interval))


@staircase_decay.misconception(
    fails=("rate",),
    hint=_NO_INTERVAL,
    lecture="The interval is how long a stair is. With interval 10 epochs 0 to 9 are equal.",
)
def ignores_the_length_of_stairs(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * epoch)


@staircase_decay.misconception(
    fails=("rate",),
    hint="Your rate is multiplied by the decay rate at each drop: that is step decay. Here the drops follow inverse "
    "time decay. What stands below the line?",
    lecture="Here the rate is α₀/(1 + d·n), where step decay multiplies by f^n. With d = 1: α₀/2, α₀/3, α₀/4.",
)
def takes_the_step_form(alpha0, epoch, decay_rate, interval):
    return alpha0 * decay_rate ** (epoch // interval)


@staircase_decay.misconception(
    fails=("rate",),
    hint="Your rate is divided by the same number at each drop. Here the line below grows by the same amount at each "
    "drop. What stands there after two drops?",
    lecture="1 + d·n grows by d at each drop; (1 + d)^n multiplies. After two drops at d = 1: 3 against 4.",
)
def divides_once_per_drop(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate) ** (epoch // interval)


@staircase_decay.misconception(
    fails=("rate",),
    hint="Your floor is taken after the product with the decay rate. What is counted in whole numbers: intervals, or "
    "their product with the decay rate?",
    lecture="Floor the count of intervals, then multiply by d. Floored after the product, d = 0.1 does nothing until "
    "ten intervals have passed.",
)
def takes_the_floor_of_the_product(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * epoch // interval)


@staircase_decay.misconception(
    fails=("rate",), hint=_NO_DECAY_RATE, lecture="The depth of the stairs is an argument. Draw d = 0.1 and d = 1."
)
def ignores_the_decay_rate_of_stairs(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + epoch // interval)


@staircase_decay.misconception(
    fails=("rate",),
    hint=_CEILING,
    lecture="Whole intervals that have passed are counted. At epoch 1 that is none, so the rate is α₀.",
)
def counts_begun_intervals(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * np.ceil(epoch / interval))


@staircase_decay.misconception(
    fails=("rate",),
    hint="Your first interval is decayed already: one drop too many. How many drops are there before the first "
    "interval has passed?",
    lecture="The first stair is at α₀: n = 0. Put in epoch 0.",
)
def starts_one_stair_down(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (epoch // interval + 1))


@staircase_decay.misconception(
    fails=("rate",),
    hint=_NEAREST,
    lecture="`round` drops in the middle of an interval, `//` at its end. Epoch 7 at interval 10 has n = 0.",
)
def rounds_intervals_to_the_nearest(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * np.round(epoch / interval))


@staircase_decay.misconception(
    fails=("rate",), hint=_EARLY_STAIR, lecture="Epochs 0 to 9 are ten. The first drop at interval 10 is at epoch 10."
)
def steps_down_early(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * ((epoch + 1) // interval))


@staircase_decay.misconception(
    fails=("rate",),
    hint=_LATE_STAIR,
    lecture="At epoch 10 ten epochs have passed: the second stair begins there. `epoch // interval` is 1.",
)
def steps_down_late(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (max(epoch - 1, 0) // interval))


@staircase_decay.misconception(
    fails=("rate",),
    hint="Your epochs count from 1: epoch 0 comes out larger than `alpha0`, and the stairs come late. Which number "
    "has the first epoch?",
    lecture="Epochs count from 0. With e - 1 the floor gives -1 at epoch 0, and the rate exceeds α₀.",
)
def counts_intervals_from_epoch_one(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * ((epoch - 1) // interval))


@staircase_decay.misconception(
    fails=("rate",),
    hint=_REMAINDER,
    lecture="`%` starts anew in each interval, so the rate jumps back up. The count of intervals is `//`.",
)
def takes_the_remainder_of_the_epoch(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (epoch % interval))


@staircase_decay.misconception(
    fails=("rate",), hint=_ONE_DROP, lecture="One `if` makes one drop. The count n = epoch // interval makes them all."
)
def steps_down_once(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate) if epoch >= interval else alpha0


@staircase_decay.misconception(
    fails=("rate",),
    hint=_DROP_FOR_AN_EPOCH,
    lecture="A test for `epoch % interval == 0` acts in that epoch alone. The rate of every epoch comes from n.",
)
def decays_only_at_multiples(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (epoch // interval)) if epoch % interval == 0 else alpha0


@staircase_decay.misconception(
    fails=("rate",),
    hint="Your rate falls with the epoch's full number at the first epoch of an interval and is `alpha0` in between. "
    "Epochs after a drop keep it. How can the rate be told from the epoch alone?",
    lecture="The drop holds until the next one, and its depth follows from n, not from the epoch. Draw 30 epochs: "
    "stairs, not spikes.",
)
def decays_by_the_epoch_at_multiples(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * epoch) if epoch % interval == 0 else alpha0


@staircase_decay.misconception(
    fails=("rate",),
    hint="Your stairs are in the right places and too deep: the epoch's number enters, not the number of intervals. "
    "How far down is the first stair?",
    lecture="The first stair down is 1 + d, whatever the interval. With the epoch's number it would be 1 + 10d at "
    "interval 10.",
)
def multiplies_by_the_epoch_of_the_stair(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (epoch - epoch % interval))


@staircase_decay.misconception(
    fails=("rate",),
    hint="Your formula is applied to a rate that is already decayed, once more at each drop. It gives the rate of any "
    "epoch at once. From which rate does it start?",
    lecture="The formula starts from α₀ each time. Applied to its own result it divides by "
    "(1 + d)(1 + 2d)(1 + 3d) and so on.",
)
def compounds_the_stairs(alpha0, epoch, decay_rate, interval):
    rate = alpha0
    for e in range(1, epoch + 1):
        if e % interval == 0:
            rate = rate / (1 + decay_rate * (e // interval))
    return rate


@staircase_decay.misconception(
    fails=("rate",),
    hint=_COMPOUNDS,
    lecture="One division per call, from α₀. A loop over the epochs divides again in each of them.",
)
def compounds_in_every_epoch(alpha0, epoch, decay_rate, interval):
    rate = alpha0
    for e in range(1, epoch + 1):
        rate = rate / (1 + decay_rate * (e // interval))
    return rate


@staircase_decay.misconception(
    fails=("rate",),
    hint="Your division ends before the plus: only the 1 stands below the line, and the rate grows. What belongs "
    "below the line together?",
    lecture="Python divides before it adds: bracket the lower line. α₀/1 + d·n grows.",
)
def divides_stairs_by_the_one_alone(alpha0, epoch, decay_rate, interval):
    return alpha0 / 1 + decay_rate * (epoch // interval)


@staircase_decay.misconception(
    fails=("rate",),
    hint="Your decay rate is a hundred times too small: it is read as a percentage. Is `decay_rate` one?",
    lecture="d = 1 halves the rate at the first drop. It is a number and no percentage.",
)
def takes_percent_per_stair(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate / 100 * (epoch // interval))


@staircase_decay.misconception(
    fails=("rate",),
    hint=_NO_ALPHA0,
    lecture="1/(1 + d·n) is the share that is left; the rate is that share of α₀. The first stair must be α₀.",
)
def ignores_alpha0_on_the_stairs(alpha0, epoch, decay_rate, interval):
    return 1 / (1 + decay_rate * (epoch // interval))


# ------------------------------------------------------------------------------ warmup_cosine

_WARM_UP, _COSINE = "warm-up", "cosine"


def _warmup_case(name: str, alpha0: float, epoch: int, warmup: int, total: int) -> Case:
    return case(name, (alpha0, epoch, warmup, total), tags=(_WARM_UP if epoch < warmup else _COSINE,))


def _draw_warmup_cosine(rng: np.random.Generator) -> list[Case]:
    warmup = int(rng.integers(4, 9))
    total = warmup + int(rng.integers(7, 15))
    inside = int(rng.integers(warmup + 2, total - 1))
    late_start, late_end = 11, 17
    rows = [
        ("the first epoch of the warm-up", 0, warmup, total),
        ("inside the warm-up", warmup - 2, warmup, total),
        ("the last epoch of the warm-up", warmup - 1, warmup, total),
        ("the first epoch after the warm-up", warmup, warmup, total),
        ("the second epoch after the warm-up", warmup + 1, warmup, total),
        ("inside the cosine", inside, warmup, total),
        ("the last but one epoch", total - 1, warmup, total),
        ("the last epoch", total, warmup, total),
        ("a warm-up of one epoch, at its start", 0, 1, total),
        ("a warm-up of one epoch, after it", 1, 1, total),
        ("a long warm-up, half-way", 6, late_start, late_end),
        ("a long warm-up, after it", 13, late_start, late_end),
        ("no warm-up, the first epoch", 0, 0, total),
        ("no warm-up, later", int(rng.integers(2, 6)), 0, total),
        ("no warm-up, the last epoch", total, 0, total),
        ("a cosine of one epoch, its start", warmup, warmup, warmup + 1),
        ("a cosine of one epoch, its end", warmup + 1, warmup, warmup + 1),
    ]
    cases = [_warmup_case(name, draw_learning_rate(rng), *numbers) for name, *numbers in rows]
    cases.append(_warmup_case("a very long warm-up, its start", draw_learning_rate(rng), 1, 40, 90))
    cases.append(_warmup_case("a small rate, warm-up", _small(rng), 1, warmup, total))
    cases.append(_warmup_case("a small rate, cosine", _small(rng), total - 2, warmup, total))
    cases.append(_warmup_case("a large rate, warm-up", float(rng.uniform(3, 6)), warmup - 2, warmup, total))
    cases.append(_warmup_case("a large rate, cosine", float(rng.uniform(3, 6)), warmup + 1, warmup, total))
    return cases


warmup_cosine = Exercise(
    reference=reference.warmup_cosine,
    returns=("rate",),
    aspects=(Aspect("warm-up", 1.5, tag=_WARM_UP), Aspect("cosine", 1.5, tag=_COSINE)),
    draw=_draw_warmup_cosine,
    worked=(
        _warmup_case("the fourth epoch of the warm-up", 0.2, 3, 5, 17),
        _warmup_case("the first epoch after the warm-up", 0.2, 5, 5, 17),
        _warmup_case("a third of the way down", 0.2, 9, 5, 17),
        _warmup_case("the last epoch", 0.2, 17, 5, 17),
        _warmup_case("no warm-up, the first epoch", 0.2, 0, 0, 4),
        _warmup_case("no warm-up, the second epoch", 0.2, 1, 0, 4),
        _warmup_case("half-way down from a rate of 2", 2.0, 11, 5, 17),
        _warmup_case("a long warm-up, half-way", 0.2, 4, 10, 15),
        _warmup_case("the last epoch of the warm-up", 0.2, 4, 5, 17),
        _warmup_case("a warm-up of one epoch", 0.2, 0, 1, 5),
        _warmup_case("the second epoch of a very long warm-up", 0.2, 1, 40, 90),
    ),
    domain="whole numbers with `0 <= epoch <= total` and `0 <= warmup < total`",
)


@warmup_cosine.misconception(
    fails=("warm-up",),
    hint="Your warm-up starts with a rate of 0: nothing is learnt in the first epoch, and the last one of the warm-up "
    "is not at `alpha0`. If epochs count from 0, how many of the warm-up's epochs have begun at epoch 0?",
    lecture="(epoch + 1)/warmup: with a warm-up of 4 the rates are a quarter, half, three quarters, all of α₀. "
    "epoch/warmup wastes the first epoch on a rate of 0.",
)
def starts_the_warm_up_at_zero(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * epoch / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("warm-up",),
    hint="Your warm-up does not reach `alpha0`: its line is one epoch too long. Which rate should the last epoch of "
    "the warm-up have?",
    lecture="The last epoch of the warm-up, warmup - 1, is at α₀. Dividing by warmup + 1 stops short, and the rate "
    "jumps where the cosine begins.",
)
def stretches_the_warm_up(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / (warmup + 1)
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("warm-up",),
    hint="Your rate is `alpha0` through the whole warm-up. What is a warm-up to spare the first steps?",
    lecture="A warm-up rises: at first the averages of Adam and the weights are far off, and long steps harm. Full "
    "rate from the start is no warm-up.",
)
def holds_the_rate_in_the_warm_up(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("warm-up",),
    hint="Your rate is 0 until the warm-up is over. Does training wait, or does it go slowly?",
    lecture="A rate of 0 learns nothing: these epochs are lost. Go slowly, but go.",
)
def waits_in_the_warm_up(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return 0.0
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("warm-up",),
    hint="Your warm-up gives a share without `alpha0`. A share of what?",
    lecture="(epoch + 1)/warmup is a share of α₀. Forgotten, the rate reaches 1: a hundred times too much for α₀ = "
    "0.01.",
)
def warms_up_to_one(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("warm-up",),
    hint="Your warm-up goes down. Which rate is the gentle one, and when is it needed?",
    lecture="From small to α₀, since the first steps are the risky ones. Draw the schedule: up a ramp, then down half "
    "a wave.",
)
def warms_up_backwards(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (warmup - epoch) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("warm-up",),
    hint="Your warm-up is a share of `total`, so that it ends far below `alpha0`. How long does the warm-up last?",
    lecture="The ramp ends after `warmup` epochs, so that is what one divides by. By `total` the rate is far below α₀ "
    "when the cosine starts, and jumps.",
)
def measures_the_warm_up_by_the_total(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / total
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your warm-up is one epoch too long: epoch `warmup` still belongs to it, and its rate is above `alpha0`. If "
    "epochs count from 0, which is the first epoch after a warm-up of 4?",
    lecture="Epochs 0 to warmup - 1 are the ramp: `epoch < warmup`. With <= the ramp goes above α₀.",
)
def warms_up_for_one_epoch_too_many(alpha0, epoch, warmup, total):
    if epoch <= warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("warm-up", "cosine"),
    hint="Your warm-up starts with a rate of 0 and is one epoch too long, so that a warm-up of no epochs divides by "
    "zero. If epochs count from 0, which is the first epoch after a warm-up of 4?",
    lecture="Two slips: epoch for epoch + 1, and <= for <. With warmup = 0 the second one divides by zero.",
)
def counts_the_warm_up_from_zero_to_warmup(alpha0, epoch, warmup, total):
    if epoch <= warmup:
        return alpha0 * epoch / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your function works out the warm-up in all epochs, so that a warm-up of no epochs divides by zero. When is "
    "the warm-up's formula needed?",
    lecture="warmup = 0 is allowed: no ramp at all. Compute the ramp inside the `if`, so that it is never reached "
    "then.",
)
def divides_by_a_warm_up_of_zero(alpha0, epoch, warmup, total):
    warm = alpha0 * (epoch + 1) / warmup
    cosine = alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2
    return warm if epoch < warmup else cosine


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your cosine starts at epoch 0, behind the warm-up, so that the rate jumps down where the warm-up ends. "
    "Which epoch is the top of the wave?",
    lecture="The wave starts at its top when the ramp ends: epoch - warmup above the line. Otherwise the rate jumps "
    "down there.",
)
def starts_the_cosine_at_epoch_0(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * epoch / total)) / 2


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your cosine starts in the right place and does not come down to 0 at `total`: it is measured by the whole "
    "training. How many epochs does it last?",
    lecture="The wave lasts total - warmup epochs. Divided by total it does not reach 0.",
)
def measures_the_cosine_by_the_total(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / total)) / 2


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your cosine does not start from its top: the epochs of the warm-up count in the part above the line. How "
    "many epochs of the cosine have passed where the warm-up ends?",
    lecture="Where the ramp ends no epoch of the wave has passed: epoch - warmup is 0. Check the first and last point "
    "of each piece by hand.",
)
def measures_the_epoch_from_zero(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * epoch / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your cosine is one epoch ahead. What share of the way has passed at its first epoch?",
    lecture="At epoch = warmup the share of the way is 0 and the rate α₀. The + 1 belongs to the ramp alone.",
)
def runs_one_epoch_ahead(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch + 1 - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your cosine is at 0 one epoch before `total`. `total` is itself an epoch here. How many steps lead from "
    "`warmup` to `total`?",
    lecture="From warmup to total are total - warmup steps, and the rate is 0 at total itself. Dividing by one less "
    "gets there an epoch early.",
)
def ends_one_epoch_early(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup - 1))) / 2


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your rate starts at twice `alpha0` after the warm-up. A wave of 1 + cos goes from 2 to 0. What brings its "
    "top to 1?",
    lecture="1 + cos goes from 2 to 0; the half makes it 1 to 0. Without it the rate doubles where the ramp ends.",
)
def forgets_the_half(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup)))


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your rate becomes negative in the second half. Which way would it go? What lifts a cosine, from 1 to -1, "
    "above zero?",
    lecture="cos goes from 1 to -1: the second half would be negative, and a negative rate climbs. The 1 + lifts it.",
)
def forgets_to_lift_the_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * np.cos(np.pi * (epoch - warmup) / (total - warmup))


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your half goes over the cosine alone, not over the sum. Where does the wave start and end then?",
    lecture="(1 + cos)/2, the half over the sum. 1 + cos/2 goes from 1.5 to 0.5.",
)
def halves_the_cosine_alone(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup)) / 2)


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your wave is a quarter, from the top to the middle, and falls fastest at the end. Half a wave is flat at "
    "both ends. Which angle does it go through?",
    lecture="Half a wave, angle 0 to π, is flat at both ends. A quarter falls fastest at the end, where training "
    "should settle.",
)
def takes_a_quarter_wave(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * np.cos(np.pi / 2 * (epoch - warmup) / (total - warmup))


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your wave is a whole one: the rate comes back to `alpha0` at the end. Which angle does half a wave go "
    "through?",
    lecture="Half a wave ends at 0: angle π. With 2π the rate is back at α₀ at the end.",
)
def takes_a_whole_wave(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(2 * np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your cosine is given an angle in degrees. Which unit does NumPy's cosine take?",
    lecture="`np.cos` takes radians. Half a wave is π, not 180.",
)
def takes_degrees(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(180 * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your rate climbs from 0 after the warm-up. Which sign has the cosine in a wave that starts at its top?",
    lecture="Plus cosine: it starts at 1. With a minus the rate starts at 0 after the ramp and climbs.",
)
def turns_the_wave_over(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 - np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your rate falls along a straight line after the warm-up. Which curve should it follow?",
    lecture="The wave stays high at first and settles gently; a line does neither. Both are schedules in use: draw "
    "them together.",
)
def falls_linearly(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 - (epoch - warmup) / (total - warmup))


@warmup_cosine.misconception(
    fails=("cosine",),
    hint="Your wave leaves out `alpha0`: it goes from 1 to 0. A share of what?",
    lecture="(1 + cos)/2 is a share of α₀. Forgotten, the rate jumps to 1 when the ramp ends.",
)
def forgets_alpha0_in_the_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("warm-up",),
    hint="Your function has no warm-up: its cosine is taken in those epochs too. What should the first epochs do?",
    lecture="Two pieces: the ramp first, then the wave. In the first `warmup` epochs the wave has not begun.",
)
def leaves_out_the_warm_up(alpha0, epoch, warmup, total):
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2


@warmup_cosine.misconception(
    fails=("warm-up", "cosine"),
    hint="Your function does not read `warmup`: its cosine runs from epoch 0. What should the first epochs do, and "
    "where does the cosine start?",
    lecture="`warmup` says where the wave starts and how long it lasts: total - warmup. Without it there is neither a "
    "ramp nor a shorter wave.",
)
def ignores_warmup(alpha0, epoch, warmup, total):
    return alpha0 * (1 + np.cos(np.pi * epoch / total)) / 2


@warmup_cosine.misconception(
    fails=("warm-up", "cosine"),
    hint="Your warm-up is multiplied by a cosine that runs at the same time. The two come one after the other. Which "
    "epoch belongs to which?",
    lecture="One after the other, by an `if`: the ramp, then the wave. Multiplied, the rate never reaches α₀.",
)
def multiplies_warm_up_and_cosine(alpha0, epoch, warmup, total):
    wave = alpha0 * (1 + np.cos(np.pi * epoch / total)) / 2
    return wave * (epoch + 1) / warmup if epoch < warmup else wave


EXERCISES = (
    inverse_time_decay,
    exponential_decay,
    inverse_sqrt_decay,
    step_decay,
    staircase_decay,
    warmup_cosine,
)
