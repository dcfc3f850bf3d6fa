"""`python -m bench`: gradient checkers side by side, what a call and a submission cost, the same in nbgrader, and what
a student's check costs."""

from bench import cost, gradcheck, nbgrader, student

gradcheck.main()
print()
cost.main()
print()
nbgrader.main()
print()
student.main()
