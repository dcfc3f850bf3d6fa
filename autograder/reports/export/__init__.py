"""Results in the formats of other systems, each made from GradeReports alone.

What a student may read (`told`, `junit`, `gradescope`, `classroom50`, `github`) says of a hidden check its verdict
and, at most, the sentence of a listed mistake. What an instructor reads (`table`, `gradebook`) holds scores.
"""
