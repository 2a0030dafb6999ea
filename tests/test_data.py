"""The data against scikit-learn, the counts and spreads they promise, and a missing file."""

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_moons

from optimlab import data
from optimlab.network import logistic_optimum


@pytest.mark.parametrize(
    ("m", "noise", "seed"), [(300, 0.2, 3), (301, 0.2, 3), (1, 0.1, 0), (52_000, 0.2, 0), (40, 0.0, 7)]
)
def test_moons_equal_scikit_learns_bit_by_bit(m, noise, seed):
    X, Y = data.moons(m, noise, seed)
    points, labels = make_moons(m, noise=noise, random_state=seed)
    assert X.shape == (2, m)
    assert (points.T == X).all()
    assert (labels[None] == Y).all()
    assert X.dtype == Y.dtype == np.float64


@pytest.mark.parametrize(
    "draw", [data.badly_scaled, data.sparse_features, data.noisy_linear], ids=lambda draw: draw.__name__
)
def test_a_seed_gives_the_same_data_and_another_seed_others(draw):
    X, Y = draw(4)
    again, other = draw(4), draw(5)
    assert (again[0] == X).all()
    assert (again[1] == Y).all()
    assert (other[0] != X).any()
    assert Y.shape == (1, X.shape[1])


def test_badly_scaled_features_span_the_spread_and_all_matter():
    X, Y = data.badly_scaled(0, spread=100, m=20_000, features=5)
    np.testing.assert_allclose(X.std(axis=1), [0.1, 10**-0.5, 1, 10**0.5, 10], rtol=0.03)
    assert set(np.unique(Y)) == {0, 1}
    full = logistic_optimum(X, Y)
    assert full < 0.65
    losses = [logistic_optimum(np.delete(X, j, axis=0), Y) for j in range(5)]
    assert min(losses) > full + 3e-4  # a feature that doesn't matter would be worth 1/(2m) = 2.5e-5


def test_badly_scaled_labels_do_not_depend_on_the_spread():
    # the units change, the problem does not: that is what makes spreads comparable
    assert (data.badly_scaled(1, spread=1)[1] == data.badly_scaled(1, spread=1000)[1]).all()
    assert logistic_optimum(*data.badly_scaled(1, 1)) == pytest.approx(logistic_optimum(*data.badly_scaled(1, 1000)))


def test_sparse_features_are_present_as_often_as_promised():
    X, Y = data.sparse_features(0, m=20_000)
    assert X.shape == (200, 20_000)
    assert set(np.unique(X)) == {0, 1}
    probability = 1 / np.arange(1, 201)
    error = np.sqrt(probability * (1 - probability) / 20_000)
    assert (np.abs(X.mean(axis=1) - probability) <= 5 * error).all()
    assert X[0].all()
    share = Y.mean()
    without_features = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert logistic_optimum(X[1:11], Y) < without_features - 0.05
    assert data.sparse_features(0, 4000, [0.1] * 30)[0].mean() == pytest.approx(0.1, abs=0.005)


@pytest.mark.parametrize("label_noise", [0.0, 1.0, 3.0])
def test_linear_data_have_the_noise_that_was_asked_for(label_noise):
    X, Y = data.noisy_linear(0, m=20_000, label_noise=label_noise)
    weights, *_ = np.linalg.lstsq(X.T, Y[0], rcond=None)
    assert (Y - weights @ X).std() == pytest.approx(label_noise, rel=0.02, abs=1e-12)


def test_digits_equal_scikit_learns_copy():
    X, Y = data.digits()
    truth = load_digits()
    assert (truth.data == X.T * 16).all()
    assert (Y.argmax(axis=0) == truth.target).all()
    assert Y.shape == (10, 1797)
    assert (Y.sum(axis=0) == 1).all()


def test_daily_temperatures_are_those_of_1461_days_in_a_row():
    days, temperatures = data.daily_temperatures()
    assert (days == np.arange("2012-01-01", "2016-01-01", dtype="datetime64[D]")).all()
    assert temperatures.shape == (1461,)
    assert temperatures[:10].tolist() == [12.8, 10.6, 11.7, 12.2, 8.9, 4.4, 7.2, 10.0, 9.4, 6.1]
    assert (temperatures.min(), temperatures.max()) == (-1.6, 35.6)
    assert temperatures.sum() == pytest.approx(24_017.5, abs=1e-6)


def test_one_hot_by_hand():
    assert data.one_hot([2, 0, 1, 2], 3).tolist() == [[0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 1]]


def test_hold_out_parts_the_examples_and_keeps_each_with_its_label():
    X = np.arange(20.0).reshape(2, 10)
    Y = X[:1] * 7
    X_train, Y_train, X_test, Y_test = data.hold_out(X, Y, 3, np.random.default_rng(0))
    assert X_train.shape == (2, 7)
    assert X_test.shape == (2, 3)
    assert sorted([*X_train[0], *X_test[0]]) == X[0].tolist()
    for part, labels in ((X_train, Y_train), (X_test, Y_test)):
        assert (part[1] == part[0] + 10).all()
        assert (labels == part[:1] * 7).all()
    other = data.hold_out(X, Y, 3, np.random.default_rng(1))
    assert (other[2] != X_test).any()


@pytest.mark.parametrize("count", [0, 10, -1])
def test_hold_out_refuses_to_leave_nothing(count):
    with pytest.raises(ValueError, match=f"count is {count}; due is a number from 1 to m - 1 = 9"):
        data.hold_out(np.zeros((1, 10)), np.zeros((1, 10)), count, np.random.default_rng(0))


def test_a_data_file_is_read_from_the_package_before_the_checkout(tmp_path, monkeypatch):
    for folder in ("package", "checkout"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "both.csv").touch()
    (tmp_path / "checkout" / "one.csv").touch()
    monkeypatch.setattr(data, "PACKAGED", tmp_path / "package")
    monkeypatch.setattr(data, "CHECKOUT", tmp_path / "checkout")
    assert data.data_file("both.csv") == tmp_path / "package" / "both.csv"
    assert data.data_file("one.csv") == tmp_path / "checkout" / "one.csv"


def test_a_missing_data_file_is_named_in_one_line_with_the_cure(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "PACKAGED", tmp_path / "package")
    monkeypatch.setattr(data, "CHECKOUT", tmp_path / "checkout")
    with pytest.raises(
        FileNotFoundError, match=r"digits\.npz is neither in .*package nor in .*checkout: .*pip"
    ) as caught:
        data.digits()
    assert "\n" not in str(caught.value)
