import numpy as np
import pytest

from autograder.checks.stencil import FLOAT32, FLOAT64, grid, lengths, noise, slopes, snap, unit


def line_of(function):
    """A line for `slopes` from a function of one number, and the count of its evaluations."""
    calls = []

    def line(ts):
        calls.extend(ts)
        return np.array([np.atleast_1d(function(t)) for t in ts], dtype=np.float64)

    return line, calls


def measured(function, precision=FLOAT64):
    line, calls = line_of(function)
    centre = line([0.0])[0]
    roughness, _ = noise(line, centre, precision, 1.0)
    return slopes(line, centre, roughness, precision), calls


def test_snap_keeps_24_bits_at_any_scale():
    x = np.random.default_rng(0).standard_normal(1000) * 10.0 ** np.random.default_rng(1).uniform(-300, 300, 1000)
    snapped = snap(x)
    assert np.all(np.abs(snapped - x) <= 2.0**-24 * np.abs(x))
    assert np.all(snap(snapped) == snapped)
    assert snap(np.array([0.0, 1.0, -0.5])).tolist() == [0.0, 1.0, -0.5]


def test_a_step_from_a_snapped_point_is_exact():
    rng = np.random.default_rng(2)
    x, v = snap(1e4 + rng.standard_normal(1000)), grid(rng, (1000,))
    for h in (2.0**-2, 2.0**-10, 2.0**-22):
        assert np.all((x + h * v) - x == h * v)
        assert np.all((x + h * v) - (x - h * v) == 2 * h * v)


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (1e4 + np.linspace(-2, 2, 41), 1.0),  # the spread, not the size
        (1e-6 * np.linspace(-2, 2, 41), 2.0**-20),
        (np.ones(5), 1.0),  # no spread: the size
        (np.zeros(5), 1.0),
        (np.array([0, 0, 0, 0, 4.0]), 0.5),  # most coincide: the mean deviation
        (np.array(3.0), 2.0),
        (np.zeros(0), 1.0),
    ],
)
def test_unit_is_the_spread_as_a_power_of_two(x, expected):
    assert unit(x) == expected


def test_lengths_follow_the_elements_only_when_asked_and_needed():
    wide = np.array([1e-6, 1.0, -1e6, 0.0])
    assert np.all(lengths(wide, relative=False) == unit(wide))
    assert lengths(wide, relative=True).tolist() == [2.0**-20, 1.0, 2.0**19, unit(wide)]
    narrow = np.array([1.0, 2.0, 3.0])
    assert np.all(lengths(narrow, relative=True) == unit(narrow))


def test_grid_has_no_small_and_few_equal_values():
    v = grid(np.random.default_rng(3), (10_000,))
    assert np.all((np.abs(v) >= 0.25) & (np.abs(v) < 1))
    assert len(np.unique(v)) == 768
    assert np.all(v * 512 == np.rint(v * 512))


@pytest.mark.parametrize(
    ("function", "slope"),
    [
        (lambda t: 3 * t + 1, 3.0),
        (lambda t: np.exp(t), 1.0),
        (lambda t: np.tanh(5 * t + 0.3), 5 * (1 - np.tanh(0.3) ** 2)),
        (lambda t: np.sin(40 * t) + 1e4, 40.0),
        (lambda t: 1e-12 * np.exp(t), 1e-12),
        (lambda t: 1 / (1 + np.exp(-t - 30)), np.exp(-30.0)),
    ],
)
def test_the_error_of_a_slope_is_below_its_bound(function, slope):
    found, _ = measured(function)
    assert abs(found.value[0] - slope) <= found.error[0]
    assert found.usable(FLOAT64, np.abs(np.atleast_1d(function(0.0))))[0]


def test_a_smooth_function_costs_six_calls():
    _, calls = measured(np.exp)
    assert len(calls) == 1 + 4 + 6


def test_a_kink_at_the_point_is_bounded_by_half_its_jump():
    found, _ = measured(abs)
    assert found.error[0] >= 1
    assert not found.usable(FLOAT64, np.zeros(1))[0]


@pytest.mark.parametrize("distance", [1e-2, 1e-3, 1e-4])
def test_a_kink_nearby_asks_for_narrower_steps(distance):
    found, calls = measured(lambda t: max(t + distance, 0) * 2)
    assert abs(found.value[0] - 2) <= found.error[0] <= 1e-9
    assert min(np.abs(calls[5:])) < distance


def test_a_bump_narrower_than_the_stencil_is_not_taken_for_flat():
    # 0 at every step of the first ladder, 17 at the point: the plain bound of the widest level is far too small
    found, _ = measured(lambda t: max(0.0, min(17 + 4e4 * t, 34 - 4e4 * t)))
    assert abs(found.value[0] - 4e4) <= found.error[0]


def test_noise_is_seen_and_widens_the_bound():
    rng = np.random.default_rng(4)
    found, _ = measured(lambda t: t + 1e-6 * rng.standard_normal(20))
    assert np.all(found.roundoff)
    assert np.all(np.abs(found.value - 1) <= found.error)
    assert np.all(found.error >= 1e-6)


def test_outputs_outside_the_domain_at_wide_steps_are_measured_at_narrow_ones():
    with np.errstate(invalid="ignore"):
        found, _ = measured(lambda t: np.sqrt(t + 1e-3))
    assert abs(found.value[0] - 0.5 / np.sqrt(1e-3)) <= found.error[0] <= 1e-6


def test_float32_code_is_measured_within_its_bound():
    found, _ = measured(lambda t: np.float32(np.exp(np.float32(t))), FLOAT32)
    assert abs(found.value[0] - 1) <= found.error[0] <= 1e-3


def test_a_constant_is_flat_and_usable():
    found, _ = measured(lambda t: 0.0)
    assert found.flat[0]
    assert found.value[0] == 0
    assert found.largest == 0
    assert found.usable(FLOAT64, np.zeros(1))[0]


def test_each_output_has_its_own_stencil():
    found, _ = measured(lambda t: np.array([abs(t), np.exp(t), max(t + 1e-3, 0), 0.0]))
    assert found.usable(FLOAT64, np.array([0.0, 1.0, 1e-3, 0.0])).tolist() == [False, True, True, True]
    assert np.all(np.abs(found.value[1:] - [1, 1, 0]) <= found.error[1:])
