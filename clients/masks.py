"""Phones and e-mails as people read them, whole or hidden (DOMAIN.md 7)."""

import phonenumbers

DOTS = "•••"


def phone_pretty(number: str) -> str:
    """«+7 812 334-18-06»; what is no number stays as it was typed."""
    try:
        parsed = phonenumbers.parse(number, "RU")
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def phone_hidden(number: str) -> str:
    """«+7 812 •••-••-06»: enough to tell two numbers apart, too little to call."""
    if not number:
        return ""
    pretty = phone_pretty(number)
    digits = [place for place, sign in enumerate(pretty) if sign.isdigit()]
    hidden = set(digits[4:-2]) if len(digits) > 8 else set(digits)
    return "".join("•" if place in hidden else sign for place, sign in enumerate(pretty))


def email_hidden(address: str) -> str:
    """«i•••@c•••.ru»: the mailbox and the company are hidden both."""
    box, at, domain = address.partition("@")
    if not at:
        return DOTS if address else ""
    name, dot, zone = domain.rpartition(".")
    return f"{box[:1]}{DOTS}@{name[:1]}{DOTS}{dot}{zone}"


def messenger_hidden(name: str) -> str:
    """«@m•••»."""
    return f"{name[:2]}{DOTS}" if name else ""
