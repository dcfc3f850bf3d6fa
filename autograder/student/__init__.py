"""The student's side: a bundle of public checks with recorded answers, how it is made, and how it is read."""
