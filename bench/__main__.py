"""`python -m bench`: gradient checkers side by side, then what a call and a submission cost."""

from bench import cost, gradcheck

gradcheck.main()
print()
cost.main()
