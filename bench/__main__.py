"""`python -m bench`: gradient checkers side by side, what a call and a submission cost, and the same in nbgrader."""

from bench import cost, gradcheck, nbgrader

gradcheck.main()
print()
cost.main()
print()
nbgrader.main()
