"""`python -m bench`: gradient checkers side by side, what a call and a submission cost, where that goes, the same in
nbgrader, and what a student's check costs."""

from bench import cost, gradcheck, nbgrader, parts, student

gradcheck.main()
print()
cost.main()
print()
parts.main()
print()
nbgrader.main()
print()
student.main()
