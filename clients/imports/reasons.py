"""Why rows are rejected, in words."""

from django.utils.translation import gettext as _


def sentence(reason: str) -> str:
    """The reason of a rejected row in the user's language."""
    return {
        "no_client": _("no client"),
        "no_code": _("no client code"),
        "unknown_client": _("there is no client with this code"),
        "no_number": _("no document number"),
        "no_date": _("no date, or it is not a date"),
        "future_date": _("the date is in the future"),
        "bad_number": _("not a number"),
        "other_client": _("the document already belongs to another client in this file"),
        "no_name": _("no name"),
        "too_large": _("the number is too large"),
        "bad_inn": _("not a valid INN"),
        "bad_kpp": _("not a valid KPP"),
        "kpp_alone": _("a KPP without an INN"),
        "taken_inn": _("this INN belongs to another client"),
        "double": _("the same client stands in the file twice"),
        "unknown_manager": _("there is no such manager"),
        "unknown_office": _("there is no such office"),
        "unknown_direction": _("there is no such direction"),
        "unknown_segment": _("there is no such segment"),
        "bad_email": _("not an e-mail address"),
        "bad_phone": _("not a phone number"),
        "not_positive": _("the amount must be greater than zero"),
        "too_long": _("the text is too long"),
        "ragged": _("the row has more cells than the heading"),
        "broken": _("some characters could not be read"),
        "no_contact": _("neither a name nor a phone nor an e-mail"),
        "double_contact": _("the same contact stands in the file twice"),
        "double_document": _("the same document stands in the file twice"),
        "before_issue": _("earlier than the date of issue"),
        "bad_state": _("there is no such state"),
    }[reason]
