"""The one error of imports."""


class ImportFileError(Exception):
    """The file cannot be brought in; the message is for the person who sent it."""
