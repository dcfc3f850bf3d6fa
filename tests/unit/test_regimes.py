import numpy as np
import pytest

from bench.regimes import REGIMES, draw


def sample(name, shape=(40, 50), seed=0):
    return draw(name, shape, np.random.default_rng(seed))


def test_there_are_eight_named_regimes():
    assert list(REGIMES) == ["normal", "tiny", "huge", "scaled", "mixed", "saturated", "offset", "kinks"]


@pytest.mark.parametrize("name", REGIMES)
def test_a_draw_is_finite_float64_of_the_shape_and_repeats_by_seed(name):
    x = sample(name)
    assert x.shape == (40, 50)
    assert x.dtype == np.float64
    assert np.all(np.isfinite(x))
    assert np.array_equal(x, sample(name))
    assert not np.array_equal(x, sample(name, seed=1))
    assert sample(name, shape=()).shape == ()


# 2000 normal numbers: their standard deviation is known to 2 %, so 10 % is six standard errors
@pytest.mark.parametrize(("name", "centre", "scale"), [("normal", 0, 1), ("tiny", 0, 1e-6), ("huge", 0, 1e6)])
def test_scale_of_the_plain_regimes(name, centre, scale):
    assert sample(name).std() == pytest.approx(scale, rel=0.1)
    assert abs(sample(name).mean() - centre) <= 0.15 * scale


def test_saturated_and_offset():
    assert sample("saturated").std() == pytest.approx(40, rel=0.1)
    assert sample("offset").mean() == pytest.approx(1e4, abs=0.2)
    assert sample("offset").std() == pytest.approx(1, rel=0.1)


def test_scaled_has_one_scale_and_mixed_one_for_each_element():
    scales = [sample("scaled", seed=seed).std() for seed in range(200)]
    assert min(scales) < 1e-4 < 1e4 < max(scales)
    size = np.abs(sample("mixed"))
    assert np.quantile(size, 0.1) < 1e-4 < 1e4 < np.quantile(size, 0.9)


def test_kinks_hold_zeros_ties_and_near_misses():
    x = sample("kinks")
    for share in (np.mean(x == 0), np.mean(np.abs(x) == 1e-9), np.mean(2 * x == np.rint(2 * x))):
        assert share > 0.2
    assert np.mean(2 * x != np.rint(2 * x)) > 0.4  # and ordinary numbers


def test_an_unknown_regime_is_refused_by_name():
    with pytest.raises(KeyError, match="no regime 'odd'; there are normal, tiny"):
        sample("odd")
