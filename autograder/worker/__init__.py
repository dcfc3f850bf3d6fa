"""The student's side of the wire: the only importer of student code.

Runs inside the sandbox on the standard library, NumPy and `autograder.wire`; knows no check, no reference, no score.
"""
