"""PyTorch as a second oracle: its optimisers, started from the same states, take the reference's steps; its schedulers
give the reference's rates."""

from __future__ import annotations

import importlib
import importlib.util

import numpy as np
import pytest

from grader.exercises.draws import arrays_of_net, positive_arrays_of_net
from grader.reference import adam, learning_rate_decay, mini_batches, momentum, rmsprop

THERE = importlib.util.find_spec("torch") is not None
torch = importlib.import_module("torch") if THERE else None
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not THERE, reason="torch is missing: make test-all installs it")]

SIZES = (4, 3, 2)
STEPS = 5


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def stepped(make, params, all_grads, states):
    """Return the parameters after torch's steps; ``states`` are set before the first one."""
    tensors = {key: torch.tensor(value, requires_grad=True) for key, value in params.items()}
    optimiser = make(list(tensors.values()))
    for key, tensor in tensors.items():
        for name, values in states.items():
            value = values[key] if isinstance(values, dict) else values
            optimiser.state[tensor][name] = torch.tensor(value)
    for grads in all_grads:
        for key, tensor in tensors.items():
            tensor.grad = torch.tensor(grads[key])
        optimiser.step()
    return {key: tensor.detach().numpy() for key, tensor in tensors.items()}


def draw(rng):
    return arrays_of_net(rng, SIZES), [arrays_of_net(rng, SIZES) for _ in range(STEPS)]


def assert_same(ours, theirs):
    for key in ours:
        np.testing.assert_allclose(ours[key], theirs[key], rtol=1e-12, atol=1e-12)


def test_gd_step_is_torchs_sgd(rng):
    params, grads = draw(rng)
    theirs = stepped(lambda p: torch.optim.SGD(p, lr=0.1), params, grads, {})
    for g in grads:
        params = mini_batches.gd_step(params, g, 0.1)
    assert_same(params, theirs)


def test_momentum_step_is_torchs_sgd_with_dampening_beta(rng):
    params, grads = draw(rng)
    v = arrays_of_net(rng, SIZES)
    make = lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, dampening=0.8)  # noqa: E731
    theirs = stepped(make, params, grads, {"momentum_buffer": v})
    for g in grads:
        params, v = momentum.momentum_step(params, g, v, 0.1, 0.8)
    assert_same(params, theirs)


def test_torchs_plain_momentum_is_ours_at_a_rate_divided_by_one_minus_beta(rng):
    params, grads = draw(rng)
    theirs = stepped(lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8), params, grads, {})
    v = momentum.init_velocity(params)
    for g in grads:
        params, v = momentum.momentum_step(params, g, v, 0.02 / (1 - 0.8), 0.8)
    assert_same(params, theirs)


def test_rmsprop_step_is_torchs(rng):
    params, grads = draw(rng)
    s = positive_arrays_of_net(rng, SIZES)
    make = lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.8, eps=1e-2)  # noqa: E731
    theirs = stepped(make, params, grads, {"square_avg": s, "step": np.float32(0)})
    for g in grads:
        params, s = rmsprop.rmsprop_step(params, g, s, 0.1, 0.8, 1e-2)
    assert_same(params, theirs)


def test_adagrad_step_is_torchs(rng):
    params, grads = draw(rng)
    s = positive_arrays_of_net(rng, SIZES)
    make = lambda p: torch.optim.Adagrad(p, lr=0.1, eps=1e-2)  # noqa: E731
    theirs = stepped(make, params, grads, {"sum": s, "step": np.float32(0)})
    for g in grads:
        params, s = rmsprop.adagrad_step(params, g, s, 0.1, 1e-2)
    assert_same(params, theirs)


def test_adam_step_is_torchs(rng):
    params, grads = draw(rng)
    theirs = stepped(lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.9), eps=1e-2), params, grads, {})
    v, s = adam.init_adam(params)
    for t, g in enumerate(grads, start=1):
        params, v, s = adam.adam_step(params, g, v, s, t, 0.1, 0.8, 0.9, 1e-2)
    assert_same(params, theirs)


# ---------------------------------------------------------------------------------- schedulers


def scheduled(make, alpha0, epochs):
    """Return the rates of torch's scheduler for epochs 0, 1, ...; it takes one step per epoch."""
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=alpha0)
    scheduler, rates = make(optimiser), []
    for _ in range(epochs):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize(("factor", "interval"), [(0.5, 4), (0.1, 7), (0.8, 1)])
def test_step_decay_is_torchs_step_lr(factor, interval):
    theirs = scheduled(lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=interval, gamma=factor), 0.3, 25)
    ours = [learning_rate_decay.step_decay(0.3, epoch, factor, interval) for epoch in range(25)]
    assert ours == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("base", [0.5, 0.95])
def test_exponential_decay_is_torchs_exponential_lr(base):
    theirs = scheduled(lambda o: torch.optim.lr_scheduler.ExponentialLR(o, gamma=base), 0.3, 25)
    ours = [learning_rate_decay.exponential_decay(0.3, epoch, base) for epoch in range(25)]
    assert ours == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("formula", ["inverse time", "inverse root", "staircase"])
def test_what_torch_has_no_name_for_is_a_lambda_lr_of_the_share_of_alpha0(formula):
    share, ours = {
        "inverse time": (lambda e: 1 / (1 + 0.7 * e), lambda e: learning_rate_decay.inverse_time_decay(0.3, e, 0.7)),
        "inverse root": (lambda e: 2 / (e + 1) ** 0.5, lambda e: learning_rate_decay.inverse_sqrt_decay(0.3, e, 2)),
        "staircase": (
            lambda e: 1 / (1 + 0.7 * (e // 4)),
            lambda e: learning_rate_decay.staircase_decay(0.3, e, 0.7, 4),
        ),
    }[formula]
    theirs = scheduled(lambda o: torch.optim.lr_scheduler.LambdaLR(o, share), 0.3, 25)
    assert [ours(epoch) for epoch in range(25)] == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize(("warmup", "total"), [(0, 10), (2, 10), (4, 16)])
def test_warmup_cosine_is_torchs_linear_lr_then_cosine_annealing_lr(warmup, total):
    def make(optimiser):
        cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=total - warmup)
        if warmup == 0:
            return cosine
        # torch counts the line's points from 0, with the full rate as the last one
        line = torch.optim.lr_scheduler.LinearLR(optimiser, start_factor=1 / warmup, total_iters=warmup - 1)
        return torch.optim.lr_scheduler.SequentialLR(optimiser, [line, cosine], milestones=[warmup])

    ours = [learning_rate_decay.warmup_cosine(0.3, epoch, warmup, total) for epoch in range(total + 1)]
    assert ours == pytest.approx(scheduled(make, 0.3, total + 1), rel=1e-9, abs=1e-12)
