"""`python -m bench`: gradient checkers side by side, what a call and a submission cost, where that goes, the memory of
a grading process, what nbgrader costs beside it, and what a student's check costs."""

from bench import cost, gradcheck, memory, nbgrader, parts, student

gradcheck.main()
print()
cost.main()
print()
parts.main()
print()
memory.main()
print()
nbgrader.main()
print()
student.main()
