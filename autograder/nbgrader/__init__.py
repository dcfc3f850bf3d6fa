"""nbgrader courses graded through the sandbox: nbgrader keeps its notebooks, gradebook, formgrader and feedback.

nbgrader is an extra (`dl-autograder[nbgrader]`): it is imported only in the modules that it runs, `preprocessors`
and `gradebook`.
"""
