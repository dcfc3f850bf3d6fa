"""Reports of every kind, without grading anything."""

from autograder.model import (
    Assignment,
    AssignmentRef,
    CheckResult,
    Diagnosis,
    EntryPoint,
    Environment,
    GradeReport,
    Isolation,
    Level,
    Limits,
    Policy,
    SubmissionRef,
    Verdict,
    Visibility,
)

ENTRY_POINTS = ("conv2d_forward", "conv2d_backward", "max_pool2d_forward", "max_pool2d_backward", "avg_pool2d_forward")
CHECKS = ("known_answers", "values", "input_unchanged")
TOKEN = "ag1-" + "diii53jaLY_JCsMwDET_RedQsnT1rZdCof8QHEs4Io1dbBMfQv69ynKZw2jmSZpBx8jWjeQSKDDeTVDARCGyd2KUVd2cL9fb" * 2

SENTENCES = {
    f"{entry}.{check}": sentence
    for entry in ENTRY_POINTS
    for check, sentence in {
        "known_answers": "Worked examples from the lecture come out as they do on paper.",
        "values": "For any stride and padding the numbers are those of the definition, to rounding error.",
        "input_unchanged": "The arrays passed in are left as they were.",
    }.items()
}

COUNTEREXAMPLE = {
    "parameters": {"n": 1, "c": 1, "stride": 2, "pad": 0, "content": "whole"},
    "shapes": {"x": [1, 1, 3, 3], "w": [1, 1, 2, 2], "dout": [2, 3, 64, 64]},
    "arguments": {"x": [[[[1.0, -2.0, 3.0], [4.0, 1.0, -1.0], [2.0, 2.5, 3.0]]]], "w": [[[[1.0, 2.0], [-3.0, 4.0]]]]},
    "tensor": "dw",
    "worst_index": [0, 0, 1, 1],
    "expected": 1.25,
    "actual": 0.333333333,
}
STRIDE = Diagnosis(
    "stride_missing_in_dw",
    "Your dw is right for stride 1 only: the window of x that belongs to output (i, j) starts at (i·stride, j·stride).",
)


def assignment(slug="conv", title="Convolution and pooling", entry_points=ENTRY_POINTS):
    return Assignment(
        id=slug,
        title=title,
        summary="",
        entry_points=tuple(EntryPoint(name, f"{name}(x)", ("out",)) for name in entry_points),
        limits=Limits(),
        policy=Policy(),
        conventions={},
        folder="",
        reference="",
        version="sha256:" + "0" * 64,
    )


def result(check="conv2d_backward.values", verdict=Verdict.PASS, max_points=4.0, points=None, hidden=False, **more):
    earned = max_points if verdict is Verdict.PASS else 0.0
    return CheckResult(
        check=check,
        entry_point=check.partition(".")[0],
        visibility=Visibility.HIDDEN if hidden else Visibility.PUBLIC,
        verdict=verdict,
        points=earned if points is None else points,
        max_points=max_points,
        **more,
    )


def wrong(check="conv2d_backward.values", **more):
    """A wrong answer with everything that a report can say of one."""
    says = {
        "message": "dw is wrong at [0, 0, 1, 1]: yours is 0.333333, it must be 1.25.",
        "diagnosis": STRIDE,
        "counterexample": COUNTEREXAMPLE,
        "replay": TOKEN,
    }
    return result(check, Verdict.FAIL, **(says | more))


def passing(*entries):
    """Every check of `entries` passed."""
    return [result(f"{entry}.{check}") for entry in entries for check in CHECKS]


def missing(*entries):
    """Nothing of `entries` is written."""
    message = "{} is not written yet."
    return [
        result(f"{entry}.{check}", Verdict.MISSING, message=message.format(entry))
        for entry in entries
        for check in CHECKS
    ]


def report(results=(), student="ada", slug="conv", level=Level.STRONG, notes=(), **guarantees):
    results = tuple(results)
    return GradeReport(
        assignment=AssignmentRef(slug, "sha256:" + "0" * 64),
        submission=SubmissionRef(student, "ab" * 32),
        score=sum(r.points for r in results),
        max_score=sum(r.max_points for r in results),
        results=results,
        isolation=Isolation(level, {"fs_read": "enforced", "network": "enforced"} | guarantees),
        seed=17,
        environment=Environment("3.12.4", "2.3.5"),
        grader="0.1.0",
        cpu_s=1.3,
        wall_s=1.6,
        notes=tuple(notes),
    )


def mixed(student="ada"):
    """A bit of everything: what a student half-way through sees."""
    return report(
        [
            *passing("conv2d_forward"),
            result("conv2d_backward.known_answers", Verdict.FAIL, 2.0, message="dw is wrong at [0].", diagnosis=STRIDE),
            wrong(),
            result("conv2d_backward.input_unchanged", max_points=1.0),
            result("conv2d_backward.large", Verdict.FAIL, 2.0, hidden=True, diagnosis=STRIDE, message="secret case"),
            *missing("max_pool2d_forward"),
            result(
                "max_pool2d_backward.values",
                Verdict.CRASH,
                message="IndexError: index 3 is out of bounds for axis 2 with size 3 (cell 7, line 12)",
                counterexample=COUNTEREXAMPLE | {"tensor": "dx"},
                replay=TOKEN,
            ),
            result(
                "max_pool2d_backward.input_unchanged",
                Verdict.SKIPPED,
                1.0,
                message="Pays when values passes; it waits.",
            ),
            result(
                "avg_pool2d_forward.values",
                Verdict.TIMEOUT,
                message="avg_pool2d_forward used more than its 4 s of CPU time.",
            ),
            result("avg_pool2d_forward.known_answers", max_points=2.0),
        ],
        student,
        level=Level.CONTAINED,
        notes=["cell 3: a line that starts with % is a notebook command and was left out"],
        signals="partial",
        identity="none",
    )


def every_verdict(student="ada"):
    """One check of each verdict."""
    return report(
        [result(f"conv2d_forward.c{i}", verdict, 1.0, message="why") for i, verdict in enumerate(Verdict)], student
    )


def perfect(student="grace"):
    return report(passing(*ENTRY_POINTS), student)


def blank(student="tim"):
    return report(missing(*ENTRY_POINTS), student)


def unreadable(student="sue", reason="sue.ipynb is cut off: its JSON ends half-way."):
    """Nothing could be read."""
    checks = [f"{entry}.{check}" for entry in ENTRY_POINTS for check in CHECKS]
    results = [result(check, Verdict.UNREADABLE, message=reason, hidden=check == checks[-1]) for check in checks]
    return report(results, student)


def hostile(payload, student=None):
    """A report that carries `payload` wherever a student's words may stand."""
    case = {
        "parameters": {"kind": payload, payload: 1},
        "shapes": {payload: [2], "y": payload},
        "arguments": {payload: [payload, 1.0]},
        "tensor": payload,
        "worst_index": [0],
        "expected": 1.0,
        "actual": payload,
        payload: payload,
    }
    failing = [
        wrong(f"conv2d_forward.{payload}", message=payload, diagnosis=Diagnosis(payload, payload), counterexample=case),
        wrong(f"{payload}.values", message=payload, diagnosis=None, counterexample=case, replay=payload),
        result(f"{payload}.crash", Verdict.CRASH, message=payload),
        result("conv2d_backward.values", Verdict.MISSING, message=payload),
        result("conv2d_backward.hidden", Verdict.FAIL, hidden=True, message=payload, diagnosis=Diagnosis("m", payload)),
    ]
    return report(failing, student or f"student {payload}", notes=[payload], network=payload, extra=payload)
