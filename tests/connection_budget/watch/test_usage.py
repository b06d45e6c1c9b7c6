"""When use becomes an event, and which slots count as lost."""

from __future__ import annotations

from connection_budget.watch.lost_slots import LostSlots, SlotSample
from connection_budget.watch.usage import Alarm, Crossing, UsageWatch, level_of


def crossings(*ratios: float) -> list[tuple[Alarm, Alarm]]:
    watch = UsageWatch()
    found = [watch.add(ratio) for ratio in ratios]
    return [(crossing.before, crossing.after) for crossing in found if crossing]


def test_thresholds_are_above_80_and_above_90_percent() -> None:
    assert level_of(0.80) is Alarm.HEALTHY
    assert level_of(0.81) is Alarm.WARNING
    assert level_of(0.90) is Alarm.WARNING
    assert level_of(0.91) is Alarm.CRITICAL


def test_a_crossing_needs_three_samples_in_a_row() -> None:
    assert crossings(0.85, 0.85, 0.5, 0.85, 0.85) == []
    assert crossings(0.85, 0.85, 0.85) == [(Alarm.HEALTHY, Alarm.WARNING)]


def test_a_crossing_tells_the_use_at_that_moment() -> None:
    watch = UsageWatch()
    watch.add(0.82)
    watch.add(0.82)
    assert watch.add(0.84) == Crossing(Alarm.HEALTHY, Alarm.WARNING, 0.84)


def test_there_is_one_crossing_however_long_it_lasts() -> None:
    assert crossings(*[0.85] * 100) == [(Alarm.HEALTHY, Alarm.WARNING)]


def test_from_healthy_straight_to_critical_and_back() -> None:
    assert crossings(1.0, 1.0, 1.0, 0.0, 0.0, 0.0) == [
        (Alarm.HEALTHY, Alarm.CRITICAL),
        (Alarm.CRITICAL, Alarm.HEALTHY),
    ]


def test_mixed_samples_lead_as_far_as_all_of_them_went() -> None:
    assert crossings(0.95, 0.85, 0.95) == [(Alarm.HEALTHY, Alarm.WARNING)]


def test_use_that_swings_around_a_threshold_does_not_flap() -> None:
    swinging = [0.85] * 3 + [0.79, 0.81, 0.76, 0.82] * 25
    assert crossings(*swinging) == [(Alarm.HEALTHY, Alarm.WARNING)]


def test_a_level_is_left_five_points_below_its_threshold() -> None:
    assert crossings(*[0.85] * 3, *[0.76] * 10) == [(Alarm.HEALTHY, Alarm.WARNING)]
    assert crossings(*[0.85] * 3, *[0.74] * 3)[-1] == (Alarm.WARNING, Alarm.HEALTHY)
    assert crossings(*[0.95] * 3, *[0.86] * 10) == [(Alarm.HEALTHY, Alarm.CRITICAL)]
    assert crossings(*[0.95] * 3, *[0.84] * 3)[-1] == (Alarm.CRITICAL, Alarm.WARNING)


def test_critical_on_the_way_up_is_a_crossing_of_its_own() -> None:
    assert crossings(*[0.85] * 3, *[0.95] * 3) == [
        (Alarm.HEALTHY, Alarm.WARNING),
        (Alarm.WARNING, Alarm.CRITICAL),
    ]


def seconds_of(number: int, **sample: int | None) -> list[SlotSample]:
    values = {"in_use": 2, "active": 0} | sample
    return [SlotSample(float(at), **values) for at in range(number)]  # type: ignore[arg-type]


def test_use_without_requests_counts_as_lost_after_half_a_minute() -> None:
    lost = LostSlots()
    assert [lost.add(sample) for sample in seconds_of(31)] == [0] * 30 + [2]


def test_use_with_requests_is_use() -> None:
    lost = LostSlots()
    assert not any(lost.add(sample) for sample in seconds_of(100, active=1))


def test_a_moment_without_use_clears_the_suspicion() -> None:
    lost = LostSlots()
    for sample in seconds_of(29):
        lost.add(sample)
    lost.add(SlotSample(29.0, in_use=0, active=0))
    assert lost.add(SlotSample(31.0, in_use=2, active=0)) == 0


def test_more_use_than_backends_is_lost_although_requests_go_on() -> None:
    lost = LostSlots(unseen_seconds=8)
    found = [lost.add(sample) for sample in seconds_of(9, in_use=4, active=9, backends=2)]
    assert found == [0] * 8 + [2]


def test_the_fewest_missing_count() -> None:
    lost = LostSlots(unseen_seconds=2)
    lost.add(SlotSample(0.0, in_use=4, active=1, backends=0))
    lost.add(SlotSample(1.0, in_use=4, active=1, backends=3))
    assert lost.add(SlotSample(2.0, in_use=4, active=1, backends=0)) == 1


def test_a_pool_that_cannot_connect_has_lost_nothing() -> None:
    lost = LostSlots(unseen_seconds=2)
    for at in range(60):
        sample = SlotSample(float(at), in_use=4, active=0, backends=0, failed_attempts=at)
        assert lost.add(sample) == 0


def test_found_again_is_not_lost_any_more() -> None:
    lost = LostSlots(unseen_seconds=2)
    for sample in seconds_of(5, active=1, backends=0):
        lost.add(sample)
    assert lost.add(SlotSample(5.0, in_use=2, active=1, backends=2)) == 0
