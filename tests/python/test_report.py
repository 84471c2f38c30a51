import pytest
from plumbline_worker import TrainingReport, report


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test sets."""
    seconds = [100.0]
    monkeypatch.setattr(report.time, "monotonic", lambda: seconds[0])
    return seconds


def test_reports_the_first_step_the_last_and_now_and_then_between(clock):
    sent = []
    training = TrainingReport(sent.append, steps=10, report_seconds=2.5)
    for step in range(1, 11):
        clock[0] += 1
        training.step_done(step, lambda step=step: step / 10)
    # After step 1 at 101 s the next report is due from 103.5 s on: step 4, then 7, and the last.
    assert [progress["step"] for progress in sent] == [1, 4, 7, 10]
    assert sent[1] == {"step": 4, "steps": 10, "loss": 0.4}
    assert training.result() == {
        "steps": 10,
        "first_step_seconds": 1.0,
        "loss": 1.0,
        "curve": [[1, 0.1], [4, 0.4], [7, 0.7], [10, 1.0]],
    }


def test_the_first_step_ends_when_its_loss_is_there(clock):
    training = TrainingReport(lambda progress: None, steps=2, report_seconds=100)

    def slow_loss():
        clock[0] += 7
        return 0.5

    training.step_done(1, slow_loss)
    assert training.first_step_seconds == 7


def test_reads_the_loss_only_when_a_report_is_due(clock):
    training = TrainingReport(lambda progress: None, steps=1000, report_seconds=100)
    training.step_done(1, lambda: 1.0)
    training.step_done(2, lambda: pytest.fail("the loss was read"))


def test_one_step_is_one_point(clock):
    training = TrainingReport(lambda progress: None, steps=1, report_seconds=0)
    training.step_done(1, lambda: 2.0)
    assert training.result()["curve"] == [[1, 2.0]]


@pytest.mark.parametrize("steps", [999, 1000, 1001, 5000])
def test_a_long_curve_is_thinned_evenly(clock, steps):
    training = TrainingReport(lambda progress: None, steps, report_seconds=0)
    for step in range(1, steps + 1):
        training.step_done(step, lambda: 1.0)
    points = [step for step, _ in training.result()["curve"]]
    assert points[0] == 1 and points[-1] == steps
    assert min(steps, 500) <= len(points) <= TrainingReport.MAX_POINTS
    gaps = {later - earlier for earlier, later in zip(points[:-2], points[1:-1])}
    assert len(gaps) == 1


def test_says_what_was_done_when_the_training_ended_early(clock):
    training = TrainingReport(lambda progress: None, steps=5, report_seconds=0)
    training.step_done(1, lambda: 1.0)
    assert training.result()["steps"] == 1


def test_no_step_is_an_error(clock):
    with pytest.raises(ValueError):
        TrainingReport(lambda progress: None, steps=5, report_seconds=0).result()
