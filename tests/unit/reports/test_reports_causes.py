"""What a class gets wrong: causes are what one change would mend, and each student counts once."""

import pytest
from report_factory import STRIDE, passing, perfect, report, result, unreadable, wrong

from autograder.model import Diagnosis, Verdict
from autograder.reports.causes import class_causes, concerns, without_numbers


def generic(name, says, check="conv2d_backward.values"):
    return wrong(check, diagnosis=Diagnosis(f"generic:{name}", says))


def known(*reports):
    return [(cause.says, cause.entry_points, cause.students) for cause in class_causes(reports) if cause.known]


def unknown(*reports):
    return [(cause.says, cause.entry_points, cause.students) for cause in class_causes(reports) if not cause.known]


def test_a_student_counts_once_for_a_mistake_wherever_it_shows():
    twice = report([wrong(), wrong("conv2d_backward.known_answers"), wrong("conv2d_forward.values")])
    assert known(twice, perfect(), report([wrong()])) == [
        (STRIDE.says, ("conv2d_backward", "conv2d_forward"), (0, 2)),
    ]


def test_numbers_that_differ_do_not_split_a_cause():
    reports = [report([generic("factor", f"dw is too large by a factor of {size}.")]) for size in ("2.5", "1e-3")]
    assert known(*reports) == [("dw is too large by a factor of ….", ("conv2d_backward",), (0, 1))]
    assert known(reports[0], reports[0])[0][0] == "dw is too large by a factor of 2.5."


def test_two_outputs_are_two_causes():
    reports = [report([generic("sign", f"{name} has the wrong sign.")]) for name in ("W1", "W2")]
    assert len(known(*reports)) == 2


@pytest.mark.parametrize("effect", ["zeros", "not_finite", "single_element", "only_last_wrong"])
def test_effects_are_not_causes(effect):
    found = report([generic(effect, "W1 is all zeros.")])
    assert known(found) == []
    assert unknown(found) == [("W1 is all zeros.", ("conv2d_backward",), (0,))]


def test_what_has_a_known_cause_is_not_counted_again():
    found = report([generic("zeros", "db is all zeros."), wrong("conv2d_backward.known_answers")])
    assert [cause.says for cause in class_causes([found])] == [STRIDE.says]


def test_exceptions_are_one_cause_wherever_they_were_raised():
    def raised(line, entry="conv2d_forward"):
        message = f"{entry} raised TypeError: 'int' object (cell 6, line {line})."
        return report([result(f"{entry}.values", Verdict.CRASH, message=message)])

    assert known(raised(3), raised(17), raised(4, "conv2d_backward")) == [
        ("Raised TypeError: 'int' object.", ("conv2d_forward", "conv2d_backward"), (0, 1, 2))
    ]


def test_a_hidden_failure_without_a_name_says_no_more_than_a_public_one():
    hidden = result("conv2d_backward.secret", Verdict.CRASH, hidden=True, message="secret")
    assert known(report([hidden])) == [("Raised an error or died.", ("conv2d_backward",), (0,))]
    assert known(report([hidden, wrong()])) == [(STRIDE.says, ("conv2d_backward",), (0,))]


def test_a_wrong_answer_without_a_cause_is_told_by_its_output():
    nameless = [report([wrong(diagnosis=None)]), report([wrong(diagnosis=None, message="dw is wrong at [3].")])]
    assert unknown(*nameless) == [("dw is wrong, for no listed cause.", ("conv2d_backward",), (0, 1))]


def test_nothing_to_say_of_a_class_that_is_right_or_unreadable():
    assert class_causes([perfect(), unreadable()]) == []


def test_concerns_come_by_urgency():
    slow = report([result("f.a", Verdict.TIMEOUT, message="It is slow."), result("g.a", Verdict.TIMEOUT)], "tim")
    banned = report([result("f.a", Verdict.FORBIDDEN, hidden=True, message="secret")], "fay")
    broken = report([result("f.a", Verdict.GRADER_ERROR, message="It broke.")], "gus")
    found = concerns([slow, report(passing("f")), banned, broken, unreadable()])
    assert [(one.who, one.verdict, one.says, one.where) for one in found] == [
        (4, Verdict.UNREADABLE, "sue.ipynb is cut off: its JSON ends half-way.", ()),
        (3, Verdict.GRADER_ERROR, "It broke.", ("f",)),
        (2, Verdict.FORBIDDEN, "Uses what the rules forbid.", ("f",)),
        (0, Verdict.TIMEOUT, "It is slow.", ("f", "g")),
    ]


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("W1 is 2.5 times conv2d", "W1 is … times conv2d"),
        ("wrong at [0, -1, 2]", "wrong at […]"),
        ("(3, 4) where (4,) was meant", "(…) where (…,) was meant"),
        ("by 1e-05.", "by …."),
    ],
)
def test_without_numbers(text, bare):
    assert without_numbers(text) == bare
