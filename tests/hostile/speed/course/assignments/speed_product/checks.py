"""Right first; the speed tier asks nothing of code that is not."""

from autograder import Space, check, expect


@check("product", points=1, given=Space(n=(1, 3, 8)), examples=2)
def product_values(student, case):
    """The product of two matrices."""
    a, b = case.array("a", case.n, 4), case.array("b", 4, 5)
    expect(student, out=(student.product(a, b), a @ b))
