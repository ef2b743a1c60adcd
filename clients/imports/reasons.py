"""Why rows are rejected, in words."""

from django.utils.translation import gettext as _


def sentence(reason: str) -> str:
    """The reason of a rejected row in the user's language."""
    return {
        "no_client": _("no client"),
        "unknown_client": _("there is no client with this code"),
        "no_number": _("no document number"),
        "no_date": _("no date, or it is not a date"),
        "future_date": _("the date is in the future"),
        "bad_number": _("not a number"),
        "other_client": _("the document already belongs to another client in this file"),
        "no_name": _("no name"),
        "bad_inn": _("not a valid INN"),
        "taken_inn": _("this INN belongs to another client"),
        "double": _("the same client stands in the file twice"),
        "unknown_manager": _("there is no such manager"),
        "unknown_segment": _("there is no such segment"),
        "bad_email": _("not an e-mail address"),
        "bad_phone": _("not a phone number"),
        "not_positive": _("the amount must be greater than zero"),
        "too_long": _("the text is too long"),
    }[reason]
