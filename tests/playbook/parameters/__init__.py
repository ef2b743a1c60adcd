"""A scenario for every parameter of the book: what it changes, and from which day on."""
